//! Strings as strace prints them: `"\x20\x00..."` or `" \0\1\n"`, alone or in the
//! line of the call; `...` after the string marks one that was cut.

use super::digit;

/// Whether a text has such a string.
pub(super) fn is_string(text: &str) -> bool {
    text.contains(['"', '\\'])
}

/// The bytes of the string, and whether it was cut.
pub(super) fn read(text: &str) -> Result<(Vec<u8>, bool), String> {
    let Some((_, quoted)) = text.split_once('"') else {
        let text = text.trim_matches(['\r', '\n']);
        let cut = text.strip_suffix("...");
        return Ok((unescaped(cut.unwrap_or(text))?, cut.is_some()));
    };
    let end = closing_quote(quoted).ok_or("the string has no closing quote")?;
    let (inside, rest) = quoted.split_at(end);
    let rest = rest.get(1..).unwrap_or_default();
    if rest.contains('"') {
        return Err("there is more than one string; give the one that is to be decoded".to_owned());
    }
    // If all bytes are escaped, dots are not bytes.
    let dots = inside.strip_suffix("...").filter(|inside| is_all_hex(inside));
    Ok((unescaped(dots.unwrap_or(inside))?, dots.is_some() || rest.starts_with("...")))
}

/// Whether a string consists of `\x` escapes only.
fn is_all_hex(text: &str) -> bool {
    let escape = |four: &[u8]| matches!(four, [b'\\', b'x', ..]) && four.len() == 4;
    !text.is_empty() && text.as_bytes().chunks(4).all(escape)
}

/// The end of the string: a quote that is not escaped.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

fn unescaped(text: &str) -> Result<Vec<u8>, String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let (byte, tail) = match first {
            b'\\' => escape(after)?,
            plain => (*plain, after),
        };
        bytes.push(byte);
        rest = tail;
    }
    Ok(bytes)
}

/// The byte of an escape, and the rest of the text.
fn escape(text: &[u8]) -> Result<(u8, &[u8]), String> {
    let (first, rest) = text.split_first().ok_or("a `\\` at the end")?;
    let byte = match first {
        b'x' => {
            let byte = |pair: &[u8; 2]| Some(digit(pair[0])? << 4 | digit(pair[1])?);
            let (pair, rest) = rest.split_first_chunk::<2>().ok_or(HEX)?;
            return Ok((byte(pair).ok_or(HEX)?, rest));
        }
        b'0'..=b'7' => return octal(text),
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        b'e' => 27,
        b'"' | b'\'' | b'\\' => *first,
        other => return Err(format!("`\\{}` is no escape", char::from(*other))),
    };
    Ok((byte, rest))
}

const HEX: &str = "`\\x` needs two hexadecimal digits";

/// One to three octal digits.
fn octal(text: &[u8]) -> Result<(u8, &[u8]), String> {
    let octal = |byte: &&u8| (b'0'..=b'7').contains(*byte);
    let count = text.iter().take(3).take_while(octal).count();
    let (digits, rest) = text.split_at(count);
    let number = digits.iter().fold(0_u16, |number, byte| number * 8 + u16::from(byte - b'0'));
    let byte = u8::try_from(number).map_err(|_| format!("`\\{number:o}` is more than 255"))?;
    Ok((byte, rest))
}
