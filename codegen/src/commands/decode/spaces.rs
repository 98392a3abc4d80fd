//! Dumps of whole spaces: of one that a struct names, or of several with labels.

use capchain::decode::{Subject, space_struct};
use capchain::dump::labelled::{self, LabelledBytes};
use capchain::dump::{self, Dump};
use capchain::layout::Target;
use capchain::lower::lower;
use capchain::reports::spaces::SpaceType;

use super::super::specs;
use super::super::{CommandResult, at_release};
use super::types::Types;
use crate::cli::{DecodeArgs, Source};

/// The report on the spaces in an input; none if it has none.
pub(super) fn output(
    source: &Source,
    args: &DecodeArgs,
    types: &Types,
    target: &'static Target,
    bytes: &[u8],
) -> Option<CommandResult> {
    let blocks = match labelled::blocks(bytes) {
        Ok(blocks) => blocks,
        Err(error) => return Some(Err(error)),
    };
    let report = |type_: SpaceType<'_>, blocks: &[LabelledBytes]| {
        type_.report(blocks, args.format, args.lines)
    };
    if types.named {
        let struct_ = space_struct(&types.abi)?;
        if types.subjects != [Subject::Struct(struct_)] {
            return None;
        }
        let one = || {
            let Dump { readings, .. } = dump::read(bytes, target.big_endian)?;
            let bytes = readings.into_iter().next().map(|reading| reading.bytes);
            Ok(vec![LabelledBytes { label: String::new(), bytes: bytes.unwrap_or_default() }])
        };
        let blocks = if blocks.is_empty() { one() } else { Ok(blocks) };
        return Some(
            blocks
                .and_then(|blocks| report(SpaceType { abi: &types.abi, struct_, target }, &blocks)),
        );
    }
    if blocks.is_empty() {
        return None;
    }
    let found = specs::search_at(source, args.at, |spec| {
        let described = args.at.is_none_or(|at| spec.releases().contains(&at));
        described && space_struct(&lower(spec, args.at)).is_some()
    });
    let abi = found.and_then(|found| at_release(&found.spec, args.at));
    Some(abi.and_then(|abi| {
        let struct_ = space_struct(&abi).ok_or("no specification has spaces")?;
        report(SpaceType { abi: &abi, struct_, target }, &blocks)
    }))
}
