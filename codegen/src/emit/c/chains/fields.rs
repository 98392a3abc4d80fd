//! The fields of structs with chains as values of the templates. Offsets are those of the
//! 64-bit layout on every target.

use super::view::{AggregateView, ValueView};
use crate::emit::c::aggregates::Transfer;
use crate::emit::c::emitter::{Emitter, c_type, plus};
use crate::ir::Struct;
use crate::ir::protocol::{Aggregate, IntField};

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
            (struct_.fields[field.field].stored_name(), field.int, field.offset.kernel());
        ValueView {
            name: name.to_owned(),
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

    /// A struct or an array of a struct; `has` is the member that says whether it is present.
    pub(super) fn aggregate_value(
        &self,
        struct_: &Struct,
        field: &Aggregate,
        has: Option<String>,
        read: Transfer<'_>,
        write: Transfer<'_>,
    ) -> AggregateView {
        let name = struct_.fields[field.field].stored_name();
        // Statements on a field that can be absent are in a block.
        let lines = |transfer: Transfer<'_>| {
            let tabs = transfer.tabs + usize::from(has.is_some());
            self.transfer(struct_, field, &Transfer { tabs, ..transfer })
        };
        AggregateView {
            member: self.aggregate_member(name, field),
            reads: lines(read),
            writes: lines(write),
            has,
            end: field.offset.kernel() + field.size.kernel(),
            version: field.version,
            is_output: true,
        }
    }
}
