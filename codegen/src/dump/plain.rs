//! Numbers without offsets: hexadecimal digits in the order of the bytes, and words
//! of octal or decimal numbers. White space, commas, colons and dashes between the
//! numbers and `0x` are ignored, and so are comments after `#`.

use super::notation::Notation;
use super::rows::{after_address, is_before_wider};
use super::{Dump, DumpForm, DumpReading, MOST_BYTES, concatenated, pairs, shown, too_many};

pub(super) const HEX: DumpForm = DumpForm {
    name: "hex",
    tools: "`xxd -p`, `od -An`, `hexdump -e`, and `print_hex_dump` without a prefix: digits, pairs or words, with or without `0x`",
    example: "28 00 00 00 0f 00 00 00",
};

/// The bytes of the numbers.
pub(super) fn read(text: &str, big_endian: bool) -> Result<Dump, String> {
    let code = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let separates = |c: char| c.is_ascii_whitespace() || ",:-".contains(c);
    let words: Vec<&str> =
        code.flat_map(|line| line.split(separates)).filter(|word| !word.is_empty()).collect();
    if words.contains(&"*") {
        return Err("`*` stands for repeated rows: without offsets, their number is unknown".into());
    }
    let several = text.lines().nth(1).is_some();
    let offset = |line| starts_with_offset(line) || several && after_address(line).is_some();
    if text.lines().any(offset) {
        return Err("a line starts with a number that can be an offset, but not all rows do".into());
    }
    if words.iter().any(|word| word.contains('`')) {
        return Err("numbers with a backquote are in rows with addresses, and these are not".into());
    }
    if words.len() > MOST_BYTES {
        return Err(too_many());
    }
    let mut readings = Vec::new();
    let wrong = words.iter().find_map(|word| pair_bytes(word).err());
    if wrong.is_none() {
        let bytes = concatenated(words.iter().map(|word| pair_bytes(word).ok()), false);
        let manner = "bytes in order".to_owned();
        readings.extend(bytes.map(|bytes| DumpReading { bytes, manner }));
    }
    if words.len() > 1 {
        readings.extend(numbers(&words, big_endian));
        let prefixed = words.iter().all(|word| word.starts_with("0x") && word.len() > 4);
        if prefixed && readings.len() > 1 {
            readings.rotate_left(1);
        }
    }
    match wrong {
        Some(error) if readings.is_empty() => Err(error),
        _ => Ok(Dump { form: HEX.name, readings, cut: false, note: None }),
    }
}

/// Whether a line starts as a row with an offset does: with a long number before a colon, or
/// one of fewer than 8 digits before wider ones.
fn starts_with_offset(line: &str) -> bool {
    let line = line.trim_start();
    let (first, rest) = line.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((line, ""));
    first.len() > 5 && first.ends_with(':') || is_before_wider(first, rest)
}

/// The readings of words that are numbers of one size.
fn numbers(words: &[&str], big_endian: bool) -> Vec<DumpReading> {
    let first = words.first().copied().unwrap_or_default();
    let mut found = Vec::new();
    for notation in Notation::of(first) {
        let order = !big_endian && notation.size > 1;
        for reversed in [order, !order] {
            if notation.c {
                continue;
            }
            let large = notation.size == 1 && (reversed || notation.radix == 16);
            let long = words.len() * notation.size > MOST_BYTES;
            if large || long || notation.size > 8 || !notation.size.is_power_of_two() {
                continue;
            }
            let same = |word: &&str| {
                let width = notation.radix == 10 || word.len() == first.len();
                notation.bytes(word).filter(|_| width)
            };
            let manner = notation.manner(reversed);
            let bytes = concatenated(words.iter().map(same), reversed);
            found.extend(bytes.map(|bytes| DumpReading { bytes, manner }));
        }
    }
    found
}

/// The bytes of the digits of a word.
fn pair_bytes(word: &str) -> Result<Vec<u8>, String> {
    let digits = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
    let read = match digits {
        Some(one) if one.len() == 1 => pairs(&["0", one].concat()),
        Some("") => None,
        Some(digits) => pairs(digits),
        None => pairs(word),
    };
    read.ok_or_else(|| refusal(word, digits.unwrap_or(word)))
}

fn refusal(word: &str, digits: &str) -> String {
    let shown = shown(word);
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit()) && !digits.is_empty();
    match hexadecimal {
        true => format!("`{shown}` has an odd number of hexadecimal digits"),
        false => format!(
            "the input is neither binary nor a form of text that is known: `{shown}`; \
             docs/decode.md lists the forms"
        ),
    }
}
