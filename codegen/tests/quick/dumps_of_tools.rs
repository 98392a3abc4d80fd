//! The bytes of `codegen/tests/dumps/reply.bin` as real tools print them.

use capchain::decode::{Subject, input};
use capchain::dump;
use capchain::ir::StructId;
use capchain::layout::TARGETS;
use capchain::lower::lower;
use support::dumps::{Extent, ToolDump, dumps, reply};
use support::fixtures;

#[test]
fn every_dump_gives_the_reply() {
    let abi = lower(&fixtures::spec(), None);
    let region = abi.structs.iter().position(|struct_| struct_.name == "vfio_region_info");
    let subject = Subject::Struct(StructId(region.expect("the struct")));
    let (reply, dumps) = (reply(), dumps());
    assert!(dumps.len() >= 170, "{} dumps", dumps.len());
    for ToolDump { file, extent, text, .. } in dumps {
        let read = input::read(&abi, subject, &TARGETS[0], &text);
        match extent {
            Extent::Whole => {
                assert_eq!(read.map(|input| input.bytes), Ok(reply.clone()), "{file}");
            }
            Extent::Cut => {
                let found = dump::read(&text, false).expect("a dump");
                assert!(found.cut && reply.starts_with(found.bytes()), "{file}: {found:?}");
            }
            Extent::Refused => {
                let error = dump::read(&text, false).expect_err(&file);
                assert!(error.ends_with("is no number: dump the bytes in hexadecimal"), "{error}");
            }
        }
    }
}

fn whole() -> impl Iterator<Item = ToolDump> {
    dumps().into_iter().filter(|dump| dump.extent == Extent::Whole)
}

/// Lines of other tools around the rows, spacing and case change no byte.
#[test]
fn other_spellings_give_the_reply_or_are_refused() {
    let reply = reply();
    let (mut same, mut refused) = (0, 0);
    for ToolDump { file: name, text, .. } in whole() {
        let text = String::from_utf8(text).ok().filter(|text| !text.contains('\0'));
        let Some(text) = text else { continue }; // UTF-16
        let before = |prefix: &str| -> String {
            text.lines().map(|line| format!("{prefix}{line}\n")).collect()
        };
        let words = |line: &str| line.split_ascii_whitespace().collect::<Vec<_>>().join(" ") + "\n";
        for spelt in [
            before("> "),
            before("> > "),
            before("    "),
            before("[   12.345678] "),
            before("<6>[   12.345678] vfio-pci 0000:01:00.0: "),
            before("Nov 28 12:00:00 host kernel: "),
            before("log/kernel.txt:12:"),
            text.replace('\n', "\r\n"),
            text.replace('\n', "\n\n"),
            text.replace('\t', "    "),
            text.lines().map(words).collect(),
            if name.contains("base64") || name.contains("python-bytes") {
                text.to_owned() // The case of letters counts.
            } else {
                text.to_ascii_uppercase()
            },
        ] {
            match dump::read(spelt.as_bytes(), false) {
                Ok(dump) => {
                    let found = dump.readings.iter().any(|reading| reading.bytes == reply);
                    assert!(found, "{name}: {spelt}{dump:?}");
                    same += 1;
                }
                Err(_) => refused += 1,
            }
        }
    }
    println!("{same} the same, {refused} refused");
    assert!(same > 5 * refused, "{same} the same, {refused} refused");
}

#[test]
fn an_output_among_two_of_a_session_is_not_chosen() {
    let rows = "0x4020:\t0x00000040\t0x00000009\n";
    let one =
        format!("(gdb) print 1\n$1 = 1\n(gdb) x/2xw 0x4020\n{rows}(gdb) continue\nContinuing.\n");
    assert_eq!(
        dump::read(one.as_bytes(), false).map(|dump| dump.bytes().to_vec()),
        Ok(vec![0x40, 0, 0, 0, 9, 0, 0, 0])
    );
    let two = format!("{one}(gdb) x/2xw 0x4020\n{rows}");
    assert!(dump::read(two.as_bytes(), false).is_err());
}

#[test]
fn an_array_with_a_string_has_its_size() {
    let read = |text: &str| dump::read(text.as_bytes(), false).map(|dump| dump.bytes().to_vec());
    assert_eq!(read(r#"char reply[4] = "\x28\0";"#), Ok(vec![0x28, 0, 0, 0]));
    assert_eq!(read(r#"char reply[2] = "\x28\0";"#), Ok(vec![0x28, 0]));
    assert!(read(r#"char reply[1] = "\x28\0";"#).is_err());
    assert!(read(r#"char reply[99999999999] = "\x28\0";"#).is_err());
}

#[test]
fn a_character_next_to_a_number_is_checked() {
    let read = |text: &str| dump::read(text.as_bytes(), false).map(|dump| dump.bytes().to_vec());
    assert_eq!(read("0x4020 <reply>:\t64 '@'\t0 '\\000'\t-1 '\\377'\n"), Ok(vec![64, 0, 255]));
    assert!(read("0x4020 <reply>:\t65 '@'\t0 '\\000'\n").is_err());
}

/// Kernels hash the addresses of rows, so only their bytes and texts can be checked.
#[test]
fn hashed_addresses_say_nothing_but_others_must_follow_each_other() {
    let dump = |address: [&str; 2], bytes: [&str; 2]| {
        let text = format!("r: {}: {}\nr: {}: {}\n", address[0], bytes[0], address[1], bytes[1]);
        dump::read(text.as_bytes(), false)
    };
    let rows = ["40 00 00 00  @...", "09 00 00 00  ...."];
    let hashed = ["0000000001f08264", "00000000c1131bf5"];
    let read = dump(hashed, rows).expect("bytes");
    assert_eq!(read.bytes(), [0x40, 0, 0, 0, 9, 0, 0, 0]);
    assert!(read.note.expect("a note").contains("%p"));
    assert!(dump(hashed, ["41 00 00 00  @...", rows[1]]).is_err());
    assert!(dump(hashed, ["40 00 00  @..", rows[1]]).is_err());
    // A row is missing; a pointer that is not hashed; an offset.
    for address in [
        ["0000000001f08264", "0000000001f0826c"],
        ["ffff888001f08264", "ffff8880c1131bf5"],
        ["00000000", "c1131bf5"],
    ] {
        assert!(dump(address, rows).is_err(), "{address:?}");
    }
    let follows = dump(["0000000001f08264", "0000000001f08268"], rows).expect("bytes");
    assert_eq!((follows.bytes().len(), follows.note), (8, None));
}

#[test]
fn a_text_column_without_offsets_is_checked() {
    let read = |text: &str| dump::read(text.as_bytes(), false).map(|dump| dump.bytes().to_vec());
    assert_eq!(read("40 00 41  @.A\n09 00     ..\n"), Ok(vec![0x40, 0, 0x41, 9, 0]));
    assert_eq!(read("00000040 41424344  @...DCBA\n"), Ok(b"\x40\0\0\0DCBA".to_vec()));
    assert_eq!(read("00000040 41424344  ...@ABCD\n"), Ok(b"\0\0\0\x40ABCD".to_vec()));
    for wrong in ["41 00 41  @.A\n", "40 00 41  @.A\n09 00     .A\n", "40 00  @.A\n"] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}
