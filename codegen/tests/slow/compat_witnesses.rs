//! The witnesses of `capchain compat`: compilers confirm what each of them claims.

use std::fs;
use std::path::Path;
use std::process::Command;

use capchain::compat::{Finding, program};
use support::comparisons::breaking;
use support::groups::has_compiler;
use support::process::succeed;
use support::rustc;

/// The output of a witness that a compiler builds.
fn run(mut compiler: Command, folder: &Path, name: &str, text: &str) -> String {
    fs::write(folder.join(name), text).expect("a file");
    succeed(compiler.arg(folder.join(name)).arg("-o").arg(folder.join("witness")));
    succeed(&mut Command::new(folder.join("witness")))
}

/// A C compiler with every warning an error.
fn c_compiler(name: &str) -> Command {
    let mut compiler = Command::new(name);
    compiler.args(["-std=c99", "-Wall", "-Wextra", "-Werror"]);
    compiler
}

#[test]
fn compilers_see_what_witnesses_claim() {
    let folder = tempfile::tempdir().expect("a folder");
    let compilers: Vec<_> =
        ["gcc", "clang"].into_iter().filter(|compiler| has_compiler(compiler)).collect();
    let mut claims = 0;
    for (name, found) in breaking() {
        let shown = |one: &&Finding| one.class.breaks() && one.witness.is_some();
        let found: Vec<_> = found.iter().filter(shown).collect();
        if found.is_empty() {
            continue;
        }
        let witnesses = found.iter().filter_map(|one| one.witness.as_ref());
        let expected: usize = witnesses.map(|witness| witness.claims.len()).sum();
        let (c, rust) = (program::c(&name, &found), program::rust(&name, &found));
        let built = |compiler: &&str| run(c_compiler(compiler), folder.path(), "witness.c", &c);
        let mut outputs: Vec<_> = compilers.iter().map(built).collect();
        outputs.push(run(rustc::rustc(folder.path()), folder.path(), "witness.rs", &rust));
        for output in outputs {
            let seen = output.lines().filter(|line| line.starts_with("seen: ")).count();
            assert_eq!((seen, output.lines().count()), (expected, expected), "{name}: {output}");
            claims += seen;
        }
    }
    println!("{claims} claims were seen by compilers");
    assert!(claims > 0);
}
