//! The plan of requests: the arguments of ioctls that are no host of a chain, each
//! with its payload. An ioctl has one request, or one for each kind of payload.

use super::protocol::{Aggregate, ByModel, IntField};
pub use super::results::ResultsPlan;
pub use super::typed_data::{
    DataForm, FormBody, NamedField, ReturnedData, ReturnedPlaces, TypedData, TypedLength,
};
use super::{Descriptor, Doc, GroupId, Ioctl, IoctlId, NewFd, StructId};
use crate::layout::Int;
use crate::reply::Direction;

/// A request with one kind of payload. Offsets are those of a 64-bit kernel, from the
/// start of the argument.
#[derive(Clone, Debug)]
pub struct RequestPlan {
    /// The name of its function, in snake case.
    pub name: String,
    /// The ioctl.
    pub ioctl: IoctlId,
    /// The documentation of the id or the flag that distinguishes it from other requests
    /// of the ioctl, if there are several.
    pub doc: Doc,
    /// The name of this id or flag.
    pub selected: Option<String>,
    /// The name of the flag with which the payload of the id is passed.
    pub gate: Option<String>,
    /// The size of the argument without the array at its end.
    pub size: u64,
    /// Offset of `argsz`.
    pub argsz: Option<u64>,
    /// The flags that it always has.
    pub fixed: Option<FixedFlags>,
    /// The values that the caller sets, in order.
    pub inputs: Vec<RequestInput>,
    /// The results that are new file descriptors. Each is set to -1 before the call, so that a
    /// server that sets none returns none.
    pub new_fds: Vec<NewFdField>,
    /// The struct with the results.
    pub reply: Option<ReplyStruct>,
    /// The result of the call.
    pub returns: Returns,
    /// The errors with which the kernel writes the results nevertheless, if there are any.
    pub failed_reply: Option<FailedReply>,
    /// Why a caller must guarantee something about memory, if so.
    pub hazard: Option<Hazard>,
}

impl RequestPlan {
    /// The words of 64 bits that have room for its argument.
    pub fn words(&self) -> u64 {
        self.size.div_ceil(8)
    }

    /// Whether its type in Rust borrows memory.
    pub fn borrows(&self) -> bool {
        self.inputs.iter().any(RequestInput::borrows)
    }
}

/// A field of the results that is a new file descriptor.
#[derive(Clone, Copy, Debug)]
pub struct NewFdField {
    /// Its index in the struct of the results.
    pub field: usize,
    /// Its offset in the argument.
    pub offset: u64,
    /// Its type.
    pub int: Int,
}

/// An integer in an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntPlace {
    /// Its offset.
    pub offset: u64,
    /// Its type.
    pub int: Int,
}

/// Flags that a request always has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedFlags {
    /// Offset of the flags.
    pub offset: u64,
    /// Their type.
    pub int: Int,
    /// The flags that are set.
    pub value: u64,
}

/// The errors with which the kernel writes the results of a call nevertheless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailedReply {
    /// Only with these.
    Only(Vec<String>),
    /// With all but these, which come before the handler reads the argument.
    AllBut(Vec<String>),
}

impl FailedReply {
    /// The errors, in a sentence.
    pub fn list(&self) -> String {
        let (Self::Only(errors) | Self::AllBut(errors)) = self;
        match &errors[..] {
            [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            errors => errors.concat(),
        }
    }
}

/// The struct in an argument that has results of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReplyStruct {
    /// The struct.
    pub struct_: StructId,
    /// Its offset in the argument.
    pub offset: u64,
}

/// The result of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returns {
    /// Always 0.
    Nothing,
    /// A number.
    Number,
    /// A new file descriptor.
    Fd(NewFd),
}

/// Why the caller of a request must guarantee something about memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hazard {
    /// Memory is accessed after the call.
    Lasting,
    /// Memory to which the request has no address is accessed after the call: until when.
    Elsewhere(Doc),
    /// The length of memory is not part of the request.
    UnknownLength,
}

/// A value that the caller of a request sets.
#[derive(Clone, Debug)]
pub struct RequestInput {
    /// Its name, that of its field where it has one.
    pub name: String,
    /// Its meaning.
    pub doc: Doc,
    /// Its form.
    pub kind: InputKind,
    /// The flag that says that it is present, for an optional value.
    pub present: Option<FixedFlags>,
    /// Whether its struct has it in every release.
    pub is_original: bool,
    /// What its number means, or each of its numbers.
    pub meaning: Meaning,
    /// Bits of its number that are refused: they are those of others at the same offset, or
    /// follow from other inputs.
    pub foreign: u64,
}

/// What the number of an input means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A file descriptor.
    File(Descriptor),
    /// Which of several things the call does.
    Selector,
    /// An address in the memory of the calling program.
    Address,
    /// Anything else.
    Value,
}

