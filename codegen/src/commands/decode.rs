//! `capchain decode`: bytes of any struct to names and values, with its chain.

mod lines;

use std::io;
use std::path::Path;

use capchain::decode::input::{self, Input};
use capchain::decode::{self, Subject};
use capchain::dump::MOST_INPUT;
use capchain::ir::Abi;
use capchain::layout::{TARGETS, Target};
use capchain::lower::lower;
use capchain::names;
use capchain::read;
use capchain::validate::ValidSpec;
use serde_json::{Value, json};

use super::specs::{self, Loaded};
use super::{CommandResult, FINDINGS, Output, SUCCESS, at_release, json, overlay_line};
use crate::cli::{DecodeArgs, Format, Source};
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
    let input = input::read(&abi, subject, target, &bytes);
    let input = input.map_err(|error| format!("{name}: {error}"))?;
    let decoded = decode::decode(&abi, subject, target, &input.bytes);
    let output = match args.format {
        Format::Text => {
            Output::success(head(&input) + &overlay_line(&abi) + &decode::text(&decoded))
        }
        Format::Json => {
            let mut object = decode::json(&decoded);
            object["input"] = input_json(&input);
            json(&object)?
        }
    };
    let code = if decoded.error.is_some() { FINDINGS } else { SUCCESS };
    Ok(Output { code, ..output })
}

fn head(input: &Input) -> String {
    let reading = input.reading.as_ref().map(|reading| format!(": {reading}"));
    let form = format!("{}{}", input.form, reading.unwrap_or_default());
    let mut head = format!("input: {} bytes, {form}\n", input.bytes.len());
    if input.cut {
        head += "note: the text ends in `...`, so bytes are missing at the end\n";
    }
    head.extend(input.notes.iter().map(|note| format!("note: {note}\n")));
    head
}

/// The form and the reading of an input.
fn input_json(input: &Input) -> Value {
    let Input { form, cut, reading, notes, .. } = input;
    json!({ "form": form, "cut": cut, "reading": reading, "notes": notes })
}

fn target(name: &str) -> Result<&'static Target, String> {
    TARGETS.iter().find(|target| target.name == name).ok_or_else(|| {
        let known: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        format!("unknown target `{name}`; targets are {}", known.join(", "))
    })
}

/// The struct of this name or, if there is none, the chain without a host.
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
