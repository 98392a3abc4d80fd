//! The protocol of two calls, with correct servers, servers whose reply grows in
//! between, and incorrect servers.

use std::convert::Infallible;

use vfio_abi::requests::PciHotResetInfo;
use vfio_abi::uapi::{RegionInfoFlags, vfio_region_info};
use vfio_abi::views::{
    Buffer, NewCap, Profile, REGION, RegionCap, RegionInfo, ReplyError, RequestError, VFIO_USER,
};

type Region = Profile<vfio_region_info>;

/// A server with one sparse mmap capability of `areas` areas.
fn answer(profile: &Region, buffer: &mut [u8], areas: usize) -> usize {
    let mut fixed = vfio_region_info::new();
    fixed.flags = RegionInfoFlags::MMAP;
    fixed.size = 0x4000;
    let mut body = vec![0; 8 + 16 * areas];
    body[..4].copy_from_slice(&(areas as u32).to_ne_bytes());
    let caps = [NewCap { id: 1, version: 1, body: &body }];
    profile.reply(buffer, &fixed, &caps).expect("a request with a sound argsz");
    buffer.len()
}

fn areas(info: &RegionInfo<'_>) -> usize {
    let caps = info.caps().map(|cap| cap.expect("a sound chain"));
    caps.map(|cap| if let RegionCap::SparseMmap(cap) = cap { cap.areas().len() } else { 0 }).sum()
}

#[test]
fn one_call_is_enough_if_the_buffer_is() {
    let mut buffer = [0x77; 256];
    let mut calls = 0;
    let info = RegionInfo::request(&mut buffer, 3, |bytes| {
        calls += 1;
        assert_eq!(bytes[0..4], 256_u32.to_ne_bytes(), "argsz is the buffer's size");
        assert_eq!(bytes[8..12], 3_u32.to_ne_bytes(), "the index is asked for");
        assert!(bytes[12..].iter().all(|byte| *byte == 0), "the rest is cleared");
        Ok::<_, Infallible>(answer(&REGION, bytes, 2))
    });
    assert_eq!(areas(&info.expect("a reply")), 2);
    assert_eq!(calls, 1);
}

#[test]
fn a_transport_may_return_fewer_bytes_than_argsz() {
    let mut buffer = [0; 256];
    let mut calls = 0;
    let info = RegionInfo::request(&mut buffer, 0, |bytes| {
        calls += 1;
        answer(&REGION, bytes, 2);
        // A full reply keeps the caller's argsz, 256, in the kernel's dialect.
        Ok::<_, Infallible>(80)
    });
    let info = info.expect("a reply");
    assert_eq!((info.argsz(), info.required_size(), areas(&info), calls), (256, None, 2, 1));
}

#[test]
fn a_buffer_that_can_grow_is_asked_with_again_in_both_dialects() {
    for profile in [&REGION, &VFIO_USER] {
        let mut buffer = vec![0; 32];
        let mut sizes = Vec::new();
        let info = RegionInfo::request(&mut buffer, 0, |bytes| {
            sizes.push(bytes.len());
            Ok::<_, Infallible>(answer(profile, bytes, 3))
        });
        assert_eq!(areas(&info.expect("a reply")), 3);
        assert_eq!(sizes, [32, 96]);
    }
}

#[test]
fn a_need_that_grows_between_calls_is_followed_with_a_bound() {
    let mut buffer = Vec::new();
    let mut calls = 0;
    let grows = |calls: usize| calls.min(3);
    let info = RegionInfo::request(&mut buffer, 0, |bytes| {
        calls += 1;
        Ok::<_, Infallible>(answer(&REGION, bytes, grows(calls)))
    });
    assert_eq!(areas(&info.expect("a reply")), 3);
    assert_eq!(calls, 4);

    let mut calls = 0;
    let mut buffer = Vec::new();
    let never = RegionInfo::request(&mut buffer, 0, |bytes| {
        calls += 1;
        Ok::<_, Infallible>(answer(&REGION, bytes, calls))
    });
    assert!(matches!(never, Err(RequestError::Short { .. })), "{never:?}");
    assert_eq!(calls, 8);
}

