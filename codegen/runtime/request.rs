//! The protocol of two calls: asks, and asks again with a larger buffer where
//! the reply did not fit.

use crate::reply::{Host, Reply, ReplyError};
use crate::wire::Wire;

/// How often a need that keeps growing is followed.
const MOST_CALLS: u32 = 8;

/// The largest buffer that is made because a reply asks for it.
#[cfg(feature = "alloc")]
const MOST_BYTES: usize = 1 << 20;

/// Memory for a reply.
pub trait Buffer {
    /// The memory there is now.
    fn bytes(&mut self) -> &mut [u8];

    /// Makes it hold `size` bytes at least; tells whether it does now.
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

    /// Grows up to 1 MiB, far more than any reply: the size comes from the
    /// other side.
    fn grow(&mut self, size: usize) -> bool {
        if size > self.len() && size <= MOST_BYTES {
            self.resize(size, 0);
        }
        self.len() >= size
    }
}

/// Why there is no full reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestError<E> {
    /// The call itself failed.
    Transport(E),
    /// The buffer is too small and cannot grow. What is in it is a short
    /// reply, whose fixed part can be read.
    Short {
        /// The size to come back with.
        need: u32,
    },
    /// What came back is no reply.
    Reply(ReplyError),
}

impl<E: core::fmt::Display> core::fmt::Display for RequestError<E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Transport(error) => error.fmt(f),
            Self::Short { need } => write!(f, "the reply needs a buffer of {need} bytes"),
            Self::Reply(error) => error.fmt(f),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for RequestError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Transport(error) => error.source(),
            Self::Short { .. } => None,
            Self::Reply(error) => Some(error),
        }
    }
}

/// Asks until the reply fits. `inputs` are the request's fields: where each
/// lies and its bytes. `call` gets the request in the buffer, leaves the reply
/// there, and tells how many bytes of it were written.
///
/// Returns how many bytes of the buffer were written.
pub(crate) fn request<B: Buffer + ?Sized, E>(
    host: &Host,
    buffer: &mut B,
    inputs: &[(u32, &[u8])],
    mut call: impl FnMut(&mut [u8]) -> Result<usize, E>,
) -> Result<usize, RequestError<E>> {
    let mut need = host.minsz;
    for _ in 0..MOST_CALLS {
        if !buffer.grow(need as usize) {
            break;
        }
        let bytes = buffer.bytes();
        prepare(host, bytes, inputs);
        let written = call(bytes).map_err(RequestError::Transport)?.min(bytes.len());
        let reply = Reply::parse(host, bytes, written, Wire::HOST).map_err(RequestError::Reply)?;
        match reply.need() {
            None => return Ok(written),
            // A reply that did not fit although it says it would.
            Some(short) if short as usize <= bytes.len() => {
                return Err(RequestError::Short { need: short });
            }
            Some(short) => need = short,
        }
    }
    Err(RequestError::Short { need })
}

/// Clears the buffer and writes the request: its size, and its input fields.
fn prepare(host: &Host, bytes: &mut [u8], inputs: &[(u32, &[u8])]) {
    bytes.fill(0);
    let argsz = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    for (at, input) in inputs.iter().copied().chain([(host.argsz, &argsz.to_ne_bytes()[..])]) {
        let end = (at as usize).saturating_add(input.len());
        if let Some(place) = bytes.get_mut(at as usize..end) {
            place.copy_from_slice(input);
        }
    }
}
