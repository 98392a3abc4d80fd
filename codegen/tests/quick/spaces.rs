//! What `decode` reads in spaces; `tests/slow/spaces.rs` compares the generated code with it.

use std::fs;

use capchain::decode::{self, Content, DecodeErrorKind, Decoded, Subject, WholeSpace};
use capchain::ir::Abi;
use capchain::layout::{Span, TARGETS};
use support::fixtures;
use support::space_cases::{abi, alone, beside, case, decoded, rules, seed, third};
use support::spec_folder::SpecFolder;

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

#[test]
fn a_body_is_complete_with_its_last_byte() {
    let abi = abi();
    let bytes: Vec<u8> = (1..=60).collect();
    let extended = |id: u32, start: &[u8]| {
        let mut space = seed()[..0x100].to_vec();
        space.extend((id | 1 << 16).to_le_bytes());
        space.extend(start);
        space.extend(&bytes);
        space
    };
    let standard =
        |kind: u8, id: u8, start: &[u8]| alone(kind, id, &[start, &bytes].concat(), 0xfd);
    let cases = [
        ("standard", standard(0, 1, &[]), 4),
        ("standard", standard(0, 16, &[2, 0]), 8),
        // The bits move what follows, and count.
        ("standard", standard(0, 5, &[0, 0]), 12),
        ("standard", standard(0, 5, &[0x80, 0]), 16),
        ("standard", standard(0, 5, &[0x80, 1]), 22),
        ("standard", standard(2, 5, &[0x83, 3]), 27),
        // Fields keep their places.
        ("standard", standard(0, 17, &[0x10, 0]), 4),
        ("standard", standard(0, 17, &[0x12, 0]), 6),
        ("standard", standard(0, 17, &[2, 1]), 18),
        ("standard", standard(0, 17, &[0x51, 128]), 22),
        ("standard", standard(0, 17, &[0xd1, 128]), 30),
        // Elements with lengths.
        ("standard", standard(0, 20, &[1, 0, 1]), 12),
        ("standard", standard(2, 20, &[1, 0, 0, 0, 0, 0, 2]), 20),
        ("standard", standard(0, 20, &[0, 0]), 4),
        // The first element has the number of them, and is required for that.
        ("extended", extended(0x15, &[0, 0, 0, 0, 0x1f]), 12),
        ("extended", extended(0x15, &[0, 0, 0, 0, 0x3f]), 12),
        ("extended", extended(0x15, &[0, 0, 0, 0, 0x7f]), 28),
        ("extended", extended(0x01, &[0]), 24),
        ("extended", extended(0x01, &[1]), 40),
    ];
    for (chain, space, need) in cases {
        let start = if chain == "standard" { 0x40 } else { 0x100 };
        let read = |size: usize| decoded(&abi, &[case(chain, &space[..start + size])]).remove(0);
        let (short, complete) = (read(need - 1), read(need));
        let error = format!("need={need} size={}\n", need - 1);
        assert!(short.contains("error body_limited") && short.contains(&error), "{need}: {short}");
        assert!(!complete.contains("error "), "{chain} {need}: {complete}");
        assert!(complete.contains(&format!("  bytes={need}\n")), "{chain} {need}: {complete}");
    }
}

