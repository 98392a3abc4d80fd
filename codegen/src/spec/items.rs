//! The items of a specification, and the keys that all of them have.

mod allow;
mod chains;
mod numbers;
mod payloads;
mod structs;

use schemars::JsonSchema;
use serde::Deserialize;

use super::handlers::{HandlerSpec, ReplyRules};
use super::history::{HistorySpec, Validity};
use super::text::{DocText, Number};
use super::types::{Amount, ArgExpr, TypeExpr};
use super::wrappers::{FromLine, LineOrMap, List, Map, OneOrMany, Placed};
use crate::diagnostic::Place;
use crate::release::{Release, Since};
pub use allow::Exception;
pub use chains::{CapabilitySpec, ChainSpec, First};
pub use numbers::{ReservedSpec, ValueSpec, Values};
pub use payloads::{BitsOfRange, PayloadSpec};
pub use structs::{FieldSpec, QuantitySpec, StructSpec};

/// Passes the kinds of items, each with its type, to another macro.
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
            Macro(MacroSpec),
            /// A struct.
            Struct(StructSpec),
            /// An ioctl.
            Ioctl(IoctlSpec),
            /// A chain of capabilities, which is also an id space.
            Chain(ChainSpec),
            /// A capability of a chain.
            Capability(CapabilitySpec),
        }
    };
}
pub(super) use item_kinds;

macro_rules! item_enum {
    ($($(#[doc = $doc:literal])* $kind:ident($body:ident),)+) => {
        /// An item.
        #[derive(Clone, Debug)]
        pub enum ItemSpec {
            $($(#[doc = $doc])* $kind($body),)+
        }

        impl ItemSpec {
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
    pub doc: &'a Placed<DocText>,
    /// The first release that has it.
    pub since: Option<&'a Placed<Since>>,
    /// The first release that no longer has it.
    pub until: Option<&'a Placed<Release>>,
    /// The release since which it should not be used any more, and the reason.
    pub deprecated: Option<&'a DeprecatedSpec>,
    /// The kernel file, function or commit that it is taken from.
    pub source: Option<&'a Placed<String>>,
    /// The differences before a release.
    pub before: &'a HistorySpec,
    /// Lint rules that do not apply, each with the reason.
    pub allow: &'a Map<LineOrMap<Exception>>,
}

impl Common<'_> {
    /// The releases that have it, within those of its surroundings.
    pub fn validity(&self, around: Validity) -> Validity {
        around.within(self.since.map(|since| &since.value), self.until.map(|until| &until.value))
    }
}

/// Declares an item: its own keys, and those that every item has.
macro_rules! item {
    ($(#[$attribute:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
        pub struct $name {
            $($body)*
            /// The first release that has it; by default that of the file or of the item around it.
            pub since: Option<Placed<Since>>,
            /// The first release that no longer has it.
            pub until: Option<Placed<Release>>,
            /// The release since which it should not be used any more, and the reason.
            pub deprecated: Option<DeprecatedSpec>,
            /// The kernel file, function or commit that it is taken from; by default that of the file.
            pub source: Option<Placed<String>>,
            /// The differences before a release.
            #[serde(default)]
            pub before: HistorySpec,
            /// Lint rules that do not apply here, each with the reason.
            #[serde(default)]
            pub allow: Map<LineOrMap<Exception>>,
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
            pub fn validity(&self, around: Validity) -> Validity {
                self.common().validity(around)
            }
        }
    };
}

use item;

/// The release since which an item should not be used any more, and the reason.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct DeprecatedSpec {
    /// The release that deprecated it.
    pub since: Placed<Since>,
    /// The reason, and what to use instead.
    pub doc: Placed<DocText>,
}

/// The differences of an item before a release. One line is its type or its value.
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
    /// A function-like macro: C text, and a function in Rust that does the same.
    pub struct MacroSpec {
        /// Its name.
        #[serde(rename = "macro")]
        pub macro_: Placed<String>,
        /// Its result.
        pub doc: Placed<DocText>,
        /// Its parameters.
        pub args: List<Placed<String>>,
        /// Its body in C.
        pub c: Placed<String>,
        /// The function in Rust.
        pub rust: Placed<String>,
    }
}

item! {
    /// An ioctl.
    pub struct IoctlSpec {
        /// Its name.
        pub ioctl: Placed<String>,
        /// Its effect.
        pub doc: Placed<DocText>,
        /// Its number, which is added to the base.
        pub number: Placed<Number>,
        /// The kind of file descriptor.
        pub fd: Placed<String>,
        /// The backends that serve it, if the kind has several; by default all.
        #[serde(default)]
        pub backends: List<Placed<String>>,
        /// `struct` and the name of the struct that its argument points to, or `none`, `int`, `fd`, `u32` or `string`.
        pub arg: Placed<ArgExpr>,
        /// Its result, if that can be more than 0.
        pub returns: Option<Placed<DocText>>,
        /// The kind of the new file descriptor that it returns, or `other`.
        pub returns_fd: Option<Placed<String>>,
        /// Until when the kernel or a device accesses memory after the call, if the argument does not show it.
        pub lasting: Option<Placed<DocText>>,
        /// Reply rules that several handlers share, by name.
        #[serde(default)]
        pub replies: Map<ReplyRules>,
        /// The kernel's handlers by name; a list where one had different rules in different releases.
        #[serde(default)]
        pub handlers: Map<OneOrMany<LineOrMap<HandlerSpec>>>,
    }
}

impl ItemSpec {
    /// The releases that have the item, within those of its file.
    pub fn validity(&self, around: Validity) -> Validity {
        self.common().validity(around)
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
    pub fn fields(&self) -> Option<&Map<LineOrMap<FieldSpec>>> {
        match self {
            Self::Struct(item) => Some(&item.fields),
            Self::Capability(item) => Some(&item.fields),
            _ => None,
        }
    }
}
