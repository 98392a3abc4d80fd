//! Calls of ioctls. Besides the methods of descriptors, this is the only code of the
//! crate with `unsafe`.

#![allow(dead_code, reason = "an ABI uses what its structs need")]
#![allow(unsafe_code, reason = "the kernel reads and writes memory by address")]

#[cfg(feature = "std")]
extern crate std;

use alloc::vec::Vec;
use core::ffi::{c_int, c_void};

use rustix::fd::BorrowedFd;
use rustix::io::Errno;
use rustix::ioctl::{Ioctl, IoctlOutput, Opcode};

use crate::argument::{ArgumentError, Request};
use crate::reply_error::ReplyError;

/// The kernel's name of an ioctl, and its number.
pub(crate) type NamedNumber = (&'static str, u32);

/// The error of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CallError {
    /// The kernel's name of the ioctl.
    pub ioctl: &'static str,
    /// The cause.
    pub cause: CallErrorCause,
}

/// Why a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallErrorCause {
    /// The kernel refused it.
    Errno(Errno),
    /// The argument cannot be written; no call was made.
    Argument(ArgumentError),
    /// The buffer is too small and cannot grow. It holds a short reply.
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

impl CallError {
    /// The error of the kernel, if there is one.
    #[must_use]
    pub fn errno(&self) -> Option<Errno> {
        match self.cause {
            CallErrorCause::Errno(errno) => Some(errno),
            _ => None,
        }
    }
}

impl core::fmt::Display for CallError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: ", self.ioctl)?;
        match &self.cause {
            CallErrorCause::Errno(errno) => errno.fmt(f),
            CallErrorCause::Argument(error) => error.fmt(f),
            CallErrorCause::Short { required_size } => {
                write!(f, "the reply requires a buffer of {required_size} bytes")
            }
            CallErrorCause::Buffer { len, size } => {
                write!(f, "the buffer has {len} bytes although it has grown to {size}")
            }
            CallErrorCause::Reply(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for CallError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.cause {
            #[cfg(feature = "std")]
            CallErrorCause::Errno(errno) => Some(errno),
            CallErrorCause::Argument(error) => Some(error),
            CallErrorCause::Reply(error) => Some(error),
            _ => None,
        }
    }
}

/// An error of the kernel keeps its number, and loses the name of the ioctl.
#[cfg(feature = "std")]
impl From<CallError> for std::io::Error {
    fn from(error: CallError) -> Self {
        match error.cause {
            CallErrorCause::Errno(errno) => errno.into(),
            CallErrorCause::Argument(_) => Self::new(std::io::ErrorKind::InvalidInput, error),
            _ => Self::other(error),
        }
    }
}

/// An ioctl with its argument.
struct RawCall {
    number: u32,
    argument: *mut c_void,
}

// SAFETY: the number and the argument are passed on as they are; `raw` requires its
// caller to guarantee that they belong together.
unsafe impl Ioctl for RawCall {
    type Output = IoctlOutput;

    const IS_MUTATING: bool = true;

    fn opcode(&self) -> Opcode {
        self.number as Opcode
    }

    fn as_ptr(&mut self) -> *mut c_void {
        self.argument
    }

    unsafe fn output_from_ptr(
        result: IoctlOutput,
        _: *mut c_void,
    ) -> rustix::io::Result<IoctlOutput> {
        Ok(result)
    }
}

/// Calls an ioctl; returns its result.
///
/// # Safety
///
/// The descriptor has the ioctl of this number, which accesses no memory but that of
/// `argument`, and memory that `argument` has the address of and that stays valid.
pub(crate) unsafe fn raw(
    fd: BorrowedFd<'_>,
    (ioctl, number): NamedNumber,
    argument: *mut c_void,
) -> Result<c_int, CallError> {
    // SAFETY: as the caller guarantees.
    let result = unsafe { rustix::ioctl::ioctl(fd, RawCall { number, argument }) };
    result.map_err(|errno| CallError { ioctl, cause: CallErrorCause::Errno(errno) })
}

/// Arguments up to this size need no allocation.
const SMALL: usize = 256;

/// Calls the ioctl of a request; returns what `after` makes of its result and of the
/// argument after the call.
///
/// # Safety
///
/// The descriptor has the ioctl, and the guarantees that the request asks for hold.
pub(crate) unsafe fn request_then<R: Request, T>(
    fd: BorrowedFd<'_>,
    mut request: R,
    after: impl FnOnce(Result<c_int, CallError>, &[u8]) -> T,
) -> Result<T, CallError> {
    let (mut small, mut large) = ([0; SMALL], Vec::new());
    let size = request.size();
    let buffer = match size <= SMALL {
        true => &mut small[..],
        false => {
            large.resize(size, 0);
            &mut large[..]
        }
    };
    let argument = request
        .write(buffer)
        .map_err(|error| CallError { ioctl: R::NAME, cause: CallErrorCause::Argument(error) })?;
    // SAFETY: the argument has its size in argsz; `request`, which the memory that it has
    // the address of belongs to, lives until the end of this function.
    let result = unsafe { raw(fd, (R::NAME, R::IOCTL), argument.as_mut_ptr().cast()) };
    Ok(after(result, argument))
}

/// Reads the results in the argument of a request.
pub(crate) fn results<R: Request>(argument: &[u8]) -> Result<R::Reply<'_>, CallError> {
    let failed = |error| CallError { ioctl: R::NAME, cause: CallErrorCause::Reply(error) };
    R::reply(argument).map_err(failed)
}

/// Calls the ioctl of a request; returns its result, and the results in the argument as
/// `own` makes them of their view.
///
/// # Safety
///
/// The descriptor has the ioctl, and the guarantees that the request asks for hold.
pub(crate) unsafe fn request<R: Request, T>(
    fd: BorrowedFd<'_>,
    request: R,
    own: impl FnOnce(R::Reply<'_>) -> T,
) -> Result<(c_int, T), CallError> {
    let after = |result: Result<c_int, CallError>, argument: &[u8]| {
        let result = result?;
        Ok((result, own(results::<R>(argument)?)))
    };
    // SAFETY: as the caller guarantees.
    unsafe { request_then(fd, request, after) }?
}
