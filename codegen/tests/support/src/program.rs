//! The program, as its users run it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program that Cargo built together with the running test program.
pub fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("the path of the test program");
    let folder = test.parent().and_then(Path::parent).expect("the folder of the profile");
    let binary = folder.join("capchain").with_extension(std::env::consts::EXE_EXTENSION);
    assert!(binary.is_file(), "{}: Cargo builds it with the tests", binary.display());
    binary
}

/// Runs it in a folder: its exit code, and what it printed to standard output
/// and error.
pub fn ran(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(binary());
    let output = command.current_dir(folder).args(args).output().expect("the program starts");
    let Output { status, stdout, stderr } = output;
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code().expect("an exit code"), text(stdout), text(stderr))
}
