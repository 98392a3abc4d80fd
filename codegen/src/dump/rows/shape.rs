//! The shape of rows: how the offset is marked, and the first number.

use super::super::prefix::{DumpLine, Lines};

/// How far the offset of a row that is missing can be from the one before.
const NEAR: u64 = 1 << 16;

/// The mark of an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AddressMark {
    /// `0x7fff0000:` or `0x7fff0000 <name+8>:`.
    Prefix,
    /// `00000000:`.
    Colon,
    /// `0000000`, at the start of every row.
    Bare,
}

/// The shape of all rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowShape<'a> {
    pub(super) mark: AddressMark,
    /// The digits of the first offset.
    pub(super) address: &'a str,
    /// The first number.
    pub(super) first: &'a str,
    /// Whether no other form has this shape.
    pub(super) certain: bool,
}

impl<'a> RowShape<'a> {
    /// The shape that the first row opens.
    pub(super) fn of(lines: &Lines<'a>) -> Option<Self> {
        let first = lines.all.first()?;
        let marks = [AddressMark::Prefix, AddressMark::Colon, AddressMark::Bare];
        let opened = marks.iter().find_map(|mark| Some((*mark, split(first.text, *mark)?)));
        let (mark, (address, rest)) = opened?;
        let number = rest.split_ascii_whitespace().next()?;
        let shape = Self { mark, address, first: number, certain: true };
        match mark {
            AddressMark::Bare => shape.bare(lines, rest),
            _ => number.starts_with(|c: char| c.is_ascii_hexdigit() || c == '-').then_some(shape),
        }
    }

    /// Whether the offsets have the form of tcpdump's, such as `0x0010:`.
    pub(super) fn is_of_tcpdump(&self) -> bool {
        self.mark == AddressMark::Prefix && self.address.len() == 4
    }

    /// Words without a colon are a dump if the first ones are offsets: a column of one
    /// width that starts at 0, that ends with the length, next to a text column, or before
    /// wider numbers of one width.
    fn bare(self, lines: &Lines<'a>, rest: &str) -> Option<Self> {
        let zero = self.address.bytes().all(|byte| byte == b'0');
        let text = rest.ends_with('|') && rest.contains("  |")
            || rest.ends_with('<') && rest.contains("  >");
        let width = self.address.len();
        let column = |line: &DumpLine<'_>| {
            let row = split(line.text, AddressMark::Bare);
            line.text.trim() == "*" || row.is_some_and(|(address, _)| address.len() == width)
        };
        let last = lines.all.last().and_then(|line| split(line.text, AddressMark::Bare));
        let ends = lines.all.len() > 1 && last.is_some_and(|(_, rest)| rest.is_empty());
        let pairs = rest.split_ascii_whitespace().all(|word| word.len() == 2);
        let several = lines.all.len() > 1 && lines.all.iter().all(column);
        let differs = self.first.len() != width;
        let wider =
            is_before_wider(self.address, rest) && rest.split_ascii_whitespace().count() > 1;
        let odd = width % 2 == 1 && width > 5 && differs;
        let certain = text
            || wider
            || (zero || ends || odd) && several && differs
            || zero && pairs && width > 5;
        (certain || several && zero).then_some(Self { certain, ..self })
    }
}

/// Whether digits can only be the offset of a row: fewer than 8, before wider numbers of one
/// width.
pub(in crate::dump) fn is_before_wider(digits: &str, rest: &str) -> bool {
    let mut widths = rest.split_ascii_whitespace().map(str::len);
    let width = widths.next().unwrap_or(0);
    let narrower = (5..width.min(8)).contains(&digits.len()) && width <= 16;
    narrower && widths.all(|other| other == width)
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(super) struct DumpRow<'a> {
    /// The number of its line.
    pub(super) number: usize,
    /// The digits of its offset and the rest; `None` for `*`.
    pub(super) parts: Option<(&'a str, &'a str)>,
}

impl<'a> DumpRow<'a> {
    pub(super) fn of(line: DumpLine<'a>, mark: AddressMark) -> Option<Self> {
        let parts = match line.text.trim() {
            "*" => None,
            _ => Some(split(line.text, mark)?),
        };
        Some(Self { number: line.number, parts })
    }
}

/// Whether the addresses of rows are pointers that the kernel has hashed, as `%p` prints them:
/// 16 digits of which the first 8 are zero, none of them a little more than the one before.
pub(super) fn are_hashed(rows: &[DumpRow<'_>]) -> bool {
    let addresses = rows.iter().map(|row| {
        let (address, _) = row.parts?;
        let low = address.strip_prefix("00000000").filter(|low| low.len() == 8)?;
        u64::from_str_radix(low, 16).ok()
    });
    let addresses: Option<Vec<u64>> = addresses.collect();
    let near = |pair: &[u64]| pair[1].wrapping_sub(pair[0]) <= NEAR;
    addresses.is_some_and(|all| all.len() > 1 && !all.windows(2).any(near))
}

/// The digits of the offset of a row, and the rest of the row.
fn split(line: &str, mark: AddressMark) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let digits = match mark {
        AddressMark::Prefix => line.strip_prefix("0x")?,
        _ => line,
    };
    let end = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
    let (address, rest) = digits.split_at(end);
    let least = if mark == AddressMark::Bare { 5 } else { 1 };
    if !(least..=16).contains(&address.len()) {
        return None;
    }
    let rest = match (mark, rest.trim_start().strip_prefix('<')) {
        (AddressMark::Bare, _) => rest,
        (_, None) => rest.strip_prefix(':')?,
        (_, Some(symbol)) => symbol.split_once(">:")?.1,
    };
    let separated = rest.is_empty() || rest.starts_with([' ', '\t']);
    let two = mark != AddressMark::Colon || address.len() > 1;
    (separated && two).then_some((address, rest))
}
