//! The walk over a chain in a space, as docs/protocol.md describes it. The bytes of a space
//! are little-endian on every target.

use super::body;
use super::bytes::ByteReader;
use super::chain::{DecodedCap, WalkedChain};
use super::error::{DecodeError, DecodeErrorKind};
use super::header::{HeaderReader, HeaderValues};
use crate::ir::{Bits, Capability, CapabilityId, Chain, ChainId, ChainStart, KindOf, Space};
use crate::layout::Span;

/// Walks a chain in the space that the bytes are.
pub(super) fn walk<'a>(
    reader: ByteReader<'a>,
    chain: &'a Chain,
    space: &'a Space,
) -> WalkedChain<'a> {
    let reader = reader.of_space();
    let mut found = WalkedChain { caps: Vec::new(), error: None, companion: &[] };
    let Some((first, source)) = first(reader, chain, space) else { return found };
    found.companion = space.companion.map_or(&[], |id| companion(reader, id));
    let reader = ByteReader { companion: found.companion, ..reader };
    let headers = HeaderReader::new(reader, chain);
    SpaceWalk { reader, chain, space, headers, visited: Vec::new(), found }.from(first, source)
}

/// The offset of the first capability, and the bytes that contain this offset.
pub(super) fn first(reader: ByteReader<'_>, chain: &Chain, space: &Space) -> Option<(u64, Span)> {
    let struct_ = space.struct_.map(|id| reader.abi.struct_(id));
    let bits = |bits: Bits| reader.bits(struct_?, 0, bits);
    if reader.len() <= chain.bound {
        return None;
    }
    if let Some((field, _, number)) = &space.flag {
        let held = reader.unsigned(reader.span(struct_?, 0, *field))?;
        if held & number == 0 {
            return None;
        }
    }
    if !space.requires.is_empty() && !has_one_of(reader, &space.requires) {
        return None;
    }
    let source = match &chain.start {
        ChainStart::Fixed { offset } => {
            return Some((*offset, Span { offset: *offset, size: 0 }));
        }
        ChainStart::FieldAt { offset, int } => Span { offset: *offset, size: int.size() },
        ChainStart::Chosen { by, offsets, int } => {
            let value = bits(*by)?;
            let (.., offset) = offsets.iter().find(|(_, number, _)| *number == value)?;
            Span { offset: *offset, size: int.size() }
        }
        ChainStart::AtOffsetField { .. } | ChainStart::After { .. } | ChainStart::Unknown => {
            return None;
        }
    };
    let header = &reader.abi.cap_headers[chain.header];
    let first = reader.unsigned(source)? & header.mask;
    (first != header.end).then_some((first, source))
}

/// Whether one of these capabilities, all of one chain, is in the space.
fn has_one_of(reader: ByteReader<'_>, ids: &[CapabilityId]) -> bool {
    let wanted = || ids.iter().map(|id| reader.abi.capability(*id));
    let Some(ChainId(chain)) = wanted().map(|one| one.chain).next() else { return false };
    let chain = &reader.abi.chains[chain];
    let found = chain.space.as_ref().map(|space| walk(reader, chain, space));
    let caps = found.map(|found| found.caps).unwrap_or_default();
    caps.iter().any(|cap| wanted().any(|one| one.id == cap.id))
}

/// The bytes of the first capability with the id of this one; none without a known version.
fn companion<'a>(reader: ByteReader<'a>, id: CapabilityId) -> &'a [u8] {
    let wanted = reader.abi.capability(id);
    let chain = reader.abi.chain(wanted.chain);
    let found = chain.space.as_ref().map(|space| walk(reader, chain, space));
    let mut caps = found.into_iter().flat_map(|found| found.caps);
    let cap = caps.find(|cap| cap.id == wanted.id).filter(|cap| cap.version > 0);
    cap.map_or(&[], |cap| reader.bytes(cap.span()))
}

struct SpaceWalk<'a> {
    reader: ByteReader<'a>,
    chain: &'a Chain,
    space: &'a Space,
    headers: HeaderReader<'a>,
    /// The offsets of the capabilities so far.
    visited: Vec<u64>,
    found: WalkedChain<'a>,
}

