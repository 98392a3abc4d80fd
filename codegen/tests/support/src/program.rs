//! Runs the `capchain` program, as its users do.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::process::with_input;

/// The exit code and the output of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The exit code.
    pub code: i32,
    /// The text on standard output.
    pub stdout: String,
    /// The text on standard error.
    pub stderr: String,
}

impl From<Output> for Outcome {
    fn from(Output { status, stdout, stderr }: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let code = status.code().expect("an exit code");
        Self { code, stdout: text(stdout), stderr: text(stderr) }
    }
}

/// The `capchain` program that Cargo built together with the running test program.
pub fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("the path of the test program");
    let folder = test.parent().and_then(Path::parent).expect("the folder of the profile");
    let binary = folder.join("capchain").with_extension(std::env::consts::EXE_EXTENSION);
    assert!(binary.is_file(), "{}: Cargo builds it with the tests", binary.display());
    binary
}

/// Runs `capchain` in a folder.
pub fn run(folder: &Path, args: &[&str]) -> Outcome {
    run_with_input(folder, args, &[])
}

/// Runs `capchain` in a folder with bytes on standard input.
pub fn run_with_input(folder: &Path, args: &[&str], input: &[u8]) -> Outcome {
    with_input(Command::new(binary()).current_dir(folder).args(args), input).into()
}

/// Runs a line in a folder with a shell that finds `capchain`; `cargo capchain`
/// means `capchain`.
pub fn shell(folder: &Path, line: &str) -> Outcome {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let own = binary().parent().expect("a folder").to_owned();
    let path = std::env::join_paths([own].into_iter().chain(std::env::split_paths(&path)));
    let line = line.replace("cargo capchain", "capchain");
    let mut shell = Command::new("sh");
    shell.current_dir(folder).env("PATH", path.expect("a path")).args(["-c", &line]);
    shell.output().expect("a shell").into()
}
