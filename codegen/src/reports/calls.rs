//! The report on many calls of one input: each part of a log with its own types.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::bytes::{BytesReport, Types, no_struct};
use super::decode::{candidates_json, choice, head, input_json};
use super::{FINDINGS, Format, Output, SUCCESS, WrittenList, json};
use crate::decode;
use crate::decode::log::LogPart;
use crate::dump;
use crate::layout::Target;

/// A part of a log, and the types that its line names, or why it names none.
#[derive(Clone, Debug)]
pub(super) struct LogCall {
    pub(super) part: LogPart,
    pub(super) types: Result<Vec<Arc<Types>>, String>,
}

/// A part as text or as an object.
struct DecodedCall {
    text: String,
    object: Value,
    bytes: Vec<u8>,
    /// Whether the bytes have an error.
    damaged: bool,
}

/// The report on all parts. An error of one is part of the report.
pub(super) fn report(
    calls: &[LogCall],
    target: &'static Target,
    format: Format,
) -> Result<BytesReport, String> {
    let (mut bytes, mut code, mut first_error) = (Vec::new(), SUCCESS, None);
    let parts = calls.iter().map(|LogCall { part, types }| {
        let head = part.head.trim();
        let types = types.as_deref().map_err(Clone::clone);
        let decoded = types.and_then(|types| one(part, types, target, format));
        let (text, mut object, found) = match decoded {
            Ok(DecodedCall { text, object, bytes, damaged }) => {
                code = if damaged { FINDINGS } else { code };
                (text, object, Some(bytes))
            }
            Err(error) => {
                code = FINDINGS;
                let object = json!({ "error": { "kind": "input", "message": error } });
                let text = format!("error: {error}\n");
                first_error.get_or_insert(error);
                (text, object, None)
            }
        };
        bytes.push(found);
        let heading = if head.is_empty() { String::new() } else { format!(" {head}") };
        object["line"] = part.line.into();
        object["head"] = head.into();
        (format!("line {}:{heading}\n{text}", part.line), object)
    });
    let output = match format {
        Format::Text => {
            let texts: Vec<_> = parts.map(|(text, _)| text).collect();
            Output::success(texts.join("\n"))
        }
        Format::Json => {
            let calls = WrittenList::of(parts.map(|(_, object)| object));
            json(&CallList { version: 1, calls })?
        }
    };
    match bytes.iter().all(Option::is_none) {
        true => Err(format!("no call can be decoded: {}", first_error.unwrap_or_default())),
        false => Ok(BytesReport { output: Output { code, ..output }, bytes }),
    }
}

/// The object of all calls.
#[derive(Serialize)]
struct CallList<L> {
    version: u8,
    calls: L,
}

fn one(
    part: &LogPart,
    types: &[Arc<Types>],
    target: &'static Target,
    format: Format,
) -> Result<DecodedCall, String> {
    let dump = dump::read(part.text.as_bytes(), target.big_endian)?;
    let all = types.iter().map(|types| types.candidates(target, &dump));
    let best = types.iter().zip(all).enumerate().filter_map(|(at, (types, found))| {
        let best = found.first().filter(|best| types.named || at == 0 || best.fits_well())?;
        Some((types, best.weight, found))
    });
    let (types, _, found) = best.min_by_key(|(_, weight, _)| *weight).ok_or_else(no_struct)?;
    let best = found.first().ok_or_else(no_struct)?;
    let decoded = decode::decode(&types.abi, best.subject, target, &best.input.bytes);
    let (mut text, mut object) = (String::new(), Value::Null);
    match format {
        Format::Text => {
            text = head(&best.input) + &choice(&types.abi, &found) + &decode::text(&decoded);
        }
        Format::Json => {
            object = decode::json(&decoded);
            object["input"] = input_json(&best.input);
            if found.len() > 1 {
                object["candidates"] = candidates_json(&types.abi, &found);
            }
        }
    }
    let damaged = decoded.problem().is_some();
    Ok(DecodedCall { text, object, bytes: best.input.bytes.clone(), damaged })
}