impl<'a> SpaceWalk<'a> {
    fn from(mut self, first: u64, source: Span) -> WalkedChain<'a> {
        let (mut at, mut source) = (first, source);
        let size = self.headers.size();
        loop {
            if let Some(kind) = self.refusal(at, size) {
                let mut marks = vec![source];
                if kind == DecodeErrorKind::HeaderCut {
                    marks.push(Span { offset: at, size: self.reader.len() - at });
                }
                self.found.error = Some(DecodeError { kind, at, marks });
                return self.found;
            }
            self.visited.push(at);
            let read = self.headers.read(at).unwrap_or_default();
            if self.headers.is_empty(at) {
                return self.found;
            }
            let cap = self.read_cap(read, at);
            source = self.headers.next_span(at);
            let next = cap.next;
            self.found.caps.push(cap);
            let Some(next) = next else { return self.found };
            at = next;
        }
    }

    /// The first offset that the chain cannot have.
    fn end(&self) -> u64 {
        self.space.end.min(self.reader.len())
    }

    /// Why no capability can be visited at an offset.
    fn refusal(&self, at: u64, size: u64) -> Option<DecodeErrorKind> {
        match at {
            _ if at < self.chain.bound => Some(DecodeErrorKind::InsideFixed),
            _ if at >= self.end() => Some(DecodeErrorKind::OutOfBounds),
            _ if at + size > self.end() => Some(DecodeErrorKind::HeaderCut),
            _ if self.visited.contains(&at) => Some(DecodeErrorKind::Cycle),
            _ => None,
        }
    }

    fn read_cap(&self, read: HeaderValues, at: u64) -> DecodedCap<'a> {
        let next = read.next;
        let limit = match next {
            Some(next) if next > at => next.min(self.end()),
            _ => self.end(),
        };
        let mut caps = self.reader.abi.capabilities_of(self.chain);
        let known = caps.find(|cap| cap.id == read.id && read.version >= 1);
        let end = known.and_then(|known| self.length(known, at, limit)).unwrap_or(limit);
        let span = Span { offset: at, size: end.saturating_sub(at) };
        let (known, error) = match known.map(|known| (known, self.check(known, read, span))) {
            None => (None, None),
            Some((known, Err(error))) => (Some(known), Some(error)),
            Some((known, Ok(()))) => {
                let kind = self.kind(known, at, end);
                (Some(kind), self.check(kind, read, span).err())
            }
        };
        DecodedCap { at, id: read.id, version: read.version, next, end, known, error }
    }

    /// The end of a capability that has its length.
    fn length(&self, known: &Capability, at: u64, limit: u64) -> Option<u64> {
        let struct_ = self.reader.abi.struct_(known.struct_?);
        let within = self.until(limit);
        let length = within.bits(struct_, at, known.length?)?;
        Some(at.saturating_add(length).min(limit))
    }

    /// The bytes before a limit.
    fn until(&self, limit: u64) -> ByteReader<'a> {
        let bytes = self.reader.bytes(Span { offset: 0, size: limit });
        ByteReader { bytes, ..self.reader }
    }

    /// The kind of a capability, or itself.
    fn kind(&self, known: &'a Capability, at: u64, end: u64) -> &'a Capability {
        let abi = self.reader.abi;
        let start = self.space.struct_.map(|id| abi.struct_(id));
        let is = |capability: &Capability, kind: &KindOf| {
            let Some(body) = capability.struct_.map(|id| abi.struct_(id)) else { return false };
            let within = self.until(end);
            let id = within.bits(body, at, kind.id) == Some(capability.id);
            let own = kind.body.iter();
            let mut own = own.map(|(bits, value)| (within.bits(body, at, *bits), value));
            let of_space = kind.space.iter().map(|(bits, value)| {
                (start.and_then(|start| self.reader.bits(start, 0, *bits)), value)
            });
            id && own.all(|(held, value)| held == Some(*value))
                && of_space.into_iter().all(|(held, value)| held == Some(*value))
        };
        let mut kinds = abi.capabilities.iter().filter(|one| {
            let kind = one.kind.as_ref();
            kind.is_some_and(|kind| std::ptr::eq(abi.capability(kind.parent), known))
        });
        let kind = kinds.find(|one| one.kind.as_ref().is_some_and(|kind| is(one, kind)));
        kind.unwrap_or(known)
    }

    /// Checks that a body has all bytes of its version and all counted elements.
    fn check(&self, known: &Capability, read: HeaderValues, span: Span) -> Result<(), DecodeError> {
        let Some(struct_) = known.struct_.map(|id| self.reader.abi.struct_(id)) else {
            return Ok(());
        };
        let (at, size) = (span.offset, span.size);
        let within = self.until(span.end());
        let mut need = body::need(within, struct_, at, read.version);
        if let (true, Some(counted)) = (need <= size, within.counted(struct_, at)) {
            need = need.max(counted);
        }
        match need <= size {
            true => Ok(()),
            false => Err(DecodeError {
                kind: DecodeErrorKind::BodyLimited { id: read.id, need, size },
                at,
                marks: vec![span],
            }),
        }
    }
}
