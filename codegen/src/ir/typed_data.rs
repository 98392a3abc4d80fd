//! Data whose type a number of the argument determines, in memory that the argument has
//! the address of. Offsets are those of a 64-bit kernel, from the start of the argument.

use super::{Doc, GroupId, StructId};
use crate::layout::Int;
use crate::reply::Direction;

/// Data that the caller passes.
#[derive(Clone, Debug)]
pub struct TypedData {
    /// The name of its type in Rust.
    pub type_name: String,
    /// Offset and type of the number.
    pub number: (u64, Int),
    /// The numbers.
    pub group: GroupId,
    /// Offset of the address.
    pub address: u64,
    /// Whether the kernel writes them too.
    pub direction: Direction,
    /// Their length.
    pub length: TypedLength,
    /// The forms that they can have.
    pub forms: Vec<DataForm>,
}

/// The length of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedLength {
    /// A field has it: its offset and type.
    Bytes(u64, Int),
    /// Fields have the number of elements and the size of each: their offsets and types.
    Strided {
        /// The number.
        count: (u64, Int),
        /// The size.
        stride: (u64, Int),
    },
}

/// The data that go with one number.
#[derive(Clone, Debug)]
pub struct DataForm {
    /// The short name of the number.
    pub short: String,
    /// The kernel's name of the number.
    pub name: String,
    /// Its meaning.
    pub doc: Doc,
    /// The struct; none if no data go with the number.
    pub struct_: Option<StructId>,
    /// The bytes that the kernel needs at least.
    pub minsz: u64,
}

/// Data that the kernel returns.
#[derive(Clone, Debug)]
pub struct ReturnedData {
    /// The name of its type in Rust.
    pub type_name: String,
    /// The field, or the member of a union, with the number.
    pub number: String,
    /// Whether that is a member of a union.
    pub is_member: bool,
    /// The numbers.
    pub group: GroupId,
    /// The field with the length of the kernel's data.
    pub length: String,
    /// The field with the address.
    pub memory: String,
    /// The forms that they can have.
    pub forms: Vec<DataForm>,
}
