//! Reads the headers of capabilities.

use super::body::Body;
use super::bytes::ByteReader;
use super::error::ErrorContext;
use crate::ir::{Abi, Bits, CapHeader, Chain};
use crate::layout::{Span, TARGETS};

/// The bytes of a chain, in which a header can be at any offset.
#[derive(Clone, Copy, Debug)]
pub struct HeaderReader<'a> {
    pub(super) reader: ByteReader<'a>,
    header: &'a CapHeader,
}

/// The header of a capability, as read.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeaderValues {
    /// The id.
    pub id: u64,
    /// The version; 1 if the header has none.
    pub version: u16,
    /// The offset of the next capability, counted as all offsets are; none at the end.
    pub next: Option<u64>,
}

impl<'a> HeaderReader<'a> {
    pub(super) fn new(reader: ByteReader<'a>, chain: &Chain) -> Self {
        Self { reader, header: &reader.abi.cap_headers[chain.header] }
    }

    /// The headers of a chain in a space.
    pub fn of_space(abi: &'a Abi, chain: &Chain, bytes: &'a [u8]) -> Self {
        let reader = ByteReader { abi, target: &TARGETS[0], bytes, companion: &[] };
        Self::new(reader.of_space(), chain)
    }

    /// The size of a header.
    pub fn size(self) -> u64 {
        self.reader.layout(self.reader.abi.struct_(self.header.struct_)).size
    }

    /// The bytes from one capability to the next at least.
    pub fn min_size(self) -> u64 {
        self.header.align.max(self.size()).max(1)
    }

    /// The header at `at`, if it is complete.
    pub fn read(self, at: u64) -> Option<HeaderValues> {
        let field = |bits: Bits| Some(bits.of(self.reader.unsigned(self.span(bits, at))?));
        let version = self.header.version.map_or(Some(1), field)?;
        let version = u16::try_from(version).unwrap_or(u16::MAX);
        let next = field(self.header.next)? & self.header.mask;
        let target = if self.header.from_reply { next } else { at.saturating_add(next) };
        let next = (next != self.header.end).then_some(target);
        Some(HeaderValues { id: field(self.header.id)?, version, next })
    }

    /// Whether the header at `at` means that there is no capability.
    pub fn is_empty(self, at: u64) -> bool {
        self.header.empty.iter().any(|(bits, values)| {
            let number = self.reader.unsigned(self.span(*bits, at));
            number.is_some_and(|number| values.contains(&bits.of(number)))
        })
    }

    /// The bytes of the offset of the next capability in the header at `at`.
    pub(super) fn next_span(self, at: u64) -> Span {
        self.span(self.header.next, at)
    }

    /// The bytes of the number that holds these bits of the header at `at`.
    fn span(self, bits: Bits, at: u64) -> Span {
        self.reader.span(self.reader.abi.struct_(self.header.struct_), at, bits.field)
    }
}

impl HeaderValues {
    /// The parameters of the check of the body.
    pub(super) fn body(self, at: u64, id: u64, next: Option<(u64, Span)>) -> Body {
        Body { version: self.version, of: ErrorContext { at, id: Some(id), next } }
    }
}
