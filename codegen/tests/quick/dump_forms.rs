//! The forms of input of `decode`: each form gives the same bytes or is refused.

use std::fs;

use capchain::dump;
use support::fixtures;

/// The bytes of a text, and its form.
fn ok(text: &str) -> (Vec<u8>, &'static str) {
    let dump = dump::read(text.as_bytes(), false).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert!(!dump.cut, "{text}");
    (dump.bytes().to_vec(), dump.form)
}

fn error(text: &str) -> String {
    let found = dump::read(text.as_bytes(), false);
    found.map(|dump| panic!("{text}: {dump:?}")).unwrap_err()
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
        "20:00:01:07",
        "20-00-01-07",
        "> 20 00\n> 01 07\n",
        "[   12.345678] vfio: 20 00 01 07",
    ] {
        assert_eq!(ok(text), (vec![0x20, 0, 1, 7], "hex"), "{text}");
    }
    let grouped = [0x40, 0, 0, 0, 15, 0, 0, 0, 3, 0, 0, 0, 32, 0, 0, 0, 0, 64, 0, 0];
    assert_eq!(ok("40000000 0f00000003000000 2000000000400000").0, grouped);
    assert!(error("2000010").contains("odd"), "{}", error("2000010"));
    assert!(error("argsz 32").contains("neither"), "{}", error("argsz 32"));
    assert!(error("").contains("empty") && error(" \n").contains("empty"));
    assert!(error(" 20 00\n*\n 01 07\n").contains("`*`"), "repeated rows without offsets");
}

#[test]
fn bytes_that_no_text_has_are_binary() {
    for bytes in [&[0x20, 0, 0, 0][..], "naïve".as_bytes(), &[0xff, 0xfe, 0, 0]] {
        let dump = dump::read(bytes, false).expect("bytes");
        assert_eq!((dump.bytes(), dump.form), (bytes, "binary"));
    }
}

#[test]
fn byte_order_marks_and_colours_are_removed() {
    let text = "00000000: 2000 0107\n";
    let utf16 = |mark: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        [mark, text].concat().encode_utf16().flat_map(order).collect()
    };
    let coloured = text.replace("20", "\x1b[1;32m20\x1b[0m");
    for input in [
        utf16("\u{feff}", u16::to_le_bytes),
        utf16("\u{feff}", u16::to_be_bytes),
        utf16("", u16::to_le_bytes),
        utf16("", u16::to_be_bytes),
        format!("\u{feff}{text}").into_bytes(),
        coloured.into_bytes(),
    ] {
        let dump = dump::read(&input, false).expect("bytes");
        assert_eq!((dump.bytes(), dump.form), (&[0x20, 0, 1, 7][..], "xxd"), "{input:?}");
    }
}

#[test]
fn dumps_are_read_by_their_offsets() {
    let xxd = "00000000: 2000 0000 0f00 0000 0a00 0000 0b00 0000   ...............\n\
               00000010: 4142                                     AB\n";
    let mut expected = vec![0x20, 0, 0, 0, 15, 0, 0, 0, 10, 0, 0, 0, 11, 0, 0, 0, 0x41, 0x42];
    assert_eq!(ok("# A dump.\n00000000: 2000\n").0, [0x20, 0]);
    assert_eq!(ok(xxd).0, expected);
    let hexdump = "00000000  20 00 00 00 0f 00 00 00  0a 00 00 00 0b 00 00 00  | ...............|\n\
                   00000010  41 42                                             |AB|\n00000012\n";
    assert_eq!(ok(hexdump), (expected.clone(), "hexdump"));
    let repeated = "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n\
                    *\n00000030  07                                                |.|\n00000031\n";
    expected = vec![0; 48];
    expected.push(7);
    assert_eq!(ok(repeated), (expected, "hexdump"));
}

#[test]
fn a_dump_that_does_not_add_up_is_refused() {
    let row = "00000000  20 00 00 00 0f 00 00 00  0a 00 00 00 0b 00 00 00  | ...............|\n";
    assert!(error(&[row, "00000020  07\n"].concat()).contains("line 2"));
    assert!(error(&[row, "*\n"].concat()).contains("line 2"));
    assert!(error(&[row, "*\n7fffffff\n"].concat()).contains("at most"));
    assert!(error(&["*\n", row].concat()).contains("`*`"));
    assert!(error("00000000: 2000 00zz").contains("line 1"));
    assert!(error("0000000 0020 0000 000f 0000\n000000a\n").contains("line 2"));
    let characters = "0000000   (  \\0  \\0  \\0\n0000004\n";
    assert!(error(characters).contains("hexadecimal"), "{}", error(characters));
    let changed = row.replacen("0f", "41", 1);
    assert!(error(&changed).contains("line 1: byte 4"), "{}", error(&changed));
}

