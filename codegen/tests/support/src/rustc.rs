//! Compiles the generated crate and programs that use it, without Cargo.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::emit::{FAMILIES, crate_folder};
use capchain::ir::Abi;

use crate::process::succeed;

/// Writes the crate of an ABI, compiles it without warnings, and compiles a
/// program against it.
pub fn program(folder: &Path, abi: &Abi, name: &str, text: &str) -> PathBuf {
    write_crate(folder, abi);
    library(folder, name, &[]);
    program_with(folder, name, text, &[])
}

/// Writes the crate and the header of an ABI to the folder `generated`, without the
/// name of the ABI.
pub fn write_crate(folder: &Path, abi: &Abi) {
    // The reference takes most of the time, and no compiler reads it.
    let families = FAMILIES.iter().filter(|family| family.name != "reference");
    for file in families.flat_map(|family| family.emit(abi)) {
        let below = file.path.strip_prefix(&crate_folder(abi)).expect("a file of the crate");
        let path = folder.join(["generated", below].concat());
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, file.contents).expect("a file");
    }
}

/// Compiles a program against the crate.
pub fn program_with(folder: &Path, name: &str, text: &str, args: &[&str]) -> PathBuf {
    fs::write(folder.join("main.rs"), text).expect("a file");
    let external = format!("{name}=lib{name}.rlib");
    succeed(rustc(folder).args(["--extern", &external, "main.rs"]).args(args));
    folder.join("main")
}

/// Compiles the crate; a warning is an error.
pub fn library(folder: &Path, name: &str, args: &[&str]) {
    let library = ["--crate-type", "rlib", "--crate-name", name, "-D", "warnings"];
    succeed(rustc(folder).args(library).args(args).arg("generated/src/lib.rs"));
}

/// The output of a program, which must succeed.
pub fn run(program: &Path, args: &[&str]) -> String {
    succeed(Command::new(program).args(args))
}

/// rustc, run in a folder.
pub fn rustc(folder: &Path) -> Command {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let mut command = Command::new(rustc);
    command.current_dir(folder).args(["--edition", "2024"]);
    command
}
