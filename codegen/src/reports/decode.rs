//! The report of `decode`: the form of the input, and the names and values of its bytes.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::data::{self, GivenData};
use super::{CommandResult, FINDINGS, Format, Output, SUCCESS, json, overlay_line};
use crate::decode::input::Input;
use crate::decode::{self, Candidate, Subject};
use crate::ir::Abi;
use crate::layout::Target;

/// Structs that fit and are listed.
const MOST_CANDIDATES: usize = 5;

/// The report on a dump with the structs that fit it, the best first.
///
/// # Errors
///
/// No struct fits.
pub fn candidates(
    abi: &Abi,
    target: &'static Target,
    found: &[Candidate],
    format: Format,
    given: &[GivenData],
) -> CommandResult {
    let best = found.first().ok_or("no struct that an ioctl takes fits these bytes")?;
    let decoded = decode::decode(abi, best.subject, target, &best.input.bytes);
    let data = data::of_argument(&decoded, given)?;
    let problem = decoded.problem().is_some() || data.iter().any(|one| one.error.is_some());
    let code = if problem { FINDINGS } else { SUCCESS };
    let output = match format {
        Format::Text => {
            let text = head(&best.input) + &overlay_line(abi) + &choice(abi, found);
            let after = data.iter().map(data::text).collect::<String>();
            Output::success(text + &decode::text(&decoded) + &after)
        }
        Format::Json => {
            let mut object = decode::json(&decoded);
            object["input"] = input_json(&best.input);
            if found.len() > 1 {
                object["candidates"] = candidates_json(abi, found);
            }
            if !data.is_empty() {
                object["data"] = data.iter().map(data::json).collect();
            }
            json(&object)?
        }
    };
    Ok(Output { code, ..output })
}

/// The lines about an input.
pub fn head(input: &Input) -> String {
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
pub fn choice(abi: &Abi, found: &[Candidate]) -> String {
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

/// The structs that fit, as JSON.
pub fn candidates_json(abi: &Abi, found: &[Candidate]) -> Value {
    let one = |candidate: &Candidate| {
        json!({
            "struct": type_name(abi, candidate.subject),
            "weight": candidate.weight,
            "reason": candidate.reason,
        })
    };
    found.iter().map(one).collect()
}

fn type_name(abi: &Abi, subject: Subject) -> Cow<'_, str> {
    match subject {
        Subject::Struct(id) => Cow::from(&abi.struct_(id).name),
        Subject::Chain(id) => Cow::from(&abi.chain(id).name),
        Subject::Records(fd, type_) => {
            let Some(kind) = abi.fds.get(fd) else { return Cow::default() };
            let group = kind.stream.as_ref().and_then(|stream| stream.numbers(abi));
            let mut values = group.into_iter().flat_map(|group| &abi.group(group).values);
            let chosen = type_.and_then(|type_| {
                values.find(|value| value.number == i128::from(type_)).map(|value| &value.name)
            });
            match chosen {
                Some(type_) => format!("{}:{type_}", kind.name).into(),
                None => Cow::from(&kind.name),
            }
        }
    }
}

/// The form and the reading of an input.
pub fn input_json(input: &Input) -> Value {
    let Input { form, cut, reading, notes, .. } = input;
    json!({ "form": form, "cut": cut, "reading": reading, "notes": notes })
}
