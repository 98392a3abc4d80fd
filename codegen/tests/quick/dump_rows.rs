//! Rows under a head, in a table, or after addresses of other debuggers: each is checked
//! against its offsets, its text and its head.

use capchain::decode::log;
use capchain::dump::{self, Dump};

fn read(text: &str) -> Dump {
    dump::read(text.as_bytes(), false).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn error(text: &str) -> String {
    let found = dump::read(text.as_bytes(), false);
    found.map(|dump| panic!("{text}: {dump:?}")).unwrap_err()
}

/// The bytes of a text, after every change that its offsets or its text show is an error.
fn checked(text: &str, changes: &[(&str, &str)]) -> Vec<u8> {
    for (old, new) in changes {
        let changed = text.replacen(old, new, 1);
        assert_ne!(changed, text, "{old}");
        assert!(error(&changed).contains("line "), "{changed}: {}", error(&changed));
    }
    read(text).bytes().to_vec()
}

const BYTES: [u8; 12] = [0x28, 0, 0, 0, 0x41, 0, 0, 0, 0x42, 0, 0, 0];

#[test]
fn short_offsets_are_offsets() {
    let wireshark = "0000   28 00 00 00 41 00 00 00   (...A...\n0008   42 00 00 00   B...\n";
    assert_eq!(checked(wireshark, &[("0008", "0009"), (" 41 ", " 43 "), ("B...", "C...")]), BYTES);
    let without_text = "0000   28 00 00 00 41 00 00 00\n0008   42 00 00 00\n";
    assert_eq!(checked(without_text, &[("0008", "0010")]), BYTES);
    let perf = ".  0000:  28 00 00 00 41 00 00 00  (...A...\n.  0008:  42 00 00 00  B...\n";
    assert_eq!(checked(perf, &[("0008", "0009"), (" 41 ", " 43 ")]), BYTES);
    // Words of one width are numbers.
    assert_eq!(read("0000 0028 0000 0041\n").bytes(), [0, 0, 0, 0x28, 0, 0, 0, 0x41]);
}

#[test]
fn the_head_of_columns_is_no_data() {
    let rows = "00000000   28 00 00 00 41 00 00 00  (...A...\n00000008   42 00 00 00  B...\n";
    for head in [
        "           00 01 02 03 04 05 06 07\n\n",
        "           Path: C:\\reply.bin\n\n           00 01 02 03 04 05 06 07\n\n",
        "  Offset Bytes                   Ascii\n         00 01 02 03 04 05 06 07\n  ------ ----- -----\n",
        "- offset -  0 1 2 3 4 5 6 7 01234567\n",
        "- offset -  1011 1213 1415 1617  01234567\n",
        "Length: 12 (0xc) bytes\n",
    ] {
        let changes = [("00000008", "00000009"), (" 41 ", " 43 "), ("B...", "C...")];
        assert_eq!(checked(&[head, rows].concat(), &changes), BYTES, "{head}");
        assert!(log::dumps(&[head, rows].concat()).is_ok());
    }
    assert!(error(&["Length: 13 (0xd) bytes\n", rows].concat()).contains("13 bytes"));
    // Bytes are no head.
    for bytes in ["data: 28 00 00 00\n", "28 00 00 00 41 00 00 00\n"] {
        assert!(dump::read([bytes, rows].concat().as_bytes(), false).is_err(), "{bytes}");
    }
}

#[test]
fn tables_of_hexyl_are_checked_and_repeated() {
    let table = "\
┌────────┬─────────────────────────┬─────────────────────────┬────────┬────────┐
│00000010│ 28 00 00 00 00 00 00 00 ┊ 00 00 00 00 00 00 00 00 │(0000000┊00000000│
│*       │                         ┊                         │        ┊        │
│00000040│ 00 00 00 00 ff 80 41 0a ┊                         │0000××A_┊        │
└────────┴─────────────────────────┴─────────────────────────┴────────┴────────┘
";
    let mut row = [0; 16];
    row[0] = 0x28;
    let expected = [row.repeat(3), vec![0, 0, 0, 0, 0xff, 0x80, 0x41, 0x0a]].concat();
    let changes = [
        (" 28 ", " 29 "),
        (" ff ", " 7f "),
        ("│(0", "│.0"),
        ("00000040", "00000000"),
        (" 0a ┊", "    ┊"),
    ];
    assert_eq!(checked(table, &changes), expected);
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let units: Vec<u8> = table.encode_utf16().flat_map(order).collect();
        assert_eq!(
            dump::read(&units, false).map(|dump| dump.bytes().to_vec()),
            Ok(expected.clone())
        );
    }
    let zeros = table.replace("(0000000┊00000000", "(⋄⋄⋄⋄⋄⋄⋄┊⋄⋄⋄⋄⋄⋄⋄⋄").replace("│0000×", "│⋄⋄⋄⋄×");
    assert_eq!(read(&zeros).bytes(), expected);
    let ascii = table.replace(['│', '┊'], "|").replace(['┌', '┬', '┐', '└', '┴', '┘'], "+");
    assert_eq!(checked(&ascii.replace('─', "-"), &[(" 28 ", " 29 "), (" ff ", " 7f ")]), expected);
    let none = " 00000010  28 00 00 00 00 00 00 00   00 00 00 00 00 00 00 00  (0000000 00000000 \n *\n \
                00000040  00 00 00 00 ff 80 41 0a                            0000××A_          \n";
    assert_eq!(checked(none, &[(" 28 ", " 29 "), (" ff ", " 7f ")]), expected);
    let ended = "│00000000│ 00 00 00 00 00 00 00 00 │00000000│\n│*       │      │        │\n\
                 │00000018│                         │        │\n";
    assert_eq!(read(ended).bytes(), [0; 24]);
}

#[test]
fn addresses_that_do_not_count_up_are_said() {
    let rows = ["28 00 00 00  (...", "41 00 00 00  A..."];
    let dump = |addresses: [&str; 2]| {
        let row = |(address, row)| format!("[   12.345678] vfio: {address}: {row}\n");
        dump::read(addresses.iter().zip(rows).map(row).collect::<String>().as_bytes(), false)
    };
    for hashed in [["9aa4b72d", "8e6659dd"], ["5f3c1a2b", "5f3c1a2b"], ["00000000c1131bf5"; 2]] {
        let read = dump(hashed).expect("bytes");
        assert_eq!(read.bytes(), [0x28, 0, 0, 0, 0x41, 0, 0, 0]);
        assert!(read.note.is_some_and(|note| note.contains("do not count up")), "{hashed:?}");
    }
    // One digit of an offset or an address was changed, or a row is missing.
    for address in [
        ["10000000", "00000004"],
        ["00000000", "70000004"],
        ["c1131bf0", "d1131bf4"],
        ["c1131bf0", "c1131bf8"],
        ["c1131bf0", "c1131be0"],
    ] {
        assert!(dump(address).is_err(), "{address:?}");
    }
    assert!(
        error("r: 9aa4b72d: 28 00 00 00  (...\nr: 8e6659dd: 42 00 00 00  A...\n")
            .contains("line 2")
    );
}

/// A wrong offset does not make an input of each row.
#[test]
fn the_rows_of_a_wrong_dump_are_no_dumps() {
    for (first, second) in [
        ("00000000: 28 00 00 00", "00000014: 41 00 00 00"),
        ("0000   28 00 00 00", "0014   41 00 00 00"),
        ("0x7fff1000:\t0x28\t0x00\t0x00\t0x00", "0x7fff1014:\t0x41\t0x00\t0x00\t0x00"),
    ] {
        let text = format!("{first}\n{second}\n");
        assert!(error(&text).contains("line 2: the offset is"), "{}", error(&text));
        assert_eq!(log::dumps(&text), Ok(Vec::new()), "{text}");
    }
    let own = "00000000: 28 00 00 00\n00000000: 41 00 00 00\n";
    assert_eq!(log::dumps(own).map(|parts| parts.len()), Ok(2));
    let words = error("28 00 00 00\n41 zz 00 00\n");
    assert!(words.starts_with("line 2: the input is neither"), "{words}");
}

#[test]
fn addresses_of_other_debuggers_are_read() {
    let windbg = "0:000> db 0012ff5c\n00000000`0012ff58  28 00 00 00 41 00 00 00-42 00 00 00  (...A...B...\n";
    assert_eq!(checked(windbg, &[(" 41 ", " 43 "), ("-42", "-43")]), BYTES);
    let words = "00000000`0012ff58  00000028 00000041\n00000000`0012ff60  00000042\n";
    assert_eq!(checked(words, &[("ff60", "ff64")]), BYTES);
    let wide = "00000000`0012ff58  00000041`00000028 00000000`00000042\n";
    assert_eq!(read(wide).bytes().get(..12), Some(&BYTES[..]));
    let short = "0012ff58  00000028 00000041\n0012ff60  00000042 00000043\n";
    assert_eq!(checked(short, &[("ff60", "ff64")]).get(..12), Some(&BYTES[..]));
    let wrapped = "0012ff58  00000028\n00000041\n0012ff60  00000042 00000043\n";
    assert!(error(wrapped).contains("can be an offset"), "{}", error(wrapped));
    // One line of words can be data: both are readings.
    let one = read("0012ff58  00000028 00000041\n");
    let manners: Vec<_> = one.readings.iter().map(|reading| reading.manner.as_str()).collect();
    assert!(manners.iter().any(|manner| manner.contains("after an address")), "{manners:?}");
    let kdb = "[0]kdb> md 0xffff888003a8c000 1\n0xffff888003a8c000 0000004100000028 0000000000000042   (...A...B.......\n";
    assert_eq!(checked(kdb, &[("28 ", "29 ")]).get(..12), Some(&BYTES[..]));
    let radare = "[0x00000000]> px 12\n0x00000000  2800 0000 4100 0000  (...A...\n0x00000008  4200 0000  B...\n";
    assert_eq!(checked(radare, &[("0x00000008", "0x00000009"), ("4100", "4300")]), BYTES);
    let u_boot =
        "=> md.l 40000000 2\n40000000: 00000028 00000041    (...A...\n40000008: 00000042    B...\n";
    assert_eq!(checked(u_boot, &[("40000008", "40000004"), ("0041", "0043")]), BYTES);
    // Words with `0x` are numbers, not addresses.
    assert_eq!(read("0x00000028 0x00000041 0x00000042\n").bytes(), BYTES);
}
