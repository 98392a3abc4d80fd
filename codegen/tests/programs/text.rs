//! The conformance text of a reply by the views of the generated crate. Compiled
//! together with `chains.rs`, which is written from the resolved ABI.

#![allow(dead_code, reason = "an ABI may need some of it only")]
#![allow(deprecated, reason = "all of an ABI is read, what is going away too")]

#[path = "chains.rs"]
mod chains;

#[allow(unused_imports, reason = "not every program needs the names")]
pub(crate) use chains::{NAMES, canonical};

use std::fmt::Debug;

use generated_abi::views::ChainError;

/// The text of a reply.
pub(crate) type Text = String;

/// The line for a buffer that is not a reply.
fn no_reply(text: &mut Text, len: u32, minsz: u32) {
    *text += &format!("too_short len={len} minsz={minsz}\n");
}

/// The line for a reply.
fn reply(text: &mut Text, argsz: u32, need: Option<u32>) {
    let need = need.map_or("none".to_owned(), |need| need.to_string());
    *text += &format!("reply argsz={argsz} need={need}\n");
}

/// The first line of a chain without a host.
fn no_host(text: &mut Text) {
    *text += "reply argsz=none need=none\n";
}

/// Panics unless `Debug` prints each field of a view by its name.
fn shows(view: &impl Debug, fields: &[&str]) {
    let (text, mut at) = (format!("{view:?}"), 0);
    for field in fields {
        let found = text[at..].find(&format!("{field}: "));
        at += found.unwrap_or_else(|| panic!("{field} in {text}"));
    }
}

/// The line for a capability.
fn cap(text: &mut Text, at: u32, id: u64, version: u16, name: &str) {
    *text += &format!("cap at={at} id={id} version={version} name={name}\n");
}

/// The line for a number.
fn number(text: &mut Text, name: &str, number: impl Into<i128>) {
    *text += &format!("  {name}={}\n", number.into());
}

/// The line of a number in an element; `member` is `.` and a name, or empty.
fn element(text: &mut Text, array: &str, nth: usize, member: &str, value: impl Into<i128>) {
    number(text, &format!("{array}[{nth}]{member}"), value);
}

/// The line for an array of bytes.
fn hex(text: &mut Text, name: &str, bytes: &[u8]) {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    *text += &format!("  {name}={hex}\n");
}

/// The line for an error.
fn error(text: &mut Text, error: ChainError) {
    *text += &match error {
        ChainError::InsideFixed { at } => format!("error inside_fixed at={at}\n"),
        ChainError::OutOfBounds { at } => format!("error out_of_bounds at={at}\n"),
        ChainError::HeaderCut { at } => format!("error header_cut at={at}\n"),
        ChainError::Cycle { at } => format!("error cycle at={at}\n"),
        ChainError::BodyShort { at, id, required_size } => {
            format!("error body_short at={at} id={id} need={required_size}\n")
        }
        ChainError::CountOutOfBounds { at, id, count } => {
            format!("error count_out_of_bounds at={at} id={id} count={count}\n")
        }
        ChainError::Overlap { at, id, next } => {
            format!("error overlap at={at} id={id} next={next}\n")
        }
        other => format!("{other:?}\n"),
    };
}

/// An item of the crate that the program does not know.
fn unforeseen(_: &mut Text, found: &dyn Debug) {
    panic!("{found:?}");
}
