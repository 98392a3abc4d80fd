//! Bytes from text: the dumps, literals and lists that tools and languages print.
//! `FORMS` has one description per form. A form is recognised by the shape of the
//! whole input, and its offsets and text column are checked. Where the text leaves
//! the byte order or the size of numbers open, all readings are returned.

mod base64;
mod encoding;
pub mod labelled;
mod list;
mod literal;
mod notation;
mod plain;
mod prefix;
mod rows;
mod text_column;
mod unnumbered;

pub(crate) use literal::escape;

use std::borrow::Cow;

/// The most bytes that are interpreted.
pub const MOST_BYTES: usize = 1 << 20;
/// The most dumps that are read in one input, such as the calls of a log.
pub const MOST_DUMPS: usize = 1 << 15;
/// The largest accepted file. A hex dump is five times as large as its bytes.
pub const MOST_INPUT: usize = 8 << 20;

/// The form of an input that is no text.
pub const BINARY: &str = "binary";

/// The bytes of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// The name of the form of the input.
    pub form: &'static str,
    /// At least one reading; the usual one first.
    pub readings: Vec<DumpReading>,
    /// Whether the text shows that bytes are missing at the end.
    pub cut: bool,
    /// What could not be checked, for the user.
    pub note: Option<&'static str>,
}

/// One reading of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DumpReading {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// How the digits were read, if there is more than one way.
    pub manner: String,
}

/// A form of input, for the user.
#[derive(Clone, Copy, Debug)]
pub struct DumpForm {
    /// The name in the output of `decode`.
    pub name: &'static str,
    /// The tools that print it.
    pub tools: &'static str,
    /// The start of an example.
    pub example: &'static str,
}

/// Every form of text.
pub const FORMS: [DumpForm; 14] = [
    rows::XXD,
    rows::HEXDUMP,
    rows::OD,
    rows::GDB,
    rows::LLDB,
    rows::TCPDUMP,
    rows::LSPCI,
    rows::LOG,
    rows::ROWS,
    literal::STRING,
    literal::STRACE,
    list::LIST,
    plain::HEX,
    base64::BASE64,
];

/// The result of a form: `None` if the input has another form.
type DumpResult = Option<Result<Dump, String>>;

/// Reads an input of any form; `big_endian` is the usual byte order of numbers.
///
/// # Errors
///
/// A sentence that says why there are no bytes.
pub fn read(input: &[u8], big_endian: bool) -> Result<Dump, String> {
    let mut dump = match encoding::text(input) {
        None => Dump::of_bytes(input.to_vec()),
        Some(text) => from_text(&text, big_endian)?,
    };
    dump.drop_equal_readings();
    match dump.bytes().len() {
        0 => Err("the input is empty".to_owned()),
        1..=MOST_BYTES => Ok(dump),
        len => Err(format!("{len} bytes are too many: at most {MOST_BYTES} are interpreted")),
    }
}

/// An input as text, if it is not the bytes themselves.
pub fn text(input: &[u8]) -> Option<Cow<'_, str>> {
    encoding::text(input)
}

/// Whether a line is a row of a dump at another offset than 0.
pub fn is_later_row(line: &str) -> bool {
    rows::is_later(&prefix::Lines::of(line))
}

/// Whether a character is a hexadecimal digit that base64 text of mostly zeros has too.
fn is_in_both(c: char) -> bool {
    matches!(c, 'A'..='F' | 'a'..='f' | '0' | '1') || c.is_whitespace()
}

fn from_text(text: &str, big_endian: bool) -> Result<Dump, String> {
    let lines = prefix::Lines::of(text);
    if lines.all.is_empty() {
        return Err("the input is empty".to_owned());
    }
    // Each line has a byte.
    if lines.all.len() > MOST_BYTES {
        return Err(too_many());
    }
    if let Some(found) = rows::read(&lines, big_endian) {
        return found;
    }
    let joined = lines.joined();
    let found = literal::read(&joined).or_else(|| list::read(&joined, big_endian));
    if let Some(found) = found {
        return found;
    }
    if let Some(found) = unnumbered::read(&lines, big_endian) {
        return found;
    }
    let mut found = plain::read(&joined, big_endian);
    if let (Ok(dump), [line]) = (&mut found, lines.all.as_slice()) {
        let numbers = rows::after_address(line.text);
        let without = numbers.and_then(|numbers| plain::read(numbers, big_endian).ok());
        dump.readings.extend(without.into_iter().flat_map(|dump| dump.readings).map(|reading| {
            DumpReading { manner: format!("{} after an address", reading.manner), ..reading }
        }));
    }
    match found {
        Ok(mut dump) if joined.chars().all(is_in_both) => {
            dump.readings.extend(base64::read(&joined).into_iter().flat_map(|dump| dump.readings));
            Ok(dump)
        }
        found => found.or_else(|error| {
            base64::read(&joined).ok_or_else(|| at_line(&lines, error, big_endian))
        }),
    }
}

/// The error of numbers, with the first line that has the same one alone.
fn at_line(lines: &prefix::Lines<'_>, error: String, big_endian: bool) -> String {
    let alone = |text: &str| plain::read(text, big_endian).is_err_and(|found| found == error);
    match lines.all.iter().find(|line| alone(line.text)) {
        Some(line) if lines.all.len() > 1 => format!("line {}: {error}", line.number),
        _ => error,
    }
}

impl Dump {
    /// A dump with one reading.
    fn one(form: &'static str, bytes: Vec<u8>) -> Self {
        let reading = DumpReading { bytes, manner: "bytes in order".to_owned() };
        Self { form, readings: vec![reading], cut: false, note: None }
    }

    /// Bytes that are no text.
    pub fn of_bytes(bytes: Vec<u8>) -> Self {
        Self::one(BINARY, bytes)
    }

    /// The bytes of the usual reading.
    pub fn bytes(&self) -> &[u8] {
        self.readings.first().map_or(&[], |reading| &reading.bytes)
    }

    /// Keeps the first of equal readings.
    fn drop_equal_readings(&mut self) {
        let mut kept: Vec<DumpReading> = Vec::new();
        for reading in self.readings.drain(..) {
            if kept.iter().all(|other| other.bytes != reading.bytes) {
                kept.push(reading);
            }
        }
        self.readings = kept;
    }
}

/// The value of a hexadecimal digit.
fn digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The bytes of an even number of hexadecimal digits.
fn pairs(digits: &str) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    digits.as_bytes().chunks(2).map(pair).collect()
}

/// The bytes of numbers, the highest byte of each first or, if they are reversed, the lowest;
/// none if a number has no bytes.
fn concatenated(numbers: impl Iterator<Item = Option<Vec<u8>>>, reversed: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for number in numbers {
        let mut number = number?;
        if reversed {
            number.reverse();
        }
        bytes.extend(number);
    }
    Some(bytes)
}

/// The error for more bytes than are interpreted.
fn too_many() -> String {
    format!("too many bytes: at most {MOST_BYTES} are interpreted")
}

/// A part of the input, short enough for a message.
fn shown(text: &str) -> String {
    text.chars().take(20).collect()
}
