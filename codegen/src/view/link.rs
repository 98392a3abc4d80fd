//! The rules of a handler for a chain, together with the chain of the other ABI.

use std::collections::HashMap;
use std::ops::Range;

use super::{ViewProblem, numbers};
use crate::decode::{self, HeaderReader};
use crate::ir::{Abi, Bits, BitsAt, CapHeader, Chain, ShownCap, ShownChain};
use crate::layout::Span;
use crate::release::Release;

/// A chain with the rules of a handler, in a release.
pub(super) struct LinkedChain<'a> {
    pub(super) shown: &'a ShownChain,
    space: &'a Abi,
    chain: &'a Chain,
    /// The capabilities that the release shows, by id.
    caps: HashMap<u64, &'a ShownCap>,
    /// The short names of the other ABI, by id.
    names: HashMap<u64, &'a str>,
    /// The number of the next capability in a header.
    pub(super) next: HeaderPart,
    /// The number that ends the chain.
    pub(super) end: u64,
    /// The size of a header.
    pub(super) size: u64,
}

/// A part of a header: its bits, and the number of bits below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeaderPart {
    pub(super) bits: BitsAt,
    pub(super) shift: u32,
}

impl HeaderPart {
    /// The part of the header at `at`.
    pub(super) fn of(self, at: u64) -> Self {
        let bits = BitsAt { at: at.saturating_add(self.bits.at), ..self.bits };
        Self { bits, ..self }
    }

    /// Its value, if the bytes have it.
    pub(super) fn read(self, bytes: &[u8]) -> Option<u64> {
        Some(numbers::bits(bytes, 0, self.bits)? >> self.shift)
    }
}

/// The place where a chain starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// The offset of the first capability.
    pub(super) first: u64,
    /// The number that has this offset.
    pub(super) pointer: Option<HeaderPart>,
}

impl<'a> LinkedChain<'a> {
    pub(super) fn new(
        shown: &'a ShownChain,
        space: &'a Abi,
        release: Release,
    ) -> Result<Self, String> {
        let chain = space.find_chain(&shown.chain);
        let chain =
            chain.ok_or_else(|| format!("{} has no chain `{}`", space.name, shown.chain))?;
        let chain = space.chain(chain);
        let header = &space.cap_headers[chain.header];
        if !header.from_reply {
            let name = &chain.name;
            return Err(format!(
                "the offsets of the chain `{name}` of {} count from each capability; only those \
                 that count from the start can be changed",
                space.name
            ));
        }
        let known: HashMap<_, _> =
            space.capabilities_of(chain).map(|cap| (cap.name.as_str(), cap)).collect();
        let mut caps = HashMap::new();
        for cap in &shown.shows {
            let of = known.get(cap.name.as_str());
            let of = of.ok_or_else(|| {
                format!("the chain `{}` of {} has no `{}`", chain.name, space.name, cap.name)
            })?;
            if cap.releases.covers(release) {
                caps.insert(of.id, cap);
            }
        }
        Ok(Self {
            shown,
            space,
            chain,
            caps,
            names: known.values().map(|cap| (cap.id, cap.short.as_str())).collect(),
            next: next_in(space, header),
            end: header.end,
            size: HeaderReader::of_space(space, chain, &[]).size(),
        })
    }

    /// The headers in these bytes.
    pub(super) fn headers<'b>(&self, bytes: &'b [u8]) -> HeaderReader<'b>
    where
        'a: 'b,
    {
        HeaderReader::of_space(self.space, self.chain, bytes)
    }

    /// The capability of this id, if it is shown.
    pub(super) fn shows(&self, id: u64) -> Option<&'a ShownCap> {
        self.caps.get(&id).copied()
    }

    /// The short name of an id.
    pub(super) fn name(&self, id: u64) -> Option<String> {
        self.names.get(&id).map(|name| (*name).to_owned())
    }

    /// The name of the chain.
    pub(super) fn chain_name(&self) -> &'a str {
        &self.chain.name
    }

    /// The start of the chain, if the bytes have one.
    pub(super) fn start(&self, bytes: &[u8]) -> Option<Start> {
        let (first, source) = decode::first_capability(self.space, self.chain, bytes)?;
        let pointer = (source.size > 0).then_some(HeaderPart {
            bits: BitsAt { at: source.offset, size: source.size, mask: u64::MAX },
            shift: 0,
        });
        (!self.headers(bytes).is_empty(first)).then_some(Start { first, pointer })
    }

    /// The problem if the chain starts after the end of the bytes, although they say that
    /// there is one.
    pub(super) fn missing(&self, bytes: &[u8]) -> Option<ViewProblem> {
        let bound = numbers::index(self.chain.bound);
        if bytes.len() > bound {
            return None;
        }
        let mut longer = bytes.to_vec();
        longer.resize(bound.saturating_add(1), 0);
        let (first, _) = decode::first_capability(self.space, self.chain, &longer)?;
        Some(self.no_header(first))
    }

    /// The problem if no header can lie at an offset.
    pub(super) fn no_header(&self, at: u64) -> ViewProblem {
        let chain = self.chain_name().to_owned();
        let end = self.chain.space.as_ref().map_or(u64::MAX, |space| space.end);
        let last = end.saturating_sub(self.size);
        match (self.chain.bound..=last).contains(&at) {
            true => ViewProblem::Cut { chain, at },
            false => ViewProblem::Outside { chain, at },
        }
    }

    /// The offsets at which a header can lie.
    pub(super) fn within(&self, bytes: &[u8]) -> Range<u64> {
        self.chain.bound..self.end_in(bytes).saturating_sub(self.size).saturating_add(1)
    }

    /// The first offset that the chain cannot have.
    fn end_in(&self, bytes: &[u8]) -> u64 {
        let len = bytes.len() as u64;
        self.chain.space.as_ref().map_or(len, |space| space.end.min(len))
    }

    /// The most capabilities that the chain can have.
    pub(super) fn most(&self, bytes: &[u8]) -> u64 {
        let room = self.end_in(bytes).saturating_sub(self.chain.bound);
        room / self.headers(bytes).min_size()
    }
}

/// The offset of the next capability in a header, from its start.
fn next_in(space: &Abi, header: &CapHeader) -> HeaderPart {
    let Bits { field, low, .. } = header.next;
    let Span { offset, size } = space.struct_(header.struct_).kernel_span(field);
    let mask = (header.next.mask() & header.mask) << low;
    HeaderPart { bits: BitsAt { at: offset, size, mask }, shift: low }
}
