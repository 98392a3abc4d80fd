//! Dumps in rows: an offset or an address, numbers, and possibly their characters.
//! Every notation of the numbers, byte order and radix of the offsets is tried; those
//! that agree with all offsets and text columns are the readings. A row `*` repeats
//! the row before it up to the offset of the next row.

mod body;
mod head;
mod shape;

use super::notation::Notation;
use super::prefix::Lines;
use super::text_column::TextStyle;
use super::{Dump, DumpForm, DumpReading, DumpResult, shown};
use body::{DumpBody, MOST_ROW};
use head::DumpHead;
use shape::{AddressMark, DumpRow, RowShape};
pub(super) use shape::{after_address, is_before_wider};

pub(super) const XXD: DumpForm = DumpForm {
    name: "xxd",
    tools: "`xxd` with any width, `-e`, `-b`, `-d`, `-o`",
    example: "00000000: 2800 0000 0f00 0000  (.......",
};
pub(super) const HEXDUMP: DumpForm = DumpForm {
    name: "hexdump",
    tools: "`hexdump`, alone or with `-C`, `-x`, `-d`, `-o`, `-b`",
    example: "00000000  28 00 00 00 0f 00 00 00  |(.......|",
};
pub(super) const OD: DumpForm = DumpForm {
    name: "od",
    tools: "`od` with any `-A` but `n`, and `-t` with `x`, `o`, `d` or `u`, any size, and `z`",
    example: "0000000 000050 000000 000017 000000",
};
pub(super) const GDB: DumpForm = DumpForm {
    name: "gdb",
    tools: "`x` of gdb in any format and size (`x/40xb`, `x/10dw`, `x/40c`); `memory read -f x` of lldb",
    example: "0x7fffffffe0c0 <reply>:\t0x00000028\t0x0000000f",
};
pub(super) const LLDB: DumpForm = DumpForm {
    name: "lldb",
    tools: "`memory read` of lldb",
    example: "0x7fffffffe0c0: 28 00 00 00 0f 00 00 00  (.......",
};
pub(super) const TCPDUMP: DumpForm = DumpForm {
    name: "tcpdump",
    tools: "`tcpdump -x`, `-X`, `-xx`, `-XX`",
    example: "\t0x0000:  2800 0000 0f00 0000  (.......",
};
pub(super) const LSPCI: DumpForm = DumpForm {
    name: "lspci",
    tools: "`lspci -x`, `-xxx`, `-xxxx`",
    example: "00: 86 80 15 12 07 04 10 00",
};
pub(super) const LOG: DumpForm = DumpForm {
    name: "print_hex_dump",
    tools: "`print_hex_dump` of the kernel, `qemu_hexdump` and `xp` of QEMU",
    example: "[   12.345678] demo: 00000000: 28 00 00 00 0f 00 00 00  (.......",
};
pub(super) const ROWS: DumpForm = DumpForm {
    name: "rows",
    tools: "tools with a head of columns, borders or addresses of their own: Wireshark, hexyl, \
            `px` of radare2, `Format-Hex` of PowerShell, pretty-hex, `db`, `dd` and `dq` of WinDbg, \
            `md` of kdb",
    example: "0000   28 00 00 00 0f 00 00 00   (.......",
};

/// The note about rows whose addresses the kernel has hashed.
const HASHED: &str = "the addresses do not count up, as those that the kernel hashes (%p): a row \
                      that is missing is not noticed";

/// Whether lines start with a row at another offset than 0.
pub(super) fn is_later(lines: &Lines<'_>) -> bool {
    let Some(first) = lines.all.first() else { return false };
    let address = RowShape::of(lines).filter(|shape| shape.certain).map(|shape| shape.address);
    let apart = || after_address(first.text).map(|_| first.text.trim_start());
    let digits = address.or_else(apart).and_then(|text| text.split(' ').next());
    digits.is_some_and(|digits| digits.bytes().any(|digit| digit != b'0'))
}

