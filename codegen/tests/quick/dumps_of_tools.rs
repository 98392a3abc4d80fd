//! The bytes of `codegen/tests/dumps/reply.bin` as real tools print them. The first line
//! of each dump is the command; gdb printed `reply`, an array of bytes, and `words`.

use std::fs;

use capchain::decode::{Subject, input};
use capchain::dump;
use capchain::ir::StructId;
use capchain::layout::TARGETS;
use capchain::lower::lower;
use support::fixtures;

/// The reply, and the name and the text of every dump.
fn dumps() -> (Vec<u8>, Vec<(String, String)>) {
    let folder = fixtures::root().join("codegen/tests/dumps");
    let reply = fs::read(folder.join("reply.bin")).expect("the reply");
    let mut dumps = Vec::new();
    for file in fs::read_dir(folder).expect("the folder") {
        let path = file.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let text = fs::read_to_string(&path).expect("a dump");
            dumps.push((path.display().to_string(), text));
        }
    }
    dumps.sort();
    (reply, dumps)
}

#[test]
fn every_dump_gives_the_reply() {
    let abi = lower(&fixtures::spec(), None);
    let region = abi.structs.iter().position(|struct_| struct_.name == "vfio_region_info");
    let subject = Subject::Struct(StructId(region.expect("the struct")));
    let (reply, dumps) = dumps();
    assert!(dumps.len() >= 60, "{} dumps", dumps.len());
    for (name, text) in dumps {
        let read = input::read(&abi, subject, &TARGETS[0], text.as_bytes());
        assert_eq!(read.map(|input| input.bytes), Ok(reply.clone()), "{name}");
    }
}

/// Lines of other tools around the rows, spacing and case change no byte.
#[test]
fn other_spellings_give_the_reply_or_are_refused() {
    let (reply, dumps) = dumps();
    let (mut same, mut refused) = (0, 0);
    for (name, text) in dumps {
        let (_, text) = text.split_once('\n').expect("a comment");
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
