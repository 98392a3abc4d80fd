//! The shape of rows: how the offset is marked, and the first number.

use super::super::prefix::{DumpLine, Lines};

/// How far the offset of a row that is missing can be from the one before.
const NEAR: u64 = 1 << 16;

/// The fewest digits by which the hashes of two addresses differ.
const DIFFERENT: usize = 4;
/// The most zeros of a hashed address of 8 digits.
const MOST_ZEROS: usize = 4;

/// The mark of an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AddressMark {
    /// `0x7fff0000:` or `0x7fff0000 <name+8>:`.
    Prefix,
    /// `0x7fff0000` before numbers without `0x`.
    Hex,
    /// `|00000000|`, in a table with borders.
    Bordered,
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
        let marks = [
            AddressMark::Prefix,
            AddressMark::Hex,
            AddressMark::Bordered,
            AddressMark::Colon,
            AddressMark::Bare,
        ];
        let opened = marks.iter().find_map(|mark| Some((*mark, split(first.text, *mark)?)));
        let (mark, (address, rest)) = opened?;
        let number = rest.split_ascii_whitespace().next()?;
        let shape = Self { mark, address, first: number, certain: true };
        match mark {
            AddressMark::Bare => shape.bare(lines, rest),
            AddressMark::Hex => shape.hex(lines),
            _ => number.starts_with(|c: char| c.is_ascii_hexdigit() || c == '-').then_some(shape),
        }
    }

    /// Whether the offsets have the form of tcpdump's, such as `0x0010:`.
    pub(super) fn is_of_tcpdump(&self) -> bool {
        self.mark == AddressMark::Prefix && self.address.len() == 4
    }

    /// Numbers after `0x` are addresses if they are a column, before numbers without it.
    fn hex(self, lines: &Lines<'_>) -> Option<Self> {
        let row = |line: &DumpLine<'_>| {
            let row = split(line.text, AddressMark::Hex);
            is_repeat(line.text)
                || row.is_some_and(|(address, _)| address.len() == self.address.len())
        };
        lines.all.iter().all(row).then_some(self)
    }

    /// Words without a colon are a dump if the first ones are offsets. A column of one width
    /// that starts at 0 can be something else.
    fn bare(self, lines: &Lines<'a>, rest: &str) -> Option<Self> {
        let width = self.address.len();
        let column = |line: &DumpLine<'_>| {
            let row = split(line.text, AddressMark::Bare);
            is_repeat(line.text) || row.is_some_and(|(address, _)| address.len() == width)
        };
        let several = lines.all.len() > 1 && lines.all.iter().all(column);
        let rows = BareRows { lines: &lines.all, first: self, rest, several };
        if width == 4 {
            let offsets = self.first.len() == 2 && (several || rows.is_zero() && is_apart(rest));
            return offsets.then_some(self);
        }
        let certain = SIGNS.iter().any(|sign| sign(&rows));
        (certain || several && rows.is_zero()).then_some(Self { certain, ..self })
    }
}

/// Rows whose first words may be offsets.
struct BareRows<'l, 'a> {
    lines: &'l [DumpLine<'a>],
    /// The first row, and what follows its first word.
    first: RowShape<'a>,
    rest: &'l str,
    /// Whether the first words are a column of one width.
    several: bool,
}

/// What shows that the first words of rows are their offsets; one sign is enough.
const SIGNS: [fn(&BareRows<'_, '_>) -> bool; 9] = [
    // A text column follows.
    |rows| rows.rest.ends_with('|') && rows.rest.contains("  |"),
    |rows| rows.rest.ends_with('<') && rows.rest.contains("  >"),
    // Wider numbers of one width follow.
    |rows| is_before_wider(rows.first.address, rows.rest) && rows.words().count() > 1,
    // WinDbg prints a backquote in addresses.
    |rows| rows.first.address.contains('`'),
    // They are a column, apart from the numbers, or counting these.
    |rows| rows.several && are_apart(rows.lines),
    |rows| rows.several && count_up(rows.lines),
    // They are a column of another width than the numbers that starts at 0 or ends with the
    // length.
    |rows| rows.several && rows.differs() && (rows.is_zero() || rows.ends_with_length()),
    // They are such a column, and no number has so many digits.
    |rows| rows.several && rows.differs() && rows.width() % 2 == 1 && rows.width() > 5,
    // The first one is 0, and wider than bytes, which follow.
    |rows| rows.is_zero() && rows.width() > 5 && rows.words().all(|word| word.len() == 2),
];

impl<'l> BareRows<'l, '_> {
    fn width(&self) -> usize {
        self.first.address.len()
    }

    fn words(&self) -> impl Iterator<Item = &'l str> {
        self.rest.split_ascii_whitespace()
    }

    fn is_zero(&self) -> bool {
        self.first.address.bytes().all(|byte| byte == b'0')
    }

    /// Whether the numbers have another width.
    fn differs(&self) -> bool {
        self.first.first.len() != self.width()
    }

    /// Whether the last row has only an offset.
    fn ends_with_length(&self) -> bool {
        let last = self.lines.last().and_then(|line| split(line.text, AddressMark::Bare));
        last.is_some_and(|(_, rest)| rest.is_empty())
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

/// Whether the rest of a row is further from its offset than its numbers, which have one
/// width, from each other.
fn is_apart(rest: &str) -> bool {
    let Some(numbers) = rest.strip_prefix("  ") else { return false };
    let mut words = numbers.trim_start().split(' ');
    let number = |word: &str| word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'`');
    match (words.next(), words.next()) {
        (Some(first), Some(second)) => {
            let second = second.split('-').next().unwrap_or(second);
            first.len() == second.len() && !first.is_empty() && number(first) && number(second)
        }
        _ => false,
    }
}

