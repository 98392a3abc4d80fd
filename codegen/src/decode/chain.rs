//! The walk of a capability chain, bounded by the bytes: the order of what is
//! checked is that of docs/protocol.md.

use super::body::{self, Body};
use super::bytes::ByteReader;
use super::error::{DecodeError, DecodeErrorKind, ErrorContext};
use crate::ir::{Abi, Bits, CapHeader, Capability, Chain, ChainStart, Struct};
use crate::layout::Span;

/// A capability of a chain.
#[derive(Clone, Copy, Debug)]
pub struct DecodedCap<'a> {
    /// Where it starts.
    pub at: u64,
    /// Its id.
    pub id: u64,
    /// Its version; 1 where headers tell none.
    pub version: u16,
    /// Where the next one is said to start.
    pub next: Option<u64>,
    /// The byte behind the last that it can have.
    pub end: u64,
    /// What it is, if that is known.
    pub known: Option<&'a Capability>,
}

impl<'a> DecodedCap<'a> {
    /// The struct of its body, if it is known and has one.
    pub fn struct_(&self, abi: &'a Abi) -> Option<&'a Struct> {
        self.known.and_then(|known| known.struct_).map(|id| abi.struct_(id))
    }

    /// All bytes that can belong to it, its header first.
    pub fn span(&self) -> Span {
        Span { offset: self.at, size: self.end.saturating_sub(self.at) }
    }

    /// What is to be said of a version that is newer than known.
    pub fn newer(&self) -> Option<String> {
        newer(self.known?, self.version)
    }
}

/// What is to be said of a version that is newer than known.
pub(super) fn newer(known: &Capability, version: u16) -> Option<String> {
    let newest = known.version;
    let text = || format!("version {version} is newer than {newest}: read as far as it is known");
    (version > newest).then(text)
}

/// What a walk found.
pub(super) struct Found<'a> {
    /// The capabilities before the first thing that is wrong.
    pub(super) caps: Vec<DecodedCap<'a>>,
    /// What is wrong.
    pub(super) error: Option<DecodeError>,
}

/// Where a chain without a host starts, and the bytes that say so.
pub(super) fn first(reader: ByteReader<'_>, chain: &Chain) -> Option<(u64, Span)> {
    let said_at = match chain.start {
        ChainStart::FieldAt { offset, int } => Span { offset, size: int.size() },
        ChainStart::After { offset, .. } | ChainStart::Fixed { offset } => {
            return Some((offset, Span { offset, size: 0 }));
        }
        ChainStart::AtOffsetField { .. } | ChainStart::Unknown => return None,
    };
    let first = reader.unsigned(said_at)?;
    (first != reader.abi.cap_headers[chain.header].end).then_some((first, said_at))
}

/// Walks the chain that starts at `first`, as the bytes at `said_at` say.
pub(super) fn walk<'a>(
    reader: ByteReader<'a>,
    chain: &'a Chain,
    first: u64,
    said_at: Span,
) -> Found<'a> {
    let header = &reader.abi.cap_headers[chain.header];
    let size = reader.layout(reader.abi.struct_(header.struct_)).size;
    let mut left = reader.len() / header.align.max(size).max(1);
    let (mut at, mut said_at) = (first, said_at);
    let mut caps = Vec::new();
    loop {
        let place = CapPlace { bound: chain.bound, size, left };
        let error = match place.visit(reader, at, said_at) {
            Err(error) => Some(error),
            Ok(()) => match cap(reader, chain, header, at) {
                Err(error) => Some(error),
                Ok(cap) => {
                    caps.push(cap);
                    said_at = bits_span(reader, header, header.next, at);
                    match cap.next {
                        Some(next) if next == at => Some(DecodeError {
                            kind: DecodeErrorKind::Cycle,
                            at,
                            marks: vec![said_at],
                        }),
                        Some(next) => {
                            (at, left) = (next, left - 1);
                            continue;
                        }
                        None => None,
                    }
                }
            },
        };
        return Found { caps, error };
    }
}

