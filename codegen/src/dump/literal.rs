//! Strings with escapes: of strace, alone or in the line of the call, and literals of
//! C, Rust, Go, Python, JavaScript and gdb. `...` after a string marks one that was cut.

mod escape;
mod segment;

use super::{Dump, DumpForm, DumpReading, DumpResult, pairs};
use escape::unescaped;
use segment::Segment;

pub(super) const STRACE: DumpForm = DumpForm {
    name: "strace",
    tools: "`strace`, with or without `-x` or `-xx`; the string alone or in its line",
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
    if !text.contains(['"', '\'', '\\']) || super::list::is_list(text) {
        return None;
    }
    Some(if text.contains(['"', '\'']) { quoted(text) } else { bare(text) })
}

/// A string of strace without its quotes.
fn bare(text: &str) -> Result<Dump, String> {
    let text = text.trim_matches(['\r', '\n']);
    let cut = text.strip_suffix("...");
    let bytes = unescaped(cut.unwrap_or(text))?;
    Ok(Dump { cut: cut.is_some(), ..Dump::one(STRACE.name, bytes) })
}

fn quoted(text: &str) -> Result<Dump, String> {
    let segments = Segment::all(text)?;
    let Some((first, last)) = segments.first().zip(segments.last()) else {
        return Err("there is no string".to_owned());
    };
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
    // If all bytes are escaped, dots are not bytes.
    let dots = last.content.strip_suffix("...").filter(|content| is_all_hex(content));
    let mut bytes = Vec::new();
    for segment in segments.split_last().map_or(&[][..], |(_, others)| others) {
        segment.append(segment.content, &mut bytes)?;
    }
    last.append(dots.unwrap_or(last.content), &mut bytes)?;
    let cut = dots.is_some() || last.after.starts_with("...");
    let mut dump = Dump { cut, ..Dump::one(form, bytes) };
    if segments.len() == 1 && first.content.len() > 1 {
        let digits: String = first.content.split_ascii_whitespace().collect();
        let manner = "hexadecimal digits".to_owned();
        dump.readings.extend(pairs(&digits).map(|bytes| DumpReading { bytes, manner }));
    }
    Ok(dump)
}

/// Whether a string consists of `\x` escapes only.
fn is_all_hex(text: &str) -> bool {
    let escape = |four: &[u8]| matches!(four, [b'\\', b'x', ..]) && four.len() == 4;
    !text.is_empty() && text.as_bytes().chunks(4).all(escape)
}
