//! The walk over a capability chain. It is bounded by the reply, ends on every
//! input, reads at any alignment and allocates nothing.

#![allow(dead_code, unused_imports, unused_macros, reason = "an ABI uses what its structs need")]

use crate::bits::BitField;
use crate::debug::debug_by_getters;
use crate::wire::Wire;

/// An error in a chain, and the offset of the capability that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChainError {
    /// A capability starts after the end of the reply.
    OutOfBounds {
        /// Its offset.
        at: u32,
    },
    /// A capability starts inside the fixed part.
    InsideFixed {
        /// Its offset.
        at: u32,
    },
    /// A capability's header exceeds the reply.
    HeaderCut {
        /// Offset of the capability.
        at: u32,
    },
    /// The chain returns to a capability that was visited before.
    Cycle {
        /// Offset of that capability.
        at: u32,
    },
    /// A capability is shorter than its version requires.
    BodyShort {
        /// Offset of the capability.
        at: u32,
        /// Its id.
        id: u16,
        /// The bytes that it requires.
        required_size: u32,
    },
    /// A capability counts more elements than the reply has.
    CountOutOfBounds {
        /// Offset of the capability.
        at: u32,
        /// Its id.
        id: u16,
        /// The number of elements.
        count: u64,
    },
    /// A capability overlaps the next one.
    Overlap {
        /// Offset of the capability.
        at: u32,
        /// Its id.
        id: u16,
        /// Offset of the next one.
        next: u32,
    },
}

impl core::fmt::Display for ChainError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::OutOfBounds { at } => {
                write!(f, "no capability can start at {at}, after the reply")
            }
            Self::InsideFixed { at } => {
                write!(f, "no capability can start at {at}, in the fixed part")
            }
            Self::HeaderCut { at } => {
                write!(f, "the reply ends in the header of the capability at {at}")
            }
            Self::Cycle { at } => write!(f, "the chain returns to {at}"),
            Self::BodyShort { at, id, required_size } => {
                write!(
                    f,
                    "capability {id} at {at} requires {required_size} bytes, more than the reply has"
                )
            }
            Self::CountOutOfBounds { at, id, count } => {
                write!(
                    f,
                    "capability {id} at {at} counts {count} elements, more than the reply has"
                )
            }
            Self::Overlap { at, id, next } => {
                write!(f, "capability {id} at {at} overlaps the one at {next}")
            }
        }
    }
}

impl core::error::Error for ChainError {}

/// The format of a chain's headers, and the meaning of their offsets.
#[derive(Debug)]
pub(crate) struct HeaderFormat {
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
    /// Whether `next` counts from the reply's start and not from the header's.
    pub(crate) from_reply: bool,
    /// Minimum size of a capability, in bytes.
    pub(crate) min_size: u32,
}

/// A capability whose body has not been checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawCap<'a> {
    /// All bytes that can belong to it, its header first: up to the next one
    /// if that comes later, else up to the end of the reply.
    bytes: &'a [u8],
    /// Size of the reply.
    reply: usize,
    /// Byte order and layout of the reply.
    pub(crate) wire: Wire,
    /// Offset of the capability.
    pub(crate) at: u32,
    /// Its id.
    pub(crate) id: u16,
    /// Its version.
    pub(crate) version: u16,
}

impl<'a> RawCap<'a> {
    /// All bytes that can belong to the capability, its header first.
    #[inline]
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The integer of `width` bytes at `offset` of the capability; 0 outside
    /// of it, which does not happen for a body that was checked.
    #[inline]
    pub(crate) fn number(&self, offset: u32, width: u32) -> u64 {
        self.wire.number(self.bytes, offset, width).unwrap_or(0)
    }