/// The rest of a row whose offset is apart from its numbers: of 8 or 16 digits, or of 4 before
/// bytes.
pub(in crate::dump) fn after_address(line: &str) -> Option<&str> {
    let (address, rest) = split(line, AddressMark::Bare)?;
    let bytes = || rest.split_ascii_whitespace().all(|word| word.len() == 2);
    let offset = matches!(address.len(), 8 | 16 | 17) || address.len() == 4 && bytes();
    (offset && is_apart(rest)).then_some(rest)
}

/// Whether the offsets of all rows are apart from their numbers.
fn are_apart(lines: &[DumpLine<'_>]) -> bool {
    lines.iter().all(|line| is_repeat(line.text) || after_address(line.text).is_some())
}

/// Whether the first words of lines grow by the size of the words after them.
fn count_up(lines: &[DumpLine<'_>]) -> bool {
    let row = |line: &DumpLine<'_>| {
        let (address, rest) = split(line.text, AddressMark::Bare)?;
        let mut words = rest.split_ascii_whitespace();
        let width = words.clone().next().map_or(0, str::len);
        let digits = words.try_fold(0, |sum, word| (word.len() == width).then_some(sum + width))?;
        Some((u64::from_str_radix(address, 16).ok()?, u64::try_from(digits / 2).ok()?))
    };
    lines.windows(2).all(|pair| match (row(&pair[0]), row(&pair[1])) {
        (Some((first, size)), Some((second, _))) => second.checked_sub(first) == Some(size),
        _ => false,
    })
}

/// Whether a line is `*`, possibly in a table.
fn is_repeat(line: &str) -> bool {
    let border = |c: char| c == ' ' || is_column(c) || c == ':';
    line.trim_matches(border) == "*"
}

/// Whether a character is between the columns of a table.
fn is_column(c: char) -> bool {
    c == '|' || super::super::encoding::is_border(c)
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
        let parts = match is_repeat(line.text) {
            true => None,
            false => Some(split(line.text, mark)?),
        };
        Some(Self { number: line.number, parts })
    }
}

/// Whether the addresses of rows are pointers that the kernel has hashed, as `%p` prints them:
/// 8 digits, or 16 of which the first 8 are zero. They are all the same, or none of them is a
/// little more than the one before, and digits that one change explains are none.
pub(super) fn are_hashed(rows: &[DumpRow<'_>]) -> bool {
    let addresses = rows.iter().map(|row| {
        let (address, _) = row.parts?;
        let wide = address.len() == 16;
        let low = if wide { address.strip_prefix("00000000")? } else { address };
        let zeros = low.bytes().filter(|digit| *digit == b'0').count();
        (low.len() == 8 && (wide || zeros <= MOST_ZEROS)).then_some(low)
    });
    let Some(addresses) = addresses.collect::<Option<Vec<&str>>>() else { return false };
    let number = |low: &str| u64::from_str_radix(low, 16).unwrap_or(0);
    let count_up = |pair: &[&str]| {
        let digits = pair[0].bytes().zip(pair[1].bytes()).filter(|(a, b)| a != b).count();
        number(pair[1]).wrapping_sub(number(pair[0])) <= NEAR || digits < DIFFERENT
    };
    let equal = addresses.windows(2).all(|pair| pair[0] == pair[1]);
    let zero = addresses.first().is_some_and(|first| number(first) == 0);
    addresses.len() > 1 && !zero && (equal || !addresses.windows(2).any(count_up))
}

/// The digits of the offset of a row, and the rest of the row.
fn split(line: &str, mark: AddressMark) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let digits = match mark {
        AddressMark::Prefix | AddressMark::Hex => line.strip_prefix("0x")?,
        AddressMark::Bordered => line.strip_prefix(is_column)?.trim_start(),
        AddressMark::Colon | AddressMark::Bare => line,
    };
    // WinDbg prints a backquote in the middle.
    let of_address = |c: char| c.is_ascii_hexdigit() || c == '`' && mark == AddressMark::Bare;
    let end = digits.find(|c: char| !of_address(c)).unwrap_or(digits.len());
    let (address, rest) = digits.split_at(end);
    let least = match mark {
        AddressMark::Hex => 8,
        AddressMark::Bare => 4,
        _ => 1,
    };
    if !(least..=17).contains(&address.len()) || address.len() == 17 && !address.contains('`') {
        return None;
    }
    let blank = |rest: &str| rest.chars().all(|c| c == ' ' || c == ':' || is_column(c));
    let rest = match (mark, rest.trim_start().strip_prefix('<')) {
        (AddressMark::Bordered, _) => {
            let rest = rest.trim_start().strip_prefix(is_column)?;
            if blank(rest) { "" } else { rest }
        }
        (AddressMark::Hex, _) => {
            let number = rest.split_ascii_whitespace().next();
            let plain = |word: &str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
            number.is_none_or(plain).then_some(rest)?
        }
        (AddressMark::Bare, _) => rest,
        (_, None) => rest.strip_prefix(':')?,
        (_, Some(symbol)) => symbol.split_once(">:")?.1,
    };
    let separated = rest.is_empty() || rest.starts_with([' ', '\t']);
    let two = mark != AddressMark::Colon || address.len() > 1;
    (separated && two).then_some((address, rest))
}
