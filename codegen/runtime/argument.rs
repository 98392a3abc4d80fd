//! Requests: the argument of an ioctl, written to a buffer for a call, and its results,
//! read from the buffer after the call.

#![allow(dead_code, unused_imports, unused_macros, reason = "an ABI uses what its structs need")]

use crate::array::Element;
use crate::reply_error::ReplyError;

/// The argument of one ioctl, together with its payload.
///
/// `write` puts it into a buffer for any transport: an ioctl, or a message to a server.
/// Addresses of memory in an argument are valid as long as the request lives.
pub trait Request {
    /// The number of the ioctl.
    const IOCTL: u32;

    /// The kernel's name of the ioctl.
    const NAME: &'static str;

    /// The view of the results in the argument after a call.
    type Reply<'a>;

    /// The size of the argument in bytes, with the payload.
    fn size(&self) -> usize;

    /// Puts all fields into an argument of this size, which is zero.
    fn fill(&mut self, argument: &mut Argument<'_>) -> Result<(), ArgumentError>;

    /// Reads the results from the argument after a call.
    fn reply(argument: &[u8]) -> Result<Self::Reply<'_>, ReplyError>;

    /// Writes the argument to the start of a buffer, and returns the written part. Its
    /// other bytes are left unchanged.
    fn write<'b>(&mut self, buffer: &'b mut [u8]) -> Result<&'b mut [u8], ArgumentError> {
        let size = self.size();
        let bytes = buffer.get_mut(..size).ok_or(ArgumentError::BufferTooSmall { size })?;
        bytes.fill(0);
        self.fill(&mut Argument { bytes: &mut *bytes })?;
        Ok(bytes)
    }
}

/// Why an argument cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArgumentError {
    /// The buffer is smaller than the argument.
    BufferTooSmall {
        /// The size of the argument in bytes.
        size: usize,
    },
    /// A field cannot hold this number of elements, or this number of bytes.
    TooLarge {
        /// The number.
        number: usize,
    },
    /// A bitmap is too small for its range.
    BitmapTooSmall {
        /// The bits that the range needs.
        bits: u64,
    },
    /// A number has bits that the request sets itself, or that are those of another input.
    ForeignBits {
        /// These bits.
        bits: u64,
    },
    /// The page size of a bitmap is no power of two. A kernel can round it down, so that it
    /// writes more bits than the range has pages of this size.
    PageSize {
        /// The page size.
        page: u64,
    },
    /// The range of a bitmap is empty.
    EmptyRange,
    /// Bytes are no whole number of elements.
    PartOfElement {
        /// The number of bytes.
        bytes: usize,
        /// The size of an element.
        size: usize,
    },
}

impl core::fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::BufferTooSmall { size } => {
                write!(f, "the argument has {size} bytes, more than the buffer")
            }
            Self::TooLarge { number } => write!(f, "{number} is too large for its field"),
            Self::BitmapTooSmall { bits } => write!(f, "the bitmap has fewer than {bits} bits"),
            Self::ForeignBits { bits } => write!(f, "the bits {bits:#x} are not this input's"),
            Self::PageSize { page } => write!(f, "the page size {page} is no power of two"),
            Self::EmptyRange => f.write_str("the range of the bitmap is empty"),
            Self::PartOfElement { bytes, size } => {
                write!(f, "{bytes} bytes are not elements of {size} bytes each")
            }
        }
    }
}

impl core::error::Error for ArgumentError {}

/// The bytes of an argument that is written.
#[derive(Debug)]
pub struct Argument<'b> {
    bytes: &'b mut [u8],
}

impl Argument<'_> {
    /// Puts the bytes of a field. Fields at the same offset are joined by or.
    pub(crate) fn put(&mut self, at: usize, field: &[u8]) {
        let end = at.saturating_add(field.len());
        if let Some(place) = self.bytes.get_mut(at..end) {
            for (byte, set) in place.iter_mut().zip(field) {
                *byte |= set;
            }
        }
    }

    /// Puts the size of the argument.
    pub(crate) fn put_argsz(&mut self, at: usize) -> Result<(), ArgumentError> {
        self.put_u32(at, self.bytes.len())
    }

    /// Puts a number of elements or bytes as a `u32`.
    pub(crate) fn put_u32(&mut self, at: usize, number: usize) -> Result<(), ArgumentError> {
        let field = u32::try_from(number).map_err(|_| ArgumentError::TooLarge { number })?;
        self.put(at, &field.to_ne_bytes());
        Ok(())
    }

    /// Puts a number of elements or bytes as a `u64`.
    pub(crate) fn put_u64(&mut self, at: usize, number: usize) {
        self.put(at, &(number as u64).to_ne_bytes());
    }

    /// Puts elements one after the other.
    pub(crate) fn put_elements<T: Element>(&mut self, at: usize, size: usize, elements: &[T]) {
        for (index, element) in elements.iter().enumerate() {
            let start = index.saturating_mul(size).saturating_add(at);
            element
                .write(&mut |offset, field| self.put(start.saturating_add(offset as usize), field));
        }
    }
}

/// Whether a bitmap of `bytes` has one bit for each page of a range, however the kernel
/// reads the page size.
pub(crate) fn check_bitmap(bytes: usize, range: u64, page: u64) -> Result<(), ArgumentError> {
    if !page.is_power_of_two() {
        return Err(ArgumentError::PageSize { page });
    }
    if range == 0 {
        return Err(ArgumentError::EmptyRange);
    }
    let bits = range.div_ceil(page);
    match (bytes as u64).saturating_mul(8) < bits {
        true => Err(ArgumentError::BitmapTooSmall { bits }),
        false => Ok(()),
    }
}

/// Whether a number has none of these bits.
pub(crate) fn check_bits(number: u64, foreign: u64) -> Result<(), ArgumentError> {
    match number & foreign {
        0 => Ok(()),
        bits => Err(ArgumentError::ForeignBits { bits }),
    }
}

/// A number of a type that is wider than its field.
pub(crate) fn narrowed<T: TryFrom<N>, N: Copy + Into<u64>>(number: N) -> Result<T, ArgumentError> {
    T::try_from(number).map_err(|_| ArgumentError::TooLarge {
        number: usize::try_from(number.into()).unwrap_or(usize::MAX),
    })
}

/// The number of elements that bytes are.
pub(crate) fn whole_elements(bytes: usize, size: usize) -> Result<usize, ArgumentError> {
    match bytes {
        0 => Ok(0),
        _ if bytes.checked_rem(size) == Some(0) => Ok(bytes.checked_div(size).unwrap_or(0)),
        _ => Err(ArgumentError::PartOfElement { bytes, size }),
    }
}

/// The size of a struct up to its last field that is not zero, but at least `minsz`: the
/// kernel reads zeros in place of missing bytes, and an older kernel refuses bytes that it
/// does not know.
pub(crate) fn used_size<T: Element>(data: &T, minsz: usize) -> usize {
    let mut size = minsz;
    data.write(&mut |offset, field| {
        if field.iter().any(|byte| *byte != 0) {
            size = size.max((offset as usize).saturating_add(field.len()));
        }
    });
    size
}