    /// The bytes of an array with a count, which was checked.
    #[inline]
    pub(crate) fn counted(&self, start: u32, count: u64, each: u32) -> &'a [u8] {
        let size = count.saturating_mul(u64::from(each));
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        self.tail_from(start).get(..size).unwrap_or_default()
    }

    /// The bytes from `start` on.
    #[inline]
    pub(crate) fn tail_from(&self, start: u32) -> &'a [u8] {
        self.bytes.get(start as usize..).unwrap_or_default()
    }

    /// Checks that the capability has its fixed part.
    #[inline]
    pub(crate) fn body(&self, required_size: u32) -> Result<(), ChainError> {
        match required_size as usize <= self.bytes.len() {
            true => Ok(()),
            false => Err(self.body_short(required_size)),
        }
    }

    /// Checks that the capability has all elements of its array.
    #[inline]
    pub(crate) fn array(&self, start: u32, count: u64, each: u32) -> Result<(), ChainError> {
        let size = count.checked_mul(u64::from(each));
        let room = self.bytes.len().checked_sub(start as usize);
        match room.zip(size).is_some_and(|(room, size)| size <= room as u64) {
            true => Ok(()),
            false => Err(self.array_short(start, count, each)),
        }
    }

    #[cold]
    fn body_short(self, required_size: u32) -> ChainError {
        let (at, id) = (self.at, self.id);
        self.short(u64::from(required_size), ChainError::BodyShort { at, id, required_size })
    }
    #[cold]
    fn array_short(self, start: u32, count: u64, each: u32) -> ChainError {
        let (at, id) = (self.at, self.id);
        let size = count.saturating_mul(u64::from(each)).saturating_add(u64::from(start));
        self.short(size, ChainError::CountOutOfBounds { at, id, count })
    }

    /// The error of a body that does not have `size` bytes: it is
    /// `beyond` the reply, or overlaps the next capability.
    fn short(self, size: u64, beyond: ChainError) -> ChainError {
        let rest = self.reply.saturating_sub(self.at as usize);
        if size > rest as u64 {
            return beyond;
        }
        let next = self.bytes.len().saturating_add(self.at as usize);
        let next = u32::try_from(next).unwrap_or(u32::MAX);
        ChainError::Overlap { at: self.at, id: self.id, next }
    }
}

/// A capability with an unknown id, or without the meaning of its body.
#[derive(Clone, Copy)]
pub struct UnknownCap<'a> {
    cap: RawCap<'a>,
}

debug_by_getters! {
    UnknownCap: id, version, offset, bytes
}

impl<'a> UnknownCap<'a> {
    #[inline]
    pub(crate) fn new(cap: RawCap<'a>) -> Self {
        Self { cap }
    }

    /// Its id.
    #[inline]
    #[must_use]
    pub fn id(&self) -> u16 {
        self.cap.id
    }

    /// Its version.
    #[inline]
    #[must_use]
    pub fn version(&self) -> u16 {
        self.cap.version
    }

    /// Its offset in the reply.
    #[inline]
    #[must_use]
    pub fn offset(&self) -> u32 {
        self.cap.at
    }

    /// All bytes that can belong to it, its header first: up to the next capability, or to the
    /// end of the reply. Without the meaning of the body, nothing says that it ends earlier: the
    /// last capability has the rest of the buffer, which a kernel leaves zero.
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.cap.bytes()
    }
}

/// Walks a chain; ends after the first error.
#[derive(Clone, Debug)]
pub(crate) struct Walk<'a> {
    reply: &'a [u8],
    wire: Wire,
    /// The offset before which no capability starts.
    bound: u32,
    /// Offset of the next capability; not below the bound while some are left.
    at: u32,
    /// How many capabilities the reply can still hold, or one of [`END`], [`CYCLE`] and
    /// [`REFUSED`]. One number, as the step of a walk tests it with one comparison.
    left: i64,
}

/// The walk has ended.
const END: i64 = -1;

/// The last capability leads to itself.
const CYCLE: i64 = -2;

/// The next capability cannot be visited.
const REFUSED: i64 = 0;

impl<'a> Walk<'a> {
    /// A walk over an empty chain.
    #[inline]
    pub(crate) fn empty(wire: Wire) -> Self {
        Self { reply: &[], wire, bound: 0, at: 0, left: END }
    }

    /// A walk that starts with the capability at `first`. None can start
    /// before `bound`.
    #[inline]
    pub(crate) fn from(
        format: &HeaderFormat,
        reply: &'a [u8],
        wire: Wire,
        bound: u32,
        first: u32,
    ) -> Self {
        let most = reply.len() / (format.min_size.max(1) as usize);
        let left = if first < bound { REFUSED } else { most as i64 };
        Self { reply, wire, bound, at: first, left }
    }

    /// Ends the walk.
    #[inline]
    pub(crate) fn stop(&mut self) {
        self.left = END;
    }

