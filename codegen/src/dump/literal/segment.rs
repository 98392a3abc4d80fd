//! The strings of a text, which are one after the other: adjacent literals, and the
//! parts that gdb prints with `<repeats 11 times>`.

use super::super::{MOST_BYTES, too_many};
use super::escape::unescaped;

/// A string and its surroundings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'a> {
    /// The text before the quote, from the string before.
    pub(super) before: &'a str,
    pub(super) quote: char,
    /// The text between the quotes.
    pub(super) content: &'a str,
    /// The text after it, to the end.
    pub(super) after: &'a str,
    /// How many times gdb repeats it.
    times: usize,
}

impl<'a> Segment<'a> {
    /// The strings of a text.
    pub(super) fn all(text: &'a str) -> Result<Vec<Self>, String> {
        let mut found: Vec<Self> = Vec::new();
        let mut rest = text;
        // A single quote opens a string only where there are no double quotes, or in gdb's parts.
        let parts = text.contains("<repeats ");
        let single = parts || !text.contains('"') || python(text);
        let opens = |c: char| c == '"' || c == '\'' && single;
        while let Some(at) = rest.find(opens) {
            let (before, quoted) = rest.split_at(at);
            let quote = quoted.chars().next().unwrap_or('"');
            let inner = quoted.get(1..).unwrap_or_default();
            let end = closing_quote(inner, quote).ok_or("the string has no closing quote")?;
            let (content, after) = inner.split_at(end);
            let after = after.get(1..).unwrap_or_default();
            if !found.is_empty() && !joins(before, parts) {
                let hex = found.iter().all(|segment| segment.before.contains("Buffer.from"));
                if hex && content == "hex" {
                    break;
                }
                return Err("there is more than one string; give the one to decode".to_owned());
            }
            let (times, after) = repeats(after)?;
            if found.len() == MOST_BYTES {
                return Err(too_many());
            }
            found.push(Self { before, quote, content, after, times });
            rest = after;
        }
        Ok(found)
    }

    /// Appends the bytes of a part of its content, as often as it is repeated.
    pub(super) fn append(&self, content: &str, bytes: &mut Vec<u8>) -> Result<(), String> {
        let once = unescaped(content)?;
        if once.len().saturating_mul(self.times).saturating_add(bytes.len()) > MOST_BYTES {
            return Err(too_many());
        }
        let times = if once.is_empty() { 0 } else { self.times };
        (0..times).for_each(|_| bytes.extend(&once));
        Ok(())
    }
}

/// Whether a text opens with a literal of Python in single quotes.
fn python(text: &str) -> bool {
    text.find('\'') < text.find('"')
}

/// Whether the text between two strings joins them.
fn joins(between: &str, parts: bool) -> bool {
    between.chars().all(|c| c.is_whitespace() || "+\\b".contains(c) || c == ',' && parts)
}

/// The number of times that gdb repeats a string, and the text after it.
fn repeats(after: &str) -> Result<(usize, &str), String> {
    let Some(rest) = after.strip_prefix(" <repeats ") else {
        return Ok((1, after));
    };
    let (times, rest) = rest.split_once(" times>").ok_or("`<repeats` has no number")?;
    let times = times.parse().map_err(|_| format!("`{times}` is no number of repeats"))?;
    Ok((times, rest))
}

/// The end of a string: a quote that is not escaped.
pub(in crate::dump) fn closing_quote(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let closes = char::from(byte) == quote && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}
