//! `capchain decode` as its users run it, beyond the vectors: inputs, exit codes
//! and output. No bytes make it fail.

use std::time::Instant;

use capchain::decode::{self, Subject};
use capchain::dump;
use capchain::ir::StructId;
use capchain::layout::TARGETS;
use capchain::lower::lower;
use serde_json::Value;
use support::fixtures;
use support::program::{Outcome, run_with_input};

/// A type1 reply of Linux 6.1: IOVA_RANGE at 68, and stack in a hole.
const REPLY: &str = "8c000000 03000000 0010204000000000 18000000 00000000 \
                     0200 0100 38000000 00000000 5c5c5c5c 0010000000000000 0000001000000000 \
                     0300 0100 44000000 ffff0000 \
                     0100 0100 00000000 02000000 00000000 \
                     0000000000000000 ffffdffe00000000 0000f0fe00000000 ffffffff7f000000";

/// The text of the reply, after the line with the input format.
const TEXT: &str = "\
struct vfio_iommu_type1_info, v7.3, x86_64: 116 bytes
     0  argsz         u32          116 (0x74)
     4  flags         u32          PGSIZES | CAPS (0x3)
     8  iova_pgsizes  aligned_u64  1075843072 (0x40201000)
    16  cap_offset    u32          24 (0x18)
    24  VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION: id 2, version 1, next at 56, 32 bytes
    32    flags                  u32  0
    36    -- hole --  5c 5c 5c 5c
    40    pgsize_bitmap          u64  4096 (0x1000)
    48    max_dirty_bitmap_size  u64  268435456 (0x10000000)
    56  VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL: id 3, version 1, next at 68, 12 bytes
    64    avail  u32  65535 (0xffff)
    68  VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE: id 1, version 1, the last, 48 bytes
    76    nr_iovas     u32                2
    84    iova_ranges  vfio_iova_range[]  2 elements
    84      [0]  start 0, end 4276092927 (0xfedfffff)
   100      [1]  start 4277141504 (0xfef00000), end 549755813887 (0x7fffffffff)
";

fn bytes(hex: &str) -> Vec<u8> {
    dump::read(hex.as_bytes(), false).expect("hex").bytes().to_vec()
}

/// The reply, whose argsz is its length.
fn reply() -> Vec<u8> {
    let mut reply = bytes(REPLY);
    reply[0] = reply.len() as u8;
    reply
}

/// Runs `decode` with bytes on standard input.
fn run(args: &[&str], input: &[u8]) -> Outcome {
    run_with_input(&fixtures::root(), &[&["decode"], args].concat(), input)
}

/// The exit code and the text for hex, after the line with the input format.
fn said(args: &[&str], hex: &str) -> (i32, String) {
    let Outcome { code, stdout: text, stderr } = run(args, hex.as_bytes());
    assert_eq!(stderr, "", "{args:?} {hex}");
    let (_, text) = text.split_once('\n').expect("a line");
    (code, text.to_owned())
}

