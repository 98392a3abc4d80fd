//! Strings with escapes: of strace, alone or in the line of the call, and literals of
//! C, Rust, Go, Python, JavaScript and gdb. `...` after a string marks one that was cut.

mod bare;
mod escape;
mod segment;

use super::{Dump, DumpForm, DumpReading, DumpResult, MOST_BYTES, pairs};
pub(crate) use escape::escape;
pub(super) use escape::unescaped;
use segment::Segment;
pub(super) use segment::closing_quote;

pub(super) const STRACE: DumpForm = DumpForm {
    name: "strace",
    tools: "`strace`, with or without `-x` or `-xx`, the string alone or in its line; `buf()` of bpftrace",
    example: r#"read(7, "(\0\0\0\17\0\0\0"..., 64) = 64"#,
};
pub(super) const STRING: DumpForm = DumpForm {
    name: "string",
    tools: "literals of C, Rust, Go, Python and JavaScript, their hexadecimal strings, and `p` of gdb",
    example: r"b'(\x00\x00\x00\x0f\x00\x00\x00'",
};

/// Functions whose argument is a string of hexadecimal digits.
const HEX_FUNCTIONS: [&str; 6] =
    ["fromhex", "unhexlify", "from_hex", "hex!", "DecodeString", "Buffer.from"];

/// The bytes of the strings; `None` if the text has none.
pub(super) fn read(text: &str) -> DumpResult {
    if let Some(found) = bare::read(text) {
        return Some(found);
    }
    let quotes = text.contains(['"', '\'']);
    (quotes && !super::list::is_list(text)).then(|| quoted(text))
}

fn quoted(text: &str) -> Result<Dump, String> {
    let segments = Segment::all(text)?;
    let Some((first, last)) = segments.first().zip(segments.last()) else {
        return Err("there is no string".to_owned());
    };
    if !opens(first.before) || has_further_words(last.after) {
        return Err("there is other text around the string; give the string alone".to_owned());
    }
    if is_word_of_text(first) {
        return Err("a quoted word in a text is no string of bytes".to_owned());
    }
    let hex_function = HEX_FUNCTIONS.iter().any(|name| first.before.contains(name));
    let literals = || segments.len() > 1 || first.quote == '\'';
    let form = match hex_function || literals() || first.before.trim() == "b" {
        true => STRING.name,
        false => STRACE.name,
    };
    if hex_function {
        let digits: String = first.content.split_ascii_whitespace().collect();
        let bytes = pairs(&digits).ok_or("the string is not hexadecimal")?;
        return Ok(Dump::one(form, bytes));
    }
    if segments.iter().any(|segment| is_broken(segment.content)) {
        return Err("the string has a line break; give it in one line".to_owned());
    }
    // If all bytes are escaped, dots are not bytes.
    let dots = last.content.strip_suffix("...").filter(|content| is_all_hex(content));
    let mut bytes = Vec::new();
    for segment in segments.split_last().map_or(&[][..], |(_, others)| others) {
        segment.append(segment.content, &mut bytes)?;
    }
    last.append(dots.unwrap_or(last.content), &mut bytes)?;
    let cut = dots.is_some() || last.after.starts_with("...");
    if let Some(size) = super::list::size_of_array(text) {
        match size.checked_sub(bytes.len()).filter(|_| size <= MOST_BYTES) {
            Some(zeros) if !cut => bytes.extend(vec![0; zeros]),
            Some(_) => {}
            None => return Err(format!("the string has {} bytes, its array {size}", bytes.len())),
        }
    }
    let mut dump = Dump { cut, ..Dump::one(form, bytes) };
    if is_of_gdb(text) && !cut {
        let mut bytes = dump.bytes().to_vec();
        bytes.push(0);
        let manner = "bytes in order, with the zero at the end that gdb leaves out".to_owned();
        dump.readings.push(DumpReading { bytes, manner });
    }
    if segments.len() == 1 && first.content.len() > 1 {
        let digits: String = first.content.split_ascii_whitespace().collect();
        let manner = "hexadecimal digits".to_owned();
        dump.readings.extend(pairs(&digits).map(|bytes| DumpReading { bytes, manner }));
    }
    Ok(dump)
}

/// Whether the text before a string belongs to it: a part of its line, or lines that are
/// open at their end.
fn opens(before: &str) -> bool {
    let mut lines: Vec<_> = before.lines().collect();
    if !before.ends_with('\n') {
        lines.pop();
    }
    let open = |line: &str| line.is_empty() || line.ends_with(['=', '(', '[', '{', ',']);
    lines.iter().all(|line| open(line.trim_end()))
}

/// Whether a string without escapes or digits of bytes is between words.
fn is_word_of_text(string: &Segment<'_>) -> bool {
    let line = string.before.rsplit('\n').next().unwrap_or_default();
    let after_word = line.ends_with(' ') && line.trim_end().ends_with(char::is_alphanumeric);
    let rest = string.after.lines().next().unwrap_or_default();
    let before_word = rest.starts_with([',', ' ']) && rest.contains(char::is_alphabetic);
    let digits = string.content.chars().all(|c| c.is_ascii_hexdigit() || c.is_whitespace());
    (after_word || before_word) && !string.content.contains('\\') && !digits
}

/// Whether a string continues in a further line without a `\` before it.
fn is_broken(content: &str) -> bool {
    content.rsplit_once('\n').is_some_and(|(before, _)| {
        before.split('\n').any(|line| !line.trim_end_matches('\r').ends_with('\\'))
    })
}

/// Whether lines after that of a string have words. strace prints the same bytes in rows
/// after ` | `, and how the process ended after `+++ `.
fn has_further_words(text: &str) -> bool {
    let of_strace = |line: &str| line.starts_with(" | ") || line.starts_with("+++ ");
    let words = |line: &str| line.contains(|c: char| c.is_alphanumeric());
    text.lines().skip(1).any(|line| words(line) && !of_strace(line))
}

/// Whether `print` of gdb printed the strings.
fn is_of_gdb(text: &str) -> bool {
    let value = text.trim_start().strip_prefix('$').and_then(|text| text.split_once(" = "));
    value.is_some_and(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()))
        || text.contains(" <repeats ")
}

/// Whether a string consists of `\x` escapes only.
fn is_all_hex(text: &str) -> bool {
    let escape = |four: &[u8]| matches!(four, [b'\\', b'x', ..]) && four.len() == 4;
    !text.is_empty() && text.as_bytes().chunks(4).all(escape)
}
