//! Integers of a reply: the C expressions that load and store them. Offsets
//! are those of the 64-bit layout on every target.

use super::Emitter;
use super::view::ValueView;
use crate::ir::Struct;
use crate::ir::protocol::IntField;
use crate::layout::Int;
use crate::names;

impl Emitter<'_> {
    /// Loads an integer at `place + offset`.
    pub(in crate::emit::c) fn load(&self, int: Int, place: &str, offset: u64) -> String {
        let number = match int.size() {
            1 => format!("{place}[{offset}]"),
            size => format!("{}__u{}({})", self.stem, size * 8, plus(place, offset)),
        };
        match int.signed() {
            true => self.cast(int, &number),
            false => number,
        }
    }

    /// The number to store for a value.
    pub(in crate::emit::c) fn store(&self, int: Int, value: &str) -> String {
        match int.signed() {
            true => self.cast(Int::U64, value),
            false => value.to_owned(),
        }
    }

    fn cast(&self, int: Int, value: &str) -> String {
        format!("{}_CAST({}, {value})", self.macro_prefix, c_type(int))
    }

    /// A field of a struct whose bytes start at `place`, with its value in the
    /// C struct `value`.
    pub(super) fn value(
        &self,
        struct_: &Struct,
        field: &IntField,
        (place, value): (&str, &str),
    ) -> ValueView {
        let (name, int, offset) =
            (&struct_.fields[field.field].name, field.int, field.offset.kernel());
        ValueView {
            name: name.clone(),
            type_: c_type(int),
            has: None,
            offset,
            end: offset + int.size(),
            width: int.size(),
            place: plus(place, offset),
            version: field.version,
            load: self.load(int, place, offset),
            store: self.store(int, &[value, name].concat()),
            is_output: true,
        }
    }
}

/// The expression for `place + offset`.
pub(in crate::emit::c) fn plus(place: &str, offset: u64) -> String {
    match offset {
        0 => place.to_owned(),
        _ => format!("{place} + {offset}"),
    }
}

/// The type of a variable that holds the integer.
pub(in crate::emit::c) fn c_type(int: Int) -> &'static str {
    names::c_int(int.value())
}
