//! `capchain import`: the YAML that the specification lacks to cover headers.

use capchain::import::import;
use capchain::lower::lower;

use super::headers::{HeaderFiles, Headers};
use super::specs::{self, Loaded};
use super::{CommandResult, Output, at_release, plural, stderr_is_terminal, to_stderr};
use crate::cli::{ImportArgs, Source};

pub(super) fn run(source: &Source, args: &ImportArgs) -> CommandResult {
    let files = HeaderFiles::open(&args.headers)?;
    let Loaded { spec, mut sources, shown } = specs::search(source, |spec| files.are_of(spec))?;
    let (abi, newest) = (at_release(&spec, args.at)?, lower(&spec, None));
    let Headers { facts, given, problems } = files.read(&newest, &mut sources)?;
    to_stderr(&problems.render(&sources, stderr_is_terminal()));
    let found = import(&facts, spec.spec(), (&newest, &abi), &given, &shown);
    for (name, why) in &found.left {
        to_stderr(&format!("note: `{name}` is left out: {why}\n"));
    }
    if args.at.is_none() && found.count > 0 {
        let release = abi.release;
        to_stderr(&format!(
            "note: all of it gets `since: {release}`; --at names another release\n"
        ));
    }
    let things = plural(found.count, "thing");
    to_stderr(&format!("{things} to add; `capchain drift` lists all other differences\n"));
    Ok(Output::success(found.text()))
}
