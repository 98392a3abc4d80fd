//! Chains, their headers and their capabilities, with the facts that readers of chains
//! need: `docs/protocol.md` has the rules.

use schemars::JsonSchema;
use serde::Serialize;

use super::items::{MetaJson, ModelsJson};
use super::numbers::ReservedJson;
use crate::ir::protocol::{BitField, ByModel, CapPlan, HeaderFormat, HostPlan, IntField};
use crate::ir::{Abi, Bits, CapHeader, CapabilityId, Chain, ChainId, ChainStart, Host, Struct};

/// The header of the capabilities of a chain.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CapHeader")]
pub(in crate::emit) struct CapHeaderJson<'a> {
    /// Its name in the specification.
    pub(in crate::emit) name: &'a str,
    /// Its documentation.
    pub(in crate::emit) doc: &'a [String],
    /// Its struct.
    #[serde(rename = "struct")]
    pub(in crate::emit) struct_: &'a str,
    /// Its size in bytes.
    pub(in crate::emit) size: u64,
    /// The bytes that a capability takes at least: the header, aligned.
    pub(in crate::emit) min_size: u64,
    /// The place of the id.
    pub(in crate::emit) id: BitsJson<'a>,
    /// The place of the version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) version: Option<BitsJson<'a>>,
    /// The place of the offset of the next capability.
    pub(in crate::emit) next: BitsJson<'a>,
    /// Whether `next` counts from the start of the reply, not from that of the capability.
    pub(in crate::emit) from_reply: bool,
    /// The `next` that ends the chain.
    pub(in crate::emit) end: u64,
    /// The alignment of offsets.
    pub(in crate::emit) align: u64,
}

/// Some bits of a field.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Bits")]
pub(in crate::emit) struct BitsJson<'a> {
    /// The field.
    pub(in crate::emit) field: &'a str,
    /// The offset of the field in the header.
    pub(in crate::emit) offset: u64,
    /// The size of the field in bytes.
    pub(in crate::emit) width: u64,
    /// The lowest bit.
    pub(in crate::emit) low: u32,
    /// How many bits.
    pub(in crate::emit) count: u32,
}

impl<'a> CapHeaderJson<'a> {
    pub(in crate::emit) fn of(abi: &'a Abi, header: &'a CapHeader, format: &HeaderFormat) -> Self {
        let struct_ = abi.struct_(header.struct_);
        let bits = |Bits { field, low, count }, BitField { offset, width, .. }| BitsJson {
            field: struct_.fields[field].name.as_str(),
            offset,
            width,
            low,
            count,
        };
        Self {
            name: &header.name,
            doc: &header.doc,
            struct_: &struct_.name,
            size: format.size,
            min_size: format.min_size,
            id: bits(header.id, format.id),
            version: header.version.zip(format.version).map(|(one, place)| bits(one, place)),
            next: bits(header.next, format.next),
            from_reply: header.from_reply,
            end: header.end,
            align: header.align,
        }
    }
}

/// A chain of capabilities.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Chain")]
pub(in crate::emit) struct ChainJson<'a> {
    /// Its short name.
    pub(in crate::emit) name: &'a str,
    #[serde(flatten)]
    pub(in crate::emit) meta: MetaJson<'a>,
    /// The header of its capabilities.
    pub(in crate::emit) header: &'a str,
    /// How the first capability is found.
    pub(in crate::emit) start: ChainStartJson<'a>,
    /// The offset before which no capability starts.
    pub(in crate::emit) bound: u64,
    /// The capabilities by their constants, sorted by id.
    pub(in crate::emit) capabilities: Vec<&'a str>,
    /// Ids that other trees use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) reserved: Vec<ReservedJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ChainStart")]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(in crate::emit) enum ChainStartJson<'a> {
    /// At the offset that a field holds, if the flag is set.
    AtOffsetField {
        #[serde(flatten)]
        host: HostJson<'a>,
        /// The field.
        field: &'a str,
        /// The places of the fields that a reader needs.
        places: ReplyPlacesJson<'a>,
    },
    /// At an offset after the host, if the flag is set.
    After {
        #[serde(flatten)]
        host: HostJson<'a>,
        /// The offset of the first capability.
        offset: u64,
    },
    /// At a fixed offset.
    Fixed {
        /// The offset.
        offset: u64,
    },
    /// At the offset that an integer holds.
    FieldAt {
        /// The offset of the integer.
        offset: u64,
        /// Its type.
        int: &'static str,
        /// The size of the integer in bytes.
        width: u64,
    },
    /// Unknown.
    Unknown,
}

