//! The error of a buffer that is no reply.

/// Why a buffer is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplyError {
    /// The buffer, or the part of it that argsz says was written, is smaller than minsz.
    TooShort {
        /// The size of that part.
        len: u32,
        /// The bytes that every reply has.
        minsz: u32,
    },
}

impl core::fmt::Display for ReplyError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::TooShort { len, minsz } => {
                write!(f, "the reply has {len} bytes of at least {minsz}")
            }
        }
    }
}

impl core::error::Error for ReplyError {}
