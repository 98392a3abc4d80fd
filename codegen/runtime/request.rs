//! The protocol of two calls: a call, and another one with a larger buffer if
//! the reply did not fit.

use crate::reply::{Host, Reply, ReplyError};
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

/// Calls until the reply fits. `inputs` are offset and bytes of each input
/// field. `call` finds the request in the buffer, puts the reply there, and
/// returns how many bytes it wrote.
///
/// Returns how many bytes of the buffer were written.
pub(crate) fn request<B: Buffer + ?Sized, E>(
    host: &Host,
    buffer: &mut B,
    inputs: &[(u32, &[u8])],
    mut call: impl FnMut(&mut [u8]) -> Result<usize, E>,
) -> Result<usize, RequestError<E>> {
    let mut required_size = host.minsz;
    for _ in 0..MOST_CALLS {
        if !buffer.grow(required_size as usize) {
            break;
        }
        let bytes = buffer.bytes();
        prepare(host, bytes, inputs);
        let written = call(bytes).map_err(RequestError::Transport)?.min(bytes.len());
        let reply = Reply::parse(host, bytes, written, Wire::HOST).map_err(RequestError::Reply)?;
        match reply.required_size() {
            None => return Ok(written),
            // The reply did not fit although the buffer has the size that it requires.
            Some(required_size) if required_size as usize <= bytes.len() => {
                return Err(RequestError::Short { required_size });
            }
            Some(larger) => required_size = larger,
        }
    }
    Err(RequestError::Short { required_size })
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
