//! The text of the records of descriptors by the readers of the generated crate. Compiled by
//! the tests.

#[path = "kinds.rs"]
mod kinds;

use std::fmt::Write;

use generated_abi::streams::{RecordError, RecordErrorCause};

/// The text of the records of a kind in some bytes.
pub(crate) fn text(kind: &str, type_: u32, all: &[u8]) -> String {
    let mut text = String::new();
    kinds::read(&mut text, kind, all, type_);
    text
}

fn head(text: &mut String, at: usize, size: usize) {
    write!(text, "record at={at} size={size}").expect("text");
}

fn number(text: &mut String, name: &str, value: u64) {
    write!(text, " {name}={value}").expect("text");
}

#[allow(dead_code, reason = "not every ABI has data of unknown types")]
fn bytes(text: &mut String, bytes: &[u8]) {
    bytes.iter().for_each(|byte| write!(text, " {byte:02x}").expect("text"));
}

fn damage(text: &mut String, error: &RecordError) {
    let word = match error.cause {
        RecordErrorCause::Cut { .. } => "record_cut",
        RecordErrorCause::TooShort { .. } => "record_too_short",
        RecordErrorCause::UnknownType { .. } => "record_type_unknown",
        _ => unexpected(),
    };
    writeln!(text, "error {word} at={}", error.offset).expect("text");
}

fn unexpected() -> ! {
    panic!("something that no reader returns")
}
