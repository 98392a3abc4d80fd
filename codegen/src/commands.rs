//! The commands: each one opens specifications, calls the library and returns
//! the text to print.

mod compat;
mod decode;
mod drift;
mod explain;
mod generate;
mod headers;
mod ids;
mod import;
mod init;
mod layout;
mod lint;
mod reply;
mod review;
mod show;
mod specs;
mod trace;
mod view;

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::names::UnknownName;
use capchain::release::Release;
use capchain::reports::{self, AbiAtRelease};
pub(crate) use capchain::reports::{CommandResult, FAILURE, FINDINGS, Output, SUCCESS};
use capchain::reports::{json, plural, release_and_overlays, sarif};
use capchain::validate::ValidSpec;

use crate::cli::{Cli, Command};

/// Runs a command.
pub(crate) fn run(cli: Cli) -> CommandResult {
    match cli.command {
        Command::Generate(args) => generate::run(&cli.source, &args),
        Command::Lint(args) => lint::run(&cli.source, &args),
        Command::Compat(args) => compat::run(&cli.source, &args),
        Command::Layout(args) => layout::run(&cli.source, &args),
        Command::Drift(args) => drift::run(&cli.source, &args),
        Command::Review(args) => review::run(&cli.source, &args),
        Command::Import(args) => import::run(&cli.source, &args),
        Command::Show(args) => show::run(&cli.source, &args),
        Command::Ids(args) => ids::run(&cli.source, &args),
        Command::Init(args) => init::run(&args),
        Command::Decode(args) => decode::run(&cli.source, &args),
        Command::Trace(args) => trace::run(&cli.source, &args),
        Command::View(args) => view::run(&cli.source, &args),
        Command::Reply(args) => reply::run(&cli.source, &args),
        Command::Explain(args) => explain::run(&args),
    }
}

/// Writes to standard error and ignores a closed pipe.
pub(crate) fn to_stderr(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Prints that the command waits for the lock of a folder.
fn waiting(folder: &Path) {
    to_stderr(&format!("note: another run of capchain writes to {}\n", folder.display()));
}

/// The message that a release has no such name, with the releases that have it in place of a
/// similar name, if there are some. A path such as `struct.field` is searched by its first part
/// as well.
fn with_history(spec: &ValidSpec, at: Release, name: &str, unknown: UnknownName) -> String {
    let item = name.split('.').next().unwrap_or(name);
    let since = |release: Release| {
        let abi = lower(spec, Some(release));
        let entries = abi.entries();
        let found = entries.iter().filter(|entry| entry.name == name || entry.name == item);
        found.map(|entry| entry.meta.since).next()
    };
    if since(at).is_some() {
        return unknown.into();
    }
    let releases = spec.releases().iter().rev();
    let Some((last, since)) = releases.filter_map(|one| Some((*one, since(*one)?))).next() else {
        return unknown.into();
    };
    let message = unknown.message;
    let until = if last == spec.newest() { String::new() } else { format!(" to {last}") };
    format!("{message}: it is described from {since}{until}")
}

/// The ABI as of a release, which must be described; by default the newest.
/// Warnings about items that the release may lack go to standard error.
fn at_release(spec: &ValidSpec, at: Option<Release>) -> Result<Abi, String> {
    let AbiAtRelease { abi, warnings } = reports::at_release(spec, at)?;
    for warning in warnings {
        to_stderr(&format!("warning: {warning}\n"));
    }
    Ok(abi)
}
