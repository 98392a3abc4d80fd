//! The tiny ABI that examples stand in, with items of their own.

use capchain::compat::Side;
use capchain::lower::lower;
use capchain::spec::load::Origin;

/// What a file of items starts with.
const HEAD: &str = "title: Example\ndoc: Shows one rule.\nheader: demo\nsince: v1.0\n\
                    source: demo/demo.h\n\nitems:\n";

/// A side that holds these items beside what every example builds on.
pub fn side(name: &str, items: &str) -> Side {
    let items: String = items.lines().map(|line| ["  ", line, "\n"].concat()).collect();
    let demo: &'static str = Box::leak([HEAD, &items].concat().into_boxed_str());
    let files = [
        ("abi.yaml", include_str!("../../specs/demo/abi.yaml")),
        ("common.yaml", include_str!("../../specs/demo/common.yaml")),
        ("demo.yaml", demo),
    ];
    let opened = capchain::open(&Origin::Embedded(Box::leak(Box::new(files))), &[]);
    let spec = opened.spec.unwrap_or_else(|| {
        panic!("{name}: {}\n{items}", opened.problems.render(&opened.sources, false))
    });
    Side { name: name.to_owned(), abi: lower(&spec, None), headers: None }
}
