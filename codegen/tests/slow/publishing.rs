//! `docs/publishing.md` as far as it can be tried without a release: every
//! command of it exists, and the version stands in one place.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use support::packages::{cargo, ended, there};
use support::{fixtures, rustc};

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
    let (code, text) = ended(command.current_dir(fixtures::root()).args(arguments));
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
            ["make", ref arguments @ ..] if there("make") => {
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
fn the_version_is_set_in_one_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = folder.path().join("Cargo.toml");
    let before = fs::read_to_string(fixtures::root().join("Cargo.toml")).expect("the manifest");
    fs::write(&manifest, &before).expect("a file");
    let sets: Vec<_> = commands().into_iter().filter(|line| line.starts_with("sed ")).collect();
    assert_eq!(sets.len(), 1);
    rustc::output(Command::new("sh").current_dir(folder.path()).args(["-c", &sets[0]]));
    let after = fs::read_to_string(manifest).expect("the manifest");
    let old = format!("version = \"{}\"", env!("CARGO_PKG_VERSION"));
    assert_eq!(before.matches(&old).count(), 1);
    assert_eq!(after, before.replace(&old, "version = \"0.2.0\""));
    for member in ["codegen", "generated/vfio-abi"] {
        let manifest = fixtures::root().join(member).join("Cargo.toml");
        let manifest = fs::read_to_string(manifest).expect("a manifest");
        assert!(manifest.contains("\nversion.workspace = true\n"), "{member}");
    }
}
