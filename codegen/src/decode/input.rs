//! Reads bytes from a binary file or from text in one of the usual formats. The
//! format is detected from the content. Unrecognised and too large input is an
//! error.

mod hex;
mod hexdump_parser;
mod line;
mod strace;

use std::fmt;

pub use line::{InputLine, line};

/// The most bytes that are interpreted.
pub const MOST_BYTES: usize = 1 << 20;
/// The largest accepted file. A hex dump is five times as large as its bytes.
pub const MOST_INPUT: usize = 8 << 20;

/// Bytes and their input format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The format of the input.
    pub form: InputForm,
    /// Whether the text shows that bytes are missing at the end.
    pub cut: bool,
}

/// Formats of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputForm {
    /// The bytes themselves.
    Binary,
    /// Hexadecimal digits.
    Hex,
    /// Rows of an offset, a colon and hexadecimal digits.
    Xxd,
    /// Rows of an offset and hexadecimal digits.
    Hexdump,
    /// A string with escapes.
    Strace,
}

impl fmt::Display for InputForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Binary => "binary",
            Self::Hex => "hex",
            Self::Xxd => "xxd",
            Self::Hexdump => "hexdump",
            Self::Strace => "strace",
        })
    }
}

/// Detects the format of a file's content and returns its bytes.
///
/// # Errors
///
/// A sentence that says why there are none.
pub fn read(input: &[u8]) -> Result<Input, String> {
    let found = match text(input) {
        None => Input { bytes: input.to_vec(), form: InputForm::Binary, cut: false },
        Some(text) => from_text(text)?,
    };
    match found.bytes.len() {
        0 => Err("the input is empty".to_owned()),
        1..=MOST_BYTES => Ok(found),
        len => Err(format!("{len} bytes are too many: at most {MOST_BYTES} are interpreted")),
    }
}

/// The input as text, if it is text. A binary reply never is: its argsz and flags
/// are small numbers, which contain bytes that text does not.
fn text(input: &[u8]) -> Option<&str> {
    let visible = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' '..=b'~');
    let text = std::str::from_utf8(input).ok();
    text.filter(|text| text.bytes().all(|byte| visible(&byte)))
}

fn from_text(text: &str) -> Result<Input, String> {
    if let Some(read) = hexdump_parser::read(text) {
        let (bytes, form) = read?;
        return Ok(Input { bytes, form, cut: false });
    }
    if strace::is_string(text) {
        let (bytes, cut) = strace::read(text)?;
        return Ok(Input { bytes, form: InputForm::Strace, cut });
    }
    Ok(Input { bytes: hex::read(text)?, form: InputForm::Hex, cut: false })
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes of a text, and its form.
    fn ok(text: &str) -> (Vec<u8>, InputForm) {
        let input = read(text.as_bytes()).expect("bytes");
        assert!(!input.cut, "{text}");
        (input.bytes, input.form)
    }

    fn error(text: &str) -> String {
        read(text.as_bytes()).expect_err("no bytes")
    }

    #[test]
    fn plain_hex_is_written_in_many_ways() {
        for text in [
            "20000107",
            "20 00 01 07",
            "0x20000107\n",
            "0x20,0x0, 0x1,0x07",
            "2000 # a\n0107",
            "200001  07",
        ] {
            assert_eq!(ok(text), (vec![0x20, 0, 1, 7], InputForm::Hex), "{text}");
        }
        assert!(error("2000010").contains("odd"), "{}", error("2000010"));
        assert!(error("argsz 32").contains("neither"), "{}", error("argsz 32"));
        assert!(error("").contains("empty") && error(" \n").contains("empty"));
    }

    #[test]
    fn what_no_text_holds_is_binary() {
        let input = read(&[0x20, 0, 0, 0]).expect("bytes");
        assert_eq!((input.bytes, input.form), (vec![0x20, 0, 0, 0], InputForm::Binary));
        assert_eq!(read("naïve".as_bytes()).expect("bytes").form, InputForm::Binary);
    }

    #[test]
    fn dumps_are_read_by_their_offsets() {
        let xxd = "00000000: 2000 0000 0f00 0000 0a00 0000 0b00 0000   ...............\n\
                   00000010: 4142 \"A\n";
        let mut expected = vec![0x20, 0, 0, 0, 15, 0, 0, 0, 10, 0, 0, 0, 11, 0, 0, 0, 0x41, 0x42];
        assert_eq!(ok("# A dump.\n00000000: 2000\n").0, [0x20, 0]);
        assert_eq!(ok(&xxd.replace(" \"A", "                                     AB")).0, expected);
        let hexdump = "00000000  20 00 00 00 0f 00 00 00  0a 00 00 00 0b 00 00 00  | ....\"\\.abcdefg|\n\
                       00000010  41 42                                             |AB|\n00000012\n";
        assert_eq!(ok(hexdump), (expected.clone(), InputForm::Hexdump));
        let repeated = "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n\
                        *\n00000030  07                                                |.|\n00000031\n";
        expected = vec![0; 48];
        expected.push(7);
        assert_eq!(ok(repeated), (expected, InputForm::Hexdump));
    }

    #[test]
    fn a_dump_that_does_not_add_up_is_refused() {
        let row =
            "00000000  20 00 00 00 0f 00 00 00  0a 00 00 00 0b 00 00 00  |................|\n";
        assert!(error(&[row, "00000020  07\n"].concat()).contains("line 2"));
        assert!(error(&[row, "*\n"].concat()).contains("line 2"));
        assert!(error(&[row, "*\n7fffffff\n"].concat()).contains("at most"));
        assert!(error(&["*\n", row].concat()).contains("neither"));
        assert!(error("00000000: 2000 00zz").contains("line 1"));
        assert!(error("0000000 0020 0000 000f 0000\n0000008\n").contains("odd"));
    }

    #[test]
    fn strings_of_strace_are_read_with_their_escapes() {
        let expected = vec![0x20, 0, 1, b'\n', b'"', b'A', 0, b'7'];
        let hex = r#""\x20\x00\x01\x0a\x22\x41\x00\x37""#;
        assert_eq!(ok(hex), (expected.clone(), InputForm::Strace));
        assert_eq!(ok(r#"" \0\1\n\"A\0007""#), (expected.clone(), InputForm::Strace));
        assert_eq!(ok(r" \0\1\n\42A\0007"), (expected, InputForm::Strace));
        let whole = r#"read(7, "\x20\x00"..., 64) = 32"#;
        let input = read(whole.as_bytes()).expect("bytes");
        assert_eq!((input.bytes, input.cut), (vec![0x20, 0], true));
        let input = read(br#""\x20\x00...""#).expect("bytes");
        assert_eq!((input.bytes, input.cut), (vec![0x20, 0], true));
        assert_eq!(ok(r#""\x20 ...""#).0, b"\x20 ...");
        assert!(read(br#""\0\0..."#).is_err(), "an open quote");
        assert!(read(br"\0\0...").expect("bytes").cut);
        assert!(error(r#""\x2""#).contains("\\x"), "{}", error(r#""\x2""#));
        assert!(error(r#""\777""#).contains("255"), "{}", error(r#""\777""#));
        assert!(error(r#""\0" "\1""#).contains("more than one"));
    }
}
