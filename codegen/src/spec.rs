//! Stage 1, the specification as it is written: the serde mirror of the YAML.
//! References are still names, types are still text; nothing here knows how
//! anything is spelt in Rust or C, or at which offset it lies.
//!
//! `docs/spec-format.md` explains every key. The JSON Schema that editors use
//! comes from these same types.

mod de;
mod extend;
mod file;
pub mod history;
pub mod load;
mod node;
pub mod schema;
pub mod text;
pub mod types;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::release::{Release, Since};
use crate::reply::{ArgszReply, Count, Padding, Unset, WhenTooSmall};
use history::{History, Life};
use text::{Doc, Line, List, Named, Number, Placed, Short, value_and_doc};
use types::{Amount, BitsExpr, ErrorName, TypeExpr};

/// A specification: what is true of the ABI as a whole, and its files.
#[derive(Debug)]
pub struct Spec {
    /// `abi.yaml`.
    pub abi: AbiFile,
    /// The files that it lists, in its order, then the overlays.
    pub files: Vec<SpecFile>,
}

/// `abi.yaml`: what is true of the ABI as a whole.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct AbiFile {
    /// Short name of the ABI, in lower case.
    pub abi: Placed<String>,
    /// Its name for a reader.
    pub title: Placed<String>,
    /// What the ABI is for.
    pub doc: Placed<Doc>,
    /// The word that all names start with and that Rust's short names drop.
    pub prefix: Placed<String>,
    /// Every release that can be described, in order; `v3.6..v3.19` stands for all minor releases between.
    pub releases: List<Placed<String>>,
    /// The other files, in the order in which their items are emitted.
    pub files: List<Placed<String>>,
    /// The kernel headers that the items come from.
    pub headers: Named<Header>,
    /// How ioctl numbers are built.
    #[serde(default)]
    pub ioctls: Option<IoctlNumbers>,
    /// Kinds of file descriptors; each is a name space of ioctl numbers.
    #[serde(default)]
    pub fds: Named<Short<FdKind>>,
    /// The headers that capabilities start with.
    #[serde(default)]
    pub cap_headers: Named<CapHeader>,
}

/// A kernel header.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Header {
    /// Where it is included from.
    pub path: Placed<String>,
    /// Its include guards, as installed and as in the kernel's tree.
    pub guards: List<Placed<String>>,
}

/// How ioctl numbers are built: `_IO(type, base + number)`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct IoctlNumbers {
    /// The constant that is the type.
    #[serde(rename = "type")]
    pub type_: Placed<String>,
    /// The constant that the numbers count from.
    pub base: Placed<String>,
}

/// A kind of file descriptor.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct FdKind {
    /// What it is and how it is opened.
    pub doc: Placed<Doc>,
    /// Backends that give the same number different meanings.
    #[serde(default)]
    pub backends: Named<Doc>,
}

impl Line for FdKind {
    const FORM: &'static str = "doc";
    const PATTERN: &'static str = "^.+$";

    fn from_line(line: &str) -> Result<Self, String> {
        let doc = Placed { value: Doc::from(line), place: Default::default() };
        Ok(Self { doc, backends: Named::default() })
    }
}

/// The header that every capability of a chain starts with.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct CapHeader {
    /// What it says.
    pub doc: Placed<Doc>,
    /// Its struct.
    #[serde(rename = "struct")]
    pub struct_: Placed<String>,
    /// The field that holds the id; `field[low..high]` names some of its bits, `high` excluded.
    pub id: Placed<BitsExpr>,
    /// The field that holds the version, if capabilities have one.
    pub version: Option<Placed<BitsExpr>>,
    /// The field that leads to the next capability.
    pub next: Placed<BitsExpr>,
    /// What `next` counts from.
    pub relative_to: RelativeTo,
    /// The value of `next` that ends the chain.
    pub end: Placed<Number>,
    /// What the offset of every capability is a multiple of, where the writer keeps the rules.
    pub align: Placed<Number>,
}

/// What the `next` of a capability counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RelativeTo {
    /// The first byte of the reply or buffer that holds the chain.
    Reply,
    /// The capability's own first byte.
    Capability,
}

