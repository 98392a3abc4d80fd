//! The items of a specification: named numbers, structs with their fields,
//! ioctls, chains, capabilities and macros.

use schemars::JsonSchema;
use serde::Deserialize;

use super::handlers::{Handler, ReplyRules};
use super::history::{History, Life};
use super::text::{Doc, Number};
use super::types::{Amount, ArgExpr, TypeExpr};
use super::wrappers::{FromLine, LineOrMap, List, Map, OneOrMany, Placed, value_and_doc};
use crate::diagnostic::Place;
use crate::release::{Release, Since};
use crate::reply::Count;

/// Gives another macro the kinds of items, each with its type.
macro_rules! item_kinds {
    ($macro:ident) => {
        $macro! {
            /// Constants without a type of their own.
            Constants(Values),
            /// A C enum.
            Enum(Values),
            /// Numbers that must stay unique: feature ids, region types.
            IdSpace(Values),
            /// A function-like macro.
            Macro(Macro),
            /// A struct.
            Struct(Struct),
            /// An ioctl.
            Ioctl(Ioctl),
            /// A chain of capabilities, which is also an id space.
            Chain(Chain),
            /// A capability of a chain.
            Capability(Capability),
        }
    };
}
pub(super) use item_kinds;

macro_rules! item_enum {
    ($($(#[doc = $doc:literal])* $kind:ident($body:ident),)+) => {
        /// An item.
        #[derive(Clone, Debug)]
        pub enum Item {
            $($(#[doc = $doc])* $kind($body),)+
        }

        impl Item {
            /// The keys that every item has.
            pub fn common(&self) -> Common<'_> {
                match self {
                    $(Self::$kind(item) => item.common(),)+
                }
            }
        }
    };
}
item_kinds!(item_enum);

/// The keys that every item, field and value has.
#[derive(Clone, Copy, Debug)]
pub struct Common<'a> {
    /// Its meaning.
    pub doc: &'a Placed<Doc>,
    /// The first release that has it.
    pub since: Option<&'a Placed<Since>>,
    /// The first release that no longer has it.
    pub until: Option<&'a Placed<Release>>,
    /// Since when it should not be used any more, and why.
    pub deprecated: Option<&'a Deprecated>,
    /// The kernel file, function or commit that it is taken from.
    pub source: Option<&'a Placed<String>>,
    /// What was different before a release.
    pub before: &'a History,
    /// Lint rules that do not apply, each with the reason.
    pub allow: &'a Map<String>,
}

impl Common<'_> {
    /// The releases that have it, within those of its surroundings.
    pub fn life(&self, around: Life) -> Life {
        around.within(self.since.map(|since| &since.value), self.until.map(|until| &until.value))
    }
}

/// Declares an item: its own keys, and those that every item has.
macro_rules! item {
    ($(#[$attribute:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, Deserialize, JsonSchema)]
        pub struct $name {
            $($body)*
            /// The first release that has it; by default that of the file or of the item around it.
            pub since: Option<Placed<Since>>,
            /// The first release that no longer has it.
            pub until: Option<Placed<Release>>,
            /// Since when it should not be used any more, and why.
            pub deprecated: Option<Deprecated>,
            /// The kernel file, function or commit that it is taken from; by default that of the file.
            pub source: Option<Placed<String>>,
            /// What was different before a release.
            #[serde(default)]
            pub before: History,
            /// Lint rules that do not apply here, each with the reason.
            #[serde(default)]
            pub allow: Map<String>,
        }

        impl $name {
            /// The keys that every item has.
            pub fn common(&self) -> Common<'_> {
                Common {
                    doc: &self.doc,
                    since: self.since.as_ref(),
                    until: self.until.as_ref(),
                    deprecated: self.deprecated.as_ref(),
                    source: self.source.as_ref(),
                    before: &self.before,
                    allow: &self.allow,
                }
            }

            /// The releases that have the item, within those of its surroundings.
            pub fn life(&self, around: Life) -> Life {
                self.common().life(around)
            }
        }
    };
}

/// The release since which an item should not be used any more, and the reason.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Deprecated {
    /// The release that deprecated it.
    pub since: Placed<Since>,
    /// The reason, and what to use instead.
    pub doc: Placed<Doc>,
}

/// What was different about an item before a release. One line is its type or its value.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Before {
    /// Its name.
    pub name: Option<Placed<String>>,
    /// The type of a field, with its role and without a direction, which cannot change.
    #[serde(rename = "type")]
    pub type_: Option<TypeExpr>,
    /// The number of a value or the id of a capability; `next` for one more than the enumerator before it.
    pub value: Option<Amount>,
    /// The C text of a macro.
    pub c: Option<Placed<String>>,
}

impl FromLine for Before {
    const FORM: &'static str = "type or value";
    const PATTERN: &'static str = "^.+$";

