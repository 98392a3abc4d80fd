//! Hexadecimal digits in the order of the bytes. White space, commas, `0x` and
//! comments after `#` are ignored.

use super::pairs;

/// The bytes of the digits.
pub(super) fn read(text: &str) -> Result<Vec<u8>, String> {
    let code = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let words = code.flat_map(|line| line.split(|c: char| c == ',' || c.is_ascii_whitespace()));
    let mut bytes = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
        let read = match digits {
            Some(one) if one.len() == 1 => pairs(&["0", one].concat()),
            Some("") => None,
            Some(digits) => pairs(digits),
            None => pairs(word),
        };
        bytes.extend(read.ok_or_else(|| refusal(word, digits.unwrap_or(word)))?);
    }
    Ok(bytes)
}

fn refusal(word: &str, digits: &str) -> String {
    let shown: String = word.chars().take(20).collect();
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && !digits.is_empty();
    match hexadecimal {
        true => format!("`{shown}` has an odd number of hexadecimal digits"),
        false => format!(
            "the input is neither binary nor hex, xxd, `hexdump -C` or strace text: `{shown}`"
        ),
    }
}
