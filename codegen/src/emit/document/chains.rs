//! Chains, their headers and their capabilities, with the facts that readers of chains
//! need: `docs/protocol.md` has the rules.

use schemars::JsonSchema;
use serde::Serialize;

use super::items::{MetaJson, ModelsJson};
use super::numbers::ReservedJson;
use crate::ir::protocol::{ByModel, HeaderFormat, HostPlan, IntField};
use crate::ir::{Abi, Bits, CapHeader, Chain, ChainId, ChainStart, Host, Space, Struct};

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
    /// The bits of `next` that count, if not all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) mask: Option<u64>,
    /// Bits of the header with values that mean that there is no capability.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) empty: Vec<BitsValuesJson<'a>>,
    /// The `next` that ends the chain.
    pub(in crate::emit) end: u64,
    /// The alignment of offsets.
    pub(in crate::emit) align: u64,
}

/// Some bits of a field, with values.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "BitsValues")]
pub(in crate::emit) struct BitsValuesJson<'a> {
    #[serde(flatten)]
    pub(in crate::emit) bits: BitsJson<'a>,
    /// The values.
    pub(in crate::emit) values: Vec<u64>,
}

/// Some bits of a field.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Bits")]
pub(in crate::emit) struct BitsJson<'a> {
    /// The field.
    pub(in crate::emit) field: &'a str,
    /// The offset of the field in the struct.
    pub(in crate::emit) offset: u64,
    /// The size of the field in bytes.
    pub(in crate::emit) width: u64,
    /// The lowest bit.
    pub(in crate::emit) low: u32,
    /// How many bits.
    pub(in crate::emit) count: u32,
}

impl<'a> BitsJson<'a> {
    pub(super) fn of(struct_: &'a Struct, Bits { field, low, count }: Bits) -> Self {
        let span = struct_.kernel_span(field);
        let name = struct_.fields[field].name.as_str();
        Self { field: name, offset: span.offset, width: span.size, low, count }
    }
}

impl<'a> BitsValuesJson<'a> {
    pub(super) fn of(struct_: &'a Struct, bits: Bits, values: Vec<u64>) -> Self {
        Self { bits: BitsJson::of(struct_, bits), values }
    }
}

impl<'a> CapHeaderJson<'a> {
    pub(in crate::emit) fn of(abi: &'a Abi, header: &'a CapHeader, format: &HeaderFormat) -> Self {
        let struct_ = abi.struct_(header.struct_);
        let empty = header.empty.iter();
        let empty = empty.map(|(bits, values)| BitsValuesJson::of(struct_, *bits, values.clone()));
        Self {
            name: &header.name,
            doc: &header.doc,
            struct_: &struct_.name,
            size: format.size,
            min_size: format.min_size,
            id: BitsJson::of(struct_, header.id),
            version: header.version.map(|bits| BitsJson::of(struct_, bits)),
            next: BitsJson::of(struct_, header.next),
            from_reply: header.from_reply,
            mask: (header.mask != u64::MAX).then_some(header.mask),
            empty: empty.collect(),
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
    /// The space in which it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) space: Option<SpaceJson<'a>>,
    /// The capabilities by their constants, sorted by id.
    pub(in crate::emit) capabilities: Vec<&'a str>,
    /// Ids that other trees use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) reserved: Vec<ReservedJson<'a>>,
}

/// The space in which a chain is: little-endian bytes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Space")]
pub(in crate::emit) struct SpaceJson<'a> {
    /// The first offset after those that the chain can have.
    pub(in crate::emit) end: u64,
    /// The struct at its start.
    #[serde(rename = "struct", skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) struct_: Option<&'a str>,
    /// The flag that says there is a chain, with its field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) flag: Option<SpaceFlagJson<'a>>,
    /// Capabilities of another chain: without one of them, there is no chain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::emit) requires: Vec<&'a str>,
    /// The capability of another chain by whose bits fields of its bodies exist: the first one
    /// with its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::emit) companion: Option<&'a str>,
}

/// A flag in the struct at the start of a space.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SpaceFlag")]
pub(in crate::emit) struct SpaceFlagJson<'a> {
    /// Its name.
    pub(in crate::emit) name: &'a str,
    /// The field that has it.
    pub(in crate::emit) field: &'a str,
    /// The offset of the field in the struct.
    pub(in crate::emit) offset: u64,
    /// The size of the field in bytes.
    pub(in crate::emit) width: u64,
    /// The number of the flag.
    pub(in crate::emit) number: u64,
}

