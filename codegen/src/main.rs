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
        Ok(done) => print(&done.text)
            .map_or(ExitCode::from(commands::UNUSABLE), |()| ExitCode::from(done.code)),
        Err(message) => {
            if !message.is_empty() {
                commands::tell(&format!("error: {message}\n"));
            }
            ExitCode::from(commands::UNUSABLE)
        }
    }
}

/// Prints a result. A reader who has seen enough and closed the pipe is no error.
fn print(text: &str) -> Option<()> {
    match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            commands::tell(&format!("error: {error}\n"));
            None
        }
        _ => Some(()),
    }
}
