//! The protocol of two calls: a call, and another one with a larger buffer if
//! the reply did not fit.

#![allow(dead_code, unused_imports, unused_macros, reason = "an ABI uses what its structs need")]

use crate::reply::{Host, Reply};
use crate::reply_error::ReplyError;
use crate::wire::Wire;

/// The maximum number of calls while the required size keeps growing.
const MOST_CALLS: u32 = 8;

/// The largest buffer that is allocated because a reply requires it.
#[cfg(feature = "alloc")]
const MOST_BYTES: usize = 1 << 20;

/// Memory for a reply.
pub trait Buffer {
    /// The current memory.
    fn bytes(&mut self) -> &mut [u8];

    /// Grows to at least `size` bytes; returns whether the buffer is that large now.
    fn grow(&mut self, size: usize) -> bool {
        self.bytes().len() >= size
    }
}

impl Buffer for [u8] {
    fn bytes(&mut self) -> &mut [u8] {
        self
    }
}

impl<const N: usize> Buffer for [u8; N] {
    fn bytes(&mut self) -> &mut [u8] {
        self
    }
}

impl<B: Buffer + ?Sized> Buffer for &mut B {
    fn bytes(&mut self) -> &mut [u8] {
        (**self).bytes()
    }

    fn grow(&mut self, size: usize) -> bool {
        (**self).grow(size)
    }
}

#[cfg(feature = "alloc")]
impl Buffer for alloc::vec::Vec<u8> {
    fn bytes(&mut self) -> &mut [u8] {
        self
    }

    /// Grows up to 1 MiB, far more than any reply: the other side chooses the size.
    fn grow(&mut self, size: usize) -> bool {
        if size > self.len() && size <= MOST_BYTES {
            self.resize(size, 0);
        }
        self.len() >= size
    }
}

/// The error of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestError<E> {
    /// The call itself failed.
    Transport(E),
    /// The buffer is too small and cannot grow. It holds a short reply, whose
    /// fixed part can be read.
    Short {
        /// The size of buffer that the full reply requires.
        required_size: u32,
    },
    /// The buffer says that it has grown, and is smaller than that; no call was made.
    Buffer {
        /// Its size.
        len: usize,
        /// The size that it says it has.
        size: usize,
    },
    /// The answer is not a reply.
    Reply(ReplyError),
}

impl<E: core::fmt::Display> core::fmt::Display for RequestError<E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Transport(error) => error.fmt(f),
            Self::Short { required_size } => {
                write!(f, "the reply requires a buffer of {required_size} bytes")
            }
            Self::Buffer { len, size } => {
                write!(f, "the buffer has {len} bytes although it has grown to {size}")
            }
            Self::Reply(error) => error.fmt(f),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for RequestError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Transport(error) => error.source(),
            Self::Short { .. } | Self::Buffer { .. } => None,
            Self::Reply(error) => Some(error),
        }
    }
}

/// The protocol of two calls for a reply with a chain. `inputs` are offset and bytes of
/// each input field. `call` finds the request in the buffer, puts the reply there, and
/// returns how many bytes it wrote.
///
/// Returns how many bytes of the buffer were written.
pub(crate) fn request<B: Buffer + ?Sized, E>(
    host: &Host,
    buffer: &mut B,
    inputs: &[(u32, &[u8])],
    mut call: impl FnMut(&mut [u8]) -> Result<usize, E>,
) -> Result<usize, RequestError<E>> {
    let call = |bytes: &mut [u8]| call(bytes).map(|written| written.min(bytes.len()));
    call_until_complete(buffer, host.minsz, host.argsz, inputs, call, |bytes, result| {
        let Ok(written) = *result else { return Ok(None) };
        Ok(Reply::parse(host, bytes, written, Wire::HOST)?.required_size())
    })
}

/// Calls until the reply fits. Every call gets a buffer of at least `minsz` bytes that is
/// clear but for the input fields and `argsz`, whose offset is given. `required_size`
/// reads the buffer after a call: the size that the full reply requires, or none if the
/// result of the call is that of the request.
pub(crate) fn call_until_complete<B: Buffer + ?Sized, T, E>(
    buffer: &mut B,
    minsz: u32,
    argsz: u32,
    inputs: &[(u32, &[u8])],
    mut call: impl FnMut(&mut [u8]) -> Result<T, E>,
    required_size: impl Fn(&[u8], &Result<T, E>) -> Result<Option<u32>, ReplyError>,
) -> Result<T, RequestError<E>> {
    let mut size = minsz;
    for _ in 0..MOST_CALLS {
        if !buffer.grow(size as usize) {
            break;
        }
        let bytes = buffer.bytes();
        // The call trusts argsz, and a buffer is the caller's own type.
        if bytes.len() < size as usize {
            return Err(RequestError::Buffer { len: bytes.len(), size: size as usize });
        }
        prepare(bytes, argsz, inputs);
        let result = call(bytes);
        match required_size(bytes, &result).map_err(RequestError::Reply)? {
            None => return result.map_err(RequestError::Transport),
            // The reply did not fit although the buffer has the size that it requires.
            Some(required_size) if required_size as usize <= bytes.len() => {
                return Err(RequestError::Short { required_size });
            }
            Some(required_size) => size = required_size,
        }
    }
    Err(RequestError::Short { required_size: size })
}

/// Clears the buffer, and sets the input fields and `argsz`.
fn prepare(bytes: &mut [u8], argsz: u32, inputs: &[(u32, &[u8])]) {
    bytes.fill(0);
    let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    for (at, input) in inputs.iter().copied().chain([(argsz, &size.to_ne_bytes()[..])]) {
        let end = (at as usize).saturating_add(input.len());
        if let Some(place) = bytes.get_mut(at as usize..end) {
            place.copy_from_slice(input);
        }
    }
}
