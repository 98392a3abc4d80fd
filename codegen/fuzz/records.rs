//! The readers of records against `decode`; the tests' own such comparison is in
//! `tests/slow/streams.rs`.

use std::ffi::{CString, c_char, c_uint};
use std::sync::OnceLock;

use capchain::ir::Abi;
use support::stream_program;

use crate::record_text;

#[allow(unsafe_code, reason = "a function of C, which `record_text.c` defines")]
unsafe extern "C" {
    fn record_text(
        kind: *const c_char,
        type_: c_uint,
        bytes: *const u8,
        len: usize,
        text: *mut u8,
        room: usize,
    ) -> usize;
}

/// Room for the text of any records that are fuzzed.
const ROOM: usize = 1 << 20;

/// Any bytes as records; the first two bytes choose the kind and the type of the data.
pub(crate) fn records(data: &[u8]) {
    static ABI: OnceLock<Abi> = OnceLock::new();
    let abi = ABI.get_or_init(stream_program::iommufd);
    let Some(([kind, type_], bytes)) = data.split_first_chunk::<2>() else { return };
    let plans = &abi.protocol.streams;
    let plan = &plans[usize::from(*kind) % plans.len()];
    let (name, type_) = (&abi.fds[plan.fd].name, u32::from(*type_));
    let rust = record_text::text(name, type_, bytes);
    assert_eq!(rust, c_text(name, type_, bytes), "C, {name} of {type_}: {bytes:02x?}");
    let found = stream_program::decoded(abi, plan, type_, bytes);
    assert_eq!(rust, found, "decode, {name} of {type_}: {bytes:02x?}");
}

/// The text of the header for a copy at an odd address.
fn c_text(kind: &str, type_: u32, data: &[u8]) -> String {
    let copy = [&[0], data].concat();
    let name = CString::new(kind).expect("a name");
    let mut text = vec![0; ROOM];
    let (bytes, room) = (copy[1..].as_ptr(), text.as_mut_ptr());
    #[allow(unsafe_code, reason = "reads the bytes, and writes to the room or aborts")]
    let len = unsafe { record_text(name.as_ptr(), type_, bytes, data.len(), room, ROOM) };
    text.truncate(len);
    String::from_utf8(text).expect("ASCII")
}
