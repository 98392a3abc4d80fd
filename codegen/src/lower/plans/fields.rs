//! The fields of structs as the plans have them: offsets, sizes, integers and bits.

use crate::ir::protocol::{BitField, ByModel, IntField};
use crate::ir::{Bits, Field, Role, Struct, Type};
use crate::layout::{Int, Span};

/// The offset of a field.
pub(super) fn offset(struct_: &Struct, field: usize) -> ByModel {
    ByModel(struct_.spans(field).map(|span| span.offset))
}

/// Bits of a field, by their place in the struct.
pub(super) fn bit_field(struct_: &Struct, bits: Bits) -> BitField {
    let Span { offset, size } = struct_.kernel_span(bits.field);
    BitField { offset, width: size, low: bits.low, mask: bits.mask() }
}

/// The size of a struct.
pub(super) fn size(struct_: &Struct) -> ByModel {
    ByModel(struct_.layouts.each_ref().map(|layout| layout.size))
}

/// A field, if it is an integer.
pub(super) fn int_field(struct_: &Struct, index: usize) -> Option<IntField> {
    let field = &struct_.fields[index];
    let Type::Int(int) = field.type_ else { return None };
    Some(IntField { field: index, int, offset: offset(struct_, index), version: field.version })
}

/// The integer fields without those of some roles.
pub(super) fn int_fields(struct_: &Struct, excluded: &[Role]) -> Vec<IntField> {
    let shown = (0..struct_.fields.len()).filter(|index| {
        let role = struct_.fields[*index].role;
        !excluded.contains(&role)
    });
    shown.filter_map(|index| int_field(struct_, index)).collect()
}

/// Whether a field is an array that ends its struct.
pub(super) fn is_array(field: &Field) -> bool {
    matches!(field.type_, Type::Flexible(..))
}

/// A type, if it is an integer.
pub(super) fn int(type_: &Type) -> Option<Int> {
    match type_ {
        Type::Int(int) => Some(*int),
        _ => None,
    }
}