/// One file of items: one subject, at most one id space.
#[derive(Debug)]
pub struct SpecFile {
    /// The file's name without folder and ending.
    pub name: String,
    /// Whether it is laid over the specification.
    pub overlay: bool,
    /// What the file is about, for a reader.
    pub title: Placed<String>,
    /// A few sentences that open its part of the header and its page.
    pub doc: Placed<Doc>,
    /// The kernel header that its items come from.
    pub header: Placed<String>,
    /// The release of items that do not say otherwise.
    pub since: Placed<Since>,
    /// The source of items that do not say otherwise: a kernel file or commit.
    pub source: Placed<String>,
    /// The items, in the order in which they are emitted, with all that overlays add to them.
    pub items: List<Item>,
}

/// An item.
#[derive(Clone, Debug)]
pub enum Item {
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
    /// A chain of capabilities: where it hangs, and its id space.
    Chain(Chain),
    /// A capability of a chain.
    Capability(Capability),
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
            /// The kernel file, function or commit that this is taken from; by default that of the file.
            pub source: Option<Placed<String>>,
            /// What was different before a release.
            #[serde(default)]
            pub before: History,
            /// Lint rules that do not apply here, each with the reason.
            #[serde(default)]
            pub allow: Named<String>,
        }

        impl $name {
            /// When the item is there, given when what is around it is.
            pub fn life(&self, around: Life) -> Life {
                around.within(self.since.as_deref(), self.until.as_deref())
            }
        }
    };
}

/// Since when an item should not be used any more.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Deprecated {
    /// The release that says so.
    pub since: Placed<Since>,
    /// Why, and what to use instead.
    pub doc: Placed<Doc>,
}

/// What was different about an item before a release.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Before {
    /// Its name.
    pub name: Option<Placed<String>>,
    /// Its type, with the words that stand before it.
    #[serde(rename = "type")]
    pub type_: Option<TypeExpr>,
    /// Its value; `position` for one more than the enumerator before it.
    pub value: Option<Amount>,
    /// Its C text.
    pub c: Option<Placed<String>>,
}

item! {
    /// Named numbers: constants, an enum, or an id space.
    pub struct Values {
        /// The name of the group; of an enum, its tag in C, or a name of ours where `anonymous` is set.
        #[serde(rename = "constants", alias = "enum", alias = "space")]
        pub name: Placed<String>,
        /// What the numbers are for.
        pub doc: Placed<Doc>,
        /// Whether the C enum has no tag.
        #[serde(default)]
        pub anonymous: bool,
        /// What the short names drop at their front.
        pub prefix: Option<Placed<String>>,
        /// What the short names drop at their end.
        pub suffix: Option<Placed<String>>,
        /// The integer type of the values; `u32` where nothing is said.
        #[serde(rename = "type")]
        pub type_: Option<Placed<String>>,
        /// The numbers.
        pub values: Named<Short<Value>>,
        /// Numbers that must not be given away, and to whom they belong.
        #[serde(default)]
        pub reserved: List<Reserved>,
    }
}

item! {
    /// One named number, or a string.
    pub struct Value {
        /// What it means.
        pub doc: Placed<Doc>,
        /// The number of an entry on one line: a bit's under `bits`, the value elsewhere.
        #[serde(skip)]
        pub line: Option<Amount>,
        /// The number; `position` for one more than the enumerator before it.
        pub value: Option<Amount>,
        /// The number of the one bit that is set.
        pub bit: Option<Placed<Number>>,
        /// The flags that the mask is made of.
        #[serde(default)]
        pub of: List<Placed<String>>,
        /// The text, for a string constant.
        pub string: Option<Placed<String>>,
        /// Whether C gives it the type `int`, so that bit 31 is negative.
        #[serde(default)]
        pub signed: bool,
        /// Set on the number of things in an enum: whether it moves as things are added.
        pub count: Option<Count>,
        /// The struct that travels with this id.
        pub payload: Option<Placed<String>>,
        /// The flags of the request under which the payload travels.
        #[serde(default)]
        pub gates: List<Placed<String>>,
    }
}

impl Line for Value {
    const FORM: &'static str = "value, doc";

    fn from_line(line: &str) -> Result<Self, String> {
        let (value, doc) = value_and_doc(line, Self::FORM)?;
        Ok(Self {
            doc: Placed { value: doc, place: Default::default() },
            line: Some(value.parse()?),
            value: None,
            bit: None,
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
            before: Named::default(),
            allow: Named::default(),
        })
    }
}

/// A number that must not be given away.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Reserved {
    /// The number.
    pub value: Placed<Number>,
    /// The name under which it is used elsewhere.
    pub name: Placed<String>,
    /// Who uses it, and where that can be read.
    pub doc: Placed<Doc>,
}

