//! Answers of the reply model, byte for byte, with the exact ranges that are written.
#![allow(clippy::single_range_in_vec_init, reason = "a list of one range is meant")]

use std::ops::Range;

use capchain::ir::{Abi, Arg, Handler, Ioctl};
use capchain::lower::lower;
use capchain::model::{Answer, Cap, Contents, HandlerModel, sample};
use capchain::reply::Unset;
use support::fixtures;
use support::spec_folder::SpecFolder;

/// The first handler of an ioctl.
fn handler<'a>(abi: &'a Abi, ioctl: &str, name: &str) -> (&'a Ioctl, &'a Handler) {
    let ioctl = abi.ioctls.iter().find(|one| one.name == ioctl).expect("an ioctl");
    (ioctl, ioctl.handlers.iter().find(|one| one.name == name).expect("a handler"))
}

/// The small specification, with offsets of capabilities from a place.
fn demo(relative_to: &str) -> Abi {
    let folder = SpecFolder::demo();
    folder.edit("abi.yaml", |text| {
        let text = text.replace("\n  - demo\n", "\n");
        text.replace("relative_to: reply", &format!("relative_to: {relative_to}"))
    });
    folder.abi()
}

/// A buffer of 512 bytes with this argsz.
fn buffer(argsz: u32) -> Vec<u8> {
    let mut buffer = vec![0x77; 512];
    buffer[..4].copy_from_slice(&argsz.to_le_bytes());
    buffer
}

fn words(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// A device with two capabilities, of which the first one is longer than a byte can count and
/// has the highest bits of id and version.
fn device() -> Contents {
    let cap = |id, version, length| {
        let body = (0..length).map(|at| at as u8 | 1).collect();
        Cap { id, version, body, array: None }
    };
    let caps = vec![cap(0x8203, 0x8405, 300), cap(0x0607, 1, 4)];
    Contents { fixed: words(&[0, 0, 7, 0]), array: Vec::new(), caps }
}

/// The known bytes of an answer.
fn bytes(answer: &Answer<'_>, range: Range<usize>) -> Vec<u8> {
    answer.bytes[range].iter().map(|byte| byte.expect("a known byte")).collect()
}

#[test]
fn a_chain_is_linked_from_its_start_or_from_each_capability() {
    for (relative_to, next) in [("reply", 328), ("capability", 312)] {
        let abi = demo(relative_to);
        let (ioctl, handler) = handler(&abi, "DEMO_GET_INFO", "demo");
        let model = HandlerModel::new(&abi, ioctl, handler).expect("rules");
        let device = device();
        assert_eq!(model.need(&device.caps), 344, "{relative_to}");
        let answer = model.answer(&buffer(400), &device);
        assert_eq!((answer.result, answer.read), (Ok(()), 16), "{relative_to}");
        assert_eq!(bytes(&answer, 0..16), words(&[400, 1, 7, 16]), "{relative_to}");
        assert_eq!(bytes(&answer, 16..24), words(&[0x8405_8203, next]), "{relative_to}");
        assert_eq!(bytes(&answer, 24..324), device.caps[0].body, "{relative_to}");
        assert_eq!(bytes(&answer, 328..336), words(&[0x0001_0607, 0]), "{relative_to}");
        assert_eq!(bytes(&answer, 336..340), device.caps[1].body, "{relative_to}");
        assert_eq!(bytes(&answer, 344..512), [0x77; 168], "{relative_to}");
        assert_eq!(answer.past(512), None);
        assert_eq!(answer.past(330), answer.written.last().map(|last| 330..last.end));
    }
}

#[test]
fn a_chain_that_does_not_fit_leaves_its_need() {
    let abi = demo("reply");
    let (ioctl, handler) = handler(&abi, "DEMO_GET_INFO", "demo");
    let model = HandlerModel::new(&abi, ioctl, handler).expect("rules");
    for (argsz, fits) in [(16, false), (343, false), (344, true), (345, true)] {
        let answer = model.answer(&buffer(argsz), &device());
        let (size, offset) = if fits { (argsz, 16) } else { (344, 0) };
        assert_eq!(bytes(&answer, 0..16), words(&[size, 1, 7, offset]), "{argsz}");
        if !fits {
            assert_eq!(answer.written, [0..16], "{argsz}");
            assert_eq!(bytes(&answer, 16..512), [0x77; 496], "{argsz}");
        }
    }
    let refused = model.answer(&buffer(15), &device());
    assert_eq!((refused.result, refused.written), (Err("EINVAL"), Vec::new()));
    let bare = model.answer(&buffer(16), &Contents { caps: Vec::new(), ..device() });
    assert_eq!((bare.result, &bare.written[..]), (Ok(()), &[0..16][..]));
    assert_eq!(bytes(&bare, 0..16), words(&[16, 0, 7, 0]));
}

#[test]
fn an_array_that_does_not_fit_sets_its_count_only() {
    let abi = lower(&fixtures::spec(), None);
    let (ioctl, handler) = handler(&abi, "VFIO_DEVICE_GET_PCI_HOT_RESET_INFO", "pci");
    let model = HandlerModel::new(&abi, ioctl, handler).expect("rules");
    let Arg::Struct(id) = ioctl.arg else { panic!("no struct") };
    let struct_ = abi.struct_(id);
    let contents = Contents {
        fixed: sample::fixed(struct_),
        array: sample::array(&abi, struct_, 3),
        caps: Vec::new(),
    };
    let size = 12 + contents.array.len();
    assert_eq!(model.need(&[]), 12);
    for (argsz, fits) in [(12, false), (size - 1, false), (size, true), (size + 1, true)] {
        let answer = model.answer(&buffer(argsz as u32), &contents);
        let flags = if fits { contents.fixed[4..8].to_vec() } else { vec![0; 4] };
        assert_eq!(bytes(&answer, 0..4), (argsz as u32).to_le_bytes(), "{argsz}");
        assert_eq!(bytes(&answer, 4..8), flags, "{argsz}");
        assert_eq!(bytes(&answer, 8..12), contents.fixed[8..12], "{argsz}");
        let (result, end) = if fits { (Ok(()), size) } else { (Err("ENOSPC"), 12) };
        assert_eq!(answer.result, result, "{argsz}");
        assert_eq!(answer.written, [0..end as u64], "{argsz}");
        let array = if fits { &contents.array[..] } else { &[] };
        assert_eq!(bytes(&answer, 12..end), array, "{argsz}");
        assert_eq!(bytes(&answer, end..512), vec![0x77; 512 - end], "{argsz}");
    }
}

#[test]
fn a_handler_that_writes_some_fields_keeps_all_other_bytes() {
    let abi = lower(&fixtures::spec(), Some("v6.8".parse().expect("a release")));
    let (ioctl, handler) = handler(&abi, "VFIO_DEVICE_BIND_IOMMUFD", "cdev");
    let handler = Handler { unset: Unset::Zero, ..handler.clone() };
    let model = HandlerModel::new(&abi, ioctl, &handler).expect("rules");
    let mut program = vec![0; 64];
    program[..16].copy_from_slice(&words(&[16, 0, 5, 0x7777_7777]));
    let contents = Contents { fixed: words(&[0, 0, 0, 9]), array: Vec::new(), caps: Vec::new() };
    let answer = model.answer(&program, &contents);
    assert_eq!((answer.result, &answer.written[..]), (Ok(()), &[12..16][..]));
    assert_eq!(bytes(&answer, 0..16), words(&[16, 0, 5, 9]));
}
