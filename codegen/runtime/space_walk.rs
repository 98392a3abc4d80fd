//! The walk over a chain in a space. It stays in the offsets of its chain, ends on every input
//! and allocates nothing.

#![allow(dead_code, reason = "an ABI uses what its structs need")]

use crate::bits::BitField;
use crate::space::{Space, number};
use crate::space_cap::{SpaceCap, SpaceCompanion};

/// An error in a chain of a space, and the offset of the capability that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SpaceError {
    /// A capability starts before the offsets of its chain.
    TooLow {
        /// Its offset.
        at: u32,
    },
    /// A capability starts after the offsets of its chain, or after the space.
    OutOfBounds {
        /// Its offset.
        at: u32,
    },
    /// The offsets of the chain, or the space, end in the header of a capability.
    HeaderCut {
        /// Its offset.
        at: u32,
    },
    /// The chain returns to a capability that was visited before.
    Cycle {
        /// Offset of that capability.
        at: u32,
    },
    /// A capability ends before the end of its fields. The walk continues after it.
    BodyLimited {
        /// Its offset.
        at: u32,
        /// Its id.
        id: u16,
        /// The bytes that it requires.
        required_size: u64,
        /// The bytes that it has.
        size: u32,
    },
}

impl core::fmt::Display for SpaceError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::TooLow { at } => write!(f, "no capability can start at {at}, before its chain"),
            Self::OutOfBounds { at } => {
                write!(f, "no capability can start at {at}, after its chain")
            }
            Self::HeaderCut { at } => {
                write!(f, "the chain ends in the header of the capability at {at}")
            }
            Self::Cycle { at } => write!(f, "the chain returns to {at}"),
            Self::BodyLimited { at, id, required_size, size } => {
                write!(f, "capability {id} at {at} requires {required_size} bytes and has {size}")
            }
        }
    }
}

impl core::error::Error for SpaceError {}

/// The rules of a chain in a space, and the format of its headers.
#[derive(Debug)]
pub(crate) struct SpaceFormat {
    /// Size of the header.
    pub(crate) size: u32,
    /// The id.
    pub(crate) id: BitField,
    /// The version; without one, all capabilities have version 1.
    pub(crate) version: Option<BitField>,
    /// The offset of the next capability.
    pub(crate) next: BitField,
    /// The `next` that ends the chain.
    pub(crate) end: u64,
    /// Whether `next` counts from the start of the space and not from the header.
    pub(crate) from_space: bool,
    /// Values of bits of a header that mean that there is no capability.
    pub(crate) empty: &'static [(BitField, u64)],
    /// The first offset that a capability can have.
    pub(crate) first: u32,
    /// The first offset after the chain.
    pub(crate) limit: u32,
    /// The alignment of capabilities.
    pub(crate) align: u32,
}

/// Walks a chain in a space. `SLOTS` is the number of words with a bit for each offset that
/// a capability of the chain can have.
pub(crate) struct SpaceWalk<'a, S: ?Sized, const SLOTS: usize> {
    space: &'a S,
    /// The end of the chain in this space.
    end: u32,
    /// The offset of the next capability.
    at: Option<u32>,
    /// The capability of another chain by whose bits fields exist.
    companion: SpaceCompanion,
    /// The offsets that were visited.
    visited: [u32; SLOTS],
}

impl<S: ?Sized, const SLOTS: usize> Clone for SpaceWalk<'_, S, SLOTS> {
    fn clone(&self) -> Self {
        let Self { space, end, at, companion, visited } = *self;
        Self { space, end, at, companion, visited }
    }
}

impl<'a, S: Space + ?Sized, const SLOTS: usize> SpaceWalk<'a, S, SLOTS> {
    /// A walk that starts with the capability at `first`, over an empty chain without one.
    /// There is no chain in a space that ends before it.
    #[inline]
    pub(crate) fn new(format: &SpaceFormat, space: &'a S, first: Option<u64>) -> Self {
        let end = space.size().min(format.limit);
        let first = first.filter(|_| end > format.first);
        let at = first.map(|first| u32::try_from(first).unwrap_or(u32::MAX));
        Self { space, end, at, companion: SpaceCompanion::default(), visited: [0; SLOTS] }
    }

    /// The walk with the capability of another chain by whose bits fields exist.
    #[inline]
    pub(crate) fn beside(self, companion: Option<SpaceCompanion>) -> Self {
        Self { companion: companion.unwrap_or_default(), ..self }
    }

    /// Visits the next capability; ends after an error.
    #[inline]
    pub(crate) fn visit(
        &mut self,
        format: &SpaceFormat,
    ) -> Option<Result<SpaceCap<'a, S>, SpaceError>> {
        let at = self.at.take()?;
        if let Err(error) = self.enter(format, at) {
            return Some(Err(error));
        }
        let header = number(self.space, at, format.size);
        if format.empty.iter().any(|(bits, value)| bits.of_header(header) == *value) {
            return None;
        }
        let next = format.next.of_header(header);
        let target = match format.from_space {
            true => next,
            false => next.saturating_add(u64::from(at)),
        };
        // An offset beyond 32 bits is after every space.
        let target = u32::try_from(target).unwrap_or(u32::MAX);
        let last = next == format.end;
        self.at = (!last).then_some(target);
        let end = if !last && target > at { target.min(self.end) } else { self.end };
        Some(Ok(SpaceCap {
            space: self.space,
            at,
            id: format.id.of_header(header) as u16,
            version: format.version.map_or(1, |version| version.of_header(header)) as u16,
            size: end.saturating_sub(at),
            companion: self.companion,
        }))
    }

    /// Checks that a capability can be at an offset and was not visited before.
    #[inline]
    fn enter(&mut self, format: &SpaceFormat, at: u32) -> Result<(), SpaceError> {
        let slot = at.checked_sub(format.first).ok_or(SpaceError::TooLow { at })?;
        let room = self.end.checked_sub(at).filter(|room| *room > 0);
        let room = room.ok_or(SpaceError::OutOfBounds { at })?;
        if room < format.size {
            return Err(SpaceError::HeaderCut { at });
        }
        let slot = slot / format.align.max(1);
        let bit = 1 << (slot % 32);
        match self.visited.get_mut((slot / 32) as usize) {
            Some(word) if *word & bit == 0 => {
                *word |= bit;
                Ok(())
            }
            _ => Err(SpaceError::Cycle { at }),
        }
    }
}
