//! Structs and their fields.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::history::{HistorySpec, Validity};
use super::super::text::{DocText, Number};
use super::super::types::{BitsExpr, NumberRange, TypeExpr};
use super::super::wrappers::{FromLine, LineOrMap, List, Map, OneOrMany, Placed, value_and_doc};
use super::numbers::ValueSpec;
use super::payloads::PayloadSpec;
use super::{Common, DeprecatedSpec, Exception, item};
use crate::diagnostic::Place;
use crate::release::{Release, Since};

item! {
    /// A struct.
    pub struct StructSpec {
        /// Its name.
        #[serde(rename = "struct")]
        pub struct_: Placed<String>,
        /// Its purpose.
        pub doc: Placed<DocText>,
        /// Whether fields follow each other without padding.
        #[serde(default)]
        pub packed: bool,
        /// Whether fields that do not exist take no room, so that those after them move.
        #[serde(default)]
        pub compact: bool,
        /// Its length in bytes, if it is an element of an array in a space that has its own length.
        pub length: Option<Box<QuantitySpec>>,
        /// The last field that every caller's argsz must cover: the last one of the first release.
        /// Of a payload, the last field that its length must cover.
        pub minsz: Option<Placed<String>>,
        /// Its fields, in order.
        pub fields: Map<LineOrMap<FieldSpec>>,
    }
}

item! {
    /// A field: `[words] type`, where the words are direction and role.
    pub struct FieldSpec {
        /// Direction (`in`, `out`, `inout`), role (`argsz`, `flags`, `cap_offset`, `reserved`, `fd`, `optional_fd`) and type.
        #[serde(rename = "type")]
        pub type_: Option<TypeExpr>,
        /// Its content, with the unit.
        pub doc: Placed<DocText>,
        /// The members, if the field is an anonymous union.
        #[serde(default)]
        pub union: Map<LineOrMap<FieldSpec>>,
        /// The flag, op, feature or index with which the field is valid.
        pub valid_if: Option<Placed<String>>,
        /// Bits of the struct, or `struct.field` of the space or of a capability of another
        /// chain, each with the numbers with which the field exists.
        #[serde(default)]
        pub exists_if: Map<OneOrMany<NumberRange>, BitsExpr>,
        /// The number of elements, if bits have it; of an array.
        pub count: Option<Box<QuantitySpec>>,
        /// The version of the capability that added the field; by default 1.
        pub version: Option<Placed<Number>>,
        /// The start of the names in `bits` or `values` that is left out of short names.
        pub prefix: Option<Placed<String>>,
        /// The flags of the field.
        #[serde(default)]
        pub bits: Map<LineOrMap<ValueSpec>>,
        /// Sets of flags of the field of which a request has exactly one, by name.
        #[serde(default)]
        pub one_of: Map<List<Placed<String>>>,
        /// The numbers that the field can have.
        #[serde(default)]
        pub values: Map<LineOrMap<ValueSpec>>,
        /// The enum or id space of its numbers.
        pub holds: Option<Placed<String>>,
        /// The enums whose numbers it can have, one for each kind of device: their names
        /// are only printed.
        #[serde(default)]
        pub indexes: List<Placed<String>>,
        /// The place of its type, if that is written alone.
        #[serde(skip)]
        pub type_place: Option<Place>,
        /// The memory that the field has the address of.
        pub payload: Option<Box<PayloadSpec>>,
        /// The kind of the new file descriptor that the kernel puts into the field, or `other`.
        pub returns_fd: Option<Placed<String>>,
    }
}

/// A number that some bits of a struct have.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct QuantitySpec {
    /// The bits; for a count also `array.field` in the first element of the array.
    pub bits: Placed<BitsExpr>,
    /// What is added to them; by default 0.
    pub plus: Option<Placed<Number>>,
    /// What the sum is multiplied by; by default 1.
    pub unit: Option<Placed<Number>>,
}

impl FromLine for FieldSpec {
    const FORM: &'static str = "[words] type, doc";

    fn from_line(line: &str, place: Place) -> Result<Self, String> {
        let (type_, doc) = value_and_doc(line, place, Self::FORM)?;
        Ok(Self {
            type_: Some(type_.parse()?),
            doc,
            type_place: base_place(line, &type_, place),
            ..Self::default()
        })
    }
}

/// The place of the last word of a type at the start of a line; none if the line is
/// not in the file as it is read.
fn base_place(line: &str, type_: &str, place: Place) -> Option<Place> {
    let as_written = place.end() - place.start() == line.chars().count();
    let base = type_.split_whitespace().next_back().filter(|_| as_written)?;
    let before = type_.chars().count() - base.chars().count();
    let start = place.start() + before;
    Some(Place::new(place.file(), start, start + base.chars().count()))
}
