//! Packages as a registry delivers them: made by `cargo package`, and unpacked
//! outside the repository.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fixtures;
use crate::process::succeed;

/// Packs a member of the workspace and unpacks it as `folder/name`.
pub fn unpacked(folder: &Path, name: &str) -> PathBuf {
    let mut package = cargo(&fixtures::root());
    package.args(["package", "--quiet", "--offline", "--allow-dirty", "--no-verify"]);
    let packed = folder.join("packed");
    succeed(package.args(["--package", name, "--target-dir"]).arg(&packed));
    let prefix = [name, "-"].concat();
    let entries = fs::read_dir(packed.join("package")).expect("the packages");
    let mut archives = entries.map(|entry| entry.expect("an entry").path());
    let archive = archives.find(|path| {
        let file = path.file_name().expect("a name").to_string_lossy();
        file.starts_with(&prefix) && file.ends_with(".crate")
    });
    let archive = archive.expect("the archive of the package");
    let full = archive.file_stem().expect("a name").to_owned();
    succeed(Command::new("tar").current_dir(folder).arg("-xzf").arg(archive));
    let place = folder.join(name);
    fs::rename(folder.join(full), &place).expect("the package has one folder");
    place
}

/// Cargo, run in a folder, with rustc as the compiler, also where `.ci/run` lets clippy
/// compile.
pub fn cargo(folder: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(folder).env_remove("RUSTC_WORKSPACE_WRAPPER");
    command
}
