//! Rows without offsets, with a text column: `print_hex_dump` of the kernel with no prefix.
//! The text must show the bytes of every row.

use super::prefix::Lines;
use super::text_column::{self, TextStyle};
use super::{DumpResult, concatenated, pairs, plain};

/// The bytes of such rows; none if the text next to any row does not show its bytes.
pub(super) fn read(lines: &Lines<'_>, big_endian: bool) -> DumpResult {
    let rows: Option<Vec<(&str, &str)>> = lines.all.iter().map(|line| split(line.text)).collect();
    let rows = rows?;
    let numbers = rows.iter().map(|(numbers, _)| *numbers).collect::<Vec<_>>().join("\n");
    let shown: Vec<Vec<u8>> =
        [false, true].into_iter().filter_map(|reversed| bytes(&rows, reversed)).collect();
    let mut dump = plain::read(&numbers, big_endian).ok()?;
    dump.readings.retain(|reading| shown.contains(&reading.bytes));
    (!dump.readings.is_empty()).then_some(Ok(dump))
}

/// The numbers of a row and the text next to them.
fn split(line: &str) -> Option<(&str, &str)> {
    let (numbers, text) = line.trim_start().split_once("  ")?;
    let mut words = numbers.split(' ');
    let width = words.next()?.len();
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let equal = is_number(numbers.split(' ').next()?)
        && words.all(|word| word.len() == width && is_number(word));
    (equal && !text.trim().is_empty()).then_some((numbers, text))
}

/// The bytes of all rows, if the text of each shows them.
fn bytes(rows: &[(&str, &str)], reversed: bool) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    for (numbers, text) in rows {
        let row = concatenated(numbers.split(' ').map(pairs), reversed)?;
        if !text_column::shows(&row, text, TextStyle::Plain) {
            return None;
        }
        all.extend(row);
    }
    Some(all)
}
