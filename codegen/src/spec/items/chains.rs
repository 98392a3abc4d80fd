//! Chains and their capabilities.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::history::{HistorySpec, Validity};
use super::super::text::{DocText, Number};
use super::super::types::{BitsExpr, Offsets};
use super::super::wrappers::{LineOrMap, List, Map, OneOrMany, Placed};
use super::numbers::ReservedSpec;
use super::structs::FieldSpec;
use super::{Common, DeprecatedSpec, Exception, item};
use crate::release::{Release, Since};

item! {
    /// A chain of capabilities, which is also an id space.
    pub struct ChainSpec {
        /// The chain's short name.
        pub chain: Placed<String>,
        /// The subject of its capabilities.
        pub doc: Placed<DocText>,
        /// The header with which its capabilities start.
        pub header: Placed<String>,
        /// The struct before the chain, whose `cap_offset` has the offset of the first capability.
        pub host: Option<Placed<String>>,
        /// The struct at the start of the space in which the chain is.
        pub space: Option<Placed<String>>,
        /// The offsets in the space that the chain can have.
        pub within: Option<Placed<Offsets>>,
        /// The flag of the host, or of the struct of the space, that is set if there is a chain.
        pub flag: Option<Placed<String>>,
        /// Capabilities of another chain in the space: without one of them, there is no chain.
        #[serde(default)]
        pub requires: List<Placed<String>>,
        /// The start of the chain, if the chain has no host.
        pub first: Option<Box<First>>,
        /// The start of the capabilities' names that is left out of short names.
        pub prefix: Placed<String>,
        /// Ids that are used elsewhere, by their names there.
        #[serde(default)]
        pub reserved: Map<OneOrMany<LineOrMap<ReservedSpec>>>,
    }
}

/// The start of a chain without `cap_offset`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct First {
    /// The offset of the first capability, or of a field that has that offset.
    pub offset: Option<Placed<Number>>,
    /// Bits of the struct of the space that determine the offset of that field.
    pub by: Option<Placed<BitsExpr>>,
    /// The offset of that field for each of these constants; for others there is no chain.
    #[serde(default)]
    pub offsets: Map<Placed<Number>>,
    /// The type of that field, if there is one.
    #[serde(rename = "type")]
    pub type_: Option<Placed<String>>,
    /// The lowest offset of a capability; by default `offset`.
    pub bound: Option<Placed<Number>>,
}

item! {
    /// A capability of a chain.
    pub struct CapabilitySpec {
        /// The constant of its id.
        pub capability: Placed<String>,
        /// Its content.
        pub doc: Placed<DocText>,
        /// Its name within the chain; by default its name without the chain's prefix.
        pub short_name: Option<Placed<String>>,
        /// The id.
        pub id: Placed<Number>,
        /// The chain; by default the only one of the file.
        pub chain: Option<Placed<String>>,
        /// Its struct, declared by `fields` or by another item; a capability without one is its header.
        #[serde(rename = "struct")]
        pub struct_: Option<Placed<String>>,
        /// Whether the fields of that struct follow each other without padding.
        #[serde(default)]
        pub packed: bool,
        /// Whether fields of that struct that do not exist take no room, so that those after them move.
        #[serde(default)]
        pub compact: bool,
        /// The bits of its struct with its length in bytes, header included.
        pub length: Option<Placed<BitsExpr>>,
        /// The capability of which it is a kind.
        pub below: Option<Placed<String>>,
        /// The bits of its struct with the id of the kind.
        pub id_in: Option<Placed<BitsExpr>>,
        /// Further bits of its struct, or `struct.field` of the space, with their values.
        #[serde(default, rename = "where")]
        pub conditions: Map<Placed<Number>, BitsExpr>,
        /// The fields after the header.
        #[serde(default)]
        pub fields: Map<LineOrMap<FieldSpec>>,
    }
}

impl CapabilitySpec {
    /// Its name within a chain of this prefix.
    pub fn name_in_chain(&self, prefix: &str) -> &str {
        match &self.short_name {
            Some(short) => short,
            None => crate::names::short(&self.capability, [prefix], ""),
        }
    }
}