item! {
    /// A function-like macro: verbatim C beside its twin in Rust.
    pub struct Macro {
        /// Its name.
        #[serde(rename = "macro")]
        pub macro_: Placed<String>,
        /// What it tells.
        pub doc: Placed<Doc>,
        /// Its parameters.
        pub args: List<Placed<String>>,
        /// Its body in C.
        pub c: Placed<String>,
        /// One Rust function that does the same.
        pub rust: Placed<String>,
    }
}

item! {
    /// A struct.
    pub struct Struct {
        /// Its name.
        #[serde(rename = "struct")]
        pub struct_: Placed<String>,
        /// What it is for.
        pub doc: Placed<Doc>,
        /// Whether fields follow each other without padding.
        #[serde(default)]
        pub packed: bool,
        /// The last field that every caller's argsz must cover, since the first release.
        pub minsz: Option<Placed<String>>,
        /// Its fields, in order.
        pub fields: Named<Short<Field>>,
    }
}

item! {
    /// A field: `[words] type`, where the words give direction and role.
    pub struct Field {
        /// Direction (`in`, `out`, `inout`), role (`argsz`, `flags`, `cap_offset`, `reserved`) and type.
        #[serde(rename = "type")]
        pub type_: Option<TypeExpr>,
        /// What it holds, with its unit.
        pub doc: Placed<Doc>,
        /// The members of an anonymous union that stands here.
        #[serde(default)]
        pub union: Named<Short<Field>>,
        /// The flag, op, feature or index that must be given for the field to count.
        pub when: Option<Placed<String>>,
        /// The version of the capability that brought the field.
        pub version: Option<Placed<Number>>,
        /// What the short names of `bits` or `values` drop at their front.
        pub prefix: Option<Placed<String>>,
        /// The flags that the field holds, by bit number.
        #[serde(default)]
        pub bits: Named<Short<Value>>,
        /// The numbers that the field holds.
        #[serde(default)]
        pub values: Named<Short<Value>>,
        /// The enum or id space whose numbers the field holds.
        pub holds: Option<Placed<String>>,
    }
}

impl Line for Field {
    const FORM: &'static str = "[words] type, doc";

    fn from_line(line: &str) -> Result<Self, String> {
        let (type_, doc) = value_and_doc(line, Self::FORM)?;
        Ok(Self {
            type_: Some(type_.parse()?),
            doc: Placed { value: doc, place: Default::default() },
            union: Named::default(),
            when: None,
            version: None,
            prefix: None,
            bits: Named::default(),
            values: Named::default(),
            holds: None,
            since: None,
            until: None,
            deprecated: None,
            source: None,
            before: Named::default(),
            allow: Named::default(),
        })
    }
}

item! {
    /// An ioctl.
    pub struct Ioctl {
        /// Its name.
        pub ioctl: Placed<String>,
        /// What it does.
        pub doc: Placed<Doc>,
        /// Its number, counted from the base.
        pub number: Placed<Number>,
        /// The kind of file descriptor that it is for.
        pub fd: Placed<String>,
        /// The backends that serve it, where the kind has some.
        #[serde(default)]
        pub backends: List<Placed<String>>,
        /// The struct that its argument points to, or `none`, `int`, `fd`, `u32` or `string`.
        pub arg: Placed<String>,
        /// What it returns, where that is more than 0.
        pub returns: Option<Placed<Doc>>,
        /// The kernel's handlers and their reply rules.
        #[serde(default)]
        pub handlers: List<Handler>,
    }
}

/// How one handler of the kernel treats the caller's buffer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Handler {
    /// Its short name.
    pub handler: Placed<String>,
    /// Its kernel file and function.
    pub source: Placed<String>,
    /// The first release that behaves so.
    pub since: Option<Placed<Since>>,
    /// The first release that no longer does.
    pub until: Option<Placed<Release>>,
    /// What is peculiar about it.
    pub doc: Option<Placed<Doc>>,
    /// The last field that argsz must cover, or the call fails with EINVAL.
    pub minsz: Placed<String>,
    /// How far the caller's buffer is copied in; as far as minsz where nothing is said.
    #[serde(default)]
    pub reads: List<Placed<String>>,
    /// How far the fixed part is copied out: the furthest of these fields that argsz covers, or `argsz` for as much as fits.
    #[serde(default)]
    pub writes: List<Placed<String>>,
    /// What output fields hold that the handler does not set.
    pub untouched: Option<Unset>,
    /// Input fields that must be below a constant, or the call fails with EINVAL.
    #[serde(default)]
    pub below: Named<Placed<String>>,
    /// How the array behind the fixed part is appended, where the handler has one.
    pub array: Option<ReplyArray>,
    /// How the chain is appended, where the handler has one.
    pub capabilities: Option<ReplyChain>,
    /// The name under which the reply builder offers these rules.
    pub profile: Option<Placed<String>>,
}

