//! The resolved ABI of one release: built by `lower`, read by all later stages.
//! Data with lookups; references are indexes, layouts are numbers, names are
//! spelt, documentation is plain paragraphs.

mod access;
mod api_names;
mod body_plans;
pub mod c_requests;
mod checked_members;
mod entries;
mod handlers;
mod knowledge;
mod members;
mod number_spaces;
mod payloads;
mod proposals;
pub mod protocol;
mod regions;
mod renames;
pub mod requests;
mod results;
mod serving;
mod space_plans;
mod spaces;
mod stream_plans;
mod streams;
mod typed_data;

pub use api_names::ApiNames;
pub use checked_members::{CheckedMember, Demand};
pub use entries::{Entry, EntryKind};
pub use handlers::{
    ArgumentErrors, ArgumentRules, Copied, Handler, Limit, RefusedNumber, RepliesOn, ReplyArray,
    ReplyChain, TailCheck,
};
pub use knowledge::{DeclaredIoctl, FieldSpans, Knowledge, TypeName, UnreadItem};
pub use members::Member;
pub use number_spaces::{Holder, NumberSpace, NumberUse, SpaceKind};
pub use payloads::{BitmapLength, Payload, PayloadLength, TypeField};
pub use proposals::{Claim, ClaimedSpace, Proposal};
pub use protocol::Protocol;
pub use regions::{
    BitsAre, BitsAt, KeptBits, Region, RegionHandler, ReleaseSpan, ShownCap, ShownChain,
    ShownLength,
};
pub use renames::{FormerName, former_names, renumbered};
pub use spaces::{Bits, BitsOf, KindOf, Presence, Quantity, Space};
pub use stream_plans::{RecordFlag, StreamPlan};
pub use streams::{RecordLength, Stream, StreamFlag};

use std::ops::Deref;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnostic::Place;
use crate::layout::{Int, Layout, LiteralType, PerModel};
use crate::output::CodeFile;
use crate::release::{Release, Since};
use crate::reply::{Count, Direction, WhenLonger, WhenShorter};

/// An ABI as of one release.
#[derive(Clone, Debug)]
pub struct Abi {
    /// Short name, in lower case.
    pub name: String,
    /// Name for a reader.
    pub title: String,
    /// Its purpose.
    pub doc: Doc,
    /// The word that its names start with; names leave it out where they can be short.
    pub prefix: String,
    /// Other words that its names can start with.
    pub other_prefixes: Vec<String>,
    /// The version of the generated crate and header.
    pub version: String,
    /// Whether outputs are generated.
    pub publish: bool,
    /// Hand-written files that are copied into the crate.
    pub code: Vec<CodeFile>,
    /// The release that is described.
    pub release: Release,
    /// Every release that the specification can describe, in order.
    pub releases: Vec<Release>,
    /// The names of its overlays.
    pub overlays: Vec<String>,
    /// The kernel headers that items come from.
    pub headers: Vec<Header>,
    /// How ioctl numbers are built.
    pub ioctl_numbers: Option<IoctlNumbers>,
    /// The rules of its protocol, which those of a handler precede.
    pub argument_rules: ArgumentRules,
    /// Kinds of file descriptors.
    pub fds: Vec<FdKind>,
    /// Headers of capabilities.
    pub cap_headers: Vec<CapHeader>,
    /// Sections, in the order of the specification.
    pub sections: Vec<Section>,
    /// All structs.
    pub structs: Vec<Struct>,
    /// All groups of numbers, those of fields included.
    pub groups: Vec<Group>,
    /// All function-like macros.
    pub macros: Vec<Macro>,
    /// All ioctls.
    pub ioctls: Vec<Ioctl>,
    /// All chains.
    pub chains: Vec<Chain>,
    /// All capabilities.
    pub capabilities: Vec<Capability>,
    /// The regions that contain a space of another ABI.
    pub regions: Vec<Region>,
    /// What is proposed for it; only as of the newest release.
    pub proposals: Vec<Proposal>,
    /// The protocol plan; stale in ABIs that are inferred from headers.
    pub protocol: Protocol,
}

/// Index of a struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StructId(pub usize);
/// Index of a group of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub usize);
/// Index of a function-like macro.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacroId(pub usize);
/// Index of an ioctl.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IoctlId(pub usize);
/// Index of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainId(pub usize);
/// Index of a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CapabilityId(pub usize);

