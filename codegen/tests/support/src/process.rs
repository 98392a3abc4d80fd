//! Runs other programs.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// The standard output of a command, which must succeed.
pub fn succeed(command: &mut Command) -> String {
    let output = finish(command);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{errors}", output.status);
    String::from_utf8(output.stdout).expect("text")
}

/// The output of a command, which must at least start.
pub fn finish(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"))
}

/// The output of a command with bytes on standard input. A command that ends
/// early need not read all of them.
pub fn with_input(command: &mut Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn();
    let mut child = child.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let mut stdin = child.stdin.take().expect("a pipe");
    std::thread::scope(|scope| {
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().expect("an end")
    })
}

/// The standard output of a command with bytes on standard input; the command
/// must succeed.
pub fn succeed_with_input(command: &mut Command, input: &[u8]) -> String {
    let output = with_input(command, input);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{errors}", output.status);
    String::from_utf8(output.stdout).expect("text")
}

/// The exit code of a command, and everything that it printed.
pub fn code_and_text(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = finish(command);
    let text = [stdout, stderr].concat();
    (status.code(), String::from_utf8_lossy(&text).into_owned())
}

/// Whether this machine has a program.
pub fn is_installed(program: &str) -> bool {
    let output = Command::new(program).arg("--version").output();
    output.is_ok_and(|output| output.status.success())
}
