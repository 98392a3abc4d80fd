//! Text of an input: ASCII, or UTF-8 and UTF-16 with a byte order mark, without
//! the sequences that control a terminal. Tables have further characters.

use std::borrow::Cow;

/// The input as text, if it is text. A binary reply never is: its argsz and flags
/// are small numbers, which contain bytes that text does not.
pub(super) fn text(input: &[u8]) -> Option<Cow<'_, str>> {
    let text = match input {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(std::str::from_utf8(rest).ok()?),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        // A letter, or the border of a table.
        [_, 0, ..] | [_, 0x25, 0, 0x25, ..] => utf16(input, u16::from_le_bytes)?,
        [0, _, ..] | [0x25, _, 0x25, 0, ..] => utf16(input, u16::from_be_bytes)?,
        _ => Cow::Borrowed(std::str::from_utf8(input).ok()?),
    };
    let text = if text.contains('\x1b') { Cow::Owned(without_sequences(&text)) } else { text };
    let several = text.contains('\n');
    let visible = |c: char| match c {
        '\t'..='\r' | ' '..='~' | '\u{fffd}' | '\u{2022}' | '\u{d7}' | '\u{22c4}' => true,
        // A text column of Latin-1.
        '\u{a0}'..='\u{ff}' => several,
        _ => is_border(c),
    };
    text.chars().all(visible).then_some(text)
}

/// Whether a character draws the border of a table.
pub(super) fn is_border(c: char) -> bool {
    matches!(c, '\u{2500}'..='\u{257f}')
}

fn utf16(input: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Cow<'_, str>> {
    let units: Option<Vec<u16>> =
        input.chunks(2).map(|pair| pair.try_into().ok().map(unit)).collect();
    String::from_utf16(&units?).ok().map(Cow::Owned)
}

/// The text without colours and movements of the cursor: `ESC [`, parameters, a letter.
fn without_sequences(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let parameters = |c: char| c.is_ascii_digit() || c == ';' || c == '?';
        match part.trim_start_matches(parameters).strip_prefix(|c: char| c.is_ascii_alphabetic()) {
            Some(rest) => plain.push_str(rest),
            None => {
                plain.push('\x1b');
                plain.push_str(part);
            }
        }
    }
    plain
}
