//! Bodies in a space: fields that need not exist, numbers in bits, arrays of fixed length.

use super::fields::{bit_field, is_array, offset};
use crate::ir::protocol::{
    ArrayPlan, BodyPlan, ConditionPlan, FixedArray, IntField, PartPlan, QuantityPlan,
};
use crate::ir::{Abi, Presence, Quantity, Role, Struct, Type};

/// The fields of a struct that need not exist.
pub(super) fn plan(abi: &Abi, struct_: &Struct) -> BodyPlan {
    let parts = struct_.fields.iter().enumerate().filter(|(_, field)| !field.exists_if.is_empty());
    let parts = parts.map(|(index, field)| PartPlan {
        field: index,
        offset: struct_.kernel_span(index).offset,
        size: if is_array(field) { 0 } else { struct_.kernel_span(index).size },
        conditions: field.exists_if.iter().flat_map(|one| conditions(abi, struct_, one)).collect(),
    });
    let always = struct_.fields.iter().enumerate();
    let always = always.filter(|(_, field)| field.exists_if.is_empty() && !is_array(field));
    BodyPlan {
        parts: parts.collect(),
        compact: struct_.compact,
        end: always.map(|(index, _)| struct_.kernel_span(index).end()).max().unwrap_or(0),
    }
}

/// A condition. A field of a companion need not exist either: then it has conditions, too.
fn conditions(abi: &Abi, body: &Struct, presence: &Presence) -> Vec<ConditionPlan> {
    presence.all(abi).into_iter().map(|one| condition(abi, body, &one)).collect()
}

fn condition(abi: &Abi, body: &Struct, presence: &Presence) -> ConditionPlan {
    ConditionPlan {
        of: presence.of,
        bits: bit_field(presence.of.struct_of(abi, body), presence.bits),
        numbers: presence.numbers.clone(),
    }
}

/// The number that bits of a struct, or of the first element of its array, mean.
pub(super) fn quantity(abi: &Abi, struct_: &Struct, quantity: &Quantity) -> QuantityPlan {
    let Quantity { element, bits, plus, unit } = *quantity;
    let bits = match element {
        None => bit_field(struct_, bits),
        Some((array, element)) => {
            let mut bits = bit_field(abi.struct_(element), bits);
            bits.offset += struct_.kernel_span(array).offset;
            bits
        }
    };
    QuantityPlan { bits, plus, unit }
}

/// The bytes that a body with parts or with a number in bits has at least: the fields that
/// always exist, and these bits. None for other bodies.
pub(super) fn least(body: &BodyPlan, array: Option<&ArrayPlan>) -> Option<u64> {
    let counted = array.and_then(|array| array.counted);
    if body.parts.is_empty() && counted.is_none() {
        return None;
    }
    let before = body.parts.iter().filter(|part| body.compact && part.offset < body.end);
    let fixed = body.end - before.map(|part| part.size).sum::<u64>();
    let bits = counted.map(|counted| counted.bits.offset + counted.bits.width);
    Some(fixed.max(bits.unwrap_or(0)))
}

/// The fields after the end of the shortest element that exist in longer ones.
pub(super) fn cut(body: &BodyPlan, fields: &[IntField], each: QuantityPlan) -> Vec<usize> {
    let least = each.plus.saturating_mul(each.unit);
    let cut = fields.iter().filter(|field| {
        field.offset.kernel() + field.int.size() > least && body.part(field.field).is_none()
    });
    cut.map(|field| field.field).collect()
}

/// The arrays of integers of fixed length.
pub(super) fn fixed_arrays(struct_: &Struct) -> Vec<FixedArray> {
    let fields = struct_.fields.iter().enumerate();
    let arrays = fields.filter_map(|(index, field)| {
        let Type::Array(element, count, _) = &field.type_ else { return None };
        let Type::Int(int) = **element else { return None };
        let first =
            IntField { field: index, int, offset: offset(struct_, index), version: field.version };
        (field.role != Role::Reserved).then_some(FixedArray { first, count: *count })
    });
    arrays.collect()
}
