//! Calls whose reply can be larger than the buffer, so that several are made.

#![allow(unsafe_code, reason = "the kernel reads and writes memory by address")]

use rustix::fd::BorrowedFd;

use crate::call::{CallError, CallErrorCause, NamedNumber, raw};
use crate::request::RequestError;

impl CallError {
    /// The error of a request with several calls.
    pub(crate) fn of_request((ioctl, _): NamedNumber, error: RequestError<Self>) -> Self {
        let cause = match error {
            RequestError::Transport(error) => return error,
            RequestError::Short { required_size } => CallErrorCause::Short { required_size },
            RequestError::Buffer { len, size } => CallErrorCause::Buffer { len, size },
            RequestError::Reply(error) => CallErrorCause::Reply(error),
        };
        Self { ioctl, cause }
    }
}

/// Calls an ioctl with the whole buffer as its argument; returns the size of the buffer.
///
/// # Safety
///
/// The descriptor has the ioctl of this number, and `argsz` in the buffer is its size.
pub(crate) unsafe fn buffer(
    fd: BorrowedFd<'_>,
    ioctl: NamedNumber,
    buffer: &mut [u8],
) -> Result<usize, CallError> {
    // SAFETY: the kernel accesses at most argsz bytes, which is the size of the buffer.
    unsafe { raw(fd, ioctl, buffer.as_mut_ptr().cast()) }.map(|_| buffer.len())
}
