//! Replies that end in an array: the call succeeds if all elements fit, and otherwise
//! fails and only sets the count.

use crate::array::Element;
use crate::reply::ReplyError;
use crate::request::{Buffer, RequestError, call_until_complete};
use crate::wire::Wire;

/// The offsets in such a reply.
#[derive(Debug)]
pub(crate) struct Counted {
    /// Bytes before the array.
    pub(crate) size: u32,
    /// Offset of argsz.
    pub(crate) argsz: u32,
    /// Offset of the count.
    pub(crate) count: u32,
}

impl Counted {
    /// The bytes of a reply, without the array: at least those before it.
    pub(crate) fn parse<'a>(&self, buffer: &'a [u8]) -> Result<&'a [u8], ReplyError> {
        let len = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        match len < self.size {
            true => Err(ReplyError::TooShort { len, minsz: self.size }),
            false => Ok(buffer),
        }
    }

    /// The bytes of the elements: as many as the count says, if all of them are in the buffer.
    pub(crate) fn elements<'a, T: Element>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let size = self.required_size::<T>(bytes);
        let elements = size.and_then(|size| bytes.get(self.size as usize..size as usize));
        elements.unwrap_or_default()
    }

    /// The size of buffer that all elements require; none if that is no `u32`.
    pub(crate) fn required_size<T: Element>(&self, bytes: &[u8]) -> Option<u32> {
        let count = Wire::HOST.number(bytes, self.count, 4)? as u32;
        count.checked_mul(T::size(Wire::HOST))?.checked_add(self.size)
    }

    /// Calls until all elements fit. A call that fails is repeated with a larger buffer
    /// if its count says that the buffer was too small.
    pub(crate) fn request<T: Element, B: Buffer + ?Sized, E>(
        &self,
        buffer: &mut B,
        call: impl FnMut(&mut [u8]) -> Result<(), E>,
    ) -> Result<(), RequestError<E>> {
        call_until_complete(buffer, self.size, self.argsz, &[], call, |bytes, _| {
            let size = self.required_size::<T>(bytes).unwrap_or(u32::MAX);
            Ok((size as usize > bytes.len()).then_some(size))
        })
    }
}
