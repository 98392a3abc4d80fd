//! The command line: reads arguments, runs a command of the library, and
//! turns what it says into an exit code.

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

/// Prints a result. A reader who has seen enough and closed the pipe is no error.
fn print(text: &str) -> Option<()> {
    match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            commands::to_stderr(&format!("error: {error}\n"));
            None
        }
        _ => Some(()),
    }
}
