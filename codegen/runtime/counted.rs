//! Replies that end in an array: the call succeeds if all elements fit, and otherwise
//! fails and only sets the count.

#![allow(dead_code, unused_imports, unused_macros, reason = "an ABI uses what its structs need")]

use crate::array::{Array, Element};
use crate::reply_error::ReplyError;
use crate::request::{Buffer, RequestError, call_until_complete};
use crate::wire::Wire;

/// The offsets in such a reply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountedFormat {
    /// Bytes before the array.
    pub(crate) size: u32,
    /// Offset of argsz.
    pub(crate) argsz: u32,
    /// Offset and size of the count.
    pub(crate) count: (u32, u32),
}

/// The bytes of such a reply: at least those before the array.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted<'a> {
    /// The bytes.
    pub(crate) bytes: &'a [u8],
    /// Their byte order and layout.
    pub(crate) wire: Wire,
    format: CountedFormat,
}

impl<'a> Counted<'a> {
    /// Reads a reply. The offsets are those of its layout.
    pub(crate) fn parse(
        bytes: &'a [u8],
        wire: Wire,
        format: CountedFormat,
    ) -> Result<Self, ReplyError> {
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        match len < format.size {
            true => Err(ReplyError::TooShort { len, minsz: format.size }),
            false => Ok(Self { bytes, wire, format }),
        }
    }

    /// An integer before the array.
    pub(crate) fn number(&self, at: u32, width: u32) -> u64 {
        self.wire.number(self.bytes, at, width).unwrap_or(0)
    }

    /// The elements: as many as the count says, if all of them are in the buffer.
    pub(crate) fn elements<T: Element>(&self) -> Array<'a, T> {
        let size = self.required_size::<T>();
        let start = self.format.size as usize;
        let elements = size.and_then(|size| self.bytes.get(start..size as usize));
        Array::new(elements.unwrap_or_default(), self.wire)
    }

    /// The size of buffer that all elements require; none if that is no `u32`.
    pub(crate) fn required_size<T: Element>(&self) -> Option<u32> {
        let (at, width) = self.format.count;
        let count = u32::try_from(self.wire.number(self.bytes, at, width)?).ok()?;
        count.checked_mul(T::size(self.wire))?.checked_add(self.format.size)
    }
}

/// Calls until all elements fit. A call that fails is repeated with a larger buffer if its
/// count says that the buffer was too small.
pub(crate) fn request_counted<T: Element, B: Buffer + ?Sized, E>(
    format: CountedFormat,
    buffer: &mut B,
    call: impl FnMut(&mut [u8]) -> Result<(), E>,
) -> Result<(), RequestError<E>> {
    call_until_complete(buffer, format.size, format.argsz, &[], call, |bytes, _| {
        let size = Counted { bytes, wire: Wire::HOST, format }.required_size::<T>();
        let size = size.unwrap_or(u32::MAX);
        Ok((size as usize > bytes.len()).then_some(size))
    })
}