/// Paragraphs of plain text, each one line; names are in backticks.
pub type Doc = Arc<[String]>;

/// Metadata common to all items.
#[derive(Clone, Debug)]
pub struct Meta {
    /// Its kind.
    pub doc: Doc,
    /// Its first release.
    pub since: Since,
    /// The kernel file or commit that is its source.
    pub source: String,
    /// Since when it should not be used.
    pub deprecated: Option<Box<Deprecated>>,
    /// Its earlier names, numbers, types and texts.
    pub history: RareHistory,
    /// Lint rules that do not apply, with the reasons.
    pub allow: Vec<(String, String)>,
    /// Its place in the specification.
    pub place: Place,
}

/// Names, numbers, types and texts that an item had in earlier releases, each
/// with the release that replaced it.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Former names.
    pub names: Vec<(String, Release)>,
    /// Former numbers.
    pub numbers: Vec<(i128, Release)>,
    /// Former types of a field.
    pub types: Vec<(String, Release)>,
    /// Releases that changed the text of a macro.
    pub texts: Vec<Release>,
}

/// The history of an item. Most have none, and take no room for it.
#[derive(Clone, Debug, Default)]
pub struct RareHistory(Option<Box<History>>);

impl From<History> for RareHistory {
    fn from(history: History) -> Self {
        let History { names, numbers, types, texts } = &history;
        let none = names.is_empty() && numbers.is_empty() && types.is_empty() && texts.is_empty();
        Self((!none).then(|| Box::new(history)))
    }
}

impl Deref for RareHistory {
    type Target = History;

    fn deref(&self) -> &History {
        const NONE: &History = &History {
            names: Vec::new(),
            numbers: Vec::new(),
            types: Vec::new(),
            texts: Vec::new(),
        };
        self.0.as_deref().unwrap_or(NONE)
    }
}

/// The release since which an item is deprecated, and what to use instead.
#[derive(Clone, Debug)]
pub struct Deprecated {
    /// The release that deprecates it.
    pub since: Since,
    /// The reason, and what to use instead.
    pub doc: Doc,
}

/// A kernel header.
#[derive(Clone, Debug)]
pub struct Header {
    /// The path for `#include`.
    pub path: String,
    /// Its include guards.
    pub guards: Vec<String>,
    /// Whether it declares the structs of its sections; otherwise only the generated header
    /// does.
    pub structs: bool,
    /// Whether the ABI has all of its items.
    pub complete: bool,
}

/// `_IO(type, base + number)`.
#[derive(Clone, Debug)]
pub struct IoctlNumbers {
    /// Name of the type's constant.
    pub type_name: String,
    /// Its value.
    pub type_value: u32,
    /// Name of the base's constant.
    pub base_name: String,
    /// Its value.
    pub base_value: u32,
}

/// A kind of file descriptor.
#[derive(Clone, Debug)]
pub struct FdKind {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub doc: Doc,
    /// Its backends, with their documentation.
    pub backends: Vec<(String, Doc)>,
    /// The error for the number of an ioctl that does not exist.
    pub unknown_command: String,
    /// The records that a program reads from it.
    pub stream: Option<Stream>,
}

/// The header of the capabilities of a chain.
#[derive(Clone, Debug)]
pub struct CapHeader {
    /// Its name in the specification.
    pub name: String,
    /// Its struct.
    pub struct_: StructId,
    /// Its documentation.
    pub doc: Doc,
    /// Position of the id.
    pub id: Bits,
    /// Position of the version.
    pub version: Option<Bits>,
    /// Position of `next` in the header.
    pub next: Bits,
    /// Whether `next` counts from the reply's start, not from its own.
    pub from_reply: bool,
    /// The bits of `next` that count.
    pub mask: u64,
    /// Bits of the header, each with the values that mean that there is no capability.
    pub empty: Vec<(Bits, Vec<u64>)>,
    /// The `next` that ends the chain.
    pub end: u64,
    /// The alignment of offsets.
    pub align: u64,
}

/// One file of the specification, with the items of one section.
#[derive(Clone, Debug)]
pub struct Section {
    /// The file's name without ending.
    pub name: String,
    /// Title for a reader.
    pub title: String,
    /// A few sentences.
    pub doc: Doc,
    /// Index of the kernel header that its items come from.
    pub header: usize,
    /// Its items in order.
    pub items: Vec<Item>,
}

