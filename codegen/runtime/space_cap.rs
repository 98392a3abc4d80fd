//! A capability in a space, and what the views of all capabilities have.

#![allow(dead_code, reason = "an ABI uses what its structs need")]

use core::fmt::{self, Debug, Formatter};

use crate::bits::BitField;
use crate::space::{Space, number};
use crate::space_walk::SpaceError;

/// A capability in a space.
pub struct SpaceCap<'a, S: ?Sized = [u8]> {
    pub(crate) space: &'a S,
    pub(crate) at: u32,
    pub(crate) id: u16,
    pub(crate) version: u16,
    pub(crate) size: u32,
    pub(crate) companion: SpaceCompanion,
}

/// The capability of another chain by whose bits fields exist.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SpaceCompanion {
    /// Its offset.
    pub(crate) at: u32,
    /// The number of its bytes; 0 if it is not there.
    pub(crate) size: u32,
}

impl<S: ?Sized> Clone for SpaceCap<'_, S> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ?Sized> Copy for SpaceCap<'_, S> {}

impl<S: ?Sized> Debug for SpaceCap<'_, S> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { at, id, version, size, .. } = self;
        let mut text = f.debug_struct("SpaceCap");
        text.field("at", at).field("id", id).field("version", version).field("size", size);
        text.finish()
    }
}

impl<'a, S: Space + ?Sized> SpaceCap<'a, S> {
    /// Its offset.
    #[inline]
    #[must_use]
    pub fn offset(&self) -> u32 {
        self.at
    }

    /// Its id.
    #[inline]
    #[must_use]
    pub fn id(&self) -> u16 {
        self.id
    }

    /// Its version.
    #[inline]
    #[must_use]
    pub fn version(&self) -> u16 {
        self.version
    }

    /// The number of bytes that can belong to it, header included: up to its length, the next
    /// capability or the end of the chain.
    #[inline]
    #[must_use]
    pub fn size(&self) -> u32 {
        self.size
    }

    /// The little-endian number of 1 to 8 bytes at an offset in the capability, if it has them.
    #[inline]
    #[must_use]
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

    /// Whether some bits have a value.
    #[inline]
    pub(crate) fn has(&self, bits: BitField, value: u64) -> bool {
        self.bits(bits) == Some(value)
    }

    /// Whether some bits of the struct at the start of the space have a value.
    #[inline]
    pub(crate) fn start_has(&self, bits: BitField, value: u64) -> bool {
        self.start_bits(bits) == Some(value)
    }

    /// The value of some bits of the struct at the start of the space.
    #[inline]
    pub(crate) fn start_bits(&self, bits: BitField) -> Option<u64> {
        bits.at_start(self.space)
    }

    /// The value of some bits of the companion, if it has them.
    #[inline]
    pub(crate) fn companion_bits(&self, bits: BitField) -> Option<u64> {
        let SpaceCompanion { at, size } = self.companion;
        Self { at, size, ..*self }.bits(bits)
    }

    /// The capability as the companion of others. Of version 0, no bits are known.
    #[inline]
    pub(crate) fn as_companion(&self) -> SpaceCompanion {
        SpaceCompanion { at: self.at, size: if self.version == 0 { 0 } else { self.size } }
    }

    /// The capability up to its length.
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
    #[inline]
    pub(crate) fn array(&self, start: u32, count: u64, each: u32) -> Result<(), SpaceError> {
        self.body(count.saturating_mul(u64::from(each)).saturating_add(u64::from(start)))
    }

    /// The numbers of an array: as many as counted, or up to the end of the capability.
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

impl<S: ?Sized, T> Clone for SpaceNumbers<'_, S, T> {
    #[inline]
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<S: Space + ?Sized, T: TryFrom<u64> + Debug> Debug for SpaceNumbers<'_, S, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
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
            #[must_use]
            pub fn cap(&self) -> SpaceCap<'a, S> {
                self.cap
            }

            /// The version of the body.
            #[inline]
            #[must_use]
            pub fn version(&self) -> u16 {
                self.cap.version()
            }

            /// The offset of the capability in the space.
            #[inline]
            #[must_use]
            pub fn offset(&self) -> u32 {
                self.cap.offset()
            }
        }
    };
}

#[allow(unused_imports, reason = "an ABI may have no capabilities")]
pub(crate) use space_capability;