#[test]
fn bits_of_a_capability_of_another_chain_decide() {
    let abi = abi();
    let bytes: Vec<u8> = (0..40).collect();
    let read = |kind: u8, link: &[u8], end: u8, state: u16| {
        let trace = [&state.to_le_bytes()[..], &bytes].concat();
        let texts = decoded(&abi, &[case("extended", &beside(kind, link, end, &trace))]);
        fields(&texts[0])
    };
    // The numbers are those of bytes that count from 0 at offset 6 of the capability.
    let (received, sent) = (n(2, 4), n(6, 8));
    let lost = format!("lost[0]={} lost[1]={}", n(14, 2), n(16, 2));
    // Of the link, flags, width, speed at offset 4, and state at offset 14.
    let link = |flags: u8, width: u8, speed: u8, state: u8| {
        [flags, width, speed, 0, 0, 0, 0, 0, 0, 0, 0, 0, state, 0, 0, 0]
    };
    assert_eq!(read(0, &link(0, 0, 0, 0), 0x80, 0), "state=0");
    // One condition, with several ranges.
    for (high, exists) in [(3, false), (4, true), (5, false), (9, false), (10, true), (12, false)] {
        let expected =
            if exists { format!("state=0 received={received}") } else { "state=0".into() };
        assert_eq!(read(0, &link(high << 4, 0, 0, 0), 0x80, 0), expected, "{high}");
    }
    // A condition on its own bits, and one on a field of the other that must exist for it.
    assert_eq!(read(0, &link(2, 0, 1, 0), 0x80, 1), format!("state=1 sent={sent}"));
    assert_eq!(read(0, &link(2, 0, 3, 0), 0x80, 1), "state=1");
    assert_eq!(read(0, &link(2, 0, 1, 0), 0x80, 0), "state=0");
    assert_eq!(read(0, &link(1, 0, 1, 0), 0x80, 1), "state=1");
    // Conditions on the space and on two fields of the other.
    assert_eq!(read(2, &link(1, 1, 0, 7), 0x80, 0), format!("state=0 {lost} first=18"));
    assert_eq!(read(0, &link(1, 1, 0, 7), 0x80, 0), "state=0 first=18");
    assert_eq!(read(2, &link(0, 1, 0, 7), 0x80, 0), "state=0");
    // The other is too short: what its bits would say is unknown, unless others say no.
    assert_eq!(
        read(2, &link(2, 1, 1, 7), 0x54, 1),
        "state=1 sent=? lost[0]=? first=18".replace("[0]", "")
    );
    assert_eq!(read(0, &link(2, 0, 1, 7), 0x54, 0), "state=0");
    assert_eq!(read(2, &link(2, 1, 1, 7), 0x60, 1), format!("state=1 sent={sent} lost=? first=18"));
    // A capability that lacks a field which exists is too short, but not for an unknown one.
    let short = |end: u8, link: &[u8], size: usize| {
        let trace = [&[1, 0][..], &bytes].concat();
        let space = &beside(0, link, end, &trace)[..0x104 + size];
        decoded(&abi, &[case("extended", space)])[0].clone()
    };
    assert!(
        short(0x80, &link(2, 0, 1, 0), 15)
            .contains("error body_limited at=256 id=2 need=20 size=19")
    );
    assert!(!short(0x80, &link(2, 0, 1, 0), 16).contains("error"));
    assert!(short(0x54, &link(2, 0, 1, 0), 2).contains("sent=?"));
}

#[test]
fn the_other_capability_can_be_missing() {
    let abi = abi();
    let read = |length: Option<u8>| {
        let space = third(length, &[5, 0, 1, 2, 3, 4, 5, 6]);
        fields(&decoded(&abi, &[case("third", &space)])[0])
    };
    assert_eq!(read(Some(24)), "value=5 even=1 end=6");
    assert_eq!(read(Some(23)), "value=5 odd=2 pair=030405 end=6");
    assert_eq!(read(Some(64)), "value=5 even=1 pair=030405 end=6");
    // It ends before its length, or is not there: nothing is known.
    assert_eq!(read(Some(2)), "value=5 even=? odd=? pair=? end=6");
    assert_eq!(read(None), "value=5 even=? odd=? pair=? end=6");
    // The second one does not count, nor does one after an error.
    let mut two = third(Some(5), &[5, 0, 1, 2, 3, 4, 5, 6]);
    (two[0x41], two[0x50], two[0x52]) = (0x50, 9, 24);
    let texts = decoded(&abi, &[case("third", &two)]);
    assert!(texts[0].contains("odd=2"), "{}", texts[0]);
    (two[0x40], two[0x51], two[0x60], two[0x62]) = (8, 0x20, 9, 24);
    let texts = decoded(&abi, &[case("third", &two)]);
    assert!(texts[0].contains("even=1"), "{}", texts[0]);
    (two[0x50], two[0x51]) = (8, 0x20);
    let texts = decoded(&abi, &[case("third", &two)]);
    assert!(texts[0].contains("even=?"), "{}", texts[0]);
}