/// What is to be true of the place of a capability.
struct CapPlace {
    /// Where capabilities may start.
    bound: u64,
    /// The size of their header.
    size: u64,
    /// How many more the bytes have room for.
    left: u64,
}

impl CapPlace {
    fn visit(&self, reader: ByteReader<'_>, at: u64, said_at: Span) -> Result<(), DecodeError> {
        let kind = match at {
            _ if at < self.bound => DecodeErrorKind::InsideFixed,
            _ if at >= reader.len() => DecodeErrorKind::OutOfBounds,
            _ if at + self.size > reader.len() => DecodeErrorKind::HeaderCut,
            _ if self.left == 0 => DecodeErrorKind::Cycle,
            _ => return Ok(()),
        };
        let mut marks = vec![said_at];
        if kind == DecodeErrorKind::HeaderCut {
            marks.push(Span { offset: at, size: reader.len() - at });
        }
        Err(DecodeError { kind, at, marks })
    }
}

/// Reads the capability whose header is at `at` and checks its body.
fn cap<'a>(
    reader: ByteReader<'a>,
    chain: &'a Chain,
    header: &CapHeader,
    at: u64,
) -> Result<DecodedCap<'a>, DecodeError> {
    let read = HeaderValues::read(reader, header, at).unwrap_or_default();
    let next = read.next(header, at);
    let end = match next {
        Some(next) if next > at => next.min(reader.len()),
        _ => reader.len(),
    };
    let mut caps = reader.abi.capabilities_of(chain);
    // Where two share an id, as in a release candidate, the first keeps it.
    let known = caps.find(|cap| cap.id == read.id && read.version >= 1);
    let next_at = next.map(|next| (next, bits_span(reader, header, header.next, at)));
    let body = read.body(at, read.id, next_at);
    match known.map(|known| known.struct_) {
        None => {}
        Some(Some(id)) => body::check(reader, reader.abi.struct_(id), body)?,
        Some(None) => {
            let size = reader.layout(reader.abi.struct_(header.struct_)).size;
            body::check_fixed(reader, size, body.of)?;
        }
    }
    Ok(DecodedCap { at, id: read.id, version: read.version, next, end, known })
}

/// The header of a capability as it stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HeaderValues {
    /// The id.
    pub(super) id: u64,
    /// The version.
    pub(super) version: u16,
    /// The way to the next.
    next: u64,
}

impl HeaderValues {
    /// Reads a header, if all of it is there.
    pub(super) fn read(reader: ByteReader<'_>, header: &CapHeader, at: u64) -> Option<Self> {
        let field = |bits: Bits| {
            let number = reader.unsigned(bits_span(reader, header, bits, at))?;
            let mask = u64::MAX.checked_shr(64 - bits.count.min(64)).unwrap_or(0);
            Some(number.checked_shr(bits.low).unwrap_or(0) & mask)
        };
        let version = header.version.map_or(Some(1), field)?;
        let version = u16::try_from(version).unwrap_or(u16::MAX);
        Some(Self { id: field(header.id)?, version, next: field(header.next)? })
    }

    /// Where the next one starts.
    fn next(self, header: &CapHeader, at: u64) -> Option<u64> {
        let target = if header.from_reply { self.next } else { at.saturating_add(self.next) };
        (self.next != header.end).then_some(target)
    }

    /// What is to be checked of the body behind it.
    pub(super) fn body(self, at: u64, id: u64, next: Option<(u64, Span)>) -> Body {
        Body { version: self.version, of: ErrorContext { at, id: Some(id), next } }
    }
}

/// The bytes of the number that holds these bits of the header at `at`.
fn bits_span(reader: ByteReader<'_>, header: &CapHeader, bits: Bits, at: u64) -> Span {
    reader.span(reader.abi.struct_(header.struct_), at, bits.field)
}