fn json(args: &[&str], hex: &str) -> (i32, Value) {
    let Outcome { code, stdout: text, stderr } =
        run(&[args, &["--format", "json"]].concat(), hex.as_bytes());
    (code, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{stderr}")))
}

/// The dump that `xxd` prints.
fn xxd(bytes: &[u8]) -> String {
    let rows = bytes.chunks(16).enumerate().map(|(row, bytes)| {
        let pairs: String = bytes
            .chunks(2)
            .map(|pair| pair.iter().map(|b| format!("{b:02x}")).collect::<String>() + " ")
            .collect();
        format!("{:08x}: {pairs:<40} {}\n", row * 16, ascii(bytes))
    });
    rows.collect()
}

/// The dump that `hexdump -C` prints.
fn hexdump(bytes: &[u8]) -> String {
    let (mut text, mut last) = (String::new(), None);
    for (row, bytes) in bytes.chunks(16).enumerate() {
        if last == Some(bytes) {
            text += if text.ends_with("*\n") { "" } else { "*\n" };
            continue;
        }
        last = Some(bytes);
        let half = |half: &[u8]| half.iter().map(|b| format!("{b:02x} ")).collect::<String>();
        let (one, two) = bytes.split_at(bytes.len().min(8));
        let hex = format!("{} {}", half(one), half(two));
        text += &format!("{:08x}  {hex:<50}|{}|\n", row * 16, ascii(bytes));
    }
    text + &format!("{:08x}\n", bytes.len())
}

fn ascii(bytes: &[u8]) -> String {
    let visible = |byte: &u8| if (b' '..=b'~').contains(byte) { char::from(*byte) } else { '.' };
    bytes.iter().map(visible).collect()
}

/// The string that `strace -xx` prints, or `strace` without it.
fn strace(bytes: &[u8], all_hex: bool) -> String {
    let mut text = "\"".to_owned();
    for (index, byte) in bytes.iter().enumerate() {
        let digit_next = bytes.get(index + 1).is_some_and(u8::is_ascii_digit);
        text += &match byte {
            byte if all_hex => format!("\\x{byte:02x}"),
            b'"' | b'\\' => format!("\\{}", char::from(*byte)),
            b'\n' => "\\n".to_owned(),
            b' '..=b'~' => char::from(*byte).to_string(),
            byte if digit_next => format!("\\{byte:03o}"),
            byte => format!("\\{byte:o}"),
        };
    }
    text + "\""
}

#[test]
fn every_form_of_input_gives_the_same() {
    let reply = reply();
    let hex: String = reply.iter().map(|byte| format!("{byte:02x}")).collect();
    let bytes: Vec<_> = reply.iter().map(|byte| format!("0x{byte:x}")).collect();
    let forms = [
        ("binary", reply.clone()),
        ("hex", hex.into_bytes()),
        ("hex", bytes.join(", ").into_bytes()),
        ("xxd", xxd(&reply).into_bytes()),
        ("hexdump", hexdump(&reply).into_bytes()),
        ("strace", strace(&reply, true).into_bytes()),
        ("strace", strace(&reply, false).into_bytes()),
    ];
    let file = tempfile::NamedTempFile::new().expect("a file");
    for (form, input) in forms {
        let expected = format!("input: 116 bytes, {form}\n{TEXT}");
        let outcome = Outcome { code: 0, stdout: expected.clone(), stderr: String::new() };
        assert_eq!(run(&["vfio_iommu_type1_info"], &input), outcome);
        std::fs::write(file.path(), &input).expect("written");
        let path = file.path().display().to_string();
        assert_eq!(run(&["vfio_iommu_type1_info", &path], b"").stdout, expected);
    }
}

#[test]
fn a_cut_string_is_reported() {
    let text = strace(&reply()[..32], true) + "...";
    let Outcome { code, stdout, .. } = run(&["vfio_iommu_type1_info"], text.as_bytes());
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.contains("bytes are missing at the end"), "{stdout}");
    assert!(stdout.contains("short reply: needs 116 bytes"), "{stdout}");
}

#[test]
fn json_has_stable_keys() {
    let hex: String = reply().iter().map(|byte| format!("{byte:02x}")).collect();
    let (code, object) = json(&["vfio_iommu_type1_info"], &hex);
    assert_eq!(code, 0);
    let keys =
        |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        keys(&object).join(" "),
        "version struct release overlays target buffer size short need notes fields holes chain \
         caps error input"
    );
    assert_eq!((&object["version"], &object["size"]), (&1.into(), &116.into()));
    let field = &object["fields"][1];
    assert_eq!(keys(field).join(" "), "name offset size type role value text");
    assert_eq!((&field["value"], &field["text"]), (&3.into(), &"PGSIZES | CAPS (0x3)".into()));
    let cap = &object["caps"][0];
    assert_eq!(
        keys(cap).join(" "),
        "at id version next size name constant struct newer fields holes folded bytes"
    );
    assert_eq!((&cap["name"], &cap["at"]), (&"MIGRATION".into(), &24.into()));
    assert_eq!(cap["holes"][0]["bytes"], "5c5c5c5c");
    let ranges = &object["caps"][2]["fields"][2];
    assert_eq!(ranges["value"][1]["value"][1]["value"], 0x7f_ffff_ffff_u64);
    assert!(object["error"].is_null() && object["need"].is_null());

    let (code, object) = json(&["vfio_region_info"], &format!("{}{}", "20000000", "00".repeat(8)));
    assert_eq!(code, 1);
    assert_eq!(keys(&object["error"]).join(" "), "kind at len minsz message marks");
    assert_eq!(
        (&object["error"]["kind"], &object["error"]["len"]),
        (&"too_short".into(), &12.into())
    );
}

