//! Lowers what structs of a space say about fields that need not exist, and about numbers that
//! are in bits. This refers to structs that can come later, so it is done at the end.

use super::chains::unsigned;
use super::{Lowering, resolved};
use crate::ir::{BitsOf, CapabilityId, ChainId, Presence, Quantity, StructId};
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
                (unsigned(range.value.start), resolved(u64::try_from(range.value.last()).ok()))
            });
            let numbers = numbers.collect();
            match bits.field.split_once('.') {
                None => Presence { of: BitsOf::Body, bits: self.bits(id, bits), numbers },
                Some((owner, field)) => {
                    let owner = resolved(self.structs.get(owner).copied());
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
                let array = resolved(fields.iter().position(|field| field.name == array));
                let element = resolved(fields[array].element());
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
