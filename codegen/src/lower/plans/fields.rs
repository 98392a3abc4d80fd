//! The fields of structs as the plans have them: offsets, sizes, integers and bits.

use super::requests::element_of;
use crate::ir::protocol::{Aggregate, BitField, ByModel, IntField};
use crate::ir::requests::IntPlace;
use crate::ir::{Abi, BitmapLength, Bits, Field, Payload, PayloadLength, Role, Struct, Type};
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

/// An integer field, or a union that is stored as an integer.
pub(super) fn stored_int(struct_: &Struct, index: usize) -> Option<IntField> {
    let field = &struct_.fields[index];
    let Type::Int(int) = *field.stored_type() else { return None };
    Some(IntField { field: index, int, offset: offset(struct_, index), version: field.version })
}

/// The integer fields without those of some roles.
pub(super) fn int_fields(struct_: &Struct, excluded: &[Role]) -> Vec<IntField> {
    shown(struct_, excluded).filter_map(|index| stored_int(struct_, index)).collect()
}

/// A field that is a struct or an array of fixed length, or a union with such a member only.
pub(super) fn aggregate(abi: &Abi, struct_: &Struct, index: usize) -> Option<Aggregate> {
    let field = &struct_.fields[index];
    let (element, count) = match field.stored_type() {
        Type::Array(element, count, _) => (&**element, Some(*count)),
        one @ Type::Struct(_) => (one, None),
        Type::Int(_) | Type::Pointer(_) | Type::Flexible(..) | Type::Union(_) => return None,
    };
    Some(Aggregate {
        field: index,
        offset: offset(struct_, index),
        size: ByModel(struct_.spans(index).map(|span| span.size)),
        element: element_of(abi, element)?,
        count,
        version: field.version,
    })
}

/// The structs and arrays without those of some roles.
pub(super) fn aggregates(abi: &Abi, struct_: &Struct, excluded: &[Role]) -> Vec<Aggregate> {
    shown(struct_, excluded).filter_map(|index| aggregate(abi, struct_, index)).collect()
}

fn shown(struct_: &Struct, excluded: &[Role]) -> impl Iterator<Item = usize> {
    (0..struct_.fields.len()).filter(|index| {
        let role = struct_.fields[*index].role;
        !excluded.contains(&role)
    })
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

/// An integer of a struct at an offset.
pub(super) fn number_field((struct_, base): (&Struct, u64), name: &str) -> Option<IntPlace> {
    let index = struct_.fields.iter().position(|field| field.name == name)?;
    let int = int(&struct_.fields[index].type_)?;
    Some(IntPlace { offset: base + struct_.kernel_span(index).offset, int })
}

/// The fields that follow from others: counts, and lengths of memory.
pub(super) fn derived(struct_: &Struct) -> Vec<&str> {
    let counts = struct_.fields.iter().filter_map(|field| match field.type_ {
        Type::Flexible(_, Some(count)) => Some(struct_.fields[count].name.as_str()),
        _ => None,
    });
    let lengths = struct_.fields.iter().filter_map(|field| match field.payload.as_deref()? {
        Payload { lasting: true, .. } => None,
        Payload {
            length:
                PayloadLength::Elements(name)
                | PayloadLength::Bytes(None, name)
                | PayloadLength::Bits(BitmapLength { bytes: Some(name), .. }),
            ..
        } => Some(name.as_str()),
        _ => None,
    });
    counts.chain(lengths).collect()
}
