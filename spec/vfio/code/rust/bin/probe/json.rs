//! The answers as one JSON object. Keys that have no value are left out.

use std::fmt;

use vfio_abi::RELEASE;
use vfio_abi::history::Release;

use crate::answer::{Answer, Capability, Failure, Field, Name};
use crate::compare::{Compared, Comparison};

/// The version of the object's form.
const VERSION: u64 = 1;

/// A JSON value.
#[derive(Clone, Debug)]
enum Json {
    Number(u64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

/// The kernel's name of its release, and how the answers compare with the history.
pub fn json(kernel: &str, answers: &[Answer], comparison: &Comparison) -> String {
    let mut keys = vec![
        ("version", Json::Number(VERSION)),
        ("kernel", Json::Text(kernel.to_owned())),
        ("history", Json::Text(RELEASE.to_owned())),
        ("answers", list(answers, answer)),
    ];
    let lists = [
        ("newer", compared(&comparison.newer, name)),
        ("unknown", compared(&comparison.unknown, text)),
        ("refused", compared(&comparison.refused, name)),
    ];
    let mut reasons = Vec::new();
    for (key, list) in lists {
        match list {
            Ok(list) => keys.push((key, list)),
            Err(reason) => reasons.push((key, text(&reason))),
        }
    }
    if !reasons.is_empty() {
        keys.push(("not_compared", Json::Object(reasons)));
    }
    format!("{}\n", Json::Object(keys))
}

fn compared<T>(items: &Compared<T>, one: impl Fn(&T) -> Json) -> Result<Json, &'static str> {
    items.as_ref().map(|items| list(items, one)).map_err(|reason| *reason)
}

fn text(text: &impl ToString) -> Json {
    Json::Text(text.to_string())
}

fn list<T>(items: &[T], one: impl Fn(&T) -> Json) -> Json {
    Json::List(items.iter().map(one).collect())
}

fn answer(answer: &Answer) -> Json {
    let ioctl = Name::new("", answer.ioctl);
    let mut keys = Vec::new();
    keys.extend(answer.device.as_ref().map(|device| ("device", text(device))));
    keys.push(("ioctl", text(&ioctl.whole)));
    keys.extend(ioctl.since().map(since));
    if !answer.access.is_empty() {
        keys.push(("access", Json::Text(answer.access.to_owned())));
    }
    keys.extend(answer.number.map(|number| ("number", Json::Number(number.into()))));
    keys.extend(answer.name.as_ref().map(|found| ("name", name(found))));
    keys.push(match &answer.result {
        Ok(result) => ("result", Json::Number((*result).into())),
        Err(Failure::Errno(number)) => ("errno", Json::Number(number.unsigned_abs().into())),
        Err(failure @ Failure::Damaged(_)) => ("error", Json::Text(failure.to_string())),
    });
    let contents = &answer.contents;
    if !contents.fields.is_empty() {
        keys.push(("fields", list(&contents.fields, field)));
    }
    if !contents.omissions.is_empty() {
        keys.push(("omissions", list(&contents.omissions, text)));
    }
    if !contents.mappable.is_empty() {
        let part = |part: &std::ops::Range<u64>| {
            Json::List(vec![Json::Number(part.start), Json::Number(part.end)])
        };
        keys.push(("mappable", list(&contents.mappable, part)));
    }
    if !contents.caps.is_empty() {
        keys.push(("caps", list(&contents.caps, capability)));
    }
    keys.extend(contents.damage.as_ref().map(|error| ("error", Json::Text(error.clone()))));
    Json::Object(keys)
}

fn field(field: &Field) -> Json {
    let mut keys =
        vec![("field", Json::Text(field.path.clone())), ("value", Json::Number(field.value))];
    keys.extend(field.since.map(since));
    if !field.names.is_empty() {
        keys.push(("names", list(&field.names, name)));
    }
    if field.unknown != 0 {
        keys.push(("unknown", Json::Number(field.unknown)));
    }
    Json::Object(keys)
}

fn capability(cap: &Capability) -> Json {
    let mut keys = vec![
        ("at", Json::Number(cap.at.into())),
        ("id", Json::Number(cap.id.into())),
        ("version", Json::Number(cap.version.into())),
    ];
    keys.extend(cap.name.as_ref().map(|found| ("name", name(found))));
    if !cap.fields.is_empty() {
        keys.push(("fields", list(&cap.fields, field)));
    }
    keys.push(("bytes", Json::Number(cap.size as u64)));
    Json::Object(keys)
}

fn name(name: &Name) -> Json {
    let mut keys = vec![("name", Json::Text(name.whole.clone()))];
    keys.extend(name.since().map(since));
    Json::Object(keys)
}

fn since(release: Release) -> (&'static str, Json) {
    ("since", Json::Text(release.to_string()))
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => string(f, text),
            Self::List(items) => {
                let mut separator = "[";
                for item in items {
                    write!(f, "{separator}{item}")?;
                    separator = ",";
                }
                f.write_str(if items.is_empty() { "[]" } else { "]" })
            }
            Self::Object(keys) => {
                let mut separator = "{";
                for (key, value) in keys {
                    write!(f, "{separator}\"{key}\":{value}")?;
                    separator = ",";
                }
                f.write_str(if keys.is_empty() { "{}" } else { "}" })
            }
        }
    }
}

fn string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for letter in text.chars() {
        match letter {
            '"' | '\\' => write!(f, "\\{letter}")?,
            ' '.. => write!(f, "{letter}")?,
            _ => write!(f, "\\u{:04x}", letter as u32)?,
        }
    }
    f.write_str("\"")
}
