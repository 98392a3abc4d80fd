//! Escapes of strings.

use super::super::digit;

/// The bytes of the text of a string.
pub(in crate::dump) fn unescaped(text: &str) -> Result<Vec<u8>, String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let tail = match (first, after) {
            // The string continues in the next line.
            (b'\\', [b'\n', tail @ ..]) => tail,
            (b'\\', _) => {
                let (byte, tail) = escape(after)?;
                bytes.push(byte);
                tail
            }
            (plain, _) => {
                bytes.push(*plain);
                after
            }
        };
        rest = tail;
    }
    Ok(bytes)
}

/// The byte of an escape, and the rest of the text.
pub(crate) fn escape(text: &[u8]) -> Result<(u8, &[u8]), String> {
    let (first, rest) = text.split_first().ok_or("a `\\` at the end")?;
    let byte = match first {
        b'x' => return hex(rest),
        b'u' => {
            let rest = rest.strip_prefix(b"00").ok_or("`\\u` is no byte")?;
            return hex(rest);
        }
        b'U' => {
            let rest = rest.strip_prefix(b"000000").ok_or("`\\U` is no byte")?;
            return hex(rest);
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

/// Two hexadecimal digits.
fn hex(text: &[u8]) -> Result<(u8, &[u8]), String> {
    let byte = |pair: &[u8; 2]| Some(digit(pair[0])? << 4 | digit(pair[1])?);
    let (pair, rest) = text.split_first_chunk::<2>().ok_or(HEX)?;
    Ok((byte(pair).ok_or(HEX)?, rest))
}

/// One to three octal digits.
fn octal(text: &[u8]) -> Result<(u8, &[u8]), String> {
    let octal = |byte: &&u8| (b'0'..=b'7').contains(*byte);
    let count = text.iter().take(3).take_while(octal).count();
    let (digits, rest) = text.split_at(count);
    let number = digits.iter().fold(0_u16, |number, byte| number * 8 + u16::from(byte - b'0'));
    let byte = u8::try_from(number).map_err(|_| format!("`\\{number:o}` is more than 255"))?;
    Ok((byte, rest))
}