impl RequestInput {
    /// Whether it is a reference in Rust.
    fn borrows(&self) -> bool {
        match self.kind {
            InputKind::Memory { .. } | InputKind::Typed(_) => true,
            InputKind::Inline { count, .. } => count.is_any(),
            InputKind::Number { .. } | InputKind::Choice { .. } | InputKind::Struct { .. } => false,
        }
    }

    /// The file descriptor that each of its numbers is.
    pub fn descriptor(&self) -> Option<Descriptor> {
        match self.meaning {
            Meaning::File(descriptor) => Some(descriptor),
            Meaning::Selector | Meaning::Address | Meaning::Value => None,
        }
    }

    /// Whether it is the number at an offset.
    pub fn is_number_at(&self, at: u64) -> bool {
        matches!(self.kind, InputKind::Number { offset, .. } if offset == at)
    }
}

/// The form of an input.
#[derive(Clone, Debug)]
pub enum InputKind {
    /// An integer, possibly with named numbers. Several at one offset are joined by or.
    Number {
        /// Its offset.
        offset: u64,
        /// Its type.
        int: Int,
        /// The type of its numbers.
        group: Option<GroupId>,
    },
    /// Exactly one of some flags.
    Choice {
        /// Its offset.
        offset: u64,
        /// Its type.
        int: Int,
        /// The name of its type.
        type_name: String,
        /// The flags: the short name, the kernel's name, the value, and the meaning.
        options: Vec<ChoiceOption>,
    },
    /// A struct as it is in memory.
    Struct {
        /// Its offset.
        offset: u64,
        /// The struct.
        struct_: StructId,
    },
    /// Elements within the argument.
    Inline {
        /// Offset of the first one.
        offset: u64,
        /// The elements.
        element: RequestElement,
        /// Their number.
        count: InlineCount,
    },
    /// Elements in memory that the argument has the address of.
    Memory {
        /// Offset of the address.
        address: u64,
        /// Who writes them.
        direction: Direction,
        /// The elements.
        element: RequestElement,
        /// Their number.
        length: MemoryLength,
    },
    /// Data whose type a number determines, in memory that the argument has the address of.
    Typed(TypedData),
}

/// A flag that excludes the others of its choice.
#[derive(Clone, Debug)]
pub struct ChoiceOption {
    /// Its short name.
    pub short: String,
    /// The kernel's name.
    pub name: String,
    /// Its value.
    pub value: u64,
    /// Its meaning.
    pub doc: Doc,
}

/// An element of an array in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestElement {
    /// An integer.
    Int(Int),
    /// A struct of a size.
    Struct(StructId, u64),
}

/// The number of elements within an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InlineCount {
    /// Always the same.
    Fixed(u64),
    /// Any, and a field has it.
    Field(IntPlace),
    /// Any, up to the end of the argument.
    ToEnd,
}

impl InlineCount {
    /// Whether there can be any number of elements.
    pub fn is_any(self) -> bool {
        matches!(self, Self::Field(..) | Self::ToEnd)
    }
}

/// The number of elements in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryLength {
    /// Always the same.
    Fixed(u64),
    /// A field has it.
    Elements(IntPlace),
    /// A field has the length in bytes.
    Bytes(IntPlace),
    /// One bit for each page of a range.
    Bits {
        /// The length of the range.
        range: IntPlace,
        /// The bytes for each bit.
        page: IntPlace,
        /// The length of the bitmap in bytes, if the argument has it.
        bytes: Option<IntPlace>,
    },
    /// It is not part of the request.
    Unknown,
}

/// A reply that ends in an array, all of which fits or none: the call fails if the
/// buffer is too small, and sets the count.
#[derive(Clone, Debug)]
pub struct CountedReply {
    /// The name of its function, in snake case.
    pub name: String,
    /// The ioctl.
    pub ioctl: IoctlId,
    /// The argument.
    pub struct_: StructId,
    /// Bytes before the array.
    pub size: ByModel,
    /// Offset of `argsz`.
    pub argsz: ByModel,
    /// The count.
    pub count: IntField,
    /// All integer fields.
    pub integers: Vec<IntField>,
    /// Those that a view shows.
    pub fields: Vec<IntField>,
    /// The structs and arrays that a view shows.
    pub aggregates: Vec<Aggregate>,
    /// Index of the array among the fields.
    pub array: usize,
    /// The elements.
    pub element: RequestElement,
}

impl Ioctl {
    /// The result of a call.
    pub fn result(&self) -> Returns {
        match (self.returns_fd, &self.returns) {
            (Some(new), _) => Returns::Fd(new),
            (None, Some(_)) => Returns::Number,
            (None, None) => Returns::Nothing,
        }
    }
}

impl RequestElement {
    /// The struct, if it is one.
    pub fn struct_(self) -> Option<StructId> {
        match self {
            Self::Int(_) => None,
            Self::Struct(id, _) => Some(id),
        }
    }

    /// Its size.
    pub fn size(self) -> u64 {
        match self {
            Self::Int(int) => int.size(),
            Self::Struct(_, size) => size,
        }
    }
}