/// The bytes of a dump in rows; `None` if the first line, or that after a head, is not a row.
pub(super) fn read(lines: &Lines<'_>, big_endian: bool) -> DumpResult {
    let (head, shape) = match DumpHead::of(lines) {
        Some((head, shape)) => (Some(head), shape),
        None => (None, RowShape::of(lines)?),
    };
    let lines_of_head = head.map_or(0, |head| head.lines);
    let mut rows = Vec::with_capacity(lines.all.len());
    for line in lines.all.iter().skip(lines_of_head) {
        match DumpRow::of(*line, shape.mark) {
            Some(row) => rows.push(row),
            None => return Some(Err(format!("line {}: this is not a row of a dump", line.number))),
        }
    }
    let candidates = candidates(&shape, big_endian);
    if candidates.is_empty() && shape.certain {
        let first = shown(shape.first);
        return Some(Err(format!("`{first}` is no number: dump the bytes in hexadecimal")));
    }
    let hashed = shape.mark == AddressMark::Colon && shape::are_hashed(&rows);
    let (mut readings, mut error, mut body) = (Vec::new(), None, None);
    for candidate in candidates {
        let read = match hashed {
            true => candidate.read_in_order(&rows),
            false => candidate.read(&rows),
        };
        match read {
            Ok(bytes) => {
                body.get_or_insert(candidate);
                let manner = candidate.notation.manner(candidate.reversed);
                readings.push(DumpReading { bytes, manner });
            }
            Err(found) => {
                let further = |(row, _): &(usize, String)| found.0 > *row;
                if error.as_ref().is_none_or(further) {
                    error = Some(found);
                }
            }
        }
    }
    let length = head.and_then(|head| head.length);
    if let Some(length) = length {
        readings.retain(|reading: &DumpReading| reading.bytes.len() == length);
        if readings.is_empty() && body.take().is_some() {
            let message = format!("the rows do not have the {length} bytes of the head");
            error = Some((0, message));
        }
    }
    match body {
        Some(body) => {
            let form = match head {
                Some(_) => ROWS.name,
                None => form(&shape, body, lines.prefixed).name,
            };
            let note = hashed.then_some(HASHED);
            Some(Ok(Dump { form, readings, cut: false, note }))
        }
        None => error.filter(|_| shape.certain).map(|(_, message)| Err(message)),
    }
}

/// The ways in which the rows can be read, the usual one first.
fn candidates(shape: &RowShape<'_>, big_endian: bool) -> Vec<DumpBody> {
    let radices: &[u32] = match shape.mark {
        AddressMark::Prefix | AddressMark::Hex | AddressMark::Bordered => &[16],
        AddressMark::Colon => &[16, 10],
        // od prints 7 digits of an octal or decimal offset.
        AddressMark::Bare if shape.address.len() == 7 => &[16, 8, 10],
        AddressMark::Bare => &[16],
    };
    let numbers = shape.first.starts_with("0x");
    let colon = shape.mark == AddressMark::Colon;
    // xxd and tcpdump print bytes in order, in groups of any size.
    let grouped = !numbers && shape.mark != AddressMark::Bare;
    let styles: &[TextStyle] = match shape.mark {
        AddressMark::Bordered => &[TextStyle::Panels],
        AddressMark::Bare => &[TextStyle::Plain, TextStyle::Panels],
        _ if shape.is_of_tcpdump() => &[TextStyle::Dotted],
        _ => &[TextStyle::Plain],
    };
    let mut found = Vec::new();
    for notation in Notation::of(shape.first) {
        let fits = match notation.radix {
            8 if notation.c => shape.mark == AddressMark::Prefix,
            8 => shape.mark == AddressMark::Bare,
            10 => !colon || shape.address.len() == 16,
            16 => notation.size <= 8 || grouped && notation.size <= MOST_ROW,
            _ => true,
        };
        if !fits {
            continue;
        }
        let orders: &[bool] = match (notation.size, grouped && notation.radix == 16, big_endian) {
            (1, ..) => &[false],
            (3 | 5..=7 | 9.., ..) => &[false],
            (_, true, _) | (_, false, true) => &[false, true],
            (_, false, false) => &[true, false],
        };
        let bytes = notation.radix == 16 && notation.size == 1;
        for (reversed, radix) in
            orders.iter().flat_map(|order| radices.iter().map(|r| (*order, *r)))
        {
            let styles = styles.iter().take(if bytes { styles.len() } else { 1 });
            found.extend(styles.map(|style| DumpBody { notation, reversed, radix, style: *style }));
        }
    }
    found
}

/// The form of rows that can be read in this way.
fn form(shape: &RowShape<'_>, body: DumpBody, prefixed: bool) -> DumpForm {
    let notation = body.notation;
    let digits = shape.address.len();
    let hex = notation.radix == 16 && !shape.first.starts_with("0x");
    match shape.mark {
        AddressMark::Colon if digits <= 3 => LSPCI,
        AddressMark::Colon if prefixed || digits == 4 || digits >= 12 => LOG,
        AddressMark::Colon => XXD,
        AddressMark::Prefix if hex && shape.is_of_tcpdump() => TCPDUMP,
        AddressMark::Prefix if hex => LLDB,
        AddressMark::Prefix => GDB,
        AddressMark::Hex | AddressMark::Bordered => ROWS,
        AddressMark::Bare if matches!(digits, 4 | 16 | 17) => ROWS,
        AddressMark::Bare if body.radix == 16 && digits != 6 => HEXDUMP,
        AddressMark::Bare => OD,
    }
}
