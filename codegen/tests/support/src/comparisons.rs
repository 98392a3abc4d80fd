//! Pairs of ABIs for `compat`: the history of VFIO, and the examples of the
//! catalogue.

use capchain::amend::amend;
use capchain::catalogue::{self, CatalogueEntry};
use capchain::compat::{Class, Finding, Side, compare};
use capchain::diagnostic::Sources;
use capchain::lower::lower;
use capchain::release::Release;
use capchain::validate::ValidSpec;

use crate::fixtures::{self, side};
use crate::spec_folder::SpecFolder;

/// VFIO in every release.
pub fn history() -> Vec<(Release, Side)> {
    let spec = fixtures::spec();
    let side =
        |release: &Release| (*release, side(&release.to_string(), lower(&spec, Some(*release))));
    spec.releases().iter().map(side).collect()
}

/// An example of the catalogue: the ABI before a change, after the bad change and
/// after the good one.
pub struct Example {
    /// The entry of the catalogue.
    pub entry: &'static CatalogueEntry,
    /// The ABI before the change.
    pub before: Side,
    /// The ABI after the bad change.
    pub bad: Side,
    /// The ABI after the good change.
    pub good: Side,
}

/// The examples of all rules about two ABIs.
pub fn examples() -> impl Iterator<Item = Example> {
    catalogue::entries().iter().filter_map(|entry| {
        let before = entry.before.as_ref()?;
        let side = |name: &str, items: &str| example(&[&entry.code, name].concat(), items);
        Some(Example {
            entry,
            before: side(".before", before),
            bad: side(".bad", &entry.bad),
            good: side(".good", &entry.good),
        })
    })
}

/// The small specification with these items.
fn example(name: &str, items: &str) -> Side {
    let folder = SpecFolder::demo();
    folder.write_example(items);
    let opened = folder.open(&[]);
    let problems = opened.problems.render(&opened.sources, false);
    let spec = opened.spec.unwrap_or_else(|| panic!("{name}: {problems}\n{items}"));
    side(name, lower(&spec, None))
}

/// The findings of every bad example, and of every step of the history, that
/// breaks something.
pub fn breaking() -> Vec<(String, Vec<Finding>)> {
    let mut all: Vec<_> = examples()
        .map(|example| (example.entry.code.clone(), compare(&example.before, &example.bad)))
        .collect();
    let history = history();
    let steps = history.windows(2).map(|pair| (&pair[0].1, &pair[1].1));
    all.extend(steps.map(|(old, new)| (new.name.clone(), compare(old, new))));
    all.retain(|(_, found)| found.iter().any(|one| one.class.breaks()));
    all
}

/// The exit code of `capchain compat` for these findings.
pub fn exit_code(findings: &[Finding]) -> i32 {
    match findings.iter().map(|one| one.class).min() {
        Some(Class::NotJudged) => 2,
        Some(class) if class.breaks() => 1,
        _ => 0,
    }
}

/// A header with a path such as `linux/vfio.h` as one side of a comparison; `None` if it
/// cannot be read at all.
pub fn header_side(spec: &ValidSpec, path: &str, text: &str) -> Option<Side> {
    let mut sources = Sources::default();
    let file = sources.add(path.to_owned(), text.to_owned());
    let amended = amend(spec, None, &sources, &[file]).expect("a header of the ABI");
    let whole = amended.unreadable() == 0;
    let side = Side { name: path.to_owned(), abi: amended.abi, knowledge: amended.knowledge };
    whole.then_some(side)
}
