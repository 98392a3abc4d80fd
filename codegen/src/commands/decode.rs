//! `capchain decode`: bytes of any struct to names and values, with its chain.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use capchain::decode::input::{self, Input, MOST_INPUT};
use capchain::decode::{self, Subject};
use capchain::ir::Abi;
use capchain::layout::{TARGETS, Target};
use capchain::names;
use serde_json::json;

use super::{Done, FINE, FOUND, Outcome, json, lower, open, origin, with_overlays};
use crate::cli::{Decode, Format, Source};

pub(super) fn run(source: &Source, args: &Decode) -> Outcome {
    let spec = open(&origin(source), source)?;
    let abi = lower(&spec, args.at)?;
    let target = target(&args.target)?;
    let subject = subject(&abi, &args.subject)?;
    let input = read(args.file.as_deref())?;
    let decoded = decode::decode(&abi, subject, target, &input.bytes);
    let done = match args.format {
        Format::Text => Done::fine(head(&input) + &with_overlays(&abi) + &decode::text(&decoded)),
        Format::Json => {
            let mut object = decode::json(&decoded);
            object["input"] = json!({ "form": input.form.to_string(), "cut": input.cut });
            json(&object)?
        }
    };
    let code = if decoded.damage.is_some() { FOUND } else { FINE };
    Ok(Done { code, ..done })
}

fn head(input: &Input) -> String {
    let Input { bytes, form, cut } = input;
    let cut = match cut {
        true => "note: the string ends in `...`, so bytes are missing at the end\n",
        false => "",
    };
    format!("input: {} bytes, {form}\n{cut}", bytes.len())
}

fn target(name: &str) -> Result<&'static Target, String> {
    TARGETS.iter().find(|target| target.name == name).ok_or_else(|| {
        let known: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        format!("unknown target `{name}`; targets are {}", known.join(", "))
    })
}

/// The struct of this name or, where none has it, the chain without a host.
fn subject(abi: &Abi, name: &str) -> Result<Subject, String> {
    if let Some(id) = abi.find_struct(name) {
        return Ok(Subject::Struct(id));
    }
    let lone = abi.find_chain(name).filter(|id| abi.chain(*id).offset_host().is_none());
    lone.map(Subject::Chain).ok_or_else(|| {
        let near = names::nearest(name, abi.structs.iter().map(|struct_| struct_.name.as_str()));
        let hint = near.map(|near| format!("; did you mean `{near}`?"));
        format!("{} has no struct `{name}`{}", abi.release, hint.unwrap_or_default())
    })
}

/// Reads a file, or standard input, up to the size that is interpreted.
fn read(file: Option<&Path>) -> Result<Input, String> {
    let (name, result) = match file {
        Some(path) => (path.display().to_string(), File::open(path).and_then(limited)),
        None => ("standard input".to_owned(), limited(io::stdin())),
    };
    let bytes = result.map_err(|error| format!("cannot read {name}: {error}"))?;
    if bytes.len() > MOST_INPUT {
        return Err(format!("{name} has more than {MOST_INPUT} bytes, too many for a struct"));
    }
    input::read(&bytes).map_err(|error| format!("{name}: {error}"))
}

fn limited(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MOST_INPUT as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
