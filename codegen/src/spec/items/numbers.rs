//! Named numbers: constants, enums, id spaces, and numbers that are used elsewhere.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::history::{HistorySpec, Validity};
use super::super::text::{DocText, Number};
use super::super::types::{Amount, ErrorName, TypeExpr};
use super::super::wrappers::{FromLine, LineOrMap, List, Map, OneOrMany, Placed, value_and_doc};
use super::{Common, DeprecatedSpec, Exception, item};
use crate::diagnostic::Place;
use crate::layout::LiteralType;
use crate::release::{Release, Since};
use crate::reply::{Count, WhenLonger, WhenShorter};

item! {
    /// Named numbers: constants, an enum, or an id space.
    pub struct Values {
        /// The name of the group; for an enum, the tag in C, or a name of its own
        /// if `anonymous` is set.
        #[serde(rename = "constants", alias = "enum", alias = "id_space")]
        pub name: Placed<String>,
        /// Their purpose.
        pub doc: Placed<DocText>,
        /// Whether the C enum has no tag.
        #[serde(default)]
        pub anonymous: bool,
        /// The start of the names that is left out of short names; several if they differ.
        #[serde(default)]
        pub prefix: OneOrMany<String>,
        /// The end of the names that is left out of short names.
        pub suffix: Option<Placed<String>>,
        /// The integer type of the values; by default `u32`.
        #[serde(rename = "type")]
        pub type_: Option<Placed<String>>,
        /// The numbers.
        pub values: Map<LineOrMap<ValueSpec>>,
        /// For an enum of states: the states that each of them can change to directly.
        #[serde(default)]
        pub transitions: Map<List<Placed<String>>>,
        /// Numbers that are used elsewhere, by their names there.
        #[serde(default)]
        pub reserved: Map<OneOrMany<LineOrMap<ReservedSpec>>>,
    }
}

item! {
    /// One named number, or a string.
    pub struct ValueSpec {
        /// Its meaning.
        pub doc: Placed<DocText>,
        /// The number; `next` for one more than the enumerator before it.
        pub value: Option<Amount>,
        /// The number of the one bit that is set.
        pub bit: Option<Placed<Number>>,
        /// Among flags: the mask whose bits hold this number.
        #[serde(rename = "in")]
        pub mask: Option<Placed<String>>,
        /// Whether the bits of a mask are read in their place, as those of an address are;
        /// the number in other masks is shifted.
        #[serde(default)]
        pub in_place: bool,
        /// The flags in a mask.
        #[serde(default)]
        pub of: List<Placed<String>>,
        /// For a second name of a number: the enumerator before it that has the number.
        pub alias: Option<Placed<String>>,
        /// The text, for a string constant.
        pub string: Option<Placed<String>>,
        /// Whether its type in C is `int`, so that bit 31 is negative.
        #[serde(default)]
        pub signed: bool,
        /// The type of the macro in C, if it is not the one that its literal has by itself.
        pub c_type: Option<Placed<LiteralType>>,
        /// For an enumerator that counts the others, or a constant that is the highest of a list
        /// of ids: whether it grows with them.
        pub count: Option<Count>,
        /// The type of the data that is passed together with this number: a struct,
        /// or an array such as `u8[16]` or `s32[count]`, with the field that counts it.
        pub payload: Option<Placed<TypeExpr>>,
        /// Whether a request with this flag has no payload, whatever its id is; or whether
        /// no data are passed with this enumerator.
        #[serde(default)]
        pub without_payload: bool,
        /// The effect of data that are shorter than the payload, if not that of the address.
        pub shorter: Option<Placed<WhenShorter>>,
        /// The effect of data that are longer than the payload, if not that of the address.
        pub longer: Option<Placed<WhenLonger>>,
        /// Whether a request with this flag reads: fields of its payload that go both ways
        /// are outputs only.
        #[serde(default)]
        pub reads: bool,
        /// The kind of the new file descriptor that the call returns for this id, or `other`.
        pub returns_fd: Option<Placed<String>>,
        /// The flags of the request with which the payload is passed.
        #[serde(default)]
        pub gates: List<Placed<String>>,
        /// The error of a device that does not have this id, if not that of the handler.
        pub absent: Option<Placed<ErrorName>>,
    }
}

impl ValueSpec {
    /// The keys that define the number or the text, and whether each is given. A value has
    /// exactly one of them.
    pub fn definitions(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let keys = [
            ("value", self.value.is_some()),
            ("bit", self.bit.is_some()),
            ("of", !self.of.is_empty()),
            ("string", self.string.is_some()),
            ("alias", self.alias.is_some()),
        ];
        keys.into_iter()
    }
}

impl FromLine for ValueSpec {
    const FORM: &'static str = "value, doc` or `bit number, doc";

    fn from_line(line: &str, place: Place) -> Result<Self, String> {
        let (number, doc) = value_and_doc(line, place, Self::FORM)?;
        let (value, bit) = match number.strip_prefix("bit ") {
            Some(bit) => (None, Some(Placed { value: bit.trim().parse()?, place })),
            None => (Some(number.parse()?), None),
        };
        Ok(Self { doc, value, bit, ..Self::default() })
    }
}

/// A number that is used elsewhere.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ReservedSpec {
    /// The number.
    pub value: Placed<Number>,
    /// Its user, with a source.
    pub doc: Placed<DocText>,
}

impl FromLine for ReservedSpec {
    const FORM: &'static str = "value, doc";

    fn from_line(line: &str, place: Place) -> Result<Self, String> {
        let (value, doc) = value_and_doc(line, place, Self::FORM)?;
        Ok(Self { value: Placed { value: value.parse()?, place }, doc })
    }
}