    fn from_line(line: &str, _: Place) -> Result<Self, String> {
        let number = line.starts_with(|first: char| first.is_ascii_digit() || first == '-');
        match number || line == "next" {
            true => Ok(Self { value: Some(line.parse()?), ..Self::default() }),
            false => Ok(Self { type_: Some(line.parse()?), ..Self::default() }),
        }
    }
}

item! {
    /// Named numbers: constants, an enum, or an id space.
    pub struct Values {
        /// The name of the group; of an enum, its tag in C, or a name of ours where `anonymous` is set.
        #[serde(rename = "constants", alias = "enum", alias = "id_space")]
        pub name: Placed<String>,
        /// Their purpose.
        pub doc: Placed<Doc>,
        /// Whether the C enum has no tag.
        #[serde(default)]
        pub anonymous: bool,
        /// The start of the names that their short names lack.
        pub prefix: Option<Placed<String>>,
        /// The end of the names that their short names lack.
        pub suffix: Option<Placed<String>>,
        /// The integer type of the values; by default `u32`.
        #[serde(rename = "type")]
        pub type_: Option<Placed<String>>,
        /// The numbers.
        pub values: Map<LineOrMap<Value>>,
        /// Numbers that others use, by the names that they have there.
        #[serde(default)]
        pub reserved: Map<OneOrMany<LineOrMap<Reserved>>>,
    }
}

item! {
    /// One named number, or a string.
    pub struct Value {
        /// Its meaning.
        pub doc: Placed<Doc>,
        /// The number; `next` for one more than the enumerator before it.
        pub value: Option<Amount>,
        /// The number of the one bit that is set.
        pub bit: Option<Placed<Number>>,
        /// The flags of which a mask consists.
        #[serde(default)]
        pub of: List<Placed<String>>,
        /// The text, for a string constant.
        pub string: Option<Placed<String>>,
        /// Whether C gives it the type `int`, so that bit 31 is negative.
        #[serde(default)]
        pub signed: bool,
        /// For an enumerator that counts the others: whether it grows with them.
        pub count: Option<Count>,
        /// The struct that travels with this id.
        pub payload: Option<Placed<String>>,
        /// The flags of the request under which the payload travels.
        #[serde(default)]
        pub gates: List<Placed<String>>,
    }
}

impl FromLine for Value {
    const FORM: &'static str = "value, doc` or `bit number, doc";

    fn from_line(line: &str, place: Place) -> Result<Self, String> {
        let (number, doc) = value_and_doc(line, place, Self::FORM)?;
        let (value, bit) = match number.strip_prefix("bit ") {
            Some(bit) => (None, Some(Placed { value: bit.trim().parse()?, place })),
            None => (Some(number.parse()?), None),
        };
        Ok(Self {
            doc,
            value,
            bit,
            of: List::default(),
            string: None,
            signed: false,
            count: None,
            payload: None,
            gates: List::default(),
            since: None,
            until: None,
            deprecated: None,
            source: None,
            before: Map::default(),
            allow: Map::default(),
        })
    }
}

/// A number that others use.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Reserved {
    /// The number.
    pub value: Placed<Number>,
    /// Its user, and where that can be read.
    pub doc: Placed<Doc>,
}

impl FromLine for Reserved {
    const FORM: &'static str = "value, doc";

    fn from_line(line: &str, place: Place) -> Result<Self, String> {
        let (value, doc) = value_and_doc(line, place, Self::FORM)?;
        Ok(Self { value: Placed { value: value.parse()?, place }, doc })
    }
}

item! {
    /// A function-like macro: C text, and a function in Rust that does the same.
    pub struct Macro {
        /// Its name.
        #[serde(rename = "macro")]
        pub macro_: Placed<String>,
        /// Its result.
        pub doc: Placed<Doc>,
        /// Its parameters.
        pub args: List<Placed<String>>,
        /// Its body in C.
        pub c: Placed<String>,
        /// The function in Rust.
        pub rust: Placed<String>,
    }
}

item! {
    /// A struct.
    pub struct Struct {
        /// Its name.
        #[serde(rename = "struct")]
        pub struct_: Placed<String>,
        /// Its purpose.
        pub doc: Placed<Doc>,
        /// Whether fields follow each other without padding.
        #[serde(default)]
        pub packed: bool,
        /// The last field that every caller's argsz must cover: the last one of the first release.
        pub minsz: Option<Placed<String>>,
        /// Its fields, in order.
        pub fields: Map<LineOrMap<Field>>,
    }
}

item! {
    /// A field: `[words] type`, where the words are direction and role.
    pub struct Field {
        /// Direction (`in`, `out`, `inout`), role (`argsz`, `flags`, `cap_offset`, `reserved`) and type.
        #[serde(rename = "type")]
        pub type_: Option<TypeExpr>,
        /// Its content, with the unit.
        pub doc: Placed<Doc>,
        /// The members, if the field is an anonymous union.
        #[serde(default)]
        pub union: Map<LineOrMap<Field>>,
        /// The flag, op, feature or index with which the field is valid.
        pub valid_if: Option<Placed<String>>,
        /// The version of the capability that added the field; by default 1.
        pub version: Option<Placed<Number>>,
        /// The start of the names in `bits` or `values` that their short names lack.
        pub prefix: Option<Placed<String>>,
        /// The flags of the field.
        #[serde(default)]
        pub bits: Map<LineOrMap<Value>>,
        /// The numbers that the field can have.
        #[serde(default)]
        pub values: Map<LineOrMap<Value>>,
        /// The enum or id space of its numbers.
        pub holds: Option<Placed<String>>,
    }
}

