//! `capchain layout`: offsets, sizes and holes of a struct, on every target.

use capchain::lower::lower;
use capchain::reports::layout::{layout, struct_named};
use capchain::validate::ValidSpec;

use super::{CommandResult, at_release, specs, with_history};
use crate::cli::{LayoutArgs, Source};

pub(super) fn run(source: &Source, args: &LayoutArgs) -> CommandResult {
    let has = |spec: &ValidSpec| {
        let abi = lower(spec, None);
        args.structs.iter().all(|name| abi.find_struct(name).is_some())
    };
    let spec = specs::search_at(source, args.at, has)?.spec;
    let abi = at_release(&spec, args.at)?;
    for name in &args.structs {
        let found = struct_named(&abi, name);
        found.map_err(|unknown| with_history(&spec, abi.release, name, unknown))?;
    }
    layout(&abi, &args.structs, args.target.as_deref(), args.format)
}
