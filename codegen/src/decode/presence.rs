//! Bodies in a space whose layout depends on their bits: which fields exist and where, how many
//! elements an array has and how long each of them is.

use super::bytes::ByteReader;
use crate::ir::{Bits, BitsOf, CapabilityId, Presence, Quantity, Struct, Type};
use crate::layout::{self, Span};

/// Whether a field exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Existence {
    /// It exists.
    Exists,
    /// It does not exist.
    Missing,
    /// This capability would say so, and is not there or too short.
    Unknown(CapabilityId),
}

impl<'a> ByteReader<'a> {
    /// The value of some bits of the struct at `at`, if the bytes have the field.
    pub(super) fn bits(self, struct_: &Struct, at: u64, bits: Bits) -> Option<u64> {
        Some(bits.of(self.of_space().unsigned(self.span(struct_, at, bits.field))?))
    }

    /// The spans of the fields of the struct at `at`, without those of which it is not known
    /// that they exist.
    pub(super) fn places(self, struct_: &Struct, at: u64) -> Vec<Option<Span>> {
        let spans = &self.layout(struct_).fields;
        let end = self.element_end(struct_, at);
        let absent = |index: usize| self.exists(struct_, at, index) != Existence::Exists;
        let places = layout::without(spans, absent, struct_.compact).into_iter();
        let moved = places.map(|place| {
            let place = place?;
            let moved = Span { offset: at.saturating_add(place.offset), ..place };
            end.is_none_or(|end| moved.end() <= end).then_some(moved)
        });
        moved.collect()
    }

    /// The end of the element at `at`, if its struct says how long it is.
    fn element_end(self, struct_: &Struct, at: u64) -> Option<u64> {
        struct_.length?;
        Some(at.saturating_add(self.size_of_struct(struct_, at)?))
    }

    /// The size of the struct at `at`; none if the bytes end before it says how long it is.
    pub(super) fn size_of_struct(self, struct_: &Struct, at: u64) -> Option<u64> {
        match &struct_.length {
            None => Some(self.layout(struct_).size),
            Some(length) => Some(length.of(self.bits(struct_, at, length.bits)?)),
        }
    }

    /// Whether all conditions of a field hold.
    pub(super) fn exists(self, struct_: &Struct, at: u64, field: usize) -> Existence {
        let conditions = struct_.fields[field].exists_if.iter();
        let mut unknown = None;
        for condition in conditions.flat_map(|one| one.all(self.abi)) {
            match (self.holds(struct_, at, &condition), condition.of) {
                (Some(true), _) => {}
                (None, BitsOf::Companion(id, _)) => unknown = Some(id),
                (Some(false) | None, _) => return Existence::Missing,
            }
        }
        unknown.map_or(Existence::Exists, Existence::Unknown)
    }

    /// Whether a condition of the struct at `at` holds; none if its bits are not there.
    fn holds(self, struct_: &Struct, at: u64, condition: &Presence) -> Option<bool> {
        let Presence { of, bits, numbers } = condition;
        let held = match of {
            BitsOf::Body => self.bits(struct_, at, *bits)?,
            // A body at the start of the bytes is alone, without its space.
            BitsOf::Start(_) if at == 0 => return None,
            BitsOf::Start(start) => self.bits(self.abi.struct_(*start), 0, *bits)?,
            BitsOf::Companion(_, companion) => {
                let companion_reader = Self { bytes: self.companion, ..self };
                companion_reader.bits(self.abi.struct_(*companion), 0, *bits)?
            }
        };
        Some(numbers.iter().any(|(first, last)| (*first..=*last).contains(&held)))
    }

    /// The size of an element at `at`.
    pub(super) fn size_of_element(self, element: &Type, at: u64) -> Option<u64> {
        match element {
            Type::Struct(id) => self.size_of_struct(self.abi.struct_(*id), at),
            type_ => Some(self.size_of(type_)),
        }
    }

    /// The size of some elements from `at` on.
    pub(super) fn size_of_elements(self, element: &Type, at: u64, count: u64) -> u64 {
        if !self.has_length(element) {
            return count * self.size_of(element);
        }
        let mut end = at;
        for _ in 0..count {
            end = end.saturating_add(self.size_of_element(element, end).unwrap_or(0));
        }
        end - at
    }

