//! Chains in a space: a block of little-endian bytes in memory or in a device. The walk
//! stays in the offsets of its chain, ends on every input and allocates nothing.

/// A block of bytes that is read by little-endian numbers.
///
/// Every access is at a multiple of its width, below the size. If an access fails, return
/// all ones, as a device that is gone does.
pub trait Space {
    /// The number of bytes.
    fn size(&self) -> u32;
    /// The byte at an offset.
    fn read_u8(&self, at: u32) -> u8;
    /// The number of 2 bytes at an offset.
    fn read_u16(&self, at: u32) -> u16;
    /// The number of 4 bytes at an offset.
    fn read_u32(&self, at: u32) -> u32;
}

impl Space for [u8] {
    #[inline]
    fn size(&self) -> u32 {
        u32::try_from(self.len()).unwrap_or(u32::MAX)
    }

    #[inline]
    fn read_u8(&self, at: u32) -> u8 {
        self.get(at as usize).copied().unwrap_or(u8::MAX)
    }

    #[inline]
    fn read_u16(&self, at: u32) -> u16 {
        part(self, at).map_or(u16::MAX, u16::from_le_bytes)
    }

    #[inline]
    fn read_u32(&self, at: u32) -> u32 {
        part(self, at).map_or(u32::MAX, u32::from_le_bytes)
    }
}

impl<S: Space + ?Sized> Space for &S {
    #[inline]
    fn size(&self) -> u32 {
        (**self).size()
    }

    #[inline]
    fn read_u8(&self, at: u32) -> u8 {
        (**self).read_u8(at)
    }

    #[inline]
    fn read_u16(&self, at: u32) -> u16 {
        (**self).read_u16(at)
    }

    #[inline]
    fn read_u32(&self, at: u32) -> u32 {
        (**self).read_u32(at)
    }
}

/// Some bytes at an offset.
#[inline]
fn part<const N: usize>(bytes: &[u8], at: u32) -> Option<[u8; N]> {
    let start = at as usize;
    bytes.get(start..start.checked_add(N)?)?.try_into().ok()
}

/// The number of `width` bytes at an offset, by aligned accesses.
#[inline]
fn number<S: Space + ?Sized>(space: &S, at: u32, width: u32) -> u64 {
    match width {
        1 => space.read_u8(at).into(),
        2 if at % 2 == 0 => space.read_u16(at).into(),
        4 if at % 4 == 0 => space.read_u32(at).into(),
        8 if at % 4 == 0 => {
            let high = space.read_u32(at.saturating_add(4));
            u64::from(space.read_u32(at)) | u64::from(high) << 32
        }
        _ => (0..width).rev().fold(0, |number, index| {
            number << 8 | u64::from(space.read_u8(at.saturating_add(index)))
        }),
    }
}

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

/// Bits of an integer in a struct.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BitField {
    /// Offset of the integer in the struct.
    pub(crate) offset: u32,
    /// Width of the integer in bytes.
    pub(crate) width: u32,
    /// The lowest bit.
    pub(crate) low: u32,
    /// Mask, applied after the shift.
    pub(crate) mask: u64,
}

impl BitField {
    /// Its value in the struct at the start of a space; none if the space ends before.
    #[inline]
    pub(crate) fn at_start<S: Space + ?Sized>(self, space: &S) -> Option<u64> {
        let end = self.offset.checked_add(self.width)?;
        (end <= space.size()).then(|| self.of(number(space, self.offset, self.width)))
    }

    /// Its value in the integer.
    #[inline]
    fn of(self, number: u64) -> u64 {
        number.checked_shr(self.low).unwrap_or(0) & self.mask
    }

    /// Its value in a header, which is read as one number.
    #[inline]
    fn of_header(self, header: u64) -> u64 {
        self.of(header.checked_shr(self.offset.saturating_mul(8)).unwrap_or(0))
    }
}

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

/// A capability in a space.
pub struct SpaceCap<'a, S: ?Sized = [u8]> {
    space: &'a S,
    at: u32,
    id: u16,
    version: u16,
    size: u32,
}

impl<S: ?Sized> Clone for SpaceCap<'_, S> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ?Sized> Copy for SpaceCap<'_, S> {}

impl<S: ?Sized> core::fmt::Debug for SpaceCap<'_, S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { at, id, version, size, .. } = self;
        let mut text = f.debug_struct("SpaceCap");
        text.field("at", at).field("id", id).field("version", version).field("size", size);
        text.finish()
    }
}

impl<'a, S: Space + ?Sized> SpaceCap<'a, S> {
    /// Its offset.
    #[inline]
    pub fn offset(&self) -> u32 {
        self.at
    }

    /// Its id.
    #[inline]
    pub fn id(&self) -> u16 {
        self.id
    }

    /// Its version.
    #[inline]
    pub fn version(&self) -> u16 {
        self.version
    }

    /// The number of bytes that can belong to it, header included: up to its length, the next
    /// capability or the end of the chain.
    #[inline]
    pub fn size(&self) -> u32 {
        self.size
    }

    /// The little-endian number of 1 to 8 bytes at an offset in the capability, if it has them.
    #[inline]
    pub fn get(&self, offset: u32, width: u32) -> Option<u64> {
        let end = offset.checked_add(width).filter(|end| *end <= self.size && width <= 8)?;
        let at = self.at.checked_add(offset)?;
        (end > offset).then(|| number(self.space, at, width))
    }