/// An item by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// In [`Abi::structs`].
    Struct(StructId),
    /// In [`Abi::groups`].
    Group(GroupId),
    /// In [`Abi::macros`].
    Macro(MacroId),
    /// In [`Abi::ioctls`].
    Ioctl(IoctlId),
    /// In [`Abi::chains`].
    Chain(ChainId),
    /// In [`Abi::capabilities`].
    Capability(CapabilityId),
}

/// A struct.
#[derive(Clone, Debug)]
pub struct Struct {
    /// The kernel's name.
    pub name: String,
    /// Metadata common to all items.
    pub meta: Meta,
    /// Index of its section.
    pub section: usize,
    /// Whether fields follow each other without padding.
    pub packed: bool,
    /// Whether fields that do not exist take no room.
    pub compact: bool,
    /// The length in bytes of each element of this type, if they have different lengths.
    pub length: Option<Quantity>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Its layout on each model; spans are in the order of `fields`.
    pub layouts: PerModel<Layout>,
    /// Its role in the protocol.
    pub role: StructRole,
    /// Index of the field that is argsz.
    pub argsz: Option<usize>,
    /// Index of the last field that argsz must cover, or the length of a payload.
    pub minsz: Option<usize>,
}

/// The role of a struct in the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StructRole {
    /// The argument of an ioctl.
    Argument,
    /// The body of a capability, which starts with the header.
    Capability(CapabilityId),
    /// Anything else: an element, a payload, the contents of a region.
    Plain,
}

/// A field of a struct, or a member of an anonymous union.
#[derive(Clone, Debug)]
pub struct Field {
    /// The kernel's name; for an anonymous union, the specification's.
    pub name: String,
    /// Metadata common to all items.
    pub meta: Meta,
    /// Its type.
    pub type_: Type,
    /// Its direction, if specified.
    pub direction: Option<Direction>,
    /// Its role in the protocol.
    pub role: Role,
    /// The flags or numbers that it holds.
    pub group: Option<GroupId>,
    /// The ids that some bits of its flags hold together.
    pub ids: Option<GroupId>,
    /// The enums whose numbers it can have, one for each kind of device.
    pub indexes: Vec<GroupId>,
    /// The memory to which its address points.
    pub payload: Option<Box<Payload>>,
    /// The kind of the new file descriptor that it returns, if that is specified.
    pub returns_fd: Option<NewFd>,
    /// Sets of its flags of which a request has exactly one.
    pub choices: Vec<Choice>,
    /// The flag, op, feature or index under which it is valid.
    pub valid_if: Option<String>,
    /// Conditions in a space: without any of them, the field does not exist.
    pub exists_if: Vec<Presence>,
    /// The number of elements of a flexible array that no field counts.
    pub count: Option<Quantity>,
    /// The version of the capability that added it; 1 elsewhere.
    pub version: u16,
}

/// Flags of a field of which a request has exactly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name in the specification.
    pub name: String,
    /// The flags, by name.
    pub flags: Vec<String>,
}

/// The type of a field.
#[derive(Clone, Debug)]
pub enum Type {
    /// An integer.
    Int(Int),
    /// A struct.
    Struct(StructId),
    /// A pointer to integers.
    Pointer(Int),
    /// An array of fixed length, and the constant that names the length.
    Array(Box<Type>, u64, Option<String>),
    /// A flexible array, and the index of the field that counts it.
    Flexible(Box<Type>, Option<usize>),
    /// An anonymous union.
    Union(Vec<UnionArm>),
}

/// A member of an anonymous union.
#[derive(Clone, Debug)]
pub struct UnionArm {
    /// The kernel's name.
    pub name: String,
    /// Metadata common to all items.
    pub meta: Meta,
    /// Its type: an integer or a struct.
    pub type_: Type,
    /// Its direction, if specified.
    pub direction: Option<Direction>,
    /// The flags or numbers that it holds.
    pub group: Option<GroupId>,
    /// The condition under which it is valid.
    pub valid_if: Option<String>,
}

/// The role of a field in the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The size of the caller's buffer.
    Argsz,
    /// The flags of an argument.
    Flags,
    /// The offset of the first capability.
    CapOffset,
    /// The header of a capability.
    Header,
    /// The number of elements of a flexible array.
    Count,
    /// A field without a meaning yet.
    Reserved,
    /// A file descriptor.
    Fd,
    /// A file descriptor, or -1 in place of one.
    OptionalFd,
    /// Ordinary data.
    Data,
}

