//! Compiles the generated crate and programs that use it, without Cargo.

#![allow(dead_code, reason = "each test uses some of it")]

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::ir::Abi;

/// Writes the crate of an ABI, compiles it without warnings, and compiles a
/// program against it.
pub(crate) fn program(folder: &Path, abi: &Abi, name: &str, text: &str) -> PathBuf {
    for file in capchain::emit::all(abi) {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, file.contents).expect("a file");
    }
    let library = ["--crate-type", "rlib", "--crate-name", name, "-D", "warnings"];
    output(rustc(folder).args(library).arg("generated/src/lib.rs"));
    fs::write(folder.join("main.rs"), text).expect("a file");
    let external = format!("{name}=lib{name}.rlib");
    output(rustc(folder).args(["--extern", &external, "main.rs"]));
    folder.join("main")
}

/// What a program prints, which must end well.
pub(crate) fn run(program: &Path, args: &[&str]) -> String {
    output(Command::new(program).args(args))
}

fn rustc(folder: &Path) -> Command {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let mut command = Command::new(rustc);
    command.current_dir(folder).args(["--edition", "2024"]);
    command
}

fn output(command: &mut Command) -> String {
    let output = command.output().expect("a command that starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
