//! Records in bytes that were read from a file descriptor. Reads at any alignment, never
//! outside the bytes, and never panics.

#![allow(dead_code, reason = "an ABI uses what its structs need")]

use core::fmt;

use crate::wire::Wire;

/// A record that cannot be read. The reader ends after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// Its offset in the bytes.
    pub offset: usize,
    /// What is wrong with it.
    pub cause: RecordErrorCause,
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordErrorCause {
    /// The bytes end inside it.
    Cut {
        /// The size of the record; if its struct is cut, that of the struct.
        size: u64,
        /// The bytes that there are.
        available: usize,
    },
    /// Its length is less than that of its struct.
    TooShort {
        /// The length that it has.
        length: u64,
    },
    /// The length of data of its type is not known.
    UnknownType {
        /// The number of the type.
        number: u64,
    },
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = self.offset;
        match self.cause {
            RecordErrorCause::Cut { size, available } => write!(
                f,
                "the record at offset {offset} has {size} bytes, of which {available} were read"
            ),
            RecordErrorCause::TooShort { length } => {
                write!(f, "the record at offset {offset} has a length of {length} bytes")
            }
            RecordErrorCause::UnknownType { number } => {
                write!(f, "the record at offset {offset} has data of the unknown type {number}")
            }
        }
    }
}

impl core::error::Error for RecordError {}

/// The bytes that a reader has not read yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Records<'b> {
    pub(crate) bytes: &'b [u8],
    pub(crate) wire: Wire,
    offset: usize,
}

impl<'b> Records<'b> {
    pub(crate) const fn new(bytes: &'b [u8], wire: Wire) -> Self {
        Self { bytes, wire, offset: 0 }
    }

    /// The struct of the next record.
    #[inline]
    pub(crate) fn head(&mut self, size: u32) -> Result<&'b [u8], RecordError> {
        match self.bytes.get(..size as usize) {
            // A struct without bytes would be read for ever.
            Some(head) if !head.is_empty() => Ok(head),
            _ => {
                let available = self.bytes.len();
                Err(self.end(RecordErrorCause::Cut { size: size.into(), available }))
            }
        }
    }

    /// Takes the next record, and returns the data after its struct.
    #[inline]
    pub(crate) fn take(&mut self, size: u32, data: u64) -> Result<&'b [u8], RecordError> {
        let whole = u64::from(size).saturating_add(data);
        let split = usize::try_from(whole).ok().and_then(|at| self.bytes.split_at_checked(at));
        let Some((record, rest)) = split else {
            let available = self.bytes.len();
            return Err(self.end(RecordErrorCause::Cut { size: whole, available }));
        };
        self.bytes = rest;
        self.offset = self.offset.saturating_add(record.len());
        Ok(record.get(size as usize..).unwrap_or_default())
    }

    /// The length of the data in a record of which the length is known.
    #[inline]
    pub(crate) fn after(&mut self, size: u32, length: u64) -> Result<u64, RecordError> {
        let data = length.checked_sub(size.into());
        data.ok_or_else(|| self.end(RecordErrorCause::TooShort { length }))
    }

    /// The error of the next record, after which nothing is read.
    pub(crate) fn end(&mut self, cause: RecordErrorCause) -> RecordError {
        self.bytes = &[];
        RecordError { offset: self.offset, cause }
    }
}
