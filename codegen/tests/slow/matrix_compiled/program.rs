//! Compiles releases, and programs of two releases in each language.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::names;
use support::process::{succeed, succeed_with_input};
use support::{agree_program, c_program, fixed_part, rustc};

use super::diagonal::Era;

/// A language that programs are made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Rust,
    C,
}

/// Every language.
pub(crate) const LANGUAGES: [Language; 2] = [Language::Rust, Language::C];

/// Writes and compiles a release in a folder of its own.
pub(crate) fn compile(root: &Path, era: &Era, structs: &[String]) {
    let (folder, abi, name) = (root.join(&era.name), &era.abi, &era.name);
    let stem = names::c_stem(&abi.name);
    fs::create_dir(&folder).expect("a new folder");
    agree_program::write(&folder, abi);
    let files = [
        ("fixed.rs", fixed_part::rust_source(abi, structs)),
        ("fixed.h", fixed_part::c_source(abi, &stem, structs)),
        ("side.rs", include_str!("../../programs/side.rs").to_owned()),
        ("side.c", include_str!("../../programs/side.c").to_owned()),
        ("text.h", c_program::TEXT.to_owned()),
    ];
    for (file, text) in files {
        fs::write(folder.join(file), text).expect("a file");
    }
    let library = format!("abi_{name}");
    rustc::library(&folder, &library, &[]);
    let library = format!("generated_abi=lib{library}.rlib");
    let mut rustc = rustc::rustc(&folder);
    rustc.args(["--crate-type", "rlib", "--crate-name", &format!("side_{name}")]);
    succeed(rustc.args(["-D", "warnings", "--extern", &library, "side.rs"]));
    let mut gcc = gcc(&folder);
    gcc.arg(format!("-DSIDE(name)=side_{name}_##name"));
    succeed(gcc.args(["-c", "side.c", "-o", "side.o"]));
}

/// Links two releases.
pub(crate) fn link(root: &Path, old: &Era, new: &Era, language: Language) -> PathBuf {
    let name = format!("{}_{}_{language:?}", old.name, new.name);
    let (old, new) = (&old.name, &new.name);
    match language {
        Language::Rust => {
            let source = format!("{name}.rs");
            fs::write(root.join(&source), include_str!("../../programs/pair.rs")).expect("a file");
            let mut rustc = rustc::rustc(root);
            rustc.args(["-D", "warnings", "--crate-name", "pair", "-L", old, "-L", new]);
            rustc.args(["--extern", &format!("old={old}/libside_{old}.rlib")]);
            rustc.args(["--extern", &format!("new={new}/libside_{new}.rlib")]);
            succeed(rustc.args([&source, "-o", &name]));
        }
        Language::C => {
            let source = format!("{name}.c");
            fs::write(root.join(&source), include_str!("../../programs/pair.c")).expect("a file");
            let mut gcc = gcc(root);
            gcc.arg(format!("-DOLD(name)=side_{old}_##name"));
            gcc.arg(format!("-DNEW(name)=side_{new}_##name"));
            gcc.args([&source, &format!("{old}/side.o"), &format!("{new}/side.o")]);
            succeed(gcc.args(["-o", &name]));
        }
    }
    root.join(name)
}

fn gcc(folder: &Path) -> Command {
    let mut gcc = Command::new("gcc");
    gcc.current_dir(folder).args(["-std=gnu11", "-Wall", "-Wextra", "-Werror"]);
    gcc
}

/// The answer of a program to each line.
pub(crate) fn run(program: &Path, lines: &[String]) -> Vec<String> {
    let text = succeed_with_input(&mut Command::new(program), lines.concat().as_bytes());
    let answers: Vec<_> = text.split_terminator(".\n").map(str::to_owned).collect();
    assert_eq!(answers.len(), lines.len(), "{program:?}: an answer to every line");
    answers
}