#[test]
fn damage_is_marked_in_the_bytes() {
    let mut damaged = reply();
    damaged[60] = 0x18;
    let Outcome { code, stdout, .. } = run(&["vfio_iommu_type1_info"], &damaged);
    assert_eq!(code, 1);
    assert!(
        stdout.contains("CAP_MIGRATION: id 2"),
        "the capabilities before it are shown: {stdout}"
    );
    let expected = "error: cycle: the chain returns to 24\n";
    assert!(stdout.contains(expected), "{stdout}");
    damaged[76] = 0xff;
    damaged[60] = 0x44;
    let Outcome { stdout, .. } = run(&["vfio_iommu_type1_info"], &damaged);
    let expected = "\
error: count_out_of_bounds: capability 1 at 68 counts 255 elements, more than the reply has \
(VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE)
  00000030  00 00 00 10 00 00 00 00 03 00 01 00 44 00 00 00  |............D...|
  00000040  ff ff 00 00 01 00 01 00 00 00 00 00 ff 00 00 00  |................|
                                                ^^^^^^^^^^^
  00000050  00 00 00 00 00 00 00 00 00 00 00 00 ff ff df fe  |................|
";
    assert!(stdout.ends_with(expected), "{stdout}");
}

#[test]
fn a_number_says_which_member_is_valid() {
    let rest = "00".repeat(24);
    let other = "not valid: VFIO_EEH_PE_INJECT_ERR is not set";
    for (op, is_other) in [("00", true), ("08", true), ("09", false)] {
        let (_, text) =
            said(&["vfio_eeh_pe_op"], &format!("28000000 00000000 {op}000000 00000000 {rest}"));
        assert_eq!(text.contains(other), is_other, "{text}");
        assert!(!text.contains("(valid with"), "{text}");
    }
}

#[test]
fn a_struct_is_cut_to_argsz() {
    let bind = |argsz: &str, flags: &str| format!("{argsz}000000 {flags}000000 05000000 07000000");
    let token = " 0000000001000000";
    let (code, text) = said(&["vfio_device_bind_iommufd"], &bind("10", "00"));
    assert_eq!(code, 0);
    assert!(
        text.contains("not in the bytes  (not valid: VFIO_DEVICE_BIND_FLAG_TOKEN is not set)"),
        "{text}"
    );
    let (_, text) = said(&["vfio_device_bind_iommufd"], &(bind("18", "01") + token));
    assert!(text.contains("4294967296 (0x100000000)\n"), "{text}");
    let (_, text) = said(&["vfio_device_bind_iommufd"], &(bind("10", "01") + token));
    assert!(text.contains("8 bytes after the end are not part of the reply"), "{text}");
    let (code, text) = said(&["vfio_irq_info"], "0c000000 07000000 00000000 01000000");
    assert_eq!(code, 1);
    assert!(text.contains("the reply has 12 bytes of at least 16"), "{text}");
    let (_, text) = said(&["vfio_irq_info"], "24000000 07000000 00000000 01000000");
    assert!(text.contains("argsz is 36: the input lacks 20 bytes"), "{text}");
}

#[test]
fn arrays_unions_and_payloads_are_shown() {
    let info = "18000000 01000000 01000000 0e000000 0000 01 08";
    let (code, text) = said(&["vfio_pci_hot_reset_info"], info);
    assert_eq!(code, 0);
    assert!(
        text.contains("owner { group_id 14 (0xe); devid 14 (0xe) }, segment 0, bus 1"),
        "{text}"
    );
    let owned = info.replace("0e000000 0000", "ffffffff 0000");
    let (_, text) = said(&["vfio_pci_hot_reset_info"], &owned);
    assert!(text.contains("devid NOT_OWNED"), "{text}");
    // ENOSPC: the reply has the count, and no devices.
    let (code, object) = json(&["vfio_pci_hot_reset_info"], "0c000000 00000000 05000000");
    assert_eq!((code, &object["error"]["kind"]), (1, &"count_out_of_bounds".into()));

    let (_, text) = said(&["vfio_device_feature"], "10000000 02000100 03000000 07000000");
    assert!(text.contains("MIG_DEVICE_STATE | GET (0x10002)"), "{text}");
    assert!(text.contains("device_state  u32  STOP_COPY (3)"), "{text}");
    let (_, text) = said(&["vfio_device_feature"], "10000000 0e000100 03000000 07000000");
    assert!(text.contains("unknown 14 | GET (0x1000e)"), "an id without a name: {text}");
}