    /// The number at an offset; 0 outside of the capability, which does not happen for a
    /// body that was checked.
    #[inline]
    pub(crate) fn number(&self, offset: u32, width: u32) -> u64 {
        self.get(offset, width).unwrap_or(0)
    }

    /// The value of some bits, if the capability has them.
    #[inline]
    pub(crate) fn bits(&self, bits: BitField) -> Option<u64> {
        self.get(bits.offset, bits.width).map(|number| bits.of(number))
    }

    /// The value of some bits of the struct at the start of the space.
    #[allow(dead_code, reason = "an ABI may have no kinds of capabilities")]
    #[inline]
    pub(crate) fn start_bits(&self, bits: BitField) -> Option<u64> {
        bits.at_start(self.space)
    }

    /// The capability up to its length.
    #[allow(dead_code, reason = "an ABI may have no lengths")]
    #[inline]
    pub(crate) fn until(self, length: BitField) -> Self {
        let length = self.bits(length).unwrap_or(u64::MAX);
        Self { size: u32::try_from(length).unwrap_or(u32::MAX).min(self.size), ..self }
    }

    /// Checks that the capability has as many bytes.
    #[inline]
    pub(crate) fn body(&self, required_size: u64) -> Result<(), SpaceError> {
        let Self { at, id, size, .. } = *self;
        match required_size <= u64::from(size) {
            true => Ok(()),
            false => Err(SpaceError::BodyLimited { at, id, required_size, size }),
        }
    }

    /// Checks that the capability has all elements of its array.
    #[allow(dead_code, reason = "an ABI may have no counted array")]
    #[inline]
    pub(crate) fn array(&self, start: u32, count: u64, each: u32) -> Result<(), SpaceError> {
        self.body(count.saturating_mul(u64::from(each)).saturating_add(u64::from(start)))
    }

    /// The numbers of an array: as many as counted, or up to the end of the capability.
    #[allow(dead_code, reason = "an ABI may have no array")]
    #[inline]
    pub(crate) fn numbers<T>(
        &self,
        start: u32,
        count: Option<u64>,
        each: u32,
    ) -> SpaceNumbers<'a, S, T> {
        let room = self.size.saturating_sub(start) / each.max(1);
        let left = count.map_or(room, |count| u32::try_from(count).unwrap_or(u32::MAX).min(room));
        SpaceNumbers { cap: *self, offset: start, each, left, type_: core::marker::PhantomData }
    }
}

/// The numbers of an array in a space.
pub struct SpaceNumbers<'a, S: ?Sized, T> {
    cap: SpaceCap<'a, S>,
    offset: u32,
    each: u32,
    left: u32,
    type_: core::marker::PhantomData<T>,
}

impl<S: Space + ?Sized, T: TryFrom<u64>> Iterator for SpaceNumbers<'_, S, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        let number = self.cap.get(self.offset, self.each)?;
        self.offset = self.offset.saturating_add(self.each);
        T::try_from(number).ok()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, usize::try_from(self.left).ok())
    }
}

/// Walks a chain in a space. `SLOTS` is the number of words with a bit for each offset that
/// a capability of the chain can have.
pub(crate) struct SpaceWalk<'a, S: ?Sized, const SLOTS: usize> {
    space: &'a S,
    /// The end of the chain in this space.
    end: u32,
    /// The offset of the next capability.
    at: Option<u32>,
    /// The offsets that were visited.
    visited: [u32; SLOTS],
}

impl<S: ?Sized, const SLOTS: usize> Clone for SpaceWalk<'_, S, SLOTS> {
    fn clone(&self) -> Self {
        Self { space: self.space, end: self.end, at: self.at, visited: self.visited }
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
        Self { space, end, at, visited: [0; SLOTS] }
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

/// Gives the view of a capability in a space what all of them have. `$check` checks the body.
#[allow(unused_macros, reason = "an ABI may have no capabilities")]
macro_rules! space_capability {
    ($name:ident, $newest:literal, |$cap:ident| $check:expr) => {
        impl<S: ?Sized> Clone for $name<'_, S> {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<S: ?Sized> Copy for $name<'_, S> {}

        impl<S: ?Sized> core::fmt::Debug for $name<'_, S> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.cap).finish()
            }
        }

        impl<'a, S: Space + ?Sized> $name<'a, S> {
            /// The newest version that is known here; of a later one, the known part is read.
            pub const NEWEST: u16 = $newest;

            #[inline]
            fn read($cap: SpaceCap<'a, S>) -> Result<Self, SpaceError> {
                Self::check($cap)?;
                Ok(Self { cap: $cap })
            }

            #[inline]
            fn check($cap: SpaceCap<'a, S>) -> Result<(), SpaceError> {
                $check
            }

            /// The capability without the meaning of its body.
            #[inline]
            pub fn cap(&self) -> SpaceCap<'a, S> {
                self.cap
            }

            /// The version of the body.
            #[inline]
            pub fn version(&self) -> u16 {
                self.cap.version()
            }

            /// The offset of the capability in the space.
            #[inline]
            pub fn offset(&self) -> u32 {
                self.cap.offset()
            }
        }
    };
}

#[allow(unused_imports, reason = "an ABI may have no capabilities")]
pub(crate) use space_capability;
