//! Capabilities: their sizes, the arrays at their ends, and the conditions of kinds.

use schemars::JsonSchema;
use serde::Serialize;

use super::chains::{BitsJson, BitsValuesJson, IntPlaceJson, of_models};
use super::items::{MetaJson, ModelsJson};
use crate::ir::protocol::CapPlan;
use crate::ir::{Abi, Bits, Capability, CapabilityId, Struct};

/// A capability.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Capability")]
pub(in crate::emit) struct CapabilityJson<'a> {
    /// The constant that is its id.
    pub(in crate::emit) name: &'a str,
    /// Its name within its chain.
    pub(in crate::emit) short: &'a str,
    #[serde(flatten)]
    pub(in crate::emit) meta: MetaJson<'a>,
    /// Its chain.
    pub(in crate::emit) chain: &'a str,
    /// Its id.
    pub(in crate::emit) id: u64,
    /// Its newest version.
    pub(in crate::emit) version: u16,
    /// Its struct; null if it is the header alone.
    #[serde(rename = "struct")]
    pub(in crate::emit) struct_: Option<&'a str>,
    /// The bits of its struct with its length in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) length: Option<BitsJson<'a>>,
    /// Of what it is a kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) kind: Option<KindJson<'a>>,
    /// The bytes that a capability of each version must have, from version 1 on; those of fields
    /// that need not exist come on top.
    pub(in crate::emit) required_size: Vec<ModelsJson<u64>>,
    /// The array at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) array: Option<CapArrayJson<'a>>,
}

/// The conditions under which a capability is one of a certain kind.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Kind")]
pub(in crate::emit) struct KindJson<'a> {
    /// The capability of which it is a kind.
    pub(in crate::emit) of: &'a str,
    /// The bits of its struct with its id.
    pub(in crate::emit) id: BitsJson<'a>,
    /// Further bits of its struct.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) body: Vec<BitsValuesJson<'a>>,
    /// Bits of the struct of the space.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) space: Vec<BitsValuesJson<'a>>,
    /// All bits of its struct, in the order in which readers compare them.
    #[serde(skip)]
    pub(in crate::emit) compared: Vec<(BitsJson<'a>, u64)>,
}

impl<'a> KindJson<'a> {
    fn of(abi: &'a Abi, capability: &'a Capability) -> Option<Self> {
        let kind = capability.kind.as_ref()?;
        let own = abi.struct_(capability.struct_?);
        let start = abi.chain(capability.chain).space.as_ref().and_then(|space| space.struct_);
        let start = start.map(|id| abi.struct_(id));
        let values = |struct_: Option<&'a Struct>, all: &'a [(Bits, u64)]| {
            let one = |(bits, value): &(Bits, u64)| {
                Some(BitsValuesJson::of(struct_?, *bits, vec![*value]))
            };
            all.iter().filter_map(one).collect()
        };
        Some(Self {
            of: &abi.capability(kind.parent).name,
            id: BitsJson::of(own, kind.id),
            body: values(Some(own), &kind.body),
            space: values(start, &kind.space),
            compared: kind
                .conditions(capability.id)
                .map(|(bits, value)| (BitsJson::of(own, bits), value))
                .collect(),
        })
    }
}

/// The array at the end of a capability.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CapArray")]
pub(in crate::emit) struct CapArrayJson<'a> {
    /// The field.
    pub(in crate::emit) field: &'a str,
    /// The offset of the first element in the capability.
    pub(in crate::emit) offset: ModelsJson<u64>,
    /// The bytes from one element to the next.
    pub(in crate::emit) stride: ModelsJson<u64>,
    /// The field with the number of elements; null if the array extends to the end of the
    /// capability, or if bits have the number, as `count` of the field.
    pub(in crate::emit) count: Option<IntPlaceJson<'a>>,
}

impl<'a> CapabilityJson<'a> {
    pub(in crate::emit) fn of(abi: &'a Abi, id: CapabilityId) -> Self {
        let (one, plan) = (abi.capability(id), &abi.protocol.capabilities[id.0]);
        Self {
            name: &one.name,
            short: &one.short,
            meta: MetaJson::of(&one.meta),
            chain: &abi.chain(one.chain).name,
            id: one.id,
            version: one.version,
            struct_: one.struct_.map(|id| abi.struct_(id).name.as_str()),
            length: one
                .struct_
                .zip(one.length)
                .map(|(id, bits)| BitsJson::of(abi.struct_(id), bits)),
            kind: KindJson::of(abi, one),
            required_size: plan.required_size.iter().copied().map(of_models).collect(),
            array: CapArrayJson::of(abi, plan),
        }
    }
}

impl<'a> CapArrayJson<'a> {
    fn of(abi: &'a Abi, plan: &'a CapPlan) -> Option<Self> {
        let (owner, array) = (abi.struct_(plan.struct_?), plan.array.as_ref()?);
        Some(Self {
            field: &owner.fields[array.field].name,
            offset: of_models(array.offset),
            stride: of_models(array.stride),
            count: array.count.as_ref().map(|count| IntPlaceJson::of(owner, count)),
        })
    }
}
