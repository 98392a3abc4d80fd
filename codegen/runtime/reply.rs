//! The fixed part of a reply, and where its chain starts.

#![allow(dead_code, unused_imports, unused_macros, reason = "an ABI uses what its structs need")]

use crate::chain::{HeaderFormat, Walk};
use crate::reply_error::ReplyError;
use crate::wire::Wire;

/// The offsets of the protocol's own fields in the fixed part.
#[derive(Debug)]
pub(crate) struct Host {
    /// Bytes that every reply has.
    pub(crate) minsz: u32,
    /// Offset of argsz.
    pub(crate) argsz: u32,
    /// Offset of the flags.
    pub(crate) flags: u32,
    /// The flag that says there is a chain.
    pub(crate) caps_flag: u32,
    /// Offset of `cap_offset`.
    pub(crate) cap_offset: u32,
    /// Offset and size of each input field but argsz.
    pub(crate) inputs: &'static [(u32, u32)],
}

/// A reply, up to argsz.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply<'a> {
    /// The bytes.
    pub(crate) bytes: &'a [u8],
    /// Their byte order and layout.
    pub(crate) wire: Wire,
    /// The value of argsz.
    argsz: u32,
    /// Offset of the first capability; 0 if the reply has none.
    first: u32,
    /// Whether the full reply is larger than the buffer.
    short: bool,
}

impl<'a> Reply<'a> {
    /// Reads the protocol's fields in a buffer of which some bytes were written.
    /// Bytes after these and after argsz are not read, and an argsz beyond the
    /// buffer is not trusted.
    #[inline]
    pub(crate) fn parse(
        host: &Host,
        buffer: &'a [u8],
        written: usize,
        wire: Wire,
    ) -> Result<Self, ReplyError> {
        let bytes = buffer.get(..written).unwrap_or(buffer);
        let word = |at| wire.number(bytes, at, 4).unwrap_or(0) as u32;
        if bytes.len() < host.minsz as usize {
            return Err(too_short(host, bytes, word(host.argsz)));
        }
        let argsz = word(host.argsz);
        if argsz < host.minsz {
            return Err(too_short(host, bytes, argsz));
        }
        if argsz as usize > buffer.len() {
            return Ok(Self { bytes, wire, argsz, first: 0, short: true });
        }
        let bytes = bytes.get(..argsz as usize).unwrap_or(bytes);
        let flagged = word(host.flags) & host.caps_flag != 0;
        let offset = wire.number(bytes, host.cap_offset, 4).unwrap_or(0) as u32;
        let first = if flagged { offset } else { 0 };
        Ok(Self { bytes, wire, argsz, first, short: flagged && offset == 0 })
    }

    /// The size of buffer that the full reply requires, if it did not fit.
    #[inline]
    pub(crate) fn required_size(&self) -> Option<u32> {
        self.short.then_some(self.argsz)
    }

    /// An integer before minsz.
    #[inline]
    pub(crate) fn fixed(&self, at: u32, width: u32) -> u64 {
        self.wire.number(self.bytes, at, width).unwrap_or(0)
    }

    /// An integer that later kernels appended to the fixed part: present if
    /// the reply covers it and no chain starts before its end.
    #[inline]
    pub(crate) fn appended(&self, at: u32, width: u32) -> Option<u64> {
        let end = at.checked_add(width)?;
        let room = self.first == 0 || end <= self.first;
        self.wire.number(self.bytes, at, width).filter(|_| room)
    }

    /// The chain; empty if the reply has none or it did not fit.
    #[inline]
    pub(crate) fn walk(&self, host: &Host, format: &HeaderFormat) -> Walk<'a> {
        let bound = host.minsz.max(host.cap_offset.saturating_add(4));
        match self.first {
            0 => Walk::empty(self.wire),
            first => Walk::from(format, self.bytes, self.wire, bound, first),
        }
    }
}

/// The error of a buffer that is smaller than minsz. Inline, as a call makes the callers save
/// registers.
#[inline]
fn too_short(host: &Host, buffer: &[u8], argsz: u32) -> ReplyError {
    let len = u32::try_from(buffer.len()).unwrap_or(u32::MAX).min(argsz);
    ReplyError::TooShort { len, minsz: host.minsz }
}