impl<'a> SpaceJson<'a> {
    fn of(abi: &'a Abi, space: &'a Space) -> Self {
        let struct_ = space.struct_.map(|id| abi.struct_(id));
        let flag = struct_.zip(space.flag.as_ref());
        let flag = flag.map(|(struct_, (field, name, number))| {
            let span = struct_.kernel_span(*field);
            let (field, number) = (struct_.fields[*field].name.as_str(), *number);
            SpaceFlagJson { name, field, offset: span.offset, width: span.size, number }
        });
        let requires = space.requires.iter().map(|id| abi.capability(*id).name.as_str());
        Self {
            end: space.end,
            struct_: struct_.map(|one| one.name.as_str()),
            flag,
            requires: requires.collect(),
            companion: space.companion.map(|id| abi.capability(id).name.as_str()),
        }
    }
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
    /// At the offset that an integer holds, the place of which depends on a field.
    Chosen {
        /// The bits of the struct of the space.
        by: BitsJson<'a>,
        /// Constants with the offset of the integer.
        offsets: Vec<ChosenOffsetJson<'a>>,
        /// The type of the integer.
        int: &'static str,
        /// The size of the integer in bytes.
        width: u64,
    },
    /// Unknown.
    Unknown,
}

/// An offset for a value of some bits.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ChosenOffset")]
pub(in crate::emit) struct ChosenOffsetJson<'a> {
    /// The constant.
    pub(in crate::emit) constant: &'a str,
    /// Its number.
    pub(in crate::emit) number: u64,
    /// The offset.
    pub(in crate::emit) offset: u64,
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
    pub(super) fn of(owner: &'a Struct, int: &IntField) -> Self {
        Self {
            field: &owner.fields[int.field].name,
            offset: of_models(int.offset),
            width: int.int.size(),
        }
    }
}

impl<'a> ReplyPlacesJson<'a> {
    fn of(abi: &'a Abi, plan: &HostPlan) -> Self {
        let owner = abi.struct_(plan.struct_);
        let appended = plan.appended.iter().map(|field| IntPlaceJson::of(owner, field));
        Self {
            minsz: plan.minsz,
            argsz: plan.argsz.1,
            flags: plan.flags,
            flag: plan.caps_flag.1,
            cap_offset: plan.cap_offset,
            appended: appended.collect(),
        }
    }
}

pub(super) fn of_models(value: ByModel) -> ModelsJson<u64> {
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
            space: chain.space.as_ref().map(|space| SpaceJson::of(abi, space)),
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
            let places = ReplyPlacesJson::of(abi, plan);
            ChainStartJson::AtOffsetField { host: host(one), field, places }
        }
        (ChainStart::After { host: one, offset }, _) => {
            ChainStartJson::After { host: host(one), offset: *offset }
        }
        (ChainStart::Fixed { offset }, _) => ChainStartJson::Fixed { offset: *offset },
        (ChainStart::FieldAt { offset, int }, _) => {
            ChainStartJson::FieldAt { offset: *offset, int: int.name(), width: int.size() }
        }
        (ChainStart::Chosen { by, offsets, int }, _) => {
            let space = chain.space.as_ref().and_then(|space| space.struct_);
            let Some(struct_) = space.map(|id| abi.struct_(id)) else {
                return ChainStartJson::Unknown;
            };
            let offsets = offsets.iter().map(|(constant, number, offset)| ChosenOffsetJson {
                constant,
                number: *number,
                offset: *offset,
            });
            ChainStartJson::Chosen {
                by: BitsJson::of(struct_, *by),
                offsets: offsets.collect(),
                int: int.name(),
                width: int.size(),
            }
        }
        (ChainStart::AtOffsetField { .. } | ChainStart::Unknown, _) => ChainStartJson::Unknown,
    }
}
