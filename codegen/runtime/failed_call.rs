//! Calls whose results the kernel writes after some errors, too.
#![allow(unsafe_code, reason = "the kernel reads and writes memory by address")]

use core::ffi::c_int;
use core::fmt;

use rustix::fd::BorrowedFd;
use rustix::io::Errno;

use crate::argument::Request;
use crate::call::{CallError, request_then, results};

/// The error of a call, with the results that the kernel has written nevertheless.
///
/// `?` turns it into a [`CallError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FailedCall<T> {
    /// The error.
    pub error: CallError,
    /// The results, if the kernel writes them with this error.
    pub reply: Option<T>,
}

impl<T> FailedCall<T> {
    /// The error of the kernel, if there is one.
    #[must_use]
    pub fn errno(&self) -> Option<Errno> {
        self.error.errno()
    }
}

impl<T> From<FailedCall<T>> for CallError {
    fn from(failed: FailedCall<T>) -> Self {
        failed.error
    }
}

impl<T> From<CallError> for FailedCall<T> {
    fn from(error: CallError) -> Self {
        Self { error, reply: None }
    }
}

impl<T> fmt::Display for FailedCall<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<T: fmt::Debug> core::error::Error for FailedCall<T> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.error.source()
    }
}

/// Calls the ioctl of a request; returns its result, and the results in the argument as
/// `own` makes them of their view. `replies` says with which errors the kernel writes them.
///
/// # Safety
///
/// The descriptor has the ioctl, and the guarantees that the request asks for hold.
pub(crate) unsafe fn request_or_reply<R: Request, T>(
    fd: BorrowedFd<'_>,
    request: R,
    own: impl FnOnce(R::Reply<'_>) -> T,
    replies: impl FnOnce(Errno) -> bool,
) -> Result<(c_int, T), FailedCall<T>> {
    let after = |result: Result<c_int, CallError>, argument: &[u8]| match result {
        Ok(result) => Ok((result, own(results::<R>(argument)?))),
        Err(error) => {
            let written = error.errno().is_some_and(replies);
            let reply = results::<R>(argument).ok().filter(|_| written).map(own);
            Err(FailedCall { error, reply })
        }
    };
    // SAFETY: as the caller guarantees.
    unsafe { request_then(fd, request, after) }?
}