#[test]
fn a_capability_can_stand_alone() {
    let fixed = "0000000001000000 ffffffff01000000 c401 0000 4000 02 01";
    let one = format!("0100 0100 50000000 {fixed}");
    let two = format!("0100 0200 50000000 {fixed} 01000200");
    let (code, text) = said(&["vfio_device_info_cap_zpci_base"], &one);
    assert!(code == 0 && !text.contains("fh"), "{text}");
    let (code, text) = said(&["vfio_device_info_cap_zpci_base"], &two);
    assert!(code == 0 && text.contains("fh          u32"), "{text}");
    let cut = two.trim_end_matches("0200");
    let (code, object) = json(&["vfio_device_info_cap_zpci_base"], cut);
    assert_eq!((code, &object["error"]["kind"]), (1, &"body_short".into()));
    let (_, text) = said(&["vfio_device_info_cap_zpci_group"], &one);
    assert!(
        text.contains("the header says id 1, but VFIO_DEVICE_INFO_CAP_ZPCI_GROUP is 2"),
        "{text}"
    );
}

#[test]
fn release_and_target_choose_the_layout() {
    let device = "38000000 80000000 09000000 05000000 14000000";
    let (_, text) = said(&["vfio_device_info", "--at", "v5.8"], device);
    assert!(!text.contains("cap_offset") && text.contains("0x80"), "{text}");
    let (_, text) = said(&["vfio_device_info", "--at", "v5.10"], device);
    assert!(text.contains("cap_offset") && text.contains("CAPS"), "{text}");
    let hex = "00000010 00000007 00000002 00000001";
    let (_, text) = said(&["vfio_irq_info", "--target", "s390x"], hex);
    assert!(text.contains("argsz  u32  16 (0x10)"), "{text}");
    let bitmap = "00100000 00000000 00010000 00000000 00e0ff7f";
    let (code, text) = said(&["vfio_bitmap", "--target", "i686"], bitmap);
    assert!(code == 0 && text.contains("data    u64*  2147475456 (0x7fffe000)"), "{text}");
    assert_eq!(said(&["vfio_bitmap"], bitmap).0, 1);
}

#[test]
fn what_cannot_be_used_exits_with_2() {
    let too_many = "00".repeat(dump::MOST_BYTES + 1);
    let huge = vec![0; dump::MOST_INPUT + 1];
    for (args, input, expected) in [
        (&["vfio_region_inf"][..], &b"00"[..], "did you mean `vfio_region_info`?"),
        (&["vfio_region_info", "missing.bin"], b"", "missing.bin"),
        (&["vfio_region_info", "--target", "pdp11"], b"00", "targets are x86_64"),
        (&["vfio_region_info", "--at", "v9.9"], b"00", "not described"),
        (&["vfio_region_info"], b"", "empty"),
        (&["vfio_region_info"], b"no dump", "neither"),
        (&["vfio_region_info"], b"123", "odd number"),
        (&["vfio_region_info"], too_many.as_bytes(), "too many"),
        (&["vfio_region_info"], &huge, "more than"),
        (&[], b"", "empty"),
    ] {
        let Outcome { code, stdout: text, stderr } = run(args, input);
        assert_eq!((code, text.as_str()), (2, ""), "{args:?}: {stderr}");
        assert!(stderr.contains(expected), "{args:?}: {stderr}");
    }
}

#[test]
fn no_bytes_break_it() {
    let abi = lower(&fixtures::spec(), None);
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let mut decoded = 0;
    for index in 0..abi.structs.len() {
        for target in &TARGETS {
            for len in [0, 1, 7, 12, 24, 40, 72, 160] {
                let mut bytes: Vec<_> = (0..len).map(|_| (next() % 48) as u8).collect();
                // A small argsz, followed by small numbers.
                bytes.iter_mut().skip(1).step_by(2).for_each(|byte| *byte &= 1);
                let found = decode::decode(&abi, Subject::Struct(StructId(index)), target, &bytes);
                assert!(!decode::text(&found).is_empty());
                assert_eq!(decode::json(&found)["version"], 1);
                assert!(!decode::conformance_text(&found).is_empty());
                decoded += 1;
            }
        }
    }
    println!("{decoded} structs decoded");
}

#[test]
fn a_capability_that_leads_to_itself_is_read_once() {
    let words = [48_u32, 8, 0, 32, 0, 0, 0, 0, 0xffff, 32, 0, 0];
    let bytes: Vec<_> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let abi = lower(&fixtures::spec(), None);
    let host = abi.structs.iter().position(|struct_| struct_.name == "vfio_region_info");
    let subject = Subject::Struct(StructId(host.expect("the struct")));
    let found = decode::decode(&abi, subject, &TARGETS[0], &bytes);
    let error = found.error.as_ref().map(|error| (error.kind, error.at));
    assert_eq!(error, Some((decode::DecodeErrorKind::Cycle, 32)));
    assert_eq!(found.caps.len(), 1);
}

