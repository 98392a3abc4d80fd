//! Replies that end in an array: the call succeeds if all elements fit, and otherwise
//! fails and only sets the count.

use crate::array::Element;
use crate::reply::ReplyError;
use crate::request::{Buffer, RequestError};
use crate::wire::Wire;

/// The maximum number of calls while the count keeps growing.
const MOST_CALLS: u32 = 8;

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
        mut call: impl FnMut(&mut [u8]) -> Result<(), E>,
    ) -> Result<(), RequestError<E>> {
        let mut required_size = self.size;
        for _ in 0..MOST_CALLS {
            if !buffer.grow(required_size as usize) {
                break;
            }
            let bytes = buffer.bytes();
            bytes.fill(0);
            let argsz = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            if let Some(place) =
                bytes.get_mut(self.argsz as usize..).and_then(|rest| rest.get_mut(..4))
            {
                place.copy_from_slice(&argsz.to_ne_bytes());
            }
            let result = call(bytes);
            let needed = self.required_size::<T>(bytes);
            match (result, needed) {
                (Ok(()), Some(needed)) if needed as usize <= bytes.len() => return Ok(()),
                (Err(error), Some(needed)) if needed as usize <= bytes.len() => {
                    return Err(RequestError::Transport(error));
                }
                (_, Some(needed)) => required_size = needed,
                (Err(error), None) => return Err(RequestError::Transport(error)),
                (Ok(()), None) => return Err(RequestError::Short { required_size: u32::MAX }),
            }
        }
        Err(RequestError::Short { required_size })
    }
}
