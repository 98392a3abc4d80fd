//! `capchain decode`: bytes of any struct to names and values, with its chain.

mod lines;

use std::io;
use std::path::Path;

use capchain::dump::MOST_INPUT;
use capchain::lower::lower;
use capchain::read;
use capchain::reports::decode::{decode, subject};
use capchain::reports::target;
use capchain::validate::ValidSpec;

use super::specs::{self, Loaded};
use super::{CommandResult, at_release};
use crate::cli::{DecodeArgs, Source};
use lines::LineDecoder;

pub(super) fn run(source: &Source, args: &DecodeArgs) -> CommandResult {
    let named = |spec: &ValidSpec| {
        let described = args.at.is_none_or(|at| spec.releases().contains(&at));
        described && subject(&lower(spec, args.at), &args.subject).is_ok()
    };
    let Loaded { spec, .. } = specs::search_at(source, args.at, named)?;
    let abi = at_release(&spec, args.at)?;
    let target = target(&args.target)?;
    let subject = subject(&abi, &args.subject)?;
    if args.lines {
        return lines::run(&LineDecoder { abi: &abi, target, subject }, args.file.as_deref());
    }
    let (name, bytes) = read(args.file.as_deref())?;
    let result = decode(&abi, subject, target, &bytes, args.format);
    result.map_err(|error| format!("{name}: {error}"))
}

/// The name and the content of a file, or of standard input, up to the size that is
/// interpreted.
fn read(file: Option<&Path>) -> Result<(String, Vec<u8>), String> {
    const MOST: u64 = MOST_INPUT as u64;
    let (name, result) = match file {
        Some(path) => (path.display().to_string(), read::file(path, MOST)),
        None => ("standard input".to_owned(), read::stream(io::stdin(), MOST)),
    };
    match result {
        Ok(bytes) => Ok((name, bytes)),
        Err(error) => Err(format!("cannot read {name}: {error}")),
    }
}
