//! A workspace of its own for a test, and a shell that knows the program.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::program::binary;

/// What a line of a shell came to.
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// What it printed to standard output.
    pub said: String,
    /// What it printed to standard error.
    pub told: String,
}

/// Runs a line in a folder with a shell that finds `capchain`, which stands for
/// `cargo capchain` too.
pub fn run(folder: &Path, line: &str) -> Ran {
    let program = binary();
    let beside = program.parent().expect("a folder").to_owned();
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([beside].into_iter().chain(env::split_paths(&path)));
    let line = line.replace("cargo capchain", "capchain");
    let mut shell = Command::new("sh");
    shell.current_dir(folder).env("PATH", path.expect("a path")).args(["-c", &line]);
    let Output { status, stdout, stderr } = shell.output().expect("a shell");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let code = status.code().expect("an exit code");
    Ran { code, said: text(stdout), told: text(stderr) }
}

/// Copies a folder with all that is in it.
pub fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let to = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copied(&path, &to),
            false => drop(fs::copy(&path, to).expect("copied")),
        }
    }
}
