//! The rules of a handler for a chain, together with the chain of the other ABI.

use std::collections::HashMap;
use std::ops::Range;

use super::numbers;
use crate::ir::{Abi, Bits, BitsAt, CapHeader, Chain, ChainStart, ShownCap, ShownChain};
use crate::layout::Model;
use crate::release::Release;

/// A chain with the rules of a handler, in a release.
pub(super) struct LinkedChain<'a> {
    pub(super) shown: &'a ShownChain,
    chain: &'a Chain,
    /// The capabilities that the release shows, by id.
    caps: HashMap<u64, &'a ShownCap>,
    /// The short names of the other ABI, by id.
    names: HashMap<u64, &'a str>,
    /// The parts of a header.
    pub(super) id: BitsAt,
    pub(super) next: BitsAt,
    /// The size of a header.
    pub(super) size: u64,
    pub(super) end: u64,
    align: u64,
}

/// The place where a chain starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// The offset of the first capability.
    pub(super) first: u64,
    /// The number that has this offset.
    pub(super) pointer: Option<BitsAt>,
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
        let header = space.cap_headers.get(chain.header);
        let header = header.ok_or_else(|| format!("`{}` has no header", chain.name))?;
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
            chain,
            caps,
            names: known.values().map(|cap| (cap.id, cap.short.as_str())).collect(),
            id: header_bits(space, header, header.id),
            next: header_bits(space, header, header.next),
            size: space.struct_(header.struct_).layouts[Model::Lp64.index()].size,
            end: header.end,
            align: header.align,
        })
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
        match self.chain.start {
            ChainStart::Fixed { offset } | ChainStart::After { offset, .. } => {
                Some(Start { first: offset, pointer: None })
            }
            ChainStart::FieldAt { offset, int } => {
                let size = int.size();
                let mask = u64::MAX >> (64 - 8 * size.clamp(1, 8));
                let first = numbers::read(bytes, offset, size)?;
                let pointer = Some(BitsAt { at: offset, size, mask });
                (first != self.end).then_some(Start { first, pointer })
            }
            ChainStart::AtOffsetField { .. } | ChainStart::Unknown => None,
        }
    }

    /// The offset of the next capability, if the header at `at` has one.
    pub(super) fn next_of(&self, bytes: &[u8], at: u64) -> Option<u64> {
        numbers::number(bytes, at, self.next).filter(|next| *next != self.end)
    }

    /// The offsets at which a header can lie.
    pub(super) fn within(&self, bytes: &[u8]) -> Range<u64> {
        let len = bytes.len() as u64;
        self.chain.bound..len.saturating_sub(self.size).saturating_add(1)
    }

    /// The most capabilities that the bytes can have.
    pub(super) fn most(&self, bytes: &[u8]) -> u64 {
        bytes.len() as u64 / self.align.max(self.size).max(1)
    }
}

/// The place of some bits of a header, from its start.
fn header_bits(space: &Abi, header: &CapHeader, bits: Bits) -> BitsAt {
    let span = space.struct_(header.struct_).layouts[Model::Lp64.index()].fields[bits.field];
    let mask = u64::MAX >> (64 - bits.count.clamp(1, 64)) << bits.low;
    BitsAt { at: span.offset, size: span.size, mask }
}
