//! What `decode` reads in spaces; `tests/slow/spaces.rs` compares the generated code with it.

use std::fs;

use support::fixtures;
use support::space_cases::{abi, alone, case, decoded, rules};

#[test]
fn walks_of_spaces_follow_the_rules() {
    let text = decoded(&abi(), &rules()).join("\n");
    let expected = fixtures::root().join("codegen/tests/data/spaces.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&expected, &text).expect("a file");
    }
    assert_eq!(text, fs::read_to_string(&expected).expect("the texts"));
}

/// What a body reads as, without the first and the last line.
fn fields(text: &str) -> String {
    let lines = text.lines().filter(|line| line.starts_with("  ") && !line.contains("bytes="));
    lines.map(str::trim).collect::<Vec<_>>().join(" ")
}

#[test]
fn bits_move_the_fields_after_them() {
    let abi = abi();
    let read = |kind: u8, id: u8, body: &[u8]| {
        let space = alone(kind, id, body, 0x80);
        let texts = decoded(&abi, &[case("standard", &space)]);
        fields(&texts[0])
    };
    let bytes: Vec<u8> = (0..40).collect();
    let message =
        |kind: u8, flags: u16| read(kind, 5, &[&flags.to_le_bytes()[..], &bytes].concat());
    // The numbers are those of bytes that count from 0 at offset 4 of the capability.
    assert_eq!(
        message(0, 0),
        format!("flags=0 address={} data={} more[0]={}", n(0, 4), n(4, 2), n(6, 2))
    );
    assert_eq!(
        message(0, 0x80),
        format!(
            "flags=128 address={} address_high={} data={} more[0]={}",
            n(0, 4),
            n(4, 4),
            n(8, 2),
            n(10, 2)
        )
    );
    assert_eq!(
        message(2, 0x383),
        format!(
            "flags=899 address={} address_high={} data={} mask={} colour=101112 more[0]={} more[1]={}",
            n(0, 4),
            n(4, 4),
            n(8, 2),
            n(12, 4),
            n(19, 2),
            n(21, 2)
        )
    );
    // The condition on the space fails, and that on the flags.
    assert!(!message(0, 0x383).contains("colour") && !message(2, 0x382).contains("colour"));
    // Fields keep their places: the wide number is at 4 bytes after the speed, or without it.
    let link = |flags: u8, width: u8| read(0, 17, &[&[flags, width], &bytes[..]].concat());
    assert_eq!(
        link(2, 1),
        format!("flags=2 width=1 speed={} wide={} state={}", n(0, 2), n(2, 8), n(10, 4))
    );
    assert_eq!(link(0x10, 128), "flags=16 width=128");
    assert_eq!(link(0x51, 128), format!("flags=81 width=128 errors[0]={}", n(14, 4)));
    // A place of 8 bytes, one of 12 whose base has an upper half, one of 4.
    let places = [3, 0, 1, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(
        read(0, 20, &places),
        "count=3 places[0].head=1 places[0].base=4 places[1].head=2 places[1].base=2 \
         places[1].base_high=9 places[2].head=0"
    );
}

/// The little-endian number of the bytes that count from 0.
fn n(start: u64, width: u64) -> u64 {
    (start..start + width).rev().fold(0, |number, byte| number << 8 | byte)
}