#[test]
fn strings_are_read_with_their_escapes() {
    let expected = vec![0x20, 0, 1, b'\n', b'"', b'A', 0, b'7'];
    let hex = r#""\x20\x00\x01\x0a\x22\x41\x00\x37""#;
    assert_eq!(ok(hex), (expected.clone(), "strace"));
    assert_eq!(ok(r#"" \0\1\n\"A\0007""#), (expected.clone(), "strace"));
    assert_eq!(ok(r" \0\1\n\42A\0007"), (expected.clone(), "strace"));
    assert_eq!(ok(r#"b' \x00\x01\n"A\x007'"#), (expected.clone(), "string"));
    assert_eq!(ok(r#"bytearray(b' \x00\x01\n"A\x007')"#), (expected.clone(), "string"));
    assert_eq!(ok(r#"b" \x00\x01\n\"A\x007""#), (expected.clone(), "string"));
    assert_eq!(ok("\"\\x20\\x00\\x01\"\n  \"\\n\\\"A\\0007\";").0, expected);
    assert_eq!(ok("bytes.fromhex('2000 010a 2241 0037')"), (expected, "string"));
    let gdb = r#"$2 = "(\000\017", '\000' <repeats 5 times>, "\020""#;
    assert_eq!(ok(gdb), (vec![0x28, 0, 15, 0, 0, 0, 0, 0, 16], "string"));
    let cut = |text: &str| {
        let dump = dump::read(text.as_bytes(), false).expect("bytes");
        (dump.bytes().to_vec(), dump.cut)
    };
    assert_eq!(cut(r#"read(7, "\x20\x00"..., 64) = 32"#), (vec![0x20, 0], true));
    assert_eq!(cut(r#""\x20\x00...""#), (vec![0x20, 0], true));
    assert_eq!(ok(r#""\x20 ...""#).0, b"\x20 ...");
    assert!(error(r#""\0\0..."#).contains("closing quote"));
    assert!(cut(r"\0\0...").1);
    assert!(error(r#""\x2""#).contains("\\x"), "{}", error(r#""\x2""#));
    assert!(error(r#""\777""#).contains("255"), "{}", error(r#""\777""#));
    assert!(error("read(7, \"\\0\", 1) = 1\nread(7, \"\\1\", 1) = 1").contains("more than one"));
    let endless = r#""a", '\000' <repeats 99999999999 times>"#;
    assert!(error(endless).contains("at most"), "{}", error(endless));
}

#[test]
fn lists_are_read_in_many_languages() {
    let expected = vec![40, 0, 0, 15];
    for text in [
        "[40, 0, 0, 15]",
        "[40 0 0 15]",
        "{ 0x28, 0x00, 0x00, 0x0f }",
        "unsigned char reply[4] = { 0x28, 0x0, 0x0, 0xf };",
        "unsigned char r_bin[] = {\n  0x28, 0x00, 0x00, 0x0f\n};\nunsigned int r_bin_len = 4;\n",
        "let reply: &[u8] = &[0x28u8, 0, 0, 0x0f];",
        "[]byte{0x28, 0x0, 0x0, 0xf}",
        "[4]uint8{0x28, 0x0, 0x0, 0xf}",
        "vec![40, 0, 0, 15]",
        "bytes([40, 0, 0, 15])",
        "array('B', [40, 0, 0, 15])",
        "Uint8Array(4) [ 40, 0, 0, 15 ]",
        "{\"type\":\"Buffer\",\"data\":[40,0,0,15]}",
        "<Buffer 28 00 00 0f>",
        "$1 = {0x28, 0x0 <repeats 2 times>, 0xf}",
        "[28, 0, 0, f]",
        "[050, 000, 000, 017]",
    ] {
        assert_eq!(ok(text), (expected.clone(), "list"), "{text}");
    }
    let words = vec![40, 0, 0, 0, 15, 0, 0, 0];
    for text in [
        "{ 0x00000028, 0x0000000f }",
        "uint32_t reply[] = { 0x28, 15 };",
        "new Uint32Array([40, 15])",
        "[0x28u32, 0xf]",
    ] {
        assert_eq!(ok(text), (words.clone(), "list"), "{text}");
    }
    let wrong = "unsigned char reply[5] = { 0x28, 0x0, 0x0, 0xf };";
    assert!(error(wrong).contains("its size is 5"), "{}", error(wrong));
    assert!(error("[40, 0] [0, 15]").contains("more than one list"));
    assert!(error("unsigned char r[] = { 0x280, 0 };").contains("larger"));
}

#[test]
fn numbers_of_several_bytes_have_two_readings() {
    let read = |text: &str, big_endian| {
        let dump = dump::read(text.as_bytes(), big_endian).expect("bytes");
        dump.readings.into_iter().map(|reading| reading.bytes).collect::<Vec<_>>()
    };
    let (little, big) = (vec![40, 0, 0, 0, 15, 0, 0, 0], vec![0, 0, 0, 40, 0, 0, 0, 15]);
    let gdb = "0x7fffffffe0c0 <reply>:\t0x00000028\t0x0000000f\n";
    assert_eq!(read(gdb, false), [little.clone(), big.clone()]);
    assert_eq!(read(gdb, true), [big.clone(), little.clone()]);
    assert_eq!(read("00000028 0000000f", false), [big.clone(), little.clone()]);
    let od = "0000000 00000028 0000000f          >(.......<\n\
              0000010 00000041                   >A<\n0000011\n";
    assert_eq!(read(od, false), [[&little[..], b"A"].concat()]);
    let xxd = "00000000: 00000028 0000000f  (.......\n";
    assert_eq!(read(xxd, true), [little]);
}

#[test]
fn base64_has_padding_or_a_usual_length() {
    assert_eq!(ok("KAAAAA8AAAA="), (vec![40, 0, 0, 0, 15, 0, 0, 0], "base64"));
    assert_eq!(ok("KAAAAA8AAAACAAAA").0.len(), 12);
    assert!(error("KAAAAA8AAAB=").contains("neither"), "bits after the end");
}

/// The page of `decode` has the table of all forms.
#[test]
fn the_page_lists_every_form() {
    let path = fixtures::root().join("docs/decode.md");
    let page = fs::read_to_string(path).expect("the page");
    let row = |form: &dump::DumpForm| {
        let example = form.example.trim().replace('\t', " ").replace('|', "\\|");
        format!("| {} | {} | `{example}` |\n", form.name, form.tools)
    };
    let rows: String = dump::FORMS.iter().map(row).collect();
    assert!(page.contains(&rows), "docs/decode.md must have these rows:\n{rows}");
}
