//! `capchain decode`: bytes of any struct to names and values, with its chain.

mod calls;
mod colour;
mod lines;
mod types;

use std::io;
use std::path::Path;

use capchain::decode::input::Input;
use capchain::decode::{self, Candidate, Subject, log};
use capchain::dump::{self, MOST_INPUT};
use capchain::ir::Abi;
use capchain::layout::{TARGETS, Target};
use capchain::read;
use serde_json::{Value, json};

use super::{CommandResult, FINDINGS, Output, SUCCESS, json, overlay_line};
use crate::cli::{DecodeArgs, Format, Source};
use lines::LineDecoder;
use types::named;

/// Structs that fit and are listed.
const MOST_CANDIDATES: usize = 5;

pub(super) fn run(source: &Source, args: &DecodeArgs) -> CommandResult {
    let target = target(&args.target)?;
    let types = named(source, args)?;
    if args.lines {
        let [subject] = types.subjects[..] else {
            return Err("--lines needs a STRUCT or an IOCTL with one struct".to_owned());
        };
        return lines::run(
            &LineDecoder { abi: &types.abi, target, subject },
            types.file.as_deref(),
        );
    }
    let (name, bytes) = read(types.file.as_deref())?;
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
    let Some(best) = found.first() else {
        return Err(format!("{name}: no struct that an ioctl takes fits these bytes"));
    };
    let bytes = best.input.bytes.as_slice();
    let decoded = decode::decode(&types.abi, best.subject, target, bytes);
    let code = if decoded.error.is_some() { FINDINGS } else { SUCCESS };
    let output = match args.format {
        Format::Text => {
            let mut text = head(&best.input) + &overlay_line(&types.abi);
            text += &choice(&types.abi, &found);
            Output::success(colour::painted(text + &decode::text(&decoded)))
        }
        Format::Json => {
            let mut object = decode::json(&decoded);
            object["input"] = input_json(&best.input);
            if found.len() > 1 {
                object["candidates"] = candidates_json(&types.abi, &found);
            }
            json(&object)?
        }
    };
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

/// Notes about the structs that fit, if there are several.
fn choice(abi: &Abi, found: &[Candidate]) -> String {
    let [best, others @ ..] = found else { return String::new() };
    if others.is_empty() {
        return String::new();
    }
    let mut text = format!("note: {} fits best", type_name(abi, best.subject));
    for other in others.iter().take(MOST_CANDIDATES) {
        let reason = other.reason.as_ref().map(|reason| format!(" ({reason})"));
        let name = type_name(abi, other.subject);
        text += &format!("\nnote: then {name}{}", reason.unwrap_or_default());
    }
    text + "\n"
}

fn candidates_json(abi: &Abi, found: &[Candidate]) -> Value {
    let one = |candidate: &Candidate| {
        json!({
            "struct": type_name(abi, candidate.subject),
            "weight": candidate.weight,
            "reason": candidate.reason,
        })
    };
    found.iter().map(one).collect()
}

fn type_name(abi: &Abi, subject: Subject) -> &str {
    match subject {
        Subject::Struct(id) => &abi.struct_(id).name,
        Subject::Chain(id) => &abi.chain(id).name,
    }
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
