//! The walk of a capability chain. Bounded by the reply, ends on every input,
//! reads at any alignment, allocates nothing.

use crate::wire::Wire;

/// What is wrong with a chain, and the offset of the capability it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChainError {
    /// A capability is said to start behind the end of the reply.
    OutOfBounds {
        /// Where it is said to start.
        at: u32,
    },
    /// A capability is said to start inside the fixed part.
    InsideFixed {
        /// Where it is said to start.
        at: u32,
    },
    /// A capability's header reaches behind the end of the reply.
    HeaderCut {
        /// Where the capability starts.
        at: u32,
    },
    /// The chain comes back to itself.
    Cycle {
        /// Where it comes back to.
        at: u32,
    },
    /// A capability is shorter than its version needs.
    BodyShort {
        /// Where the capability starts.
        at: u32,
        /// Its id.
        id: u16,
        /// The bytes that it needs.
        need: u32,
    },
    /// A capability counts more elements than the reply holds.
    CountOutOfBounds {
        /// Where the capability starts.
        at: u32,
        /// Its id.
        id: u16,
        /// The elements that it counts.
        count: u64,
    },
    /// A capability reaches into the next one.
    Overlap {
        /// Where the capability starts.
        at: u32,
        /// Its id.
        id: u16,
        /// Where the next one starts.
        next: u32,
    },
}

impl core::fmt::Display for ChainError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Self::OutOfBounds { at } => write!(f, "no capability can start at {at}, behind the reply"),
            Self::InsideFixed { at } => write!(f, "no capability can start at {at}, in the fixed part"),
            Self::HeaderCut { at } => write!(f, "the reply ends in the header of the capability at {at}"),
            Self::Cycle { at } => write!(f, "the chain comes back to {at}"),
            Self::BodyShort { at, id, need } => {
                write!(f, "capability {id} at {at} needs {need} bytes, more than there are")
            }
            Self::CountOutOfBounds { at, id, count } => {
                write!(f, "capability {id} at {at} counts {count} elements, more than there are")
            }
            Self::Overlap { at, id, next } => {
                write!(f, "capability {id} at {at} reaches into the one at {next}")
            }
        }
    }
}

impl core::error::Error for ChainError {}

/// Some bits of a number in a header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bits {
    /// Offset of the number in the header.
    pub(crate) at: u32,
    /// Its width in bytes.
    pub(crate) width: u32,
    /// The lowest bit.
    pub(crate) low: u32,
    /// The bits, moved down.
    pub(crate) mask: u64,
}

/// How the headers of a chain look and what its offsets mean.
#[derive(Debug)]
pub(crate) struct Format {
    /// Size of the header.
    pub(crate) header: u32,
    /// Where the id lies.
    pub(crate) id: Bits,
    /// Where the version lies; without one, all capabilities are of version 1.
    pub(crate) version: Option<Bits>,
    /// Where the way to the next lies.
    pub(crate) next: Bits,
    /// The `next` that ends the chain.
    pub(crate) end: u64,
    /// Whether `next` counts from the reply's start and not from the header's.
    pub(crate) from_reply: bool,
    /// The bytes that every capability takes at least.
    pub(crate) least: u32,
}

/// A capability before its body is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawCap<'a> {
    /// All bytes that can belong to it, its header first: up to the next one
    /// where that lies behind, else up to the end of the reply.
    bytes: &'a [u8],
    /// The bytes of the reply.
    reply: usize,
    /// How the reply is laid out.
    pub(crate) wire: Wire,
    /// Where the capability starts.
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

    /// The number of `width` bytes at `offset` of the capability; 0 outside
    /// of it, which a body that was checked does not reach.
    #[inline]
    pub(crate) fn number(&self, offset: u32, width: u32) -> u64 {
        self.wire.number(self.bytes, offset, width).unwrap_or(0)
    }

    /// The bytes of a counted array, which was checked.
    #[allow(dead_code, reason = "an ABI may have no counted array")]
    #[inline]
    pub(crate) fn tail(&self, start: u32, count: u64, each: u32) -> &'a [u8] {
        let size = count.saturating_mul(u64::from(each));
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let rest = self.rest(start);
        rest.get(..size).unwrap_or(rest)
    }

    /// The bytes behind the fixed part of the body.
    #[allow(dead_code, reason = "an ABI may have no array")]
    #[inline]
    pub(crate) fn rest(&self, start: u32) -> &'a [u8] {
        self.bytes.get(start as usize..).unwrap_or_default()
    }

    /// Checks that the fixed part of the body is there.
    #[inline]
    pub(crate) fn body(&self, need: u32) -> Result<(), ChainError> {
        match need as usize <= self.bytes.len() {
            true => Ok(()),
            false => Err(self.body_short(need)),
        }
    }

    /// Checks that an array behind the fixed part is there.
    #[allow(dead_code, reason = "an ABI may have no counted array")]
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
    fn body_short(self, need: u32) -> ChainError {
        let (at, id) = (self.at, self.id);
        self.short(u64::from(need), ChainError::BodyShort { at, id, need })
    }

    #[allow(dead_code, reason = "an ABI may have no counted array")]
    #[cold]
    fn array_short(self, start: u32, count: u64, each: u32) -> ChainError {
        let (at, id) = (self.at, self.id);
        let size = count.saturating_mul(u64::from(each)).saturating_add(u64::from(start));
        self.short(size, ChainError::CountOutOfBounds { at, id, count })
    }

    /// What is wrong with a body that does not have `size` bytes: it is
    /// `beyond` the reply, or reaches into the next capability.
    fn short(self, size: u64, beyond: ChainError) -> ChainError {
        let rest = self.reply.saturating_sub(self.at as usize);
        if size > rest as u64 {
            return beyond;
        }
        // Only the next capability can be in the way now.
        let next = self.bytes.len().saturating_add(self.at as usize);
        let next = u32::try_from(next).unwrap_or(u32::MAX);
        ChainError::Overlap { at: self.at, id: self.id, next }
    }
}