/// The struct before a chain.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Host")]
pub(in crate::emit) struct HostJson<'a> {
    /// The struct.
    pub(in crate::emit) host: &'a str,
    /// The flag that says there is a chain.
    pub(in crate::emit) flag: &'a str,
}

/// The places in a reply of the fields that a reader of its chain needs.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReplyPlaces")]
pub(in crate::emit) struct ReplyPlacesJson<'a> {
    /// The bytes that every reply has.
    pub(in crate::emit) minsz: u64,
    /// The offset of the size of the buffer, a `u32`.
    pub(in crate::emit) argsz: u64,
    /// The offset of the flags, a `u32`.
    pub(in crate::emit) flags: u64,
    /// The number of the flag that says there is a chain.
    pub(in crate::emit) flag: u64,
    /// The offset of the offset of the first capability, a `u32`.
    pub(in crate::emit) cap_offset: u64,
    /// The fields that a reply can lack, because later kernels appended them.
    pub(in crate::emit) appended: Vec<IntPlaceJson<'a>>,
}

/// An integer in a struct.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IntPlace")]
pub(in crate::emit) struct IntPlaceJson<'a> {
    /// The field.
    pub(in crate::emit) field: &'a str,
    /// Its offset in bytes.
    pub(in crate::emit) offset: ModelsJson<u64>,
    /// Its size in bytes.
    pub(in crate::emit) width: u64,
}

impl<'a> IntPlaceJson<'a> {
    fn of(owner: &'a Struct, int: &IntField) -> Self {
        Self {
            field: &owner.fields[int.field].name,
            offset: of_models(int.offset),
            width: int.int.size(),
        }
    }
}

impl<'a> ReplyPlacesJson<'a> {
    fn of(abi: &'a Abi, plan: &HostPlan, field: &'a str) -> Self {
        let owner = abi.struct_(plan.struct_);
        let later = plan.fields.iter().filter(|field| field.is_appended);
        let mut appended: Vec<_> = later.map(|field| IntPlaceJson::of(owner, &field.int)).collect();
        if plan.cap_offset >= plan.minsz {
            let offset = of_models(ByModel([plan.cap_offset; 3]));
            appended.insert(0, IntPlaceJson { field, offset, width: 4 });
        }
        Self {
            minsz: plan.minsz,
            argsz: plan.argsz.1,
            flags: plan.flags,
            flag: plan.caps_flag.1,
            cap_offset: plan.cap_offset,
            appended,
        }
    }
}

fn of_models(value: ByModel) -> ModelsJson<u64> {
    ModelsJson::of(&value.0, |value| *value)
}

impl<'a> ChainJson<'a> {
    pub(in crate::emit) fn of(abi: &'a Abi, id: ChainId) -> Self {
        let (chain, plan) = (abi.chain(id), &abi.protocol.chains[id.0]);
        Self {
            name: &chain.name,
            meta: MetaJson::of(&chain.meta),
            header: &abi.cap_headers[chain.header].name,
            start: start(abi, chain, plan.host.as_ref()),
            bound: plan.bound,
            capabilities: abi.capabilities_of(chain).map(|one| one.name.as_str()).collect(),
            reserved: chain.reserved.iter().map(ReservedJson::of).collect(),
        }
    }
}

fn start<'a>(abi: &'a Abi, chain: &'a Chain, plan: Option<&HostPlan>) -> ChainStartJson<'a> {
    let host =
        |host: &'a Host| HostJson { host: &abi.struct_(host.struct_).name, flag: &host.flag.0 };
    match (&chain.start, plan) {
        (ChainStart::AtOffsetField { host: one, cap_offset }, Some(plan)) => {
            let field = &abi.struct_(one.struct_).fields[*cap_offset].name;
            let places = ReplyPlacesJson::of(abi, plan, field);
            ChainStartJson::AtOffsetField { host: host(one), field, places }
        }
        (ChainStart::After { host: one, offset }, _) => {
            ChainStartJson::After { host: host(one), offset: *offset }
        }
        (ChainStart::Fixed { offset }, _) => ChainStartJson::Fixed { offset: *offset },
        (ChainStart::FieldAt { offset, int }, _) => {
            ChainStartJson::FieldAt { offset: *offset, int: int.name(), width: int.size() }
        }
        (ChainStart::AtOffsetField { .. } | ChainStart::Unknown, _) => ChainStartJson::Unknown,
    }
}

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
    /// The bytes that a capability of each version must have, from version 1 on.
    pub(in crate::emit) required_size: Vec<ModelsJson<u64>>,
    /// The array at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) array: Option<CapArrayJson<'a>>,
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
    /// capability.
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
