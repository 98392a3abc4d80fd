//! Conditions of fields, and numbers in bits.

use schemars::JsonSchema;
use serde::Serialize;

use super::chains::BitsJson;
use crate::ir::{Abi, BitsOf, Field, Presence, Quantity, Struct};

/// A condition of a field.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Presence")]
pub(in crate::emit) struct PresenceJson<'a> {
    #[serde(flatten)]
    pub(in crate::emit) bits: BitsJson<'a>,
    /// The struct of the space, if the bits are of that one and not of the own one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) space: Option<&'a str>,
    /// The capability of another chain, if the bits are of its struct. It is unknown whether the
    /// field exists if that capability is not there or too short; if its field with the bits does
    /// not exist, this one does not either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) companion: Option<&'a str>,
    /// The numbers that the bits have then: the first and the last one of each range.
    pub(in crate::emit) numbers: Vec<[u64; 2]>,
}

impl<'a> PresenceJson<'a> {
    /// The conditions that a field states.
    pub(super) fn own(abi: &'a Abi, owner: &'a Struct, field: &Field) -> Vec<Self> {
        field.exists_if.iter().map(|one| Self::of(abi, owner, one)).collect()
    }

    /// All conditions of a field, in the order in which a reader tests them.
    pub(super) fn all(abi: &'a Abi, owner: &'a Struct, field: &Field) -> Vec<Self> {
        let all = field.exists_if.iter().flat_map(|one| one.all(abi));
        all.map(|one| Self::of(abi, owner, &one)).collect()
    }

    fn of(abi: &'a Abi, owner: &'a Struct, presence: &Presence) -> Self {
        let struct_ = presence.of.struct_of(abi, owner);
        let (space, companion) = match presence.of {
            BitsOf::Body => (None, None),
            BitsOf::Start(_) => (Some(struct_.name.as_str()), None),
            BitsOf::Companion(id, _) => (None, Some(abi.capability(id).name.as_str())),
        };
        Self {
            bits: BitsJson::of(struct_, presence.bits),
            space,
            companion,
            numbers: presence.numbers.iter().map(|(first, last)| [*first, *last]).collect(),
        }
    }
}

/// A number in bits: `(bits + plus) * unit`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Quantity")]
pub(in crate::emit) struct QuantityJson<'a> {
    #[serde(flatten)]
    pub(in crate::emit) bits: BitsJson<'a>,
    /// The array whose first element has the bits; without one, the struct itself has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) first_of: Option<&'a str>,
    /// What is added to the bits.
    pub(in crate::emit) plus: u64,
    /// What the sum is multiplied by.
    pub(in crate::emit) unit: u64,
}

impl<'a> QuantityJson<'a> {
    pub(super) fn of(abi: &'a Abi, owner: &'a Struct, quantity: &Quantity) -> Self {
        let Quantity { element, bits, plus, unit } = *quantity;
        let of = element.map_or(owner, |(_, element)| abi.struct_(element));
        let first_of = element.map(|(array, _)| owner.fields[array].name.as_str());
        Self { bits: BitsJson::of(of, bits), first_of, plus, unit }
    }
}
