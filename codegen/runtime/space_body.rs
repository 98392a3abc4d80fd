//! Bodies in a space whose layout depends on their bits: fields that need not exist, and arrays
//! whose number of elements, or the length of each, is in bits.

#![allow(dead_code, reason = "an ABI uses what its structs need")]

use core::fmt::{self, Debug, Formatter};

use crate::bits::BitField;
use crate::space::Space;
use crate::space_cap::SpaceCap;
use crate::space_walk::SpaceError;

/// The fields of a body that need not exist.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpaceBody {
    /// These fields, in order.
    pub(crate) parts: &'static [SpacePart],
    /// Whether they take no room if they do not exist.
    pub(crate) compact: bool,
    /// The end of the other fields, with every part before.
    pub(crate) end: u32,
}

/// A field that need not exist.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpacePart {
    /// Its offset, with every part before.
    pub(crate) offset: u32,
    /// Its size; 0 for an array that can have any.
    pub(crate) size: u32,
    /// The conditions, all of which hold if it exists.
    pub(crate) conditions: &'static [SpaceCondition],
}

/// A condition of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpaceCondition {
    /// What has the bits.
    pub(crate) of: SpaceBitsOf,
    /// The bits.
    pub(crate) bits: BitField,
    /// The first and the last number of each range that they can have.
    pub(crate) numbers: &'static [(u64, u64)],
}

/// What has the bits of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpaceBitsOf {
    /// The body itself.
    Body,
    /// The struct at the start of the space.
    Start,
    /// The companion: the capability of another chain.
    Companion,
}

/// A field that exists or not by bits of a capability of another chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpacePresence<T> {
    /// It exists.
    Present(T),
    /// It does not exist.
    Absent,
    /// It is unknown whether it exists: the other capability is not there or too short.
    Unknown,
}

impl<T> SpacePresence<T> {
    /// The value of a field that exists.
    #[inline]
    #[must_use]
    pub fn present(self) -> Option<T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Absent | Self::Unknown => None,
        }
    }

    /// The same with another value.
    #[inline]
    #[must_use]
    pub fn map<U>(self, other: impl FnOnce(T) -> U) -> SpacePresence<U> {
        match self {
            Self::Present(value) => SpacePresence::Present(other(value)),
            Self::Absent => SpacePresence::Absent,
            Self::Unknown => SpacePresence::Unknown,
        }
    }
}

/// A number that bits of a body have: `(bits + plus) * unit`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpaceQuantity {
    /// The bits.
    pub(crate) bits: BitField,
    /// What is added.
    pub(crate) plus: u64,
    /// What the sum is multiplied by.
    pub(crate) unit: u64,
}

/// The length of the elements of an array.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SpaceStride {
    /// All have as many bytes.
    Fixed(u32),
    /// Each has its length.
    Own(SpaceQuantity),
}

impl<'a, S: Space + ?Sized> SpaceCap<'a, S> {
    /// Whether a field exists.
    #[inline]
    fn exists(&self, part: &SpacePart) -> bool {
        part.conditions.iter().all(|condition| self.holds(condition) == Some(true))
    }

    /// Whether a condition holds; none if its bits are not there.
    #[inline]
    fn holds(&self, condition: &SpaceCondition) -> Option<bool> {
        let held = match condition.of {
            SpaceBitsOf::Body => self.bits(condition.bits),
            SpaceBitsOf::Start => self.start_bits(condition.bits),
            SpaceBitsOf::Companion => self.companion_bits(condition.bits),
        }?;
        Some(condition.numbers.iter().any(|(first, last)| (*first..=*last).contains(&held)))
    }

    /// The number of the field at an offset, if it exists by bits of the companion. Nothing
    /// moves such a field.
    #[inline]
    pub(crate) fn part_if(&self, body: &SpaceBody, offset: u32, width: u32) -> SpacePresence<u64> {
        self.presence(body, offset).map(|()| self.number(offset, width))
    }

    /// Whether the field at an offset exists by bits of the companion.
    #[inline]
    pub(crate) fn presence(&self, body: &SpaceBody, offset: u32) -> SpacePresence<()> {
        let part = body.parts.iter().find(|part| part.offset == offset);
        let mut unknown = false;
        for condition in part.map_or(&[][..], |part| part.conditions) {
            match self.holds(condition) {
                Some(true) => {}
                None if condition.of == SpaceBitsOf::Companion => unknown = true,
                Some(false) | None => return SpacePresence::Absent,
            }
        }
        if unknown { SpacePresence::Unknown } else { SpacePresence::Present(()) }
    }

    /// The offset of what is at `offset` if every field exists.
    #[inline]
    pub(crate) fn place(&self, body: &SpaceBody, offset: u32) -> u32 {
        let before = body.parts.iter().filter(|part| body.compact && part.offset < offset);
        let absent = before.filter(|part| !self.exists(part));
        offset.saturating_sub(absent.fold(0, |gap, part| part.size.saturating_add(gap)))
    }

    /// The field at an offset, if it exists: its number.
    #[inline]
    pub(crate) fn part(&self, body: &SpaceBody, offset: u32, width: u32) -> Option<u64> {
        match self.has_part(body, offset) {
            true => self.get(self.place(body, offset), width),
            false => None,
        }
    }

