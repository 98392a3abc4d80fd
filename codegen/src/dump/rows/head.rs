//! The lines before the rows of a dump: the names or the numbers of its columns, and what
//! was dumped.

use super::super::prefix::{DumpLine, Lines};
use super::shape::RowShape;

/// The most lines of a head.
const MOST_HEAD: usize = 6;
/// The fewest numbers of columns.
const LEAST_COLUMNS: usize = 4;

/// A head.
#[derive(Clone, Copy, Debug)]
pub(super) struct DumpHead {
    /// The number of its lines.
    pub(super) lines: usize,
    /// The number of the bytes, if the head says it.
    pub(super) length: Option<usize>,
}

impl DumpHead {
    /// The head of the lines, and the shape of the rows after it.
    pub(super) fn of<'a>(lines: &Lines<'a>) -> Option<(Self, RowShape<'a>)> {
        let all = &lines.all;
        let heads = all.iter().take(MOST_HEAD).take_while(|line| is_head(line)).count();
        (1..=heads).find_map(|count| {
            let (head, rows) = all.split_at_checked(count)?;
            let columns = head.iter().any(|line| are_columns(line.text));
            let rows = Lines { all: rows.to_vec(), prefixed: lines.prefixed };
            let shape = RowShape::of(&rows).filter(|shape| columns || shape.certain)?;
            let length = head.iter().find_map(|line| length(line.text));
            Some((Self { lines: count, length }, RowShape { certain: true, ..shape }))
        })
    }
}

/// Whether a line can be part of a head: numbers of columns, words, or a name and its value.
fn is_head(line: &DumpLine<'_>) -> bool {
    let text = line.text.trim();
    let letter = |c: char| c.is_ascii_alphabetic() && !c.is_ascii_hexdigit();
    let words = text.contains(letter) && !text.contains(|c: char| c.is_ascii_digit());
    let named = text.split_once(": ").is_some_and(|(name, value)| {
        let name = name.contains(letter) && name.chars().all(|c| c.is_ascii_alphabetic());
        let mut numbers = value.split_ascii_whitespace().map(is_hexadecimal);
        name && !matches!((numbers.next(), numbers.next()), (Some(true), Some(true)))
    });
    are_columns(text) || words || named
}

/// Whether a line numbers columns: `00 01 02 03`, `0 1  2 3` or `0001 0203`, after words.
fn are_columns(line: &str) -> bool {
    let words = line.split_ascii_whitespace();
    let mut words = words.skip_while(|word| !is_hexadecimal(word)).peekable();
    let mut numbers = Vec::new();
    while let Some(word) = words.next_if(|word| is_hexadecimal(word) && word.len() <= 4) {
        let (high, low) = word.split_at(if word.len() == 4 { 2 } else { 0 });
        for number in [high, low].into_iter().filter(|number| !number.is_empty()) {
            numbers.push(u64::from_str_radix(number, 16).unwrap_or(u64::MAX));
        }
    }
    // The characters of a text column.
    let ends = words.peek().is_none_or(|word| word.len() > 4 || !is_hexadecimal(word));
    ends && numbers.len() >= LEAST_COLUMNS
        && numbers.windows(2).all(|pair| pair[0].checked_add(1) == Some(pair[1]))
}

fn is_hexadecimal(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The number of bytes in a line such as `Length: 40 (0x28) bytes`.
fn length(line: &str) -> Option<usize> {
    let (_, value) = line.split_once(": ")?;
    let mut words = value.strip_suffix(" bytes")?.split(' ');
    words.next()?.parse().ok()
}
