//! The program, as its users run it.

use std::path::Path;
use std::process::{Command, Output};

/// Runs it in a folder: its exit code, and what it printed to standard output
/// and error.
pub(crate) fn ran(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_capchain"));
    let output = command.current_dir(folder).args(args).output().expect("the program starts");
    let Output { status, stdout, stderr } = output;
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code().expect("an exit code"), text(stdout), text(stderr))
}
