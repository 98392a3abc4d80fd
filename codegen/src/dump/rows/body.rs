//! The bytes of rows in one notation, byte order and radix of the offsets.

use super::super::notation::{Notation, without_backquote};
use super::super::text_column::{self, TextStyle};
use super::super::{MOST_BYTES, encoding, literal, shown, too_many};
use super::shape::DumpRow;

/// The most bytes in a row.
pub(super) const MOST_ROW: usize = 256;
/// The most bytes of a text column in panels, with its borders.
const MOST_PANELS: usize = 512;
/// The most bytes of a number that has unused ones.
const MOST_FILLED: usize = 8;

/// One way to read rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct DumpBody {
    pub(super) notation: Notation,
    /// Whether the lowest byte of a number comes first.
    pub(super) reversed: bool,
    /// The radix of the offsets.
    pub(super) radix: u32,
    /// How the text column shows bytes.
    pub(super) style: TextStyle,
}

/// A row that does not agree with the others, and a message.
type RowError = (usize, String);

impl DumpBody {
    /// The bytes of all rows.
    pub(super) fn read(self, rows: &[DumpRow<'_>]) -> Result<Vec<u8>, RowError> {
        let mut bytes = Vec::new();
        let (mut start, mut row_size, mut repeated) = (None, 0, false);
        for (index, row) in rows.iter().enumerate() {
            let fail = |message: String| (index, format!("line {}: {message}", row.number));
            let Some((address, rest)) = row.parts else {
                if row_size == 0 {
                    return Err(fail("no row before a `*`".to_owned()));
                }
                repeated = true;
                continue;
            };
            let offset = u64::from_str_radix(&without_backquote(address), self.radix);
            let offset = offset.map_err(|_| fail(format!("`{address}` is no offset")))?;
            let at = offset.checked_sub(*start.get_or_insert(offset));
            let at = at
                .and_then(|at| usize::try_from(at).ok())
                .ok_or_else(|| fail(format!("the offset {address} is less than the one before")))?;
            if std::mem::take(&mut repeated) {
                repeat(&mut bytes, row_size, at).map_err(fail)?;
            }
            if rest.trim().is_empty() && index + 1 == rows.len() && index > 0 {
                return self.ended(bytes, at).map_err(fail);
            }
            if at != bytes.len() {
                let expected = self.offset(bytes.len() as u64 + start.unwrap_or(0));
                return Err(fail(format!("the offset is {address} instead of {expected}")));
            }
            let row = self.row(rest).map_err(fail)?;
            row_size = row.len();
            bytes.extend(row);
            if bytes.len() > MOST_BYTES {
                return Err(fail(too_many()));
            }
        }
        match (repeated, rows.last()) {
            (true, Some(row)) => {
                Err((rows.len(), format!("line {}: no offset after a `*`", row.number)))
            }
            _ => Ok(bytes),
        }
    }

    /// The bytes of all rows in their order, whatever their addresses are. All but the last
    /// have the same size.
    pub(super) fn read_in_order(self, rows: &[DumpRow<'_>]) -> Result<Vec<u8>, RowError> {
        let (mut bytes, mut size, mut short) = (Vec::new(), None, false);
        for (index, row) in rows.iter().enumerate() {
            let fail = |message: String| (index, format!("line {}: {message}", row.number));
            let read = row.parts.ok_or_else(|| "this is not a row of a dump".to_owned());
            let read = read.and_then(|(_, rest)| self.row(rest)).map_err(fail)?;
            let size = *size.get_or_insert(read.len());
            if short || read.len() > size {
                return Err(fail("the rows have different numbers of bytes".to_owned()));
            }
            short = read.len() < size;
            bytes.extend(read);
            if bytes.len() > MOST_BYTES {
                return Err(fail(too_many()));
            }
        }
        Ok(bytes)
    }

    /// The bytes up to the last offset: a number at the end can have more.
    fn ended(self, mut bytes: Vec<u8>, end: usize) -> Result<Vec<u8>, String> {
        let unused = bytes.get(end..).filter(|unused| unused.len() < self.notation.size);
        match unused {
            Some(unused) if unused.iter().all(|byte| *byte == 0) => {
                bytes.truncate(end);
                Ok(bytes)
            }
            _ => Err(format!("the dump ends at {end}, but has {} bytes", bytes.len())),
        }
    }

    /// An offset as the dump would show it.
    fn offset(self, offset: u64) -> String {
        match self.radix {
            8 => format!("{offset:07o}"),
            10 => format!("{offset:07}"),
            _ => format!("{offset:#x}"),
        }
    }

    /// The bytes of a row: as many numbers as the text column shows, or all.
    fn row(self, rest: &str) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        // The number of bytes up to each number, and the text after it.
        let mut ends = vec![(0, rest)];
        let mut left = rest.trim_start();
        while bytes.len() < MOST_ROW && !left.is_empty() {
            let end = left.find(|c: char| c.is_ascii_whitespace()).unwrap_or(left.len());
            let end = self.before_dash(left, end);
            let (number, after) = left.split_at(end);
            let Some(mut read) = self.notation.bytes(number) else { break };
            let after = self.after_character(&read, after)?;
            if self.reversed {
                read.reverse();
            }
            let part = read.len() < self.notation.size;
            bytes.extend(read);
            ends.push((bytes.len(), after));
            left = self.after_separator(after);
            if part {
                break;
            }
        }
        let mut disagreement = None;
        for (count, after) in ends.iter().rev() {
            let row = bytes.get(..*count).unwrap_or_default();
            if self.is_longer_than_text(after, *count) {
                break;
            }
            let filled = if self.notation.size > MOST_FILLED { 0 } else { self.notation.size - 1 };
            let least = count.saturating_sub(filled);
            // od fills the last number with zeros, which are not part of the text.
            let mut lengths = (least..=*count).rev().take_while(|length| {
                row.get(*length..).is_some_and(|unused| unused.iter().all(|byte| *byte == 0))
            });
            if lengths.any(|length| {
                text_column::shows(row.get(..length).unwrap_or(row), after, self.style)
            }) {
                return Ok(row.to_vec());
            }
            disagreement = disagreement.or_else(|| text_column::disagreement(row, after));
        }
        let numbers_only = left.is_empty() && !bytes.is_empty();
        match disagreement {
            Some(found) if !numbers_only || found.others == 0 => Err(format!(
                "byte {} of the row is {:02x}, but its text column shows `{}`",
                found.index,
                bytes.get(found.index).unwrap_or(&0),
                found.found
            )),
            _ if numbers_only => Ok(bytes),
            _ => Err(match left.is_empty() {
                true => "the row has no numbers".to_owned(),
                false => format!("`{}` is neither a number nor the text of the row", shown(left)),
            }),
        }
    }
}

impl DumpBody {
    /// The end of a number: WinDbg prints a dash between the bytes in the middle of a row.
    fn before_dash(self, text: &str, end: usize) -> usize {
        let bytes = self.notation.radix == 16 && self.notation.size == 1;
        let dash = text.get(..end).and_then(|word| word.find('-'));
        dash.filter(|dash| bytes && *dash == 2).unwrap_or(end)
    }

