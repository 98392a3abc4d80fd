//! Inputs for `decode` that cost as much work or memory as their size permits: lists, brackets,
//! quotes and rows without end, names without bytes, and short texts for many bytes.

use std::fmt::Write;

/// A kind of hostile input.
pub struct HostileDump {
    /// Its name.
    pub name: &'static str,
    head: &'static str,
    piece: Piece,
    tail: &'static str,
}

/// The part that is repeated.
enum Piece {
    Text(&'static str),
    /// Made from its number.
    Numbered(fn(usize) -> String),
    /// One text in the first half, and another in the second.
    Halves(&'static str, &'static str),
}

impl HostileDump {
    /// The input with about `size` bytes.
    pub fn text(&self, size: usize) -> String {
        let mut text = self.head.to_owned();
        for number in 0.. {
            if text.len() + self.tail.len() >= size {
                break;
            }
            match self.piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Halves(first, second) => {
                    text.push_str(if text.len() < size / 2 { first } else { second });
                }
                Piece::Numbered(piece) => text.push_str(&piece(number)),
            }
        }
        text + self.tail
    }
}

const fn repeated(name: &'static str, piece: &'static str) -> HostileDump {
    around(name, "", piece, "")
}

const fn around(
    name: &'static str,
    head: &'static str,
    piece: &'static str,
    tail: &'static str,
) -> HostileDump {
    HostileDump { name, head, piece: Piece::Text(piece), tail }
}

const fn numbered(
    name: &'static str,
    head: &'static str,
    piece: fn(usize) -> String,
    tail: &'static str,
) -> HostileDump {
    HostileDump { name, head, piece: Piece::Numbered(piece), tail }
}

fn row(number: usize) -> String {
    format!("{:08x}: {}\n", number * 16, "00 ".repeat(16))
}

fn long_row(number: usize) -> String {
    format!("{:08x}: {}\n", number * 256, "00".repeat(256))
}

fn far_row(number: usize) -> String {
    format!("{:08x}: 00\n*\n", number * 1000)
}

fn octal_row(number: usize) -> String {
    format!("{:07o} 000000\n", number * 2)
}

fn wrong_row(number: usize) -> String {
    let mut text = row(number);
    text.truncate(text.len() - 4);
    let _ = writeln!(text, "zz");
    text
}

fn table_row(number: usize) -> String {
    format!(
        "│{:08x}│{} ┊{} │{}┊{}│\n",
        number * 16,
        " 00".repeat(8),
        " 00".repeat(8),
        "0".repeat(8),
        "0".repeat(8)
    )
}

/// The text of the last byte is wrong.
fn wrong_table_row(number: usize) -> String {
    table_row(number).replace("0│\n", "x│\n")
}

fn hashed_row(number: usize) -> String {
    format!("{:08x}: {}\n", number.wrapping_mul(0x9e37_79b1) & 0xffff_ffff, "00 ".repeat(16))
}

fn element(number: usize) -> String {
    format!("[{number}] = 1, ")
}

fn paragraph(number: usize) -> String {
    format!("{number:08x}\n\n")
}

/// Every kind.
pub const KINDS: &[HostileDump] = &[
    // Names.
    repeated("names", "vfio_region_info\n"),
    around("a name before words", "vfio_region_info\n", "just words here\n", ""),
    numbered("a name before rows", "vfio_region_info\n", row, ""),
    numbered("a name before rows and words", "vfio_region_info\n", row, "x\nx\nx\nx\nx\nx\nx\n"),
    numbered("a name before wrong rows", "vfio_region_info\n", wrong_row, ""),
    repeated("names with few bytes", "vfio_region_info: 00000000\n"),
    repeated("names with many bytes", "vfio_region_info\n0000: 00\n*\nfffff: 00\n"),
    repeated("calls", "ioctl(1, 0x3b6d, 0x1) = 0\n"),
    repeated("numbers in one line", "0x3b6d "),
    around("calls in one line", "ioctl(", "0x3b6d ", ""),
    // Dumps without names.
    repeated("lines of bytes", "00000000\n"),
    numbered("paragraphs of bytes", "", paragraph, ""),
    repeated("paragraphs of many bytes", "0000: 00\n*\nfffff: 00\n\n"),
    repeated("blocks with labels", "00:00.0 x\n00: 00\n"),
    repeated("labels", "00:00.0\n"),
    // Prefixes.
    repeated("prompts", "$\n"),
    around("prompts before bytes", "", "(gdb)\n", "00 00 00 00\n"),
    repeated("quotes of mails", "> "),
    repeated("times", "[ 1.5] "),
    repeated("hosts", "Nov 28 12:00:00 host kernel: "),
    repeated("words with colons", "a: "),
    repeated("escape sequences", "\x1b[1;"),
    repeated("lines", "\n"),
    repeated("spaces", " "),
    // Lists.
    repeated("open brackets", "["),
    repeated("closed brackets", "]"),
    repeated("empty brackets", "[]"),
    HostileDump {
        name: "brackets after spaces",
        head: "",
        piece: Piece::Halves(" ", "(x)"),
        tail: "",
    },
    repeated("lists", "[0]"),
    around("a list", "[", "0,", "]"),
    around("a wide list", "[", "0x00000000,", "]"),
    numbered("indexes", "", element, ""),
    repeated("equal indexes", "[0] = 1, "),
    repeated("repeated numbers", "[1 <repeats 1000000 times>]"),
    repeated("repeated numbers with words", "[1 <repeats 1000000 times>, x]"),
    repeated("objects", "{\"a\":["),
    // Strings.
    repeated("single quotes", "'"),
    repeated("double quotes", "\""),
    repeated("quotes of both kinds", "'\""),
    repeated("empty strings", "\"\" "),
    around("escapes", "\"", "\\x00", "\""),
    repeated("backslashes", "\\"),
    repeated("repeated strings", "'\\000' <repeats 1000000 times>, "),
    repeated("repeated empty strings", "'' <repeats 18446744073709551615 times>, "),
    // Rows.
    around("one number in a row", "00000000: ", "00", ""),
    around("one row", "00000000: ", "00 ", ""),
    around("spaces in a row", "00000000: 00 ", " ", "x"),
    numbered("long rows", "", long_row, ""),
    numbered("octal rows", "", octal_row, ""),
    around("repeated rows", "00000000: 00\n", "*\n", ""),
    numbered("rows that are far apart", "", far_row, ""),
    numbered("rows of a table", "", table_row, ""),
    numbered("wrong rows of a table", "", wrong_table_row, ""),
    numbered("rows with hashed addresses", "", hashed_row, ""),
    around("numbers of columns", "", "00 01 02 03 04 05 06 07\n", "00000000  00\n"),
    repeated("heads", "Path: x\n"),
    repeated("fields", "a=00 00 "),
    repeated("names before strings", "a: \\x00"),
    around("rows after prompts", "", "=> md\n", "00000000: 00\n"),
    // Numbers.
    repeated("pairs of digits", "00 "),
    repeated("digits with spaces", "0 "),
    repeated("digits", "0"),
    repeated("nines", "9"),
    repeated("decimal numbers", "255 "),
    repeated("base64", "QUJD"),
    repeated("lines of base64", "QUJDQUJDQUJDQUJDQUJDQUJDQUJD\n"),
];
