//! What a reply says of itself before its chain is walked.

use crate::chain::{Format, Walk};
use crate::wire::Wire;

/// Why a buffer is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplyError {
    /// The buffer, or what its argsz says was written of it, does not hold the
    /// part that every reply has.
    TooShort {
        /// The bytes that there are.
        len: u32,
        /// The bytes that every reply has.
        minsz: u32,
    },
}

impl core::fmt::Display for ReplyError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::TooShort { len, minsz } => {
                write!(f, "the reply has {len} bytes where every one has {minsz}")
            }
        }
    }
}

impl core::error::Error for ReplyError {}

/// Where the protocol's own fields lie in the fixed part.
#[derive(Debug)]
pub(crate) struct Host {
    /// The part that every reply has.
    pub(crate) minsz: u32,
    /// Offset of argsz.
    pub(crate) argsz: u32,
    /// Offset of the flags.
    pub(crate) flags: u32,
    /// The flag that says there is a chain.
    pub(crate) caps: u32,
    /// Offset of `cap_offset`.
    pub(crate) cap_offset: u32,
    /// The request's fields, without argsz: offset and size.
    pub(crate) inputs: &'static [(u32, u32)],
}

/// A reply, cut to what argsz says was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply<'a> {
    /// The bytes.
    pub(crate) bytes: &'a [u8],
    /// How they are laid out.
    pub(crate) wire: Wire,
    /// What argsz says.
    argsz: u32,
    /// Where the chain starts; 0 if there is none or it is not here.
    first: u32,
    /// Whether there is more than the buffer could take.
    short: bool,
}

impl<'a> Reply<'a> {
    /// Reads the protocol's fields in a buffer of which some bytes were written.
    /// Bytes behind these and argsz are not looked at, and an argsz beyond the
    /// buffer is not believed.
    #[inline]
    pub(crate) fn parse(
        host: &Host,
        buffer: &'a [u8],
        written: usize,
        wire: Wire,
    ) -> Result<Self, ReplyError> {
        let there = buffer.get(..written).unwrap_or(buffer);
        let word = |at| wire.number(there, at, 4).unwrap_or(0) as u32;
        if there.len() < host.minsz as usize {
            return Err(too_short(host, there, word(host.argsz)));
        }
        let argsz = word(host.argsz);
        if argsz < host.minsz {
            return Err(too_short(host, there, argsz));
        }
        if argsz as usize > buffer.len() {
            return Ok(Self { bytes: there, wire, argsz, first: 0, short: true });
        }
        let bytes = there.get(..argsz as usize).unwrap_or(there);
        let flagged = word(host.flags) & host.caps != 0;
        let offset = wire.number(bytes, host.cap_offset, 4).unwrap_or(0) as u32;
        let first = if flagged { offset } else { 0 };
        Ok(Self { bytes, wire, argsz, first, short: flagged && offset == 0 })
    }

    /// The size to come back with, if the reply did not fit.
    #[inline]
    pub(crate) fn need(&self) -> Option<u32> {
        self.short.then_some(self.argsz)
    }

    /// A number of the fixed part that every reply has.
    #[inline]
    pub(crate) fn fixed(&self, at: u32, width: u32) -> u64 {
        self.wire.number(self.bytes, at, width).unwrap_or(0)
    }

    /// A number that later kernels appended to the fixed part: there only if
    /// the reply reaches it, and a chain does not start before its end.
    #[allow(dead_code, reason = "an ABI may have appended nothing that a view shows")]
    #[inline]
    pub(crate) fn appended(&self, at: u32, width: u32) -> Option<u64> {
        let end = at.checked_add(width)?;
        let room = self.first == 0 || end <= self.first;
        self.wire.number(self.bytes, at, width).filter(|_| room)
    }

    /// The chain; empty where there is none or it did not fit.
    #[inline]
    pub(crate) fn walk(&self, host: &Host, format: &Format) -> Walk<'a> {
        let bound = host.minsz.max(host.cap_offset.saturating_add(4));
        match self.first {
            0 => Walk::none(self.wire),
            first => Walk::from(format, self.bytes, self.wire, bound, first),
        }
    }
}

/// What is wrong with a buffer that does not hold the part that every reply
/// has.
#[cold]
fn too_short(host: &Host, buffer: &[u8], argsz: u32) -> ReplyError {
    let len = u32::try_from(buffer.len()).unwrap_or(u32::MAX).min(argsz);
    ReplyError::TooShort { len, minsz: host.minsz }
}
