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
    /// The reply, up to its end.
    pub(crate) reply: &'a [u8],
    /// How it is laid out.
    pub(crate) wire: Wire,
    /// Where the capability starts.
    pub(crate) at: u32,
    /// Its id.
    pub(crate) id: u16,
    /// Its version.
    pub(crate) version: u16,
    /// Where the next one starts, if there is one.
    pub(crate) next: Option<u32>,
}

impl<'a> RawCap<'a> {
    /// The byte behind the last that the capability can have: that of the
    /// reply, or that before the next capability where that lies behind.
    fn end(&self) -> u32 {
        let reply = u32::try_from(self.reply.len()).unwrap_or(u32::MAX);
        match self.next {
            Some(next) if next > self.at => next.min(reply),
            _ => reply,
        }
    }

    /// All bytes that can belong to the capability, its header first.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.reply.get(self.at as usize..self.end() as usize).unwrap_or_default()
    }

    /// The number of `width` bytes at `offset` of the capability; 0 outside
    /// of the reply, which a body that was checked does not reach.
    pub(crate) fn number(&self, offset: u32, width: u32) -> u64 {
        let at = self.at.checked_add(offset);
        at.and_then(|at| self.wire.number(self.reply, at, width)).unwrap_or(0)
    }

    /// The bytes of a counted array, which was checked.
    #[allow(dead_code, reason = "an ABI may have no counted array")]
    pub(crate) fn tail(&self, start: u32, count: u64, each: u32) -> &'a [u8] {
        let size = count.saturating_mul(u64::from(each));
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let rest = self.rest(start);
        rest.get(..size).unwrap_or(rest)
    }

    /// The bytes behind the fixed part of the body.
    #[allow(dead_code, reason = "an ABI may have no array")]
    pub(crate) fn rest(&self, start: u32) -> &'a [u8] {
        self.bytes().get(start as usize..).unwrap_or_default()
    }

    /// Checks that the fixed part of the body is there.
    pub(crate) fn body(&self, need: u32) -> Result<(), ChainError> {
        let (at, id) = (self.at, self.id);
        self.reaches(u64::from(need), ChainError::BodyShort { at, id, need })
    }

    /// Checks that an array behind the fixed part is there.
    #[allow(dead_code, reason = "an ABI may have no counted array")]
    pub(crate) fn array(&self, start: u32, count: u64, each: u32) -> Result<(), ChainError> {
        let (at, id) = (self.at, self.id);
        let size = count.checked_mul(u64::from(each));
        let end = size.and_then(|size| size.checked_add(u64::from(start)));
        self.reaches(end.unwrap_or(u64::MAX), ChainError::CountOutOfBounds { at, id, count })
    }

    /// Checks that `size` bytes from the start lie in the reply, else `beyond`,
    /// and before the next capability.
    fn reaches(&self, size: u64, beyond: ChainError) -> Result<(), ChainError> {
        let end = u64::from(self.at).saturating_add(size);
        if end > self.reply.len() as u64 {
            return Err(beyond);
        }
        match self.next {
            Some(next) if next > self.at && end > u64::from(next) => {
                Err(ChainError::Overlap { at: self.at, id: self.id, next })
            }
            _ => Ok(()),
        }
    }
}

/// A capability that is not known here.
#[derive(Clone, Copy, Debug)]
pub struct UnknownCap<'a> {
    cap: RawCap<'a>,
}

impl<'a> UnknownCap<'a> {
    pub(crate) fn new(cap: RawCap<'a>) -> Self {
        Self { cap }
    }

    /// Its id.
    pub fn id(&self) -> u16 {
        self.cap.id
    }

    /// Its version.
    pub fn version(&self) -> u16 {
        self.cap.version
    }

    /// Where it starts in the reply.
    pub fn offset(&self) -> u32 {
        self.cap.at
    }

    /// All bytes that can belong to it, its header first: up to the next capability, or to the
    /// end of the reply.
    pub fn bytes(&self) -> &'a [u8] {
        self.cap.bytes()
    }
}

/// Walks a chain; ends behind the first error.
#[derive(Clone, Debug)]
pub(crate) struct Walk<'a> {
    format: &'static Format,
    reply: &'a [u8],
    wire: Wire,
    /// Where capabilities may start.
    bound: u32,
    /// The next step: none at the end.
    step: Option<Result<u32, ChainError>>,
    /// How many capabilities the reply can still hold.
    left: usize,
}

impl<'a> Walk<'a> {
    /// A walk over nothing.
    pub(crate) fn none(format: &'static Format, wire: Wire) -> Self {
        Self { format, reply: &[], wire, bound: 0, step: None, left: 0 }
    }

    /// A walk that starts with the capability at `first`. None can start
    /// before `bound`.
    pub(crate) fn from(
        format: &'static Format,
        reply: &'a [u8],
        wire: Wire,
        bound: u32,
        first: u32,
    ) -> Self {
        let left = reply.len() / (format.least.max(1) as usize);
        Self { format, reply, wire, bound, step: Some(Ok(first)), left }
    }

    /// Ends the walk.
    pub(crate) fn stop(&mut self) {
        self.step = None;
    }

    fn visit(&mut self, at: u32) -> Result<RawCap<'a>, ChainError> {
        let reply = self.reply.len() as u64;
        if at < self.bound {
            return Err(ChainError::InsideFixed { at });
        }
        if u64::from(at) >= reply {
            return Err(ChainError::OutOfBounds { at });
        }
        if u64::from(at) + u64::from(self.format.header) > reply {
            return Err(ChainError::HeaderCut { at });
        }
        if self.left == 0 {
            return Err(ChainError::Cycle { at });
        }
        self.left -= 1;
        let next = self.field(at, self.format.next);
        let target = match self.format.from_reply {
            true => next,
            false => u64::from(at).saturating_add(next),
        };
        // What 32 bits cannot hold lies behind every reply.
        let target = u32::try_from(target).unwrap_or(u32::MAX);
        let next = (next != self.format.end).then_some(target);
        self.step = next.map(|next| match next == at {
            true => Err(ChainError::Cycle { at }),
            false => Ok(next),
        });
        let version = self.format.version.map_or(1, |version| self.field(at, version));
        Ok(RawCap {
            reply: self.reply,
            wire: self.wire,
            at,
            id: self.field(at, self.format.id) as u16,
            version: version as u16,
            next,
        })
    }

    /// Some bits of the header at `at`, which lies in the reply.
    fn field(&self, at: u32, bits: Bits) -> u64 {
        let place = at.checked_add(bits.at);
        let number = place.and_then(|place| self.wire.number(self.reply, place, bits.width));
        number.unwrap_or(0).checked_shr(bits.low).unwrap_or(0) & bits.mask
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Result<RawCap<'a>, ChainError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step.take()?;
        Some(step.and_then(|at| self.visit(at)))
    }
}