    /// Visits the next capability. `format` is a constant and the function is
    /// inline, so that its offsets are constants in the code of the caller.
    #[inline(always)]
    pub(crate) fn advance(
        &mut self,
        format: &HeaderFormat,
    ) -> Option<Result<RawCap<'a>, ChainError>> {
        let at = self.at;
        let left = self.left.wrapping_sub(1);
        if left < 0 {
            return self.refuse(format);
        }
        let end = (at as usize).saturating_add(format.size as usize);
        let Some(header) = self.reply.get(at as usize..end) else {
            return self.refuse(format);
        };
        self.left = left;
        let field = |bits| field(self.wire, header, bits);
        let next = field(format.next);
        let version = format.version.map_or(1, field);
        let (id, version) = (field(format.id) as u16, version as u16);
        let bytes = self.follow(format, next);
        Some(Ok(RawCap { bytes, reply: self.reply.len(), wire: self.wire, at, id, version }))
    }

    /// Prepares the next step; returns the bytes that can belong to this capability.
    #[inline(always)]
    fn follow(&mut self, format: &HeaderFormat, next: u64) -> &'a [u8] {
        let at = self.at;
        let target = match format.from_reply {
            true => next,
            false => u64::from(at).saturating_add(next),
        };
        // An offset beyond 32 bits is after every reply.
        let target = u32::try_from(target).unwrap_or(u32::MAX);
        self.at = target;
        // In most formats, the `next` that ends a chain is not after `at`.
        if target > at && next != format.end {
            if let Some(bytes) = self.reply.get(at as usize..target as usize) {
                return bytes;
            }
        } else {
            self.left = match target {
                _ if next == format.end => END,
                _ if target == at => CYCLE,
                _ if target < self.bound => REFUSED,
                _ => self.left,
            };
        }
        self.reply.get(at as usize..).unwrap_or_default()
    }

    /// Ends the walk, with an error if the next capability cannot be visited.
    #[inline]
    fn refuse(&mut self, format: &HeaderFormat) -> Option<Result<RawCap<'a>, ChainError>> {
        let (at, left) = (self.at, self.left);
        self.stop();
        match left {
            END => None,
            CYCLE => Some(Err(ChainError::Cycle { at })),
            _ => Some(Err(refusal(at, self.bound, self.reply.len(), format.size))),
        }
    }
}

/// The error of a capability that cannot be visited.
#[cold]
fn refusal(at: u32, bound: u32, reply: usize, header: u32) -> ChainError {
    match reply.checked_sub(at as usize) {
        _ if at < bound => ChainError::InsideFixed { at },
        None | Some(0) => ChainError::OutOfBounds { at },
        Some(rest) if rest < header as usize => ChainError::HeaderCut { at },
        // As many capabilities were visited as the reply has room for.
        Some(_) => ChainError::Cycle { at },
    }
}

/// A bit field of a header.
#[inline(always)]
fn field(wire: Wire, header: &[u8], bits: BitField) -> u64 {
    let number = wire.number(header, bits.offset, bits.width).unwrap_or(0);
    number.checked_shr(bits.low).unwrap_or(0) & bits.mask
}

/// Gives the view of a capability what all of them have. `$check` checks the body.
#[allow(unused_macros, reason = "an ABI may have no capabilities")]
macro_rules! capability {
    ($name:ident, $newest:literal, |$cap:ident| $check:expr) => {
        impl<'a> $name<'a> {
            /// The newest version that is known here; of a later one, the known part is read.
            pub const NEWEST: u16 = $newest;

            #[inline]
            fn read($cap: RawCap<'a>) -> Result<Self, ChainError> {
                Self::check($cap)?;
                Ok(Self { cap: $cap })
            }

            #[inline]
            fn check($cap: RawCap<'a>) -> Result<(), ChainError> {
                $check
            }

            /// The version of the body.
            #[inline]
            #[must_use]
            pub fn version(&self) -> u16 {
                self.cap.version
            }

            /// The capability's offset in the reply.
            #[inline]
            #[must_use]
            pub fn offset(&self) -> u32 {
                self.cap.at
            }

            /// All bytes that can belong to the capability, its header first: up to the next
            /// capability, or to the end of the reply.
            #[inline]
            #[must_use]
            pub fn bytes(&self) -> &'a [u8] {
                self.cap.bytes()
            }
        }
    };
}

#[allow(unused_imports, reason = "an ABI may have no capabilities")]
pub(crate) use capability;
