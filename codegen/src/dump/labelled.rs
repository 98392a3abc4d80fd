//! Dumps of several blocks of bytes, each after a line with its label, as lspci prints the
//! configuration spaces of devices: `00:1f.2 SATA controller`, then rows of bytes.

use super::{Dump, MOST_DUMPS, digit, encoding};

/// Bytes with a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledBytes {
    /// The label.
    pub label: String,
    /// The bytes from offset 0.
    pub bytes: Vec<u8>,
}

impl LabelledBytes {
    /// The bytes of a dump that has no label.
    pub fn unlabelled(dump: &Dump) -> Self {
        Self { label: String::new(), bytes: dump.bytes().to_vec() }
    }
}

/// The blocks of an input; none if no line is a label.
///
/// # Errors
///
/// A sentence that says which line is wrong.
pub fn blocks(input: &[u8]) -> Result<Vec<LabelledBytes>, String> {
    let text = encoding::text(input).unwrap_or_default();
    let mut blocks: Vec<LabelledBytes> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        // Mails quote lines.
        let line = line.trim_start_matches(['>', ' ']);
        if let Some(label) = label(line) {
            blocks.push(LabelledBytes { label: label.to_owned(), bytes: Vec::new() });
            continue;
        }
        let (Some((offset, bytes)), Some(block)) = (row(line), blocks.last_mut()) else {
            continue;
        };
        let bytes = bytes.filter(|_| offset == block.bytes.len());
        let bytes = bytes.ok_or_else(|| {
            format!("line {}: this is not the row at {:#x}", index + 1, block.bytes.len())
        })?;
        block.bytes.extend(bytes);
    }
    blocks.retain(|block| !block.bytes.is_empty());
    match blocks.len() {
        ..=MOST_DUMPS => Ok(blocks),
        count => Err(format!("{count} blocks are too many: at most {MOST_DUMPS} are read")),
    }
}

/// The label of a line: `00:1f.2` or, with the number of a domain, `0000:00:1f.2`.
fn label(line: &str) -> Option<&str> {
    let label = line.split(' ').next()?;
    let (slot, function) = label.split_once('.')?;
    let mut parts = slot.rsplit(':');
    let (device, bus, domain) = (parts.next()?, parts.next()?, parts.next());
    let sized = |part: &str, least: usize, most: usize| {
        (least..=most).contains(&part.len()) && part.bytes().all(|byte| digit(byte).is_some())
    };
    let shaped = sized(device, 2, 2)
        && sized(bus, 2, 2)
        && domain.is_none_or(|domain| sized(domain, 4, 8))
        && sized(function, 1, 1)
        && parts.next().is_none();
    shaped.then_some(label)
}

/// The offset and the bytes of a line such as `10: 00 1c 40 f0`; no bytes if one of them
/// cannot be read.
fn row(line: &str) -> Option<(usize, Option<Vec<u8>>)> {
    let (offset, rest) = line.split_once(':')?;
    let hexadecimal = offset.bytes().all(|byte| digit(byte).is_some());
    if !hexadecimal || !(2..=8).contains(&offset.len()) {
        return None;
    }
    let offset = usize::from_str_radix(offset, 16).ok()?;
    let byte = |word: &str| match word.as_bytes() {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    Some((offset, rest.split_whitespace().map(byte).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "00:1f.2 SATA controller: a name\n\tFlags: fast devsel\n\
        00: 86 80 ba\n03: 3a\n\n0001:00:02.0 Display\n00: 01 02\n";

    #[test]
    fn blocks_have_labels_and_bytes() {
        let blocks = blocks(TWO.as_bytes()).expect("blocks");
        let found: Vec<_> =
            blocks.iter().map(|block| (block.label.as_str(), block.bytes.as_slice())).collect();
        let expected: [(&str, &[u8]); 2] =
            [("00:1f.2", &[0x86, 0x80, 0xba, 0x3a]), ("0001:00:02.0", &[1, 2])];
        assert_eq!(found, expected);
        let quoted: String = TWO.lines().map(|line| format!("> {line}\n")).collect();
        assert_eq!(super::blocks(quoted.as_bytes()), Ok(blocks));
    }

    #[test]
    fn rows_follow_each_other() {
        let error = |text: &str| blocks(text.as_bytes()).expect_err("an error");
        assert_eq!(error("00:1f.2 x\n00: 01\n10: 02\n"), "line 3: this is not the row at 0x1");
        assert_eq!(error("00:1f.2 x\n00: 01 0g\n"), "line 2: this is not the row at 0x0");
        assert_eq!(blocks(b"00: 01 02\n"), Ok(Vec::new()));
        assert_eq!(blocks(&[0; 64]), Ok(Vec::new()));
    }
}