#[test]
fn the_other_capability_can_have_version_0() {
    let folder = SpecFolder::copy_of("codegen/tests/specs/space");
    folder.edit("extended.yaml", |text| {
        let (start, _) = text.split_once("  - capability: SPC_EXT_CAP_ID_TRACE").expect("a part");
        start.replace("    requires: [SPC_CAP_ID_EXPRESS]\n", "")
    });
    folder.edit("third.yaml", |text| {
        text.replace("spc_cap_vendor.len[0..1]", "spc_ext_cap_serial.low[0..1]")
            .replace("spc_cap_vendor.len", "spc_ext_cap_serial.high")
    });
    let abi = folder.abi();
    let mut space = seed();
    space.extend([1, 0, 0, 0, 5, 0, 1, 2, 3, 4, 5, 6]);
    let read = |space: &[u8]| fields(&decoded(&abi, &[case("third", space)])[0]);
    assert_eq!(read(&space), "value=5 odd=2 end=6");
    space[0x102] = 0x01;
    assert_eq!(read(&space), "value=5 odd=2 end=6");
    space[0x102] = 0x00;
    assert_eq!(read(&space), "value=5 even=? odd=? pair=? end=6");
}

/// What a chain of a space reads as.
fn chain<'a>(abi: &'a Abi, name: &str, space: &'a [u8]) -> Decoded<'a> {
    let subject = Subject::Chain(abi.find_chain(name).expect("a chain"));
    decode::decode(abi, subject, &TARGETS[0], space)
}

#[test]
fn a_cut_header_is_marked_up_to_the_end() {
    let (abi, space) = (abi(), seed());
    let standard = chain(&abi, "standard", &space[..0x81]);
    let error = standard.error.as_ref().expect("an error");
    assert_eq!((error.kind, error.at), (DecodeErrorKind::HeaderCut, 0x80));
    let marks = [Span { offset: 0x71, size: 1 }, Span { offset: 0x80, size: 1 }];
    assert_eq!(error.marks, marks);
    let extended = chain(&abi, "extended", &space[..0x143]);
    let marks = [Span { offset: 0x100, size: 4 }, Span { offset: 0x140, size: 3 }];
    assert_eq!(extended.error.expect("an error").marks, marks);
}

#[test]
fn elements_with_lengths_have_the_size_of_all() {
    let abi = abi();
    let places = [3, 0, 1, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0];
    let space = alone(0, 20, &places, 0x80);
    let read = chain(&abi, "standard", &space);
    let fields = read.cap_fields(&read.caps[0]);
    let places = fields.last().expect("a field");
    let Content::Array(array) = &places.content else { panic!("{places:?}") };
    // Elements of 8, 12 and 4 bytes.
    assert_eq!((places.span, array.size()), (Span { offset: 0x44, size: 24 }, 24));
}

/// Chains in spaces that start with other structs, or in none, are not chains of a space.
#[test]
fn a_whole_space_has_its_own_chains() {
    let folder = SpecFolder::copy_of("codegen/tests/specs/space");
    folder.edit("third.yaml", |text| {
        let (start, _) = text.split_once("      even:").expect("a condition");
        start.replace("space: spc_space", "space: spc_size")
    });
    let (abi, space) = (folder.abi(), vec![0; 0x1100]);
    let read = |name: &str| {
        let struct_ = abi.find_struct(name).expect("a struct");
        WholeSpace::read(&abi, struct_, &TARGETS[0], &space)
    };
    let own = read("spc_space");
    assert_eq!((own.chains.len(), own.start.buffer.len()), (2, 0x40));
    let other = read("spc_size");
    assert_eq!((other.chains.len(), other.start.buffer.len()), (1, 0x1000));
    let none = read("spc_place");
    assert_eq!((none.chains.len(), none.start.buffer.len()), (0, 0x1100));
}

/// The little-endian number of the bytes that count from 0.
fn n(start: u64, width: u64) -> u64 {
    (start..start + width).rev().fold(0, |number, byte| number << 8 | byte)
}
