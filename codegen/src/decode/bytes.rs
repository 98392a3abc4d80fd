//! Raw access to the bytes of a reply: numbers in the target's byte order, and
//! the spans that the target's layout gives to fields.

use crate::ir::{Abi, Struct, Type};
use crate::layout::{Layout, Span, TARGETS, Target};

/// Reads typed values from bytes, and nothing outside them.
#[derive(Clone, Copy, Debug)]
pub(super) struct ByteReader<'a> {
    pub(super) abi: &'a Abi,
    /// Byte order and layout.
    pub(super) target: &'static Target,
    /// The readable bytes.
    pub(super) bytes: &'a [u8],
    /// The companion of the chain that is read; empty if it is not there.
    pub(super) companion: &'a [u8],
}

/// The little-endian number of up to 8 bytes, if all of them exist.
pub fn little_endian(bytes: &[u8], span: Span) -> Option<u64> {
    number(bytes, span, |bytes| bytes.iter().rev().fold(0, shift_in))
}

fn number(bytes: &[u8], span: Span, read: impl Fn(&[u8]) -> u64) -> Option<u64> {
    let start = usize::try_from(span.offset).ok()?;
    let size = usize::try_from(span.size).ok().filter(|size| *size <= 8)?;
    Some(read(bytes.get(start..start.checked_add(size)?)?))
}

fn shift_in(number: u64, byte: &u8) -> u64 {
    number << 8 | u64::from(*byte)
}

impl<'a> ByteReader<'a> {
    /// The number of readable bytes.
    pub(super) fn len(self) -> u64 {
        self.bytes.len() as u64
    }

    /// A range of bytes, cut at the end of the buffer.
    pub(super) fn bytes(self, span: Span) -> &'a [u8] {
        let index = |offset: u64| usize::try_from(offset.min(self.len())).unwrap_or(usize::MAX);
        let (start, end) = (index(span.offset), index(span.offset.saturating_add(span.size)));
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The same bytes, which are little-endian on every target.
    pub(super) fn of_space(self) -> Self {
        Self { target: &TARGETS[0], ..self }
    }

    /// The unsigned number in these bytes, if all of them exist.
    pub(super) fn unsigned(self, span: Span) -> Option<u64> {
        match self.target.big_endian {
            true => number(self.bytes, span, |bytes| bytes.iter().fold(0, shift_in)),
            false => little_endian(self.bytes, span),
        }
    }

    /// How the target lays a struct out.
    pub(super) fn layout(self, struct_: &Struct) -> &Layout {
        &struct_.layouts[self.target.model.index()]
    }

    /// The size of a type.
    pub(super) fn size_of(self, type_: &Type) -> u64 {
        self.abi.extent(type_, self.target.model).map_or(0, |extent| extent.size)
    }

    /// The span of a field of the struct at `at`.
    pub(super) fn span(self, struct_: &Struct, at: u64, field: usize) -> Span {
        let span = self.layout(struct_).fields[field];
        Span { offset: at.saturating_add(span.offset), ..span }
    }

    /// The padding between the fields of the struct at `at`, up to `end`.
    pub(super) fn holes(self, struct_: &Struct, at: u64, end: u64) -> Vec<Span> {
        let end = end.min(self.len());
        let holes = self.layout(struct_).holes.iter();
        let moved = holes.map(|hole| Span { offset: at.saturating_add(hole.offset), ..*hole });
        moved.filter(|hole| hole.end() <= end).collect()
    }
}
