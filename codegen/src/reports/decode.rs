//! The result of `decode`: the form of the input, and the names and values of its bytes.

use serde_json::{Value, json};

use super::{CommandResult, FINDINGS, Format, Output, SUCCESS, json, overlay_line};
use crate::decode::input::{self, Input};
use crate::decode::{self, Subject};
use crate::ir::Abi;
use crate::layout::Target;
use crate::names;

/// The result for an input.
///
/// # Errors
///
/// The input has no bytes.
pub fn decode(
    abi: &Abi,
    subject: Subject,
    target: &'static Target,
    input: &[u8],
    format: Format,
) -> CommandResult {
    let input = input::read(abi, subject, target, input)?;
    let decoded = decode::decode(abi, subject, target, &input.bytes);
    let output = match format {
        Format::Text => {
            Output::success(head(&input) + &overlay_line(abi) + &decode::text(&decoded))
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
pub fn input_json(input: &Input) -> Value {
    let Input { form, cut, reading, notes, .. } = input;
    json!({ "form": form, "cut": cut, "reading": reading, "notes": notes })
}

/// The struct of this name or, if there is none, the chain without a host.
///
/// # Errors
///
/// There is neither.
pub fn subject(abi: &Abi, name: &str) -> Result<Subject, String> {
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
