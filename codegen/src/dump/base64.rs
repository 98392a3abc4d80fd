//! Base64, with the usual or the URL alphabet, in one or more lines.

use super::{Dump, DumpForm};

pub(super) const BASE64: DumpForm = DumpForm {
    name: "base64",
    tools: "`base64`, Python's `b64encode`",
    example: "KAAAAA8AAAACAAAA",
};

/// The shortest text that is base64 without padding.
const LEAST: usize = 16;

/// The bytes, if the text is base64.
pub(super) fn read(text: &str) -> Option<Dump> {
    let words: Vec<_> = text.lines().map(str::trim).collect();
    let (last, lines) = words.split_last()?;
    let width = lines.first().map_or(last.len(), |line| line.len());
    let rectangular = lines.iter().all(|line| line.len() == width) && last.len() <= width;
    let joined = words.concat();
    let digits = joined.trim_end_matches('=');
    let padding = joined.len() - digits.len();
    let padded = padding > 0 && joined.len() % 4 == 0 && padding <= 2;
    if !rectangular || !(padded || padding == 0 && joined.len() >= LEAST) || digits.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.as_bytes().chunks(4) {
        let number = group.iter().try_fold(0_u32, |number, c| Some(number << 6 | value(*c)?))?;
        let unused = 6 * (4 - group.len());
        let three = (number << unused).to_be_bytes();
        let (kept, rest) = three[1..].split_at(group.len() - 1);
        if rest.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend(kept);
    }
    let mut dump = Dump::one(BASE64.name, bytes);
    dump.readings.iter_mut().for_each(|reading| reading.manner = "base64".to_owned());
    Some(dump)
}

fn value(c: u8) -> Option<u32> {
    let value = match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(value.into())
}
