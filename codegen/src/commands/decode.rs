//! `capchain decode`: bytes of any struct to names and values, with its chain.

pub(super) mod colour;
mod lines;
mod types;

use std::cell::OnceCell;
use std::io;
use std::path::Path;

use capchain::dump::{self, MOST_INPUT};
use capchain::layout::Target;
use capchain::read;
use capchain::reports::bytes::DecodeQuestion;
use capchain::reports::data::GivenData;
use capchain::reports::{Format, target};

use super::{CommandResult, Output};
use crate::cli::{DecodeArgs, Source};
use lines::LineDecoder;
use types::{Searched, named};

pub(super) fn run(source: &Source, args: &DecodeArgs) -> CommandResult {
    let target = target(&args.target)?;
    let (types, file) = named(source, args)?;
    let abis = Searched { source, args };
    if args.lines && (types.named || lines::are_objects(file.as_deref())) {
        let subject = match types.subjects[..] {
            [subject] if types.named => Some(subject),
            _ if types.named => {
                return Err("--lines needs a STRUCT or an IOCTL with one struct".to_owned());
            }
            _ => None,
        };
        let (others, loaded) = (abis, OnceCell::new());
        let decoder = LineDecoder { abi: &types.abi, target, subject, others, loaded };
        return lines::run(&decoder, file.as_deref());
    }
    let (name, bytes) = read(file.as_deref())?;
    let DecodeArgs { format, lines, .. } = *args;
    let data: Vec<_> = args.data.iter().map(|one| given(one, target)).collect::<Result<_, _>>()?;
    let question =
        DecodeQuestion { types: &types, abis: &abis, target, format, lines, data: &data };
    let output = question.report(&bytes).map_err(|error| format!("{name}: {error}"))?.output;
    match format {
        Format::Text if !lines => Ok(Output { text: colour::painted(output.text), ..output }),
        _ => Ok(output),
    }
}

/// Memory that an argument has the address of, from `FILE` or `FIELD=FILE`.
fn given(argument: &str, target: &Target) -> Result<GivenData, String> {
    let named = argument.split_once('=').filter(|_| !Path::new(argument).exists());
    let (field, file) = named.map_or((None, argument), |(field, file)| (Some(field), file));
    let (name, text) = read(Some(Path::new(file)))?;
    let dump = dump::read(&text, target.big_endian).map_err(|error| format!("{name}: {error}"))?;
    Ok(GivenData { field: field.map(str::to_owned), bytes: dump.bytes().to_vec() })
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