/// A file descriptor that a program passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Descriptor {
    /// There is one.
    Required,
    /// There can be -1 in place of one.
    Optional,
}

impl Role {
    /// The file descriptor that a field of this role is.
    pub fn descriptor(self) -> Option<Descriptor> {
        match self {
            Self::Fd => Some(Descriptor::Required),
            Self::OptionalFd => Some(Descriptor::Optional),
            _ => None,
        }
    }
}

/// Named numbers that belong together.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name in the specification, or the names of its struct and field.
    pub name: String,
    /// The Rust type, if it has one.
    pub rust: Option<String>,
    /// Metadata common to all items.
    pub meta: Meta,
    /// The kind of its numbers.
    pub kind: GroupKind,
    /// The integer that holds them.
    pub int: Int,
    /// The numbers, in order.
    pub values: Vec<Value>,
    /// For states: pairs of states, the second of which can follow the first directly.
    pub transitions: Vec<(String, String)>,
    /// Numbers that are used elsewhere.
    pub reserved: Vec<Reserved>,
    /// The field that holds them, if they belong to a field.
    pub field: Option<(StructId, usize)>,
}

/// The kind of the numbers of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// Constants without a type of their own.
    Constants,
    /// A C enum without a tag.
    AnonymousEnum,
    /// A C enum; the group's name is its tag.
    Enum,
    /// Ids that stay unique.
    #[serde(rename = "ids")]
    IdSpace,
    /// Flags of a field.
    Flags,
    /// Numbers that a field holds.
    FieldValues,
}

/// A named number or string.
#[derive(Clone, Debug)]
pub struct Value {
    /// The kernel's name.
    pub name: String,
    /// Its short name within its type.
    pub short: String,
    /// Metadata common to all items.
    pub meta: Meta,
    /// Its kind.
    pub literal: Literal,
    /// Its number; 0 for a string.
    pub number: i128,
    /// Among flags: the name of the mask whose bits hold this number.
    pub mask: Option<String>,
    /// Of a mask: whether its bits are read in their place; the number in others is shifted.
    pub in_place: bool,
    /// The type of the macro in C, if it is not the one that its literal has by itself.
    pub c_type: Option<LiteralType>,
    /// For a number that counts others, or is the highest of them: whether it grows with them.
    pub count: Option<Count>,
    /// The type of the data that is passed together with this number.
    pub payload: Option<Type>,
    /// Whether the elements of the payload are file descriptors, and there can be -1 in place of
    /// one.
    pub payload_fds: Option<Descriptor>,
    /// The field that counts the elements of the payload, in the struct of the flag.
    pub counted_by: Option<String>,
    /// Whether a request with this flag has no payload, or no data are passed with this
    /// enumerator.
    pub without_payload: bool,
    /// The effect of shorter data than the payload, if not that of the address.
    pub shorter: Option<WhenShorter>,
    /// The effect of longer data than the payload, if not that of the address.
    pub longer: Option<WhenLonger>,
    /// Whether fields of a payload that go both ways are outputs only with this flag.
    pub reads: bool,
    /// The new file descriptor that the call returns for this id.
    pub returns_fd: Option<NewFd>,
    /// The flags with which the payload is passed.
    pub gates: Vec<String>,
    /// The error of a device that does not have this id, if not that of the handler.
    pub absent: Option<String>,
}

/// How a value is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// In decimal.
    Decimal,
    /// In hexadecimal.
    Hex,
    /// `1 << n`, with C's type `int` where `signed`.
    Bit {
        /// The bit's number.
        bit: u32,
        /// Whether its C type is `int`.
        signed: bool,
    },
    /// An or of names.
    Or(Vec<String>),
    /// One more than the enumerator before it.
    Next,
    /// As another name of the same enum.
    Alias(String),
    /// A string.
    Text(String),
}

/// A number that is used elsewhere.
#[derive(Clone, Debug)]
pub struct Reserved {
    /// The number.
    pub value: i128,
    /// The name under which it is used.
    pub name: String,
    /// Its user.
    pub doc: Doc,
}

/// A function-like macro.
#[derive(Clone, Debug)]
pub struct Macro {
    /// The kernel's name.
    pub name: String,
    /// Metadata common to all items.
    pub meta: Meta,
    /// Its parameters.
    pub args: Vec<String>,
    /// Its body in C.
    pub c: String,
    /// The Rust function that does the same.
    pub rust: String,
}