    /// The text from the next number, after the dash or the border between two panels.
    fn after_separator(self, after: &str) -> &str {
        let bytes = self.notation.radix == 16 && self.notation.size == 1;
        if let Some(next) = after.strip_prefix('-').filter(|_| bytes) {
            return next;
        }
        let next = after.trim_start();
        let border = |c: char| c == '|' || c == ':' || encoding::is_border(c);
        let panel = next.strip_prefix(border).filter(|panel| panel.starts_with(' '));
        panel.filter(|_| self.style == TextStyle::Panels).map_or(next, str::trim_start)
    }

    /// Whether a text has more characters than the text column of a number of bytes.
    fn is_longer_than_text(self, text: &str, bytes: usize) -> bool {
        match self.style {
            TextStyle::Panels => text.len() > MOST_PANELS,
            _ => {
                let (text, most) = (text.trim(), bytes + 2);
                text.len() > 4 * most || text.chars().count() > most
            }
        }
    }

    /// The text after the character that `x/c` of gdb prints after a number.
    fn after_character<'a>(self, number: &[u8], after: &'a str) -> Result<&'a str, String> {
        let plain = Notation { radix: 10, size: 1, c: false };
        let Some(text) = after.strip_prefix(" '").filter(|_| self.notation == plain) else {
            return Ok(after);
        };
        let Some(end) = literal::closing_quote(text, '\'') else { return Ok(after) };
        let (shown, rest) = text.split_at(end);
        match literal::unescaped(shown) {
            Ok(bytes) if bytes == number => Ok(rest.get(1..).unwrap_or_default()),
            _ => Err(format!("a number is {number:?}, but its character is `{shown}`")),
        }
    }
}

/// Repeats the last row up to an offset, which is checked first.
fn repeat(bytes: &mut Vec<u8>, row_size: usize, to: usize) -> Result<(), String> {
    if to > MOST_BYTES {
        return Err(too_many());
    }
    let row = bytes.split_at(bytes.len().saturating_sub(row_size)).1.to_vec();
    while bytes.len() < to && !row.is_empty() {
        bytes.extend(&row);
    }
    Ok(())
}
