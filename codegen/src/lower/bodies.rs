//! Lowers what structs of a space say about fields that need not exist, and about numbers that
//! are in bits. This refers to structs that can come later, so it is done at the end.

use super::chains::unsigned;
use super::protocol::{bit_field, is_array, offset};
use super::{Lowering, known};
use crate::ir::protocol::{
    ArrayPlan, BodyPlan, ConditionPlan, FixedArray, IntField, PartPlan, QuantityPlan,
};
use crate::ir::{
    Abi, BitsOf, CapabilityId, ChainId, Presence, Quantity, Role, Struct, StructId, Type,
};
use crate::spec::text::Number;
use crate::spec::types::BitsExpr;
use crate::spec::wrappers::{LineOrMap, Map, Placed};
use crate::spec::{self, FieldSpec, QuantitySpec};

/// A struct with its fields in the specification.
#[derive(Clone, Copy)]
pub(super) struct BodySource<'a> {
    pub(super) struct_: StructId,
    pub(super) length: Option<&'a QuantitySpec>,
    pub(super) fields: &'a Map<LineOrMap<FieldSpec>>,
}

impl Lowering<'_> {
    /// Fills in conditions, counts and lengths.
    pub(super) fn changing_bodies(&mut self) {
        for source in self.bodies.clone() {
            let id = source.struct_;
            self.abi.structs[id.0].length = source.length.map(|length| self.quantity(id, length));
            for (name, field) in source.fields.iter() {
                if field.exists_if.is_empty() && field.count.is_none() {
                    continue;
                }
                let spelt = field.before.name_at(self.release, name);
                let fields = &self.abi.struct_(id).fields;
                // The release may lack the field.
                let Some(at) = fields.iter().position(|field| field.name == spelt) else {
                    continue;
                };
                let exists_if = self.presence(id, field);
                let count = field.count.as_ref().map(|count| self.quantity(id, count));
                let own = &mut self.abi.structs[id.0].fields[at];
                (own.exists_if, own.count) = (exists_if, count);
            }
        }
    }

    /// The capability of another chain by whose bits fields in bodies of a chain exist.
    pub(super) fn companion(&self, chain: ChainId) -> Option<CapabilityId> {
        let capabilities = self.abi.capabilities.iter().filter(|one| one.chain == chain);
        let structs = capabilities.filter_map(|one| Some(&self.abi.structs[one.struct_?.0]));
        let mut conditions = structs.flat_map(|one| &one.fields).flat_map(|field| &field.exists_if);
        conditions.find_map(|one| match one.of {
            BitsOf::Companion(id, _) => Some(id),
            BitsOf::Body | BitsOf::Start(_) => None,
        })
    }

    fn presence(&self, id: StructId, field: &spec::FieldSpec) -> Vec<Presence> {
        let conditions = field.exists_if.iter().map(|(bits, numbers)| {
            let numbers = numbers.iter().map(|range| {
                (unsigned(range.value.start), known(u64::try_from(range.value.last()).ok()))
            });
            let numbers = numbers.collect();
            match bits.field.split_once('.') {
                None => Presence { of: BitsOf::Body, bits: self.bits(id, bits), numbers },
                Some((owner, field)) => {
                    let owner = known(self.structs.get(owner).copied());
                    let bits = BitsExpr { field: field.to_owned(), ..bits.value.clone() };
                    Presence { of: self.holder(owner), bits: self.bits(owner, &bits), numbers }
                }
            }
        });
        conditions.collect()
    }

    /// Another struct than the body: that of a capability, or the start of the space.
    fn holder(&self, struct_: StructId) -> BitsOf {
        let mut capabilities = self.abi.capabilities.iter();
        match capabilities.position(|one| one.struct_ == Some(struct_)) {
            Some(companion) => BitsOf::Companion(CapabilityId(companion), struct_),
            None => BitsOf::Start(struct_),
        }
    }

    fn quantity(&self, id: StructId, spec: &QuantitySpec) -> Quantity {
        let bits = &spec.bits;
        let (element, bits) = match bits.field.split_once('.') {
            None => (None, self.bits(id, bits)),
            Some((array, field)) => {
                let fields = &self.abi.struct_(id).fields;
                let array = known(fields.iter().position(|field| field.name == array));
                let element = known(fields[array].element());
                let bits = BitsExpr { field: field.to_owned(), ..bits.value.clone() };
                (Some((array, element)), self.bits(element, &bits))
            }
        };
        let number = |number: &Option<Placed<Number>>, default| {
            number.as_ref().map_or(default, |number| unsigned(number.value))
        };
        Quantity { element, bits, plus: number(&spec.plus, 0), unit: number(&spec.unit, 1) }
    }
}

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
