//! The results of a call in its argument, read in place.

#![allow(dead_code, unused_imports, unused_macros, reason = "an ABI uses what its structs need")]

use crate::reply_error::ReplyError;
use crate::wire::Wire;

/// The part of an argument that has results, up to argsz.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Results<'a> {
    /// The bytes from the start of the results.
    pub(crate) bytes: &'a [u8],
    /// Their byte order and layout.
    pub(crate) wire: Wire,
}

impl<'a> Results<'a> {
    /// The results that start at an offset of an argument with at least `minsz` bytes.
    /// Bytes after argsz, whose offset is given if the argument has it, are not read.
    #[inline]
    pub(crate) fn parse(
        argument: &'a [u8],
        wire: Wire,
        argsz: Option<u32>,
        (start, minsz): (u32, u32),
    ) -> Result<Self, ReplyError> {
        let argsz = argsz.map(|at| wire.number(argument, at, 4).unwrap_or(0));
        let covered = argsz.and_then(|argsz| argument.get(..usize::try_from(argsz).ok()?));
        let covered = covered.unwrap_or(argument);
        let len = u32::try_from(covered.len()).unwrap_or(u32::MAX);
        match covered.get(start as usize..) {
            Some(bytes) if len >= minsz => Ok(Self { bytes, wire }),
            _ => Err(ReplyError::TooShort { len, minsz }),
        }
    }

    /// An integer of the part that every argument has.
    #[inline]
    pub(crate) fn number(&self, at: u32, width: u32) -> u64 {
        self.wire.number(self.bytes, at, width).unwrap_or(0)
    }

    /// An integer that later kernels appended, if the argument covers it.
    #[inline]
    pub(crate) fn appended(&self, at: u32, width: u32) -> Option<u64> {
        self.wire.number(self.bytes, at, width)
    }

    /// The bytes of a struct in the results, if the argument covers all of it.
    #[inline]
    pub(crate) fn part(&self, at: u32, size: u32) -> Option<&'a [u8]> {
        self.bytes.get(at as usize..at.checked_add(size)? as usize)
    }
}
