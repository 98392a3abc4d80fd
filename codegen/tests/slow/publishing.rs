//! `docs/publishing.md`, as far as it can be tried without a release: every
//! command exists, and the version of a crate is set in one place.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use support::fixtures;
use support::fixtures::copy_folder;
use support::groups::{Group, has};
use support::packages::cargo;
use support::process::code_and_text;
use support::program::shell;

/// Every command of the document.
fn commands() -> Vec<String> {
    let text =
        fs::read_to_string(fixtures::root().join("docs/publishing.md")).expect("the document");
    let blocks = text.split("```sh\n").skip(1);
    let blocks = blocks.map(|rest| rest.split_once("```").expect("a block that ends").0);
    blocks.flat_map(str::lines).map(str::to_owned).collect()
}

/// Asks a program what it makes of its arguments, without doing it.
fn would(program: &str, arguments: &[&str]) {
    let mut command = match program {
        "cargo" => cargo(&fixtures::root()),
        program => Command::new(program),
    };
    let (code, text) = code_and_text(command.current_dir(fixtures::root()).args(arguments));
    assert_eq!(code, Some(0), "{program} {arguments:?}: {text}");
}

#[test]
fn every_command_exists() {
    let mut tried = 0;
    for line in commands() {
        let words: Vec<_> = line.split_whitespace().collect();
        tried += 1;
        match words[..] {
            ["cargo", "capchain", command, ..] => {
                would(&support::program::binary().to_string_lossy(), &[command, "--help"]);
            }
            ["cargo", "test", "-p", package, "--test", program, module] => {
                assert_eq!(package, env!("CARGO_PKG_NAME"));
                let module = fixtures::root().join(format!("codegen/tests/{program}/{module}.rs"));
                assert!(module.is_file(), "{line}");
            }
            ["cargo", command, ..] => would("cargo", &[command, "--help"]),
            ["make", ref arguments @ ..] if has(Group::Tools, "make") => {
                would("make", &[&["--dry-run"], arguments].concat());
            }
            [script, ..] if script.starts_with(".ci/") => {
                let script = fixtures::root().join(script);
                let mode = fs::metadata(&script).expect("a script").permissions().mode();
                assert!(mode & 0o100 != 0, "{line}");
                would("bash", &["-n", &script.to_string_lossy()]);
            }
            ["sed" | "git" | "cc" | "make", ..] => {}
            _ => panic!("no check knows `{line}`"),
        }
    }
    assert!(tried > 15, "{tried} commands");
}

#[test]
fn the_version_of_a_crate_is_set_in_one_place() {
    let folder = tempfile::tempdir().expect("a folder");
    copy_folder(&fixtures::root().join("spec"), &folder.path().join("spec"));
    let sets: Vec<_> = commands().into_iter().filter(|line| line.starts_with("sed ")).collect();
    assert_eq!(sets.len(), 1);
    let line = format!("cargo capchain generate && {} && cargo capchain generate", sets[0]);
    let outcome = shell(folder.path(), &line);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let (_, second) = outcome.stdout.split_once(" of them unchanged\n").expect("two runs");
    let written: Vec<_> = second.lines().filter_map(|line| line.strip_prefix("wrote ")).collect();
    let files = ["Cargo.toml", "Makefile", "README.md", "abi.json", "python/pyproject.toml"];
    assert_eq!(written, files.map(|file| format!("generated/vfio-abi/{file}")));
    for file in files {
        let path = folder.path().join("generated/vfio-abi").join(file);
        let text = fs::read_to_string(path).expect("an output");
        assert!(text.contains("0.2.0"), "{file}");
    }
}

#[test]
fn the_generated_manifest_agrees_with_the_workspace() {
    let read = |path: &str| fs::read_to_string(fixtures::root().join(path)).expect("a manifest");
    let (root, generated) = (read("Cargo.toml"), read("generated/vfio-abi/Cargo.toml"));
    for key in ["edition", "rust-version", "license"] {
        let line = root.lines().find(|line| line.starts_with(&format!("{key} = ")));
        let line = line.unwrap_or_else(|| panic!("no {key} in the workspace"));
        assert!(generated.lines().any(|other| other == line), "{line}");
    }
}
