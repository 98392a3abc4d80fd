//! The names of a type, by tag and by `typedef`: a change of them breaks if a program that
//! declares a variable by one of them no longer compiles. gcc is the judge.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use capchain::compat::{Side, compare};
use capchain::emit::kernel_header;
use capchain::lower::lower;
use support::comparisons::{exit_code, header_side};
use support::fixtures;
use support::process::finish;

/// How programs can declare a variable.
const NAMES: [&str; 8] =
    ["struct a", "struct b", "union a", "union b", "enum a", "enum b", "a", "b"];

/// What compiles for a struct, an enum, a pointer and an array only.
const USES: [&str; 4] = [
    "(void)v.x;",
    "switch (v) { default: ; }",
    "v = 0; (void)*v;",
    "char c[sizeof(v) == 3 * sizeof(*v) ? 1 : -1]; (void)c;",
];

/// The uses that compile after some declarations.
fn compiling(folder: &Path, declarations: &str) -> BTreeSet<String> {
    let uses = NAMES.iter().flat_map(|name| USES.map(|use_| format!("{name} v; {use_}")));
    let uses: Vec<_> = uses.collect();
    let lines = uses.iter().enumerate();
    let lines = lines.map(|(at, line)| format!("void f{at}(void) {{ {line} }}\n"));
    let first = 2 + declarations.lines().count();
    let text = format!("typedef unsigned int __u32;\n{declarations}{}", lines.collect::<String>());
    let file = folder.join("uses.c");
    fs::write(&file, text).expect("a file");
    let mut gcc = Command::new("gcc");
    let output = finish(gcc.args(["-fsyntax-only", "-fmax-errors=0"]).arg(&file));
    let errors = String::from_utf8(output.stderr).expect("text");
    let mut compiling: BTreeSet<_> = uses.iter().cloned().collect();
    for line in errors.lines().filter(|line| line.contains(": error: ")) {
        let number = line.split(':').nth(1).and_then(|number| number.parse::<usize>().ok());
        let at = number.and_then(|number| number.checked_sub(first)).unwrap_or_else(|| {
            panic!("{declarations} {line}");
        });
        compiling.remove(&uses[at]);
    }
    compiling
}

/// The same type with each set of names.
fn forms(word: &str) -> Vec<String> {
    let body = if word == "enum" { "A_X, A_Y" } else { "__u32 x; __u32 y;" };
    let mut forms = Vec::new();
    for tag in ["", "a "] {
        for names in ["", "a", "b", "a, b", "b, *a", "a[3], b"] {
            let typedef = if names.is_empty() { "" } else { "typedef " };
            forms.push(format!("{typedef}{word} {tag}{{ {body} }} {names};\n"));
        }
        for name in ["a", "b"] {
            let tag = if tag.is_empty() { "b " } else { tag };
            forms.push(format!("{word} {tag}{{ {body} }};\ntypedef {word} {tag}{name};\n"));
        }
    }
    // C accepts a struct without any name, but nothing can use it.
    forms.retain(|form| word == "enum" || !form.starts_with(&format!("{word} {{")));
    forms
}

#[test]
fn a_name_that_is_gone_breaks_and_one_that_is_added_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = fixtures::open(&fixtures::root().join("codegen/tests/specs/shapes"));
    let abi = lower(&spec, None);
    let (path, header) = (&abi.headers[0].path, kernel_header(&abi, 0));
    let side = |form: &str| {
        let text = [header.as_str(), form].concat();
        header_side(&spec, path, &text).unwrap_or_else(|| panic!("{form}"))
    };
    let (mut breaks, mut harmless) = (0, 0);
    for word in ["struct", "union", "enum"] {
        let forms = forms(word);
        let read = |form: &String| (side(form), compiling(folder.path(), form));
        let sides: Vec<(Side, BTreeSet<String>)> = forms.iter().map(read).collect();
        for (before, (old, used)) in forms.iter().zip(&sides) {
            for (after, (new, usable)) in forms.iter().zip(&sides) {
                let gone: Vec<_> = used.difference(usable).collect();
                let findings = compare(old, new);
                let expected = i32::from(!gone.is_empty());
                assert_eq!(
                    exit_code(&findings),
                    expected,
                    "{before}{after}gone: {gone:?}\n{findings:#?}"
                );
                breaks += expected;
                harmless += 1 - expected;
            }
        }
    }
    assert!(breaks > 300 && harmless > 100, "{breaks} {harmless}");
}
