//! `capchain layout`: offsets, sizes and holes of a struct, on every target.

use capchain::reports::layout::layout;

use super::{CommandResult, at_release, specs};
use crate::cli::{LayoutArgs, Source};

pub(super) fn run(source: &Source, args: &LayoutArgs) -> CommandResult {
    let spec = specs::one(source)?.load_at(&source.overlay, args.at)?.spec;
    let abi = at_release(&spec, args.at)?;
    layout(&abi, &args.structs, args.target.as_deref(), args.format)
}
