//! Asks the views of the generated crate and the C header about the same bytes.

use super::trace::{MOST, NAMES, TELLERS, Text};
use generated_abi::views::Wire;

#[allow(unsafe_code, reason = "a function of C, which `trace.c` defines")]
unsafe extern "C" {
    fn trace_chain(chain: usize, bytes: *const u8, len: usize, words: *mut u64) -> usize;
}

/// What both told of a reply.
pub(crate) struct Pair {
    /// The views.
    pub(crate) rust: Text,
    /// The header.
    c: [u64; MOST],
    c_len: usize,
}

impl Pair {
    /// Nothing told yet.
    pub(crate) const fn new() -> Self {
        Self { rust: Text::new(), c: [0; MOST], c_len: 0 }
    }

    /// Asks both about a reply with a chain; tells whether they told the same.
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

    /// The bytes and what was told of them, for a reader.
    pub(crate) fn shown(&self, chain: usize, bytes: &[u8]) -> String {
        let (rust, c) = (self.rust.kept(), self.kept());
        format!("{} {bytes:02x?}\nRust: {rust:x?}\nC:    {c:x?}\n", NAMES[chain])
    }
}
