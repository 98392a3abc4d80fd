//! Structs and their fields.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::history::{HistorySpec, Validity};
use super::super::text::{DocText, Number};
use super::super::types::TypeExpr;
use super::super::wrappers::{FromLine, LineOrMap, Map, Placed, value_and_doc};
use super::numbers::ValueSpec;
use super::{Common, DeprecatedSpec, item};
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
        /// The last field that every caller's argsz must cover: the last one of the first release.
        pub minsz: Option<Placed<String>>,
        /// Its fields, in order.
        pub fields: Map<LineOrMap<FieldSpec>>,
    }
}

item! {
    /// A field: `[words] type`, where the words are direction and role.
    pub struct FieldSpec {
        /// Direction (`in`, `out`, `inout`), role (`argsz`, `flags`, `cap_offset`, `reserved`) and type.
        #[serde(rename = "type")]
        pub type_: Option<TypeExpr>,
        /// Its content, with the unit.
        pub doc: Placed<DocText>,
        /// The members, if the field is an anonymous union.
        #[serde(default)]
        pub union: Map<LineOrMap<FieldSpec>>,
        /// The flag, op, feature or index with which the field is valid.
        pub valid_if: Option<Placed<String>>,
        /// The version of the capability that added the field; by default 1.
        pub version: Option<Placed<Number>>,
        /// The start of the names in `bits` or `values` that their short names lack.
        pub prefix: Option<Placed<String>>,
        /// The flags of the field.
        #[serde(default)]
        pub bits: Map<LineOrMap<ValueSpec>>,
        /// The numbers that the field can have.
        #[serde(default)]
        pub values: Map<LineOrMap<ValueSpec>>,
        /// The enum or id space of its numbers.
        pub holds: Option<Placed<String>>,
    }
}

impl FromLine for FieldSpec {
    const FORM: &'static str = "[words] type, doc";

    fn from_line(line: &str, place: Place) -> Result<Self, String> {
        let (type_, doc) = value_and_doc(line, place, Self::FORM)?;
        Ok(Self {
            type_: Some(type_.parse()?),
            doc,
            union: Map::default(),
            valid_if: None,
            version: None,
            prefix: None,
            bits: Map::default(),
            values: Map::default(),
            holds: None,
            since: None,
            until: None,
            deprecated: None,
            source: None,
            before: Map::default(),
            allow: Map::default(),
        })
    }
}