    /// How many of some elements from `at` on are complete.
    pub(super) fn complete(self, element: &Type, at: u64, count: u64) -> u64 {
        let room = self.len().saturating_sub(at);
        if !self.has_length(element) {
            return count.min(room.checked_div(self.size_of(element)).unwrap_or(0));
        }
        let (mut end, mut complete) = (at, 0);
        while complete < count {
            let size = self.size_of_element(element, end).filter(|size| *size > 0);
            let Some(next) = size.and_then(|size| end.checked_add(size)) else { break };
            if next > self.len() {
                break;
            }
            (end, complete) = (next, complete + 1);
        }
        complete
    }

    /// Whether elements of this type say how long they are.
    fn has_length(self, element: &Type) -> bool {
        matches!(element, Type::Struct(id) if self.abi.struct_(*id).length.is_some())
    }

    /// The number that bits of the struct at `at` mean.
    pub(super) fn quantity(self, struct_: &Struct, at: u64, quantity: &Quantity) -> Option<u64> {
        let held = match quantity.element {
            None => self.bits(struct_, at, quantity.bits),
            Some((array, element)) => {
                let first = self.span(struct_, at, array).offset;
                self.bits(self.abi.struct_(element), first, quantity.bits)
            }
        };
        held.map(|held| quantity.of(held))
    }

    /// The bytes that a body has if no field exists that need not, up to the end of the bits
    /// with the number of elements.
    pub(super) fn least(self, struct_: &Struct) -> u64 {
        let fields = &struct_.fields;
        let spans = &self.layout(struct_).fields;
        let absent = |index: usize| !fields[index].exists_if.is_empty();
        let places = layout::without(spans, absent, struct_.compact);
        let fixed = places.into_iter().zip(fields);
        let fixed = fixed.filter(|(_, field)| !matches!(field.type_, Type::Flexible(..)));
        let ends = fixed.filter_map(|(place, _)| Some(place?.end()));
        let counts = fields.iter().filter_map(|field| field.count.as_ref());
        let counts = counts.map(|count| match count.element {
            None => spans[count.bits.field].end(),
            Some((array, element)) => {
                let own = &self.layout(self.abi.struct_(element)).fields[count.bits.field];
                spans[array].offset + own.end()
            }
        });
        ends.chain(counts).max().unwrap_or(0)
    }

    /// The bytes of the fields of fixed size that exist in the body at `at`.
    pub(super) fn existing(self, struct_: &Struct, at: u64) -> u64 {
        let places = self.places(struct_, at).into_iter().zip(&struct_.fields);
        let fixed = places.filter(|(_, field)| !matches!(field.type_, Type::Flexible(..)));
        fixed.filter_map(|(place, _)| Some(place?.end() - at)).max().unwrap_or(0)
    }

    /// The bytes of the body at `at` up to the end of a counted array, or up to the end of its
    /// first element that is not complete.
    pub(super) fn counted(self, struct_: &Struct, at: u64) -> Option<u64> {
        let (index, field) = struct_.fields.iter().enumerate().next_back()?;
        let Type::Flexible(type_, counted) = &field.type_ else { return None };
        let count = match (&field.count, counted) {
            (Some(count), _) => self.quantity(struct_, at, count)?,
            (None, Some(counter)) => self.unsigned(self.span(struct_, at, *counter))?,
            (None, None) => return None,
        };
        let start = self.places(struct_, at)[index]?.offset;
        let element = field.element().map(|id| self.abi.struct_(id));
        let Some((element, length)) =
            element.and_then(|element| Some((element, element.length.as_ref()?)))
        else {
            let size = count.saturating_mul(self.size_of(type_));
            return Some((start - at).saturating_add(size));
        };
        let mut place = start;
        for _ in 0..count {
            let Some(size) = self.size_of_struct(element, place) else {
                return Some(self.span(element, place, length.bits.field).end() - at);
            };
            place = place.saturating_add(size);
            if place > self.len() {
                break;
            }
        }
        Some(place - at)
    }
}

/// Whether the layout of a body depends on its bits.
pub(super) fn depends_on_bits(struct_: &Struct) -> bool {
    struct_.fields.iter().any(|field| !field.exists_if.is_empty() || field.count.is_some())
}
