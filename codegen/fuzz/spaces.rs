//! The walks of configuration spaces against `decode`; the tests' own such comparison is in
//! `tests/slow/fuzz.rs`.

use std::ffi::{CString, c_char, c_int};
use std::sync::OnceLock;

use capchain::decode::{self, Subject};
use capchain::ir::{Abi, ChainId};
use capchain::layout::TARGETS;
use support::space_program;

use crate::space_text;

#[allow(unsafe_code, reason = "a function of C, which `space_text.c` defines")]
unsafe extern "C" {
    fn space_text(
        chain: *const c_char,
        bytes: *const u8,
        len: usize,
        accessors: c_int,
        text: *mut u8,
        room: usize,
    ) -> usize;
}

/// Room for the text of any space that is fuzzed.
const ROOM: usize = 1 << 20;

/// Any bytes as a space, by each chain.
pub(crate) fn walk(data: &[u8]) {
    static ABI: OnceLock<Abi> = OnceLock::new();
    let abi = ABI.get_or_init(space_program::pci);
    for (index, name) in space_text::NAMES.iter().enumerate() {
        let rust = space_text::text(name, data);
        for accessors in [false, true] {
            assert_eq!(rust, c_text(name, data, accessors), "C, {name}: {data:02x?}");
        }
        let found = decode::decode(abi, Subject::Chain(ChainId(index)), &TARGETS[0], data);
        assert_eq!(rust, decode::conformance_text(&found), "decode, {name}: {data:02x?}");
    }
}

/// The text of the header for a copy at an odd address.
fn c_text(chain: &str, data: &[u8], accessors: bool) -> String {
    let copy = [&[0], data].concat();
    let name = CString::new(chain).expect("a name");
    let mut text = vec![0; ROOM];
    let (bytes, room) = (copy[1..].as_ptr(), text.as_mut_ptr());
    #[allow(unsafe_code, reason = "reads the bytes, and writes to the room or aborts")]
    let len = unsafe { space_text(name.as_ptr(), bytes, data.len(), accessors.into(), room, ROOM) };
    text.truncate(len);
    String::from_utf8(text).expect("ASCII")
}
