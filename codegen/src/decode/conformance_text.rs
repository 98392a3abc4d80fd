//! The text that every implementation of the protocol must print for the same
//! bytes: one line per fact, in the order of the chain and of the specification,
//! numbers in decimal.
//!
//! ```text
//! reply argsz=64 need=none
//! cap at=32 id=1 version=1 name=SPARSE_MMAP
//!   nr_areas=1
//!   areas[0].offset=0
//!   areas[0].size=4096
//!   bytes=32
//! error cycle at=32
//! ```
//!
//! A buffer that is no reply is `too_short len=8 minsz=16`. An id that is not
//! known has the name `?` and only its `bytes`: the size of all that can belong
//! to the capability. A field has the value `?` if the capability that says whether it exists
//! is not there. Headers, reserved fields and fields of later versions are
//! left out; an array of bytes is written in hexadecimal. In a space, a capability with a
//! body that is not complete has its error instead, and the chain continues.

use super::value::{Content, DecodedValue};
use super::{DecodeError, DecodeErrorKind, Decoded, DecodedCap};
use crate::ir::Role;

/// The canonical text of a decoded reply.
pub fn conformance_text(decoded: &Decoded<'_>) -> String {
    if let Some(DecodeError { kind: DecodeErrorKind::TooShort { len, minsz }, .. }) = decoded.error
    {
        return format!("too_short len={len} minsz={minsz}\n");
    }
    let argsz = or_none(decoded.reply.map(|reply| reply.argsz));
    let need = or_none(decoded.reply.and_then(|reply| reply.need()));
    let mut text = format!("reply argsz={argsz} need={need}\n");
    for cap in &decoded.caps {
        match &cap.error {
            Some(error) => self::error(&mut text, error),
            None => capability(&mut text, decoded, cap),
        }
    }
    if let Some(error) = &decoded.error {
        self::error(&mut text, error);
    }
    text
}

fn error(text: &mut String, error: &DecodeError) {
    *text += &format!("error {} at={}", error.kind.word(), error.at);
    for (name, number) in error.kind.details() {
        *text += &format!(" {name}={number}");
    }
    text.push('\n');
}

fn or_none(number: Option<u64>) -> String {
    number.map_or("none".to_owned(), |number| number.to_string())
}

fn capability(text: &mut String, decoded: &Decoded<'_>, cap: &DecodedCap<'_>) {
    let name = cap.known.map_or("?", |known| known.short.as_str());
    let DecodedCap { at, id, version, .. } = cap;
    *text += &format!("cap at={at} id={id} version={version} name={name}\n");
    values(text, "  ", &decoded.cap_fields(cap));
    *text += &format!("  bytes={}\n", cap.span().size);
}

fn values(text: &mut String, prefix: &str, values: &[DecodedValue<'_>]) {
    for value in values.iter().filter(|value| value.role != Role::Reserved) {
        content(text, &[prefix, value.name].concat(), &value.content);
    }
}

fn content(text: &mut String, name: &str, content: &Content<'_>) {
    match content {
        Content::Absent => {}
        Content::Unknown(_) => *text += &format!("{name}=?\n"),
        Content::Number(number) => *text += &format!("{name}={}\n", number.value),
        Content::Bytes(bytes) => {
            let digits = crate::hex::digits(bytes);
            *text += &format!("{name}={digits}\n");
        }
        Content::Fields(_, fields, _) | Content::Arms(fields) => {
            values(text, &[name, "."].concat(), fields);
        }
        Content::Array(array) => {
            for (index, element) in array.iter().enumerate() {
                self::content(text, &format!("{name}[{index}]"), &element.content);
            }
        }
    }
}