    /// Whether the field at an offset exists.
    #[inline]
    pub(crate) fn has_part(&self, body: &SpaceBody, offset: u32) -> bool {
        let mut parts = body.parts.iter();
        parts.find(|part| part.offset == offset).is_none_or(|part| self.exists(part))
    }

    /// Checks that the capability has all fields of fixed size that exist.
    #[inline]
    pub(crate) fn parts(&self, body: &SpaceBody) -> Result<(), SpaceError> {
        let fixed = body.parts.iter().filter(|part| part.size > 0);
        let existing = fixed.filter(|part| self.exists(part));
        let ends = existing.map(|part| self.place(body, part.offset).saturating_add(part.size));
        let end = ends.fold(self.place(body, body.end), u32::max);
        self.body(end.into())
    }

    /// The check of an array at an offset, which passes if the array does not exist.
    #[inline]
    pub(crate) fn check_part(
        &self,
        body: &SpaceBody,
        offset: u32,
        check: Result<(), SpaceError>,
    ) -> Result<(), SpaceError> {
        if self.has_part(body, offset) { check } else { Ok(()) }
    }

    /// The number of elements of an array at an offset: 0 if it does not exist.
    #[inline]
    pub(crate) fn count(&self, body: &SpaceBody, offset: u32, count: u64) -> u64 {
        if self.has_part(body, offset) { count } else { 0 }
    }

    /// The number that bits mean; 0 if the capability ends before.
    #[inline]
    pub(crate) fn quantity(&self, quantity: &SpaceQuantity) -> u64 {
        self.known_quantity(quantity).unwrap_or(0)
    }

    #[inline]
    fn known_quantity(&self, quantity: &SpaceQuantity) -> Option<u64> {
        let bits = self.bits(quantity.bits)?;
        Some(bits.saturating_add(quantity.plus).saturating_mul(quantity.unit))
    }

    /// The numbers of an array of fixed length.
    #[inline]
    pub(crate) fn fixed<const N: usize>(&self, start: u32, each: u32) -> [u64; N] {
        let mut offset = start;
        [(); N].map(|()| {
            let number = self.number(offset, each);
            offset = offset.saturating_add(each);
            number
        })
    }

    /// Checks that the capability has all elements of an array whose elements have lengths.
    #[inline]
    pub(crate) fn elements(
        &self,
        start: u32,
        count: u64,
        each: &SpaceQuantity,
    ) -> Result<(), SpaceError> {
        let mut end = u64::from(start);
        for _ in 0..count {
            let at = u32::try_from(end).unwrap_or(u32::MAX);
            match self.element(at).known_quantity(each) {
                Some(size) => end = end.saturating_add(size),
                None => {
                    let bits = u64::from(each.bits.offset) + u64::from(each.bits.width);
                    return self.body(end.saturating_add(bits));
                }
            }
            if end > u64::from(self.size) {
                break;
            }
        }
        self.body(end)
    }

    /// The rest of the capability from an element on.
    #[inline]
    fn element(&self, offset: u32) -> Self {
        let size = self.size.saturating_sub(offset);
        Self { at: self.at.saturating_add(offset), size, ..*self }
    }

    /// The structs of an array: as many as counted.
    #[inline]
    pub(crate) fn items<T>(
        &self,
        start: u32,
        count: Option<u64>,
        stride: SpaceStride,
    ) -> SpaceItems<'a, S, T> {
        SpaceItems {
            rest: self.element(start),
            left: count.map_or(u32::MAX, |count| u32::try_from(count).unwrap_or(u32::MAX)),
            stride,
            type_: core::marker::PhantomData,
        }
    }
}

/// The structs of an array in a space.
pub struct SpaceItems<'a, S: ?Sized, T> {
    rest: SpaceCap<'a, S>,
    left: u32,
    stride: SpaceStride,
    type_: core::marker::PhantomData<T>,
}

impl<S: ?Sized, T> Clone for SpaceItems<'_, S, T> {
    #[inline]
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<'a, S: Space + ?Sized, T: From<SpaceCap<'a, S>> + Debug> Debug for SpaceItems<'a, S, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<'a, S: Space + ?Sized, T: From<SpaceCap<'a, S>>> Iterator for SpaceItems<'a, S, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        let size = match &self.stride {
            SpaceStride::Fixed(size) => *size,
            SpaceStride::Own(size) => u32::try_from(self.rest.known_quantity(size)?).ok()?,
        };
        if size == 0 || size > self.rest.size {
            self.left = 0;
            return None;
        }
        let item = SpaceCap { size, ..self.rest };
        self.rest = self.rest.element(size);
        Some(T::from(item))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, usize::try_from(self.left).ok())
    }
}

/// Gives the view of an element in a space what all of them have.
#[allow(unused_macros, reason = "an ABI may have no arrays of structs")]
macro_rules! space_element {
    ($name:ident) => {
        impl<S: ?Sized> Clone for $name<'_, S> {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<S: ?Sized> Copy for $name<'_, S> {}

        impl<'a, S: ?Sized> From<SpaceCap<'a, S>> for $name<'a, S> {
            #[inline]
            fn from(cap: SpaceCap<'a, S>) -> Self {
                Self { cap }
            }
        }
    };
}

#[allow(unused_imports, reason = "an ABI may have no arrays of structs")]
pub(crate) use space_element;