/// A capability that is not known here.
#[derive(Clone, Copy, Debug)]
pub struct UnknownCap<'a> {
    cap: RawCap<'a>,
}

impl<'a> UnknownCap<'a> {
    #[inline]
    pub(crate) fn new(cap: RawCap<'a>) -> Self {
        Self { cap }
    }

    /// Its id.
    #[inline]
    pub fn id(&self) -> u16 {
        self.cap.id
    }

    /// Its version.
    #[inline]
    pub fn version(&self) -> u16 {
        self.cap.version
    }

    /// Where it starts in the reply.
    #[inline]
    pub fn offset(&self) -> u32 {
        self.cap.at
    }

    /// All bytes that can belong to it, its header first: up to the next capability, or to the
    /// end of the reply.
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        self.cap.bytes()
    }
}

/// Walks a chain; ends behind the first error.
#[derive(Clone, Debug)]
pub(crate) struct Walk<'a> {
    reply: &'a [u8],
    wire: Wire,
    /// Where capabilities may start.
    bound: u32,
    /// Where the next capability starts; not before the bound while some are
    /// left.
    at: u32,
    /// How many capabilities the reply can still hold; or, where none is to be
    /// visited any more, what there is instead.
    left: i64,
}

/// The walk is at its end.
const END: i64 = -1;

/// The chain came back to the capability that was visited last.
const CYCLE: i64 = -2;

/// Something is wrong with the next capability.
const REFUSED: i64 = 0;

impl<'a> Walk<'a> {
    /// A walk over nothing.
    #[inline]
    pub(crate) fn none(wire: Wire) -> Self {
        Self { reply: &[], wire, bound: 0, at: 0, left: END }
    }

    /// A walk that starts with the capability at `first`. None can start
    /// before `bound`.
    #[inline]
    pub(crate) fn from(
        format: &Format,
        reply: &'a [u8],
        wire: Wire,
        bound: u32,
        first: u32,
    ) -> Self {
        let most = reply.len() / (format.least.max(1) as usize);
        let left = if first < bound { REFUSED } else { most as i64 };
        Self { reply, wire, bound, at: first, left }
    }

    /// Ends the walk.
    #[inline]
    pub(crate) fn stop(&mut self) {
        self.left = END;
    }

    /// Goes on to the next capability. `format` is a constant and the function
    /// inline, so that every offset in it is a constant of the caller's code.
    #[inline(always)]
    pub(crate) fn advance(&mut self, format: &Format) -> Option<Result<RawCap<'a>, ChainError>> {
        let at = self.at;
        let left = self.left.wrapping_sub(1);
        if left < 0 {
            return self.refuse(format);
        }
        let end = (at as usize).saturating_add(format.header as usize);
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

    /// Prepares for the next capability, and tells which of the bytes from the
    /// start of this one can belong to it.
    #[inline(always)]
    fn follow(&mut self, format: &Format, next: u64) -> &'a [u8] {
        let (at, reply) = (self.at, self.reply);
        let target = match format.from_reply {
            true => next,
            false => u64::from(at).saturating_add(next),
        };
        // What 32 bits cannot hold lies behind every reply.
        let target = u32::try_from(target).unwrap_or(u32::MAX);
        if target > at {
            // Of most formats, the `next` that ends a chain leads nowhere.
            if next != format.end {
                self.at = target;
                let bytes = reply.get(at as usize..target as usize);
                return bytes.unwrap_or_else(|| behind(reply, at));
            }
        }
        self.left = match next == format.end {
            true => END,
            false => turn(at, target, self.bound, self.left),
        };
        self.at = target;
        reply.get(at as usize..).unwrap_or_default()
    }

    /// Ends the walk with what is wrong with the next capability, if there is
    /// one.
    #[inline]
    fn refuse(&mut self, format: &Format) -> Option<Result<RawCap<'a>, ChainError>> {
        let (at, left) = (self.at, self.left);
        self.stop();
        match left {
            END => None,
            CYCLE => Some(Err(ChainError::Cycle { at })),
            _ => Some(Err(refused(at, self.bound, self.reply.len(), format.header))),
        }
    }
}

/// The bytes from `at` on, which lies in the reply. Not inline, so that the
/// steps of a chain that leads on do not pay for those of one that does not.
#[cold]
#[inline(never)]
fn behind(reply: &[u8], at: u32) -> &[u8] {
    reply.get(at as usize..).unwrap_or_default()
}

/// What is left of a walk that does not lead on: to the same capability again,
/// or back. Not inline, for the same reason.
#[cold]
#[inline(never)]
fn turn(at: u32, target: u32, bound: u32, left: i64) -> i64 {
    match target {
        _ if target == at => CYCLE,
        _ if target < bound => REFUSED,
        _ => left,
    }
}

/// What is wrong with a capability that cannot be visited.
#[cold]
fn refused(at: u32, bound: u32, reply: usize, header: u32) -> ChainError {
    match reply.checked_sub(at as usize) {
        _ if at < bound => ChainError::InsideFixed { at },
        None | Some(0) => ChainError::OutOfBounds { at },
        Some(rest) if rest < header as usize => ChainError::HeaderCut { at },
        // As many were visited as the reply has room for.
        Some(_) => ChainError::Cycle { at },
    }
}

/// Some bits of a header that is there.
#[inline(always)]
fn field(wire: Wire, header: &[u8], bits: Bits) -> u64 {
    let number = wire.number(header, bits.at, bits.width).unwrap_or(0);
    number.checked_shr(bits.low).unwrap_or(0) & bits.mask
}