impl FromLine for Field {
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

item! {
    /// An ioctl.
    pub struct Ioctl {
        /// Its name.
        pub ioctl: Placed<String>,
        /// Its effect.
        pub doc: Placed<Doc>,
        /// Its number, which is added to the base.
        pub number: Placed<Number>,
        /// The kind of file descriptor.
        pub fd: Placed<String>,
        /// The backends that serve it, if the kind has several; by default all.
        #[serde(default)]
        pub backends: List<Placed<String>>,
        /// `struct` and the name of the struct that its argument points to, or `none`, `int`, `fd`, `u32` or `string`.
        pub arg: Placed<ArgExpr>,
        /// Its result, where that is more than 0.
        pub returns: Option<Placed<Doc>>,
        /// Reply rules that several handlers share, by name.
        #[serde(default)]
        pub replies: Map<ReplyRules>,
        /// The kernel's handlers by name; a list where one had different rules in different releases.
        #[serde(default)]
        pub handlers: Map<OneOrMany<LineOrMap<Handler>>>,
    }
}

item! {
    /// A chain of capabilities, which is also an id space.
    pub struct Chain {
        /// The chain's short name.
        pub chain: Placed<String>,
        /// The subject of its capabilities.
        pub doc: Placed<Doc>,
        /// The header with which its capabilities start.
        pub header: Placed<String>,
        /// The struct before the chain, whose `cap_offset` has the offset of the first capability.
        pub host: Option<Placed<String>>,
        /// The flag of the host that is set if there is a chain.
        pub flag: Option<Placed<String>>,
        /// The start of the chain, if it is not in a host's `cap_offset`.
        pub first: Option<First>,
        /// The start of the names of its capabilities that their short names lack.
        pub prefix: Placed<String>,
        /// Ids that others use, by the names that they have there.
        #[serde(default)]
        pub reserved: Map<OneOrMany<LineOrMap<Reserved>>>,
    }
}

/// The start of a chain that no `cap_offset` gives.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct First {
    /// The offset of the first capability, or of a field that has that offset.
    pub offset: Placed<Number>,
    /// The type of that field, if there is one.
    #[serde(rename = "type")]
    pub type_: Option<Placed<String>>,
    /// The lowest offset of a capability; by default `offset`.
    pub bound: Option<Placed<Number>>,
}

item! {
    /// A capability of a chain.
    pub struct Capability {
        /// The constant of its id.
        pub capability: Placed<String>,
        /// Its content.
        pub doc: Placed<Doc>,
        /// Its name within the chain; by default its name without the chain's prefix.
        pub short_name: Option<Placed<String>>,
        /// The id.
        pub id: Placed<Number>,
        /// The chain; by default the only one of the file.
        pub chain: Option<Placed<String>>,
        /// Its struct, declared by `fields` or by another item; a capability without one is its header.
        #[serde(rename = "struct")]
        pub struct_: Option<Placed<String>>,
        /// The fields after the header.
        #[serde(default)]
        pub fields: Map<LineOrMap<Field>>,
    }
}

impl Capability {
    /// Its name within a chain of this prefix.
    pub fn name_in_chain(&self, prefix: &str) -> &str {
        match &self.short_name {
            Some(short) => short,
            None => crate::names::short(&self.capability, prefix, ""),
        }
    }
}

impl Item {
    /// The releases that have the item, within those of its file.
    pub fn life(&self, around: Life) -> Life {
        self.common().life(around)
    }

    /// The name of the item.
    pub fn name(&self) -> &Placed<String> {
        match self {
            Self::Constants(item) | Self::Enum(item) | Self::IdSpace(item) => &item.name,
            Self::Macro(item) => &item.macro_,
            Self::Struct(item) => &item.struct_,
            Self::Ioctl(item) => &item.ioctl,
            Self::Chain(item) => &item.chain,
            Self::Capability(item) => &item.capability,
        }
    }

    /// The name of the struct that the item declares, if it declares one.
    pub fn declared_struct(&self) -> Option<&Placed<String>> {
        match self {
            Self::Struct(item) => Some(&item.struct_),
            Self::Capability(item) if !item.fields.is_empty() => item.struct_.as_ref(),
            _ => None,
        }
    }

    /// The fields that the item declares.
    pub fn fields(&self) -> Option<&Map<LineOrMap<Field>>> {
        match self {
            Self::Struct(item) => Some(&item.fields),
            Self::Capability(item) => Some(&item.fields),
            _ => None,
        }
    }
}
