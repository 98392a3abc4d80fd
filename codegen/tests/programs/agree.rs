//! Reads the same bytes with the views of the generated crate and with the C header.

use super::trace::{MOST, NAMES, TELLERS, Text};
use generated_abi::views::Wire;

#[allow(unsafe_code, reason = "a function of C, which `trace.c` defines")]
unsafe extern "C" {
    fn trace_chain(chain: usize, bytes: *const u8, len: usize, words: *mut u64) -> usize;
}

/// The traces of both for a reply.
pub(crate) struct Pair {
    /// The views.
    pub(crate) rust: Text,
    /// The header.
    c: [u64; MOST],
    c_len: usize,
}

impl Pair {
    /// Empty traces.
    pub(crate) const fn new() -> Self {
        Self { rust: Text::new(), c: [0; MOST], c_len: 0 }
    }

    /// Reads a reply with a chain in both ways; returns whether the traces are equal.
    #[inline]
    pub(crate) fn agree(&mut self, chain: usize, bytes: &[u8]) -> bool {
        self.rust.clear();
        TELLERS[chain](&mut self.rust, bytes, Wire::HOST);
        #[allow(unsafe_code, reason = "reads the bytes, and writes MOST numbers at most")]
        let len =
            unsafe { trace_chain(chain, bytes.as_ptr(), bytes.len(), self.c.as_mut_ptr()) };
        self.c_len = len;
        let pairs = self.rust.kept().iter().zip(self.kept());
        self.rust.len == len && pairs.fold(0, |all, (one, two)| all | one ^ two) == 0
    }

    fn kept(&self) -> &[u64] {
        self.c.get(..self.c_len).unwrap_or(&self.c)
    }

    /// The bytes and both traces as text.
    pub(crate) fn shown(&self, chain: usize, bytes: &[u8]) -> String {
        let (rust, c) = (self.rust.kept(), self.kept());
        format!("{} {bytes:02x?}\nRust: {rust:x?}\nC:    {c:x?}\n", NAMES[chain])
    }
}
