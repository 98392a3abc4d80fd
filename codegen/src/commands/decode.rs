//! `capchain decode`: bytes of any struct to names and values, with its chain.

mod calls;
mod colour;
mod lines;
mod spaces;
mod types;

use std::io;
use std::path::Path;

use capchain::decode::log;
use capchain::dump::{self, MOST_INPUT};
use capchain::read;
use capchain::reports::decode::candidates;
use capchain::reports::target;

use super::{CommandResult, Output};
use crate::cli::{DecodeArgs, Source};
use lines::LineDecoder;
use types::named;

pub(super) fn run(source: &Source, args: &DecodeArgs) -> CommandResult {
    let target = target(&args.target)?;
    let types = named(source, args)?;
    if args.lines && types.named {
        let [subject] = types.subjects[..] else {
            return Err("--lines needs a STRUCT or an IOCTL with one struct".to_owned());
        };
        return lines::run(
            &LineDecoder { abi: &types.abi, target, subject },
            types.file.as_deref(),
        );
    }
    let (name, bytes) = read(types.file.as_deref())?;
    if let Some(report) = spaces::output(source, args, &types, target, &bytes) {
        let report = report.map_err(|error| format!("{name}: {error}"))?;
        return Ok(Output { text: colour::painted(report.text), ..report });
    }
    if args.lines {
        return Err("--lines needs a STRUCT or an IOCTL with one struct, or a dump of \
            labelled blocks"
            .to_owned());
    }
    let text = dump::text(&bytes);
    let dump = dump::read(&bytes, target.big_endian);
    if let Some(text) = text.as_deref() {
        let mut parts = calls::of_log(source, args, &types, text)?;
        if types.named && parts.len() == 1 && dump.is_ok() {
            parts.clear();
        }
        if parts.is_empty() && dump.is_err() {
            let dumps = log::dumps(text).into_iter();
            parts = dumps.map(|part| (part, vec![types.clone()])).collect();
        }
        if !parts.is_empty() {
            return calls::output(&parts, target, args.format, &name);
        }
    }
    let dump = dump.map_err(|error| format!("{name}: {error}"))?;
    let found = types.candidates(target, &dump);
    let output = candidates(&types.abi, target, &found, args.format);
    let output = output.map_err(|error| format!("{name}: {error}"))?;
    Ok(Output { text: colour::painted(output.text), ..output })
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
