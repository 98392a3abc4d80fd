//! The report of `decode`: the form of the input, and the names and values of its bytes.

use serde_json::{Value, json};

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
) -> CommandResult {
    let best = found.first().ok_or("no struct that an ioctl takes fits these bytes")?;
    let decoded = decode::decode(abi, best.subject, target, &best.input.bytes);
    let code = if decoded.problem().is_some() { FINDINGS } else { SUCCESS };
    let output = match format {
        Format::Text => {
            let text = head(&best.input) + &overlay_line(abi) + &choice(abi, found);
            Output::success(text + &decode::text(&decoded))
        }
        Format::Json => {
            let mut object = decode::json(&decoded);
            object["input"] = input_json(&best.input);
            if found.len() > 1 {
                object["candidates"] = candidates_json(abi, found);
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

fn type_name(abi: &Abi, subject: Subject) -> &str {
    match subject {
        Subject::Struct(id) => &abi.struct_(id).name,
        Subject::Chain(id) => &abi.chain(id).name,
        Subject::Records(fd, _) => abi.fds.get(fd).map_or("", |kind| &kind.name),
    }
}

/// The form and the reading of an input.
pub fn input_json(input: &Input) -> Value {
    let Input { form, cut, reading, notes, .. } = input;
    json!({ "form": form, "cut": cut, "reading": reading, "notes": notes })
}