#[test]
fn a_slice_that_cannot_grow_gives_the_needed_size_and_keeps_the_fixed_part() {
    let mut buffer = [0; 40];
    let short = RegionInfo::request(&mut buffer[..], 0, |bytes| {
        Ok::<_, Infallible>(answer(&REGION, bytes, 2))
    });
    assert!(matches!(short, Err(RequestError::Short { required_size: 80 })), "{short:?}");
    let info = RegionInfo::parse(&buffer).expect("the fixed part");
    assert_eq!((info.size(), info.required_size(), info.caps().count()), (0x4000, Some(80), 0));

    let mut tiny = [0; 31];
    let mut calls = 0;
    let refused = RegionInfo::request(&mut tiny, 0, |_| {
        calls += 1;
        Ok::<_, Infallible>(0)
    });
    assert!(matches!(refused, Err(RequestError::Short { required_size: 32 })), "{refused:?}");
    assert_eq!(calls, 0, "no call with a buffer that every kernel refuses");
}

/// A buffer whose `grow` says what is not so, after some calls that it keeps its word.
struct Liar {
    bytes: Vec<u8>,
    honest: usize,
}

impl Buffer for Liar {
    fn bytes(&mut self) -> &mut [u8] {
        match self.honest {
            0 => &mut self.bytes[..0],
            _ => &mut self.bytes,
        }
    }

    fn grow(&mut self, size: usize) -> bool {
        self.honest = self.honest.saturating_sub(1);
        self.bytes.resize(size, 0);
        true
    }
}

#[test]
fn buffers_that_lie_are_not_passed_to_a_call() {
    for honest in [1, 2] {
        let mut calls = 0;
        let liar = &mut Liar { bytes: Vec::new(), honest };
        let lie = RegionInfo::request(liar, 0, |bytes| {
            calls += 1;
            assert!(bytes.len() >= 32, "the ioctl writes 32 bytes");
            Ok::<_, Infallible>(answer(&REGION, bytes, 1))
        });
        let size = if honest == 1 { 32 } else { 64 };
        assert_eq!(lie.err(), Some(RequestError::Buffer { len: 0, size }));
        assert_eq!(calls, honest - 1);
    }
    let liar = &mut Liar { bytes: Vec::new(), honest: 0 };
    let lie = PciHotResetInfo::request(liar, |_| Err::<(), _>("called"));
    assert_eq!(lie.err(), Some(RequestError::Buffer { len: 0, size: 12 }));
}

#[test]
fn peers_that_lie_are_not_believed() {
    // An argsz that no buffer can satisfy.
    let mut buffer = vec![0; 64];
    let mut calls = 0;
    let endless = RegionInfo::request(&mut buffer, 0, |bytes| {
        calls += 1;
        bytes[0..4].copy_from_slice(&u32::MAX.to_ne_bytes());
        Ok::<_, Infallible>(bytes.len())
    });
    assert!(matches!(endless, Err(RequestError::Short { required_size: u32::MAX })), "{endless:?}");
    assert_eq!(calls, 1, "4 GiB are not allocated because a peer says so");
    assert!(buffer.len() <= 64);

    // More bytes written than the buffer has.
    let mut buffer = [0; 64];
    let info = RegionInfo::request(&mut buffer, 0, |bytes| {
        answer(&REGION, bytes, 1);
        Ok::<_, Infallible>(usize::MAX)
    });
    assert_eq!(areas(&info.expect("a reply")), 1);

    // Fewer bytes written than a reply has.
    let mut buffer = [0; 64];
    let cut = RegionInfo::request(&mut buffer, 0, |_| Ok::<_, Infallible>(16));
    let too_short = RequestError::Reply(ReplyError::TooShort { len: 16, minsz: 32 });
    assert!(matches!(cut, Err(error) if error == too_short));

    // The flag without an offset, although argsz says that all fits.
    let mut buffer = [0; 64];
    let flagged = RegionInfo::request(&mut buffer, 0, |bytes| {
        bytes[4] = 8;
        Ok::<_, Infallible>(bytes.len())
    });
    assert!(matches!(flagged, Err(RequestError::Short { required_size: 64 })), "{flagged:?}");
}

#[test]
fn errors_of_the_transport_come_through() {
    let mut buffer = [0; 64];
    let failed = RegionInfo::request(&mut buffer, 0, |_| Err("ENODEV"));
    assert!(matches!(failed, Err(RequestError::Transport("ENODEV"))));
}
