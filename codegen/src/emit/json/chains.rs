//! Chains, their headers and their capabilities.

use schemars::JsonSchema;
use serde::Serialize;

use super::items::MetaJson;
use super::numbers::ReservedJson;
use crate::ir::{Abi, Bits, CapHeader, Capability, Chain, ChainStart, Host};

/// The header of the capabilities of a chain.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CapHeader")]
pub(super) struct CapHeaderJson<'a> {
    /// Its name in the specification.
    name: &'a str,
    /// Its documentation.
    doc: &'a [String],
    /// Its struct.
    #[serde(rename = "struct")]
    struct_: &'a str,
    /// The place of the id.
    id: BitsJson<'a>,
    /// The place of the version.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<BitsJson<'a>>,
    /// The place of the offset of the next capability.
    next: BitsJson<'a>,
    /// Whether `next` counts from the start of the reply, not from that of the capability.
    from_reply: bool,
    /// The `next` that ends the chain.
    end: u64,
    /// The alignment of offsets.
    align: u64,
}

/// Some bits of a field.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Bits")]
struct BitsJson<'a> {
    /// The field.
    field: &'a str,
    /// The lowest bit.
    low: u32,
    /// How many bits.
    count: u32,
}

impl<'a> CapHeaderJson<'a> {
    pub(super) fn of(abi: &'a Abi, header: &'a CapHeader) -> Self {
        let struct_ = abi.struct_(header.struct_);
        let bits = |Bits { field, low, count }| BitsJson {
            field: struct_.fields[field].name.as_str(),
            low,
            count,
        };
        Self {
            name: &header.name,
            doc: &header.doc,
            struct_: &struct_.name,
            id: bits(header.id),
            version: header.version.map(bits),
            next: bits(header.next),
            from_reply: header.from_reply,
            end: header.end,
            align: header.align,
        }
    }
}

/// A chain of capabilities.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Chain")]
pub(super) struct ChainJson<'a> {
    /// Its short name.
    name: &'a str,
    #[serde(flatten)]
    meta: MetaJson<'a>,
    /// The header of its capabilities.
    header: &'a str,
    /// How the first capability is found.
    start: ChainStartJson<'a>,
    /// The offset before which no capability starts.
    bound: u64,
    /// The capabilities by their constants, sorted by id.
    capabilities: Vec<&'a str>,
    /// Ids that other trees use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reserved: Vec<ReservedJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ChainStart")]
#[serde(rename_all = "snake_case", tag = "kind")]
enum ChainStartJson<'a> {
    /// At the offset that a field holds, if the flag is set.
    AtOffsetField {
        #[serde(flatten)]
        host: HostJson<'a>,
        /// The field.
        field: &'a str,
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
    },
    /// Unknown.
    Unknown,
}

/// The struct before a chain.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Host")]
struct HostJson<'a> {
    /// The struct.
    host: &'a str,
    /// The flag that says there is a chain.
    flag: &'a str,
}

impl<'a> ChainJson<'a> {
    pub(super) fn of(abi: &'a Abi, chain: &'a Chain) -> Self {
        Self {
            name: &chain.name,
            meta: MetaJson::of(&chain.meta),
            header: &abi.cap_headers[chain.header].name,
            start: start(abi, &chain.start),
            bound: chain.bound,
            capabilities: abi.capabilities_of(chain).map(|one| one.name.as_str()).collect(),
            reserved: chain.reserved.iter().map(ReservedJson::of).collect(),
        }
    }
}

fn start<'a>(abi: &'a Abi, start: &'a ChainStart) -> ChainStartJson<'a> {
    let host =
        |host: &'a Host| HostJson { host: &abi.struct_(host.struct_).name, flag: &host.flag.0 };
    match start {
        ChainStart::AtOffsetField { host: one, cap_offset } => ChainStartJson::AtOffsetField {
            host: host(one),
            field: &abi.struct_(one.struct_).fields[*cap_offset].name,
        },
        ChainStart::After { host: one, offset } => {
            ChainStartJson::After { host: host(one), offset: *offset }
        }
        ChainStart::Fixed { offset } => ChainStartJson::Fixed { offset: *offset },
        ChainStart::FieldAt { offset, int } => {
            ChainStartJson::FieldAt { offset: *offset, int: int.name() }
        }
        ChainStart::Unknown => ChainStartJson::Unknown,
    }
}

/// A capability.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Capability")]
pub(super) struct CapabilityJson<'a> {
    /// The constant that is its id.
    name: &'a str,
    /// Its name within its chain.
    short: &'a str,
    #[serde(flatten)]
    meta: MetaJson<'a>,
    /// Its chain.
    chain: &'a str,
    /// Its id.
    id: u64,
    /// Its newest version.
    version: u16,
    /// Its struct; null if it is the header alone.
    #[serde(rename = "struct")]
    struct_: Option<&'a str>,
}

impl<'a> CapabilityJson<'a> {
    pub(super) fn of(abi: &'a Abi, one: &'a Capability) -> Self {
        Self {
            name: &one.name,
            short: &one.short,
            meta: MetaJson::of(&one.meta),
            chain: &abi.chain(one.chain).name,
            id: one.id,
            version: one.version,
            struct_: one.struct_.map(|id| abi.struct_(id).name.as_str()),
        }
    }
}