#[test]
fn a_body_ends_before_a_later_capability_and_not_before_itself() {
    let abi = lower(&fixtures::spec(), None);
    let host = abi.structs.iter().position(|struct_| struct_.name == "vfio_region_info");
    let subject = Subject::Struct(StructId(host.expect("the struct")));
    // A sparse mmap capability without areas at 32, and another one at 48.
    let error = |next: u32| {
        let sparse = |next| [1 | 1 << 16, next, 0, 0];
        let words = [[64, 8, 0, 32], [0; 4], sparse(next), sparse(0)];
        let bytes: Vec<_> = words.iter().flatten().flat_map(|word| word.to_le_bytes()).collect();
        let found = decode::decode(&abi, subject, &TARGETS[0], &bytes);
        found.problem().map(|error| (error.kind, error.at))
    };
    use decode::DecodeErrorKind::{Cycle, Overlap};
    assert_eq!(error(0), None);
    assert_eq!(error(32), Some((Cycle, 32)));
    assert_eq!(error(40), Some((Overlap { id: 1, next: 40 }, 32)));
    assert_eq!(error(48), None);
}

#[test]
fn a_hostile_chain_takes_no_more_time_than_its_size() {
    // Overlapping capabilities, from the end to the start, each with an array to
    // the end: together they count far more than the reply has.
    let len = 1 << 15;
    let mut bytes = vec![0; len];
    let mut put = |at: usize, word: u32| bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    put(0, len as u32);
    put(4, 8);
    let last = len - 16;
    put(12, last as u32);
    for at in (32..=last).step_by(16) {
        put(at, 1 | 1 << 16);
        put(at + 4, if at == 32 { 0 } else { (at - 16) as u32 });
        put(at + 8, ((len - at - 16) / 16) as u32);
    }
    let abi = lower(&fixtures::spec(), None);
    let host = abi.structs.iter().position(|struct_| struct_.name == "vfio_region_info");
    let subject = Subject::Struct(StructId(host.expect("the struct")));
    let start = Instant::now();
    let found = decode::decode(&abi, subject, &TARGETS[0], &bytes);
    assert_eq!((found.caps.len(), &found.error), ((last - 16) / 16, &None));
    let sizes = (decode::text(&found).len(), decode::json(&found).to_string().len());
    println!("{} capabilities, {sizes:?} bytes, {:?}", found.caps.len(), start.elapsed());
    assert!(sizes.0 < 100 * len && sizes.1 < 100 * len, "{sizes:?}");
}

/// `decode` and the generated crate have the same sentence for every error.
#[test]
fn errors_read_as_in_the_generated_crate() {
    use capchain::decode::{DecodeError, DecodeErrorKind};
    use vfio_abi::views::{ChainError, ReplyError};
    let error = |kind| DecodeError { kind, at: 40, marks: Vec::new() }.message();
    let pairs = [
        (DecodeErrorKind::OutOfBounds, ChainError::OutOfBounds { at: 40 }),
        (DecodeErrorKind::InsideFixed, ChainError::InsideFixed { at: 40 }),
        (DecodeErrorKind::HeaderCut, ChainError::HeaderCut { at: 40 }),
        (DecodeErrorKind::Cycle, ChainError::Cycle { at: 40 }),
        (
            DecodeErrorKind::BodyShort { id: 3, need: 24 },
            ChainError::BodyShort { at: 40, id: 3, required_size: 24 },
        ),
        (
            DecodeErrorKind::CountOutOfBounds { id: Some(3), count: 9 },
            ChainError::CountOutOfBounds { at: 40, id: 3, count: 9 },
        ),
        (
            DecodeErrorKind::Overlap { id: 3, next: 56 },
            ChainError::Overlap { at: 40, id: 3, next: 56 },
        ),
    ];
    for (kind, in_crate) in pairs {
        assert_eq!(error(kind), in_crate.to_string());
    }
    let too_short = ReplyError::TooShort { len: 12, minsz: 16 };
    assert_eq!(error(DecodeErrorKind::TooShort { len: 12, minsz: 16 }), too_short.to_string());
}
