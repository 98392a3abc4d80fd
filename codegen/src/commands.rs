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
mod review;
mod show;
mod specs;
mod trace;
mod uncertain_releases;

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use capchain::catalogue;
use capchain::diagnostic::{self, Code, SarifResult};
use capchain::ir::Abi;
use capchain::release::Release;
use capchain::validate::ValidSpec;

use crate::cli::{Cli, Command};

/// Exit code: nothing was found.
pub(crate) const SUCCESS: u8 = 0;
/// Exit code: the command found what it searches for.
pub(crate) const FINDINGS: u8 = 1;
/// Exit code: wrong usage, or unreadable input, or unwritable output.
pub(crate) const FAILURE: u8 = 2;

/// Text for standard output, and the exit code.
pub(crate) struct Output {
    pub(crate) text: String,
    pub(crate) code: u8,
}

impl Output {
    fn success(text: String) -> Self {
        Self { text, code: SUCCESS }
    }
}

/// The output of a command, or the message of an error.
type CommandResult = Result<Output, String>;

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

/// The ABI as of a release, which must be described; by default the newest.
/// Warnings about items that the release may lack go to standard error.
fn at_release(spec: &ValidSpec, at: Option<Release>) -> Result<Abi, String> {
    if let Some(at) = at {
        if !spec.releases().contains(&at) {
            let (first, last) = (spec.releases().first(), spec.newest());
            let first = first.map(Release::to_string).unwrap_or_default();
            let whole = spec.releases().iter().find(|release| release.is_final_of(at));
            return Err(match whole {
                Some(whole) => format!("{at} is not described separately; use {whole}"),
                None => format!("{at} is not described; releases are {first} to {last}"),
            });
        }
        for warning in uncertain_releases::warnings(&capchain::lower::lower(spec, None), at) {
            to_stderr(&format!("warning: {warning}\n"));
        }
    }
    Ok(capchain::lower::lower(spec, at))
}

/// The release of an ABI and the overlays that are part of it.
fn release_and_overlays(abi: &Abi) -> String {
    let overlays = abi.overlays.iter().map(|name| [" + ", name].concat());
    [abi.release.to_string()].into_iter().chain(overlays).collect()
}

/// A line with the overlays; empty if there are none.
fn overlay_line(abi: &Abi) -> String {
    match abi.overlays.is_empty() {
        true => String::new(),
        false => format!("of {}\n", release_and_overlays(abi)),
    }
}

/// A number with a noun.
fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// Prints a SARIF log.
fn sarif(results: &[SarifResult<'_>]) -> CommandResult {
    let title = |code: Code| catalogue::entry(code.0).map(|entry| entry.title);
    json(&diagnostic::sarif(results, title))
}

/// Prints an object as JSON.
fn json(object: &impl serde::Serialize) -> CommandResult {
    let text = serde_json::to_string_pretty(object).map_err(|error| error.to_string())?;
    Ok(Output::success(text + "\n"))
}
