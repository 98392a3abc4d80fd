//! Packages as a registry would hand them out: what `cargo package` makes,
//! unpacked outside of the repository.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::{fixtures, rustc};

/// Packs a member of the workspace and unpacks it as `folder/name`.
pub fn unpacked(folder: &Path, name: &str) -> PathBuf {
    let mut package = cargo(&fixtures::root());
    package.args(["package", "--quiet", "--offline", "--allow-dirty", "--no-verify"]);
    let packed = folder.join("packed");
    rustc::output(package.args(["--package", name, "--target-dir"]).arg(&packed));
    let full = [name, "-", env!("CARGO_PKG_VERSION")].concat();
    let archive = packed.join("package").join([&full, ".crate"].concat());
    rustc::output(Command::new("tar").current_dir(folder).arg("-xzf").arg(archive));
    let place = folder.join(name);
    fs::rename(folder.join(full), &place).expect("the package has one folder");
    place
}

/// Cargo, to work in a folder.
pub fn cargo(folder: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(folder);
    command
}

/// Whether there is a program of this name; tells if not.
pub fn there(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: {program} is not installed");
    }
    found
}

/// How a command ended, and all that it printed.
pub fn ended(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command.output().expect("a command that starts");
    let text = [stdout, stderr].concat();
    (status.code(), String::from_utf8_lossy(&text).into_owned())
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let place = to.join(entry.file_name());
        match entry.file_type().expect("a type").is_dir() {
            true => copy(&entry.path(), &place),
            false => _ = fs::copy(entry.path(), place).expect("a file"),
        }
    }
}
