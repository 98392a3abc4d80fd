//! `capchain import`: what the specification lacks to cover headers.

use capchain::import::import;
use capchain::lower::lower as lowered;

use super::headers::read;
use super::{Done, Outcome, counted, lower, origin, shown_folder, spec_of, tell, to_terminal};
use crate::cli::{Import, Source};

pub(super) fn run(source: &Source, args: &Import) -> Outcome {
    let opened = capchain::open(&origin(source), &source.overlay);
    let (spec, mut sources) = spec_of(opened)?;
    let (abi, newest) = (lower(&spec, args.at)?, lowered(&spec, None));
    let headers = read(&args.headers, &newest, &mut sources)?;
    tell(&headers.problems.render(&sources, to_terminal()));
    let found = import(&headers.facts, &newest, &abi, &headers.given, &shown_folder(source));
    for (name, why) in &found.left {
        tell(&format!("note: `{name}` is left out: {why}\n"));
    }
    if args.at.is_none() && found.count > 0 {
        let release = abi.release;
        tell(&format!(
            "note: all of it is said to be there since {release}; --at names another release\n"
        ));
    }
    let things = counted(found.count, "thing");
    tell(&format!("{things} to add; what else differs, `capchain drift` tells\n"));
    Ok(Done::fine(found.text))
}
