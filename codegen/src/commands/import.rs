//! `capchain import`: what the specification lacks to cover headers.

use capchain::import::import;
use capchain::lower::lower as lowered;

use super::headers::read;
use super::{Done, Outcome, counted, lower, origin, shown_folder, spec_of, to_terminal};
use crate::cli::{Import, Source};

pub(super) fn run(source: &Source, args: &Import) -> Outcome {
    let opened = capchain::open(&origin(source), &source.overlay);
    let (spec, mut sources) = spec_of(opened)?;
    let (abi, newest) = (lower(&spec, args.at)?, lowered(&spec, None));
    let headers = read(&args.headers, &newest, &mut sources)?;
    eprint!("{}", headers.problems.render(&sources, to_terminal()));
    let found = import(&headers.facts, &newest, &abi, &headers.given, &shown_folder(source));
    for (name, why) in &found.left {
        eprintln!("note: `{name}` is left out: {why}");
    }
    if args.at.is_none() && found.count > 0 {
        let release = abi.release;
        eprintln!(
            "note: all of it is said to be there since {release}; --at names another release"
        );
    }
    let things = counted(found.count, "thing");
    eprintln!("{things} to add; what else differs, `capchain drift` tells");
    Ok(Done::fine(found.text))
}
