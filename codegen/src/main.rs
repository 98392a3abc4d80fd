//! The program: parses arguments, runs a command, prints its output and returns
//! its exit code.

mod cli;
mod commands;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli) {
        Ok(output) => print(&output.text)
            .map_or(ExitCode::from(commands::FAILURE), |()| ExitCode::from(output.code)),
        Err(message) => {
            if !message.is_empty() {
                commands::to_stderr(&format!("error: {message}\n"));
            }
            ExitCode::from(commands::FAILURE)
        }
    }
}

/// Writes to standard output. A closed pipe is not an error.
fn print(text: &str) -> Option<()> {
    match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            commands::to_stderr(&format!("error: {error}\n"));
            None
        }
        _ => Some(()),
    }
}