/// How a handler appends the array that ends its argument: all of it or nothing.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ReplyArray {
    /// The array: the last field of the argument, which another field counts.
    pub field: Placed<String>,
    /// What a buffer sees that is too small for it.
    pub short: ShortArray,
}

/// What a buffer sees that is too small for an array.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ShortArray {
    /// The error that the call fails with, once the fixed part is copied out.
    pub error: ErrorName,
    /// The output fields that are set in it; all, where nothing is said.
    #[serde(default)]
    pub sets: List<Placed<String>>,
}

/// How a handler appends its chain.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ReplyChain {
    /// Offset of the first capability.
    pub at: Placed<Number>,
    /// What the offset of every further one is rounded up to.
    pub align: Placed<Number>,
    /// What a buffer sees that is too small for the chain.
    pub short: WhenTooSmall,
    /// What stands between capabilities.
    #[serde(default)]
    pub padding: Padding,
    /// When argsz is set to the size of the full reply.
    #[serde(default)]
    pub argsz: ArgszReply,
    /// How far the fixed part is copied out where the chain is, if farther than without.
    #[serde(default)]
    pub writes: List<Placed<String>>,
    /// The capabilities that it can give, in its order.
    #[serde(default)]
    pub gives: List<Placed<String>>,
}

item! {
    /// A chain of capabilities: where it hangs, and its id space.
    pub struct Chain {
        /// The chain's short name.
        pub chain: Placed<String>,
        /// What its capabilities describe.
        pub doc: Placed<Doc>,
        /// The header that its capabilities start with.
        pub header: Placed<String>,
        /// The struct in front of the chain, whose `cap_offset` leads to it.
        pub host: Option<Placed<String>>,
        /// The flag of the host that says there is a chain.
        pub flag: Option<Placed<String>>,
        /// Where the chain starts, if not at a host's `cap_offset`.
        pub first: Option<First>,
        /// What the short names of its ids drop at their front.
        pub prefix: Placed<String>,
        /// Ids that must not be given away, and to whom they belong.
        #[serde(default)]
        pub reserved: List<Reserved>,
    }
}

/// Where a chain without a host starts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct First {
    /// The offset of the first capability, or of the field that leads to it.
    pub at: Placed<Number>,
    /// The type of the field that leads to it, if there is one.
    #[serde(rename = "type")]
    pub type_: Option<Placed<String>>,
    /// The offset before which no capability starts; that of the first where nothing is said.
    pub bound: Option<Placed<Number>>,
}

item! {
    /// A capability of a chain.
    pub struct Capability {
        /// The constant that is its id.
        pub capability: Placed<String>,
        /// What it tells.
        pub doc: Placed<Doc>,
        /// What it is called within the chain, if not its name without the chain's prefix.
        pub short: Option<Placed<String>>,
        /// The id.
        pub id: Placed<Number>,
        /// The chain; the file's own where nothing is said.
        pub chain: Option<Placed<String>>,
        /// Its struct, which `fields` declares or another item does; a capability without one is its header.
        #[serde(rename = "struct")]
        pub struct_: Option<Placed<String>>,
        /// The fields behind the header.
        #[serde(default)]
        pub fields: Named<Short<Field>>,
        /// The kernel files that emit it; none where it is emitted no longer.
        #[serde(default)]
        pub emitted_by: List<Placed<String>>,
    }
}

impl SpecFile {
    /// When the file's items are there, if they do not say otherwise.
    pub fn life(&self) -> Life {
        Life { since: self.since.value, until: None }
    }
}

impl Item {
    /// When the item is there, given when its file's items are.
    pub fn life(&self, around: Life) -> Life {
        match self {
            Self::Constants(item) | Self::Enum(item) | Self::IdSpace(item) => item.life(around),
            Self::Macro(item) => item.life(around),
            Self::Struct(item) => item.life(around),
            Self::Ioctl(item) => item.life(around),
            Self::Chain(item) => item.life(around),
            Self::Capability(item) => item.life(around),
        }
    }

    /// The name that tells the item apart, and its place.
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
    pub fn fields(&self) -> Option<&Named<Short<Field>>> {
        match self {
            Self::Struct(item) => Some(&item.fields),
            Self::Capability(item) => Some(&item.fields),
            _ => None,
        }
    }
}