/// An ioctl.
#[derive(Clone, Debug)]
pub struct Ioctl {
    /// The kernel's name.
    pub name: String,
    /// Metadata common to all items.
    pub meta: Meta,
    /// Its number, counted from the base.
    pub number: u32,
    /// The kind of file descriptor, an index into [`Abi::fds`].
    pub fd: usize,
    /// The backends that serve it.
    pub backends: Vec<String>,
    /// Its argument.
    pub arg: Arg,
    /// Its result, if that can be more than 0.
    pub returns: Option<Doc>,
    /// The new file descriptor that it returns.
    pub returns_fd: Option<NewFd>,
    /// Until when memory is accessed after the call, if the argument does not show it.
    pub lasting: Option<Doc>,
    /// Reply rules of the kernel's handlers.
    pub handlers: Vec<Handler>,
}

/// A new file descriptor as the result of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewFd {
    /// Of a kind in [`Abi::fds`].
    Kind(usize),
    /// Of any other kind.
    Other,
}

/// The argument of an ioctl.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg {
    /// None; 0 is passed.
    None,
    /// A number.
    Int,
    /// A pointer to a file descriptor.
    Fd,
    /// A pointer to a `u32`.
    U32,
    /// A pointer to a string.
    Text,
    /// A pointer to a struct.
    Struct(StructId),
}

/// A chain of capabilities.
#[derive(Clone, Debug)]
pub struct Chain {
    /// Its short name.
    pub name: String,
    /// Metadata common to all items.
    pub meta: Meta,
    /// Index of its section.
    pub section: usize,
    /// The header of its capabilities, an index into [`Abi::cap_headers`].
    pub header: usize,
    /// How the first capability is found.
    pub start: ChainStart,
    /// The offset before which no capability starts.
    pub bound: u64,
    /// The space in which it is, if it is in one.
    pub space: Option<Space>,
    /// The prefix that short names of its ids drop.
    pub prefix: String,
    /// Ids that are used elsewhere.
    pub reserved: Vec<Reserved>,
    /// Its capabilities, sorted by id.
    pub capabilities: Vec<CapabilityId>,
}

/// How the first capability of a chain is found.
#[derive(Clone, Debug)]
pub enum ChainStart {
    /// At the offset that a field of the host holds, if the host's flag is set.
    AtOffsetField {
        /// The struct before the chain.
        host: Host,
        /// Index of its field `cap_offset`.
        cap_offset: usize,
    },
    /// At a fixed offset after the host, if the host's flag is set.
    After {
        /// The struct before the chain.
        host: Host,
        /// Offset of the first capability.
        offset: u64,
    },
    /// At a fixed offset.
    Fixed {
        /// Offset of the first capability.
        offset: u64,
    },
    /// At the offset that an integer holds.
    FieldAt {
        /// Offset of the integer.
        offset: u64,
        /// Its type.
        int: Int,
    },
    /// At the offset that an integer holds, the place of which depends on a field.
    Chosen {
        /// Bits of the struct of the space.
        by: Bits,
        /// Constants with their numbers, and the offset of the integer for each of them.
        offsets: Vec<(String, u64, u64)>,
        /// The type of the integer.
        int: Int,
    },
    /// Unknown, because the ABI was inferred from headers without the host.
    Unknown,
}

/// The struct before a chain, and the flag that says there is a chain.
#[derive(Clone, Debug)]
pub struct Host {
    /// The struct.
    pub struct_: StructId,
    /// Index of its field `flags`.
    pub flags: usize,
    /// Name and value of the flag.
    pub flag: (String, u64),
}

/// A capability.
#[derive(Clone, Debug)]
pub struct Capability {
    /// The constant that is its id.
    pub name: String,
    /// Its short name within its chain.
    pub short: String,
    /// Metadata common to all items.
    pub meta: Meta,
    /// Its chain.
    pub chain: ChainId,
    /// Its id.
    pub id: u64,
    /// Its newest version.
    pub version: u16,
    /// Its struct; a capability without one is its header.
    pub struct_: Option<StructId>,
    /// The bits of its struct with its length in bytes.
    pub length: Option<Bits>,
    /// Of what it is a kind, if it is not a capability of its own.
    pub kind: Option<KindOf>,
    /// Whether the capability declares the struct itself.
    pub inline: bool,
}
