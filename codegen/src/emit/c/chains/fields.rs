//! The fields of structs with chains as values of the templates. Offsets are those of the
//! 64-bit layout on every target.

use super::view::ValueView;
use crate::emit::c::emitter::{Emitter, c_type, plus};
use crate::ir::Struct;
use crate::ir::protocol::IntField;

impl Emitter<'_, '_> {
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
