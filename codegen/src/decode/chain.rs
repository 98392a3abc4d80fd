//! The walk over a capability chain, bounded by the bytes. The order of the checks
//! is that of docs/protocol.md.

use super::body;
use super::bytes::ByteReader;
use super::error::{DecodeError, DecodeErrorKind};
use super::header::HeaderReader;
use crate::ir::{Abi, Capability, Chain, ChainStart, Struct};
use crate::layout::Span;

/// A capability of a chain.
#[derive(Clone, Debug)]
pub struct DecodedCap<'a> {
    /// The offset of its first byte.
    pub at: u64,
    /// Its id.
    pub id: u64,
    /// Its version; 1 if the header has no version.
    pub version: u16,
    /// The offset of the next capability according to this one.
    pub next: Option<u64>,
    /// The end of the bytes that it can occupy.
    pub end: u64,
    /// The capability in the ABI, if the id is known; of a kind that is known, the kind.
    pub known: Option<&'a Capability>,
    /// The error of its body, if the chain continues nevertheless.
    pub error: Option<DecodeError>,
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

    /// A note if the version is newer than the newest known one.
    pub fn newer(&self) -> Option<String> {
        newer(self.known?, self.version)
    }
}

/// A note if the version is newer than the newest known one.
pub(super) fn newer(known: &Capability, version: u16) -> Option<String> {
    let newest = known.version;
    let text = || format!("version {version} is newer than {newest}: only known fields are shown");
    (version > newest).then(text)
}

/// The result of a walk.
pub(super) struct WalkedChain<'a> {
    /// The capabilities before the first error.
    pub(super) caps: Vec<DecodedCap<'a>>,
    pub(super) error: Option<DecodeError>,
    /// The companion of a chain in a space; empty if there is none.
    pub(super) companion: &'a [u8],
}

/// The start of a chain without a host, and the bytes that contain this offset.
pub(super) fn first(reader: ByteReader<'_>, chain: &Chain) -> Option<(u64, Span)> {
    let source = match chain.start {
        ChainStart::FieldAt { offset, int } => Span { offset, size: int.size() },
        ChainStart::After { offset, .. } | ChainStart::Fixed { offset } => {
            return Some((offset, Span { offset, size: 0 }));
        }
        ChainStart::AtOffsetField { .. } | ChainStart::Chosen { .. } | ChainStart::Unknown => {
            return None;
        }
    };
    let first = reader.unsigned(source)?;
    (first != reader.abi.cap_headers[chain.header].end).then_some((first, source))
}

/// Walks the chain that starts at `first`; the bytes at `source` contain this offset.
pub(super) fn walk<'a>(
    reader: ByteReader<'a>,
    chain: &'a Chain,
    first: u64,
    source: Span,
) -> WalkedChain<'a> {
    let headers = HeaderReader::new(reader, chain);
    let size = headers.size();
    let mut left = reader.len() / headers.min_size();
    let (mut at, mut source) = (first, source);
    let mut caps = Vec::new();
    loop {
        let place = CapPlace { bound: chain.bound, size, left };
        let cap = place.check(reader, at, source).and_then(|()| read_cap(headers, chain, at));
        let error = match cap {
            Ok(cap) => {
                let next = cap.next;
                caps.push(cap);
                source = headers.next_span(at);
                match next {
                    Some(next) if next != at => {
                        (at, left) = (next, left - 1);
                        continue;
                    }
                    Some(_) => {
                        let kind = DecodeErrorKind::Cycle;
                        Some(DecodeError { kind, at, marks: vec![source] })
                    }
                    None => None,
                }
            }
            Err(error) => Some(error),
        };
        return WalkedChain { caps, error, companion: &[] };
    }
}

/// The conditions on the offset of a capability.
struct CapPlace {
    /// The smallest valid offset of a capability.
    bound: u64,
    /// The size of a header.
    size: u64,
    /// How many more capabilities fit the bytes.
    left: u64,
}

impl CapPlace {
    /// Refuses an offset at which there can be no capability; the bytes at `source` contain it.
    fn check(&self, reader: ByteReader<'_>, at: u64, source: Span) -> Result<(), DecodeError> {
        let kind = match at {
            _ if at < self.bound => DecodeErrorKind::InsideFixed,
            _ if at >= reader.len() => DecodeErrorKind::OutOfBounds,
            _ if at + self.size > reader.len() => DecodeErrorKind::HeaderCut,
            _ if self.left == 0 => DecodeErrorKind::Cycle,
            _ => return Ok(()),
        };
        let mut marks = vec![source];
        if kind == DecodeErrorKind::HeaderCut {
            marks.push(Span { offset: at, size: reader.len() - at });
        }
        Err(DecodeError { kind, at, marks })
    }
}

/// Reads the capability whose header is at `at` and checks its body.
fn read_cap<'a>(
    headers: HeaderReader<'a>,
    chain: &'a Chain,
    at: u64,
) -> Result<DecodedCap<'a>, DecodeError> {
    let reader = headers.reader;
    let read = headers.read(at).unwrap_or_default();
    let next = read.next;
    let end = match next {
        Some(next) if next > at => next.min(reader.len()),
        _ => reader.len(),
    };
    let mut caps = reader.abi.capabilities_of(chain);
    // If two capabilities share an id, as in a release candidate, the first one counts.
    let known = caps.find(|cap| cap.id == read.id && read.version >= 1);
    let next_at = next.map(|next| (next, headers.next_span(at)));
    let body = read.body(at, read.id, next_at);
    match known.map(|known| known.struct_) {
        None => {}
        Some(Some(id)) => body::check(reader, reader.abi.struct_(id), body)?,
        Some(None) => body::check_fixed(reader, headers.size(), body.of)?,
    }
    Ok(DecodedCap { at, id: read.id, version: read.version, next, end, known, error: None })
}
