//! The memory that starts with the caller's buffer, and the bytes that are written in it.

use std::ops::Range;

use crate::layout::Span;

/// Memory, byte for byte.
pub(super) struct Memory {
    /// `None` for a byte of unknown value.
    bytes: Vec<Option<u8>>,
    /// In the order of the writes.
    written: Vec<Range<u64>>,
}

impl Memory {
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self { bytes: bytes.iter().copied().map(Some).collect(), written: Vec::new() }
    }

    /// The current byte.
    pub(super) fn byte(&self, at: u64) -> Option<u8> {
        self.bytes.get(at as usize).copied().flatten()
    }

    /// Writes a byte; a byte beyond the memory is only recorded.
    pub(super) fn write_byte(&mut self, at: u64, byte: Option<u8>) {
        match self.written.last_mut() {
            Some(last) if last.end == at => last.end += 1,
            _ => self.written.push(at..at + 1),
        }
        if let Some(place) = self.bytes.get_mut(at as usize) {
            *place = byte;
        }
    }

    pub(super) fn write(&mut self, at: u64, with: &[u8]) {
        for (at, byte) in (at..).zip(with) {
            self.write_byte(at, Some(*byte));
        }
    }

    /// Writes a number into a field, up to `end`.
    pub(super) fn write_number(&mut self, span: Span, number: u64, end: u64) {
        let bytes = number.to_le_bytes();
        let size = span.size.min(end.saturating_sub(span.offset)).min(8);
        self.write(span.offset, &bytes[..size as usize]);
    }

    /// The bytes and the written ranges, in the order of the memory.
    pub(super) fn finish(mut self) -> (Vec<Option<u8>>, Vec<Range<u64>>) {
        self.written.sort_by_key(|range| range.start);
        let mut merged = Vec::<Range<u64>>::new();
        for range in self.written {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        (self.bytes, merged)
    }
}

/// The number in the part of a field that is in the memory.
pub(super) fn number(bytes: &[u8], span: Span) -> u64 {
    let bytes = bytes.iter().skip(span.offset as usize).take(span.size.min(8) as usize);
    bytes.enumerate().fold(0, |number, (index, byte)| number | u64::from(*byte) << (8 * index))
}
