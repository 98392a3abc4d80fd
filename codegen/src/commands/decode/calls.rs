//! Many calls of one input: each part of a log with its own types.

use capchain::decode::log::{self, LogPart};
use capchain::decode::{self, SubjectNames};
use capchain::dump;
use capchain::ir::Abi;
use capchain::layout::Target;
use capchain::lower::lower;
use capchain::release::Release;
use capchain::reports::Format;
use capchain::reports::decode::{candidates_json, choice, head, input_json};
use capchain::validate::ValidSpec;
use serde_json::{Value, json};

use super::super::specs::{self, Loaded};
use super::super::{CommandResult, FINDINGS, Output, SUCCESS, at_release, json};
use super::colour;
use super::types::Types;
use crate::cli::{DecodeArgs, Source};

/// The calls of a log that have bytes, with the types that their lines name. If the
/// arguments name types, only calls of these.
pub(super) fn of_log(
    source: &Source,
    args: &DecodeArgs,
    types: &Types,
    text: &str,
) -> Result<Vec<(LogPart, Vec<Types>)>, String> {
    let abis = match types.named {
        true => vec![types.abi.clone()],
        false => abis_in(source, args.at, text)?,
    };
    let names: Vec<_> = abis.iter().map(SubjectNames::of).collect();
    let knows = |word: &str, line: &str| names.iter().any(|names| names.knows(word, line));
    let calls = log::calls(text, knows);
    if calls.iter().all(|call| call.text.is_empty()) && !calls.is_empty() && !types.named {
        let count = calls.len();
        return Err(format!(
            "the text names {count} calls or structs, but has no bytes: strace prints none of \
             these ioctls, `capchain trace` does"
        ));
    }
    let mut found = Vec::new();
    for call in calls.into_iter().filter(|call| !call.text.is_empty()) {
        let of_abi = |(abi, names): (&Abi, &SubjectNames<'_>)| {
            let named = names.in_text(&call.head).into_iter().filter_map(|(_, subject)| subject);
            let wanted = |subject: &decode::Subject| {
                !types.named || types.subjects.contains(subject) && abi.name == types.abi.name
            };
            let subjects: Vec<_> = named.filter(wanted).collect();
            let abi = abi.clone();
            (!subjects.is_empty()).then_some(Types { abi, subjects, named: true, file: None })
        };
        let types: Vec<_> = abis.iter().zip(&names).filter_map(of_abi).collect();
        if !types.is_empty() {
            found.push((call, types));
        }
    }
    Ok(found)
}

/// The ABIs that have names of a text.
fn abis_in(source: &Source, at: Option<Release>, text: &str) -> Result<Vec<Abi>, String> {
    let has_names = |spec: &ValidSpec| {
        let described = at.is_none_or(|at| spec.releases().contains(&at));
        described && !SubjectNames::of(&lower(spec, at)).in_text(text).is_empty()
    };
    let loaded = specs::matching_at(source, at, has_names)?;
    loaded.iter().map(|Loaded { spec, .. }| at_release(spec, at)).collect()
}

/// The output for all parts. An error of one is part of the output.
pub(super) fn output(
    parts: &[(LogPart, Vec<Types>)],
    target: &'static Target,
    format: Format,
    name: &str,
) -> CommandResult {
    let (mut texts, mut objects, mut code, mut decoded) = (Vec::new(), Vec::new(), SUCCESS, 0);
    for (part, types) in parts {
        let one = one(part, types, target);
        match &one {
            Ok((_, object)) if object["error"].is_null() => decoded += 1,
            Ok(_) => (code, decoded) = (FINDINGS, decoded + 1),
            Err(_) => code = FINDINGS,
        }
        let heading = match part.head.trim() {
            "" => format!("line {}:\n", part.line),
            head => format!("line {}: {head}\n", part.line),
        };
        let (text, mut object) = one.unwrap_or_else(|error| {
            let object = json!({ "error": { "kind": "input", "message": error } });
            (format!("error: {error}\n"), object)
        });
        texts.push(heading + &text);
        object["line"] = part.line.into();
        object["head"] = part.head.trim().into();
        objects.push(object);
    }
    if decoded == 0 {
        let first = objects.first().and_then(|object| object["error"]["message"].as_str());
        return Err(format!("{name}: no call can be decoded: {}", first.unwrap_or_default()));
    }
    let output = match format {
        Format::Text => Output::success(colour::painted(texts.join("\n"))),
        Format::Json => json(&json!({ "version": 1, "calls": objects }))?,
    };
    Ok(Output { code, ..output })
}

/// The text and the object of a part.
fn one(
    part: &LogPart,
    types: &[Types],
    target: &'static Target,
) -> Result<(String, Value), String> {
    let dump = dump::read(part.text.as_bytes(), target.big_endian)?;
    let all = types.iter().map(|types| (types, types.candidates(target, &dump)));
    let best = all.filter_map(|(types, found)| Some((types, found.first()?.weight, found)));
    let (types, _, found) =
        best.min_by_key(|(_, weight, _)| *weight).ok_or("no struct fits these bytes")?;
    let best = found.first().ok_or("no struct fits these bytes")?;
    let decoded = decode::decode(&types.abi, best.subject, target, &best.input.bytes);
    let mut object = decode::json(&decoded);
    object["input"] = input_json(&best.input);
    if found.len() > 1 {
        object["candidates"] = candidates_json(&types.abi, &found);
    }
    Ok((head(&best.input) + &choice(&types.abi, &found) + &decode::text(&decoded), object))
}
