//! Compiles a program against a generated crate, without Cargo.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles the crate whose root is `library`, with no warning, and the program
/// `main.rs` of the folder against it.
pub(crate) fn compile(folder: &Path, library: &Path) -> PathBuf {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let compiler = || {
        let mut command = Command::new(&rustc);
        command.current_dir(folder).args(["--edition", "2024"]);
        command
    };
    let library_args = ["--crate-type", "rlib", "--crate-name", "vfio_abi", "-D", "warnings"];
    run(compiler().args(library_args).arg(library));
    run(compiler().args(["--extern", "vfio_abi=libvfio_abi.rlib", "main.rs"]));
    folder.join("main")
}

/// What a command prints, which must end well.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command.output().expect("a command that starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}
