//! Fields that are numbers: how C reads one at its place in a reply, and what
//! it writes there. Offsets are those of the 64-bit layout on every target.

use super::Emitter;
use super::view::ValueView;
use crate::ir::{Field, Struct, Type};
use crate::layout::{Int, Model, Span};
use crate::names;

impl Emitter<'_> {
    /// What reads a number that lies `at` bytes behind a place.
    pub(super) fn load(&self, int: Int, place: &str, at: u64) -> String {
        let number = match int.size() {
            1 => format!("{place}[{at}]"),
            size => format!("{}_u{}({})", self.stem, size * 8, behind(place, at)),
        };
        match int.signed() {
            true => self.cast(int, &number),
            false => number,
        }
    }

    /// The number to be written of a value.
    fn store(&self, int: Int, value: &str) -> String {
        match int.signed() {
            true => self.cast(Int::U64, value),
            false => value.to_owned(),
        }
    }

    fn cast(&self, int: Int, value: &str) -> String {
        format!("{}_CAST({}, {value})", self.macro_prefix, c_type(int))
    }

    /// A field that is a number; `place` is where its struct lies in a reply,
    /// `value` the C struct that has its value.
    pub(super) fn value(
        &self,
        struct_: &Struct,
        index: usize,
        (place, value): (&str, &str),
    ) -> Option<ValueView> {
        let field = &struct_.fields[index];
        let Type::Int(int) = field.type_ else { return None };
        let span = span(struct_, index);
        Some(ValueView {
            name: field.name.clone(),
            type_: c_type(int),
            has: None,
            at: span.offset,
            end: span.end(),
            width: span.size,
            place: behind(place, span.offset),
            version: field.version,
            load: self.load(int, place, span.offset),
            store: self.store(int, &[value, &field.name].concat()),
            set: true,
        })
    }
}

/// What lies `at` bytes behind a place.
fn behind(place: &str, at: u64) -> String {
    match at {
        0 => place.to_owned(),
        _ => format!("{place} + {at}"),
    }
}

/// Where a field lies for the kernel, which translates nothing.
pub(super) fn span(struct_: &Struct, field: usize) -> Span {
    struct_.layouts[Model::Lp64.index()].fields[field]
}

/// The type of a variable that holds the number.
pub(super) fn c_type(int: Int) -> &'static str {
    match int {
        Int::AlignedU64 => names::c_int(Int::U64),
        _ => names::c_int(int),
    }
}

/// Whether a field has a size of its own.
pub(super) fn is_fixed(field: &Field) -> bool {
    !matches!(field.type_, Type::Flexible(..))
}
