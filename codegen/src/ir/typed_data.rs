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
    /// The field with the number.
    pub number_field: String,
    /// The numbers.
    pub group: GroupId,
    /// Offset of the address.
    pub address: u64,
    /// Whether the kernel writes them too.
    pub direction: Direction,
    /// Their length.
    pub length: TypedLength,
    /// The field with the size of each element, if they are elements.
    pub stride_field: Option<String>,
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
    /// The name of the number in the type of its numbers.
    pub constant: String,
    /// The number.
    pub number: u64,
    /// Its meaning.
    pub doc: Doc,
    /// The struct; none if no data go with the number.
    pub struct_: Option<StructId>,
    /// The size of the struct for a 64-bit kernel; 0 without one.
    pub size: u64,
    /// Whether the struct has this size on every target.
    pub is_uniform: bool,
    /// The bytes that the kernel needs at least.
    pub minsz: u64,
}

impl TypedData {
    /// Whether the size that is passed is that of what is used of the struct.
    pub fn is_trimmed(&self) -> bool {
        !self.direction.is_written() && matches!(self.length, TypedLength::Bytes(..))
    }
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
    /// Where the struct of the results has the number and the length, if every argument has
    /// both.
    pub places: Option<ReturnedPlaces>,
    /// The field with the address.
    pub memory: String,
    /// The forms that they can have.
    pub forms: Vec<DataForm>,
}

/// Offset and type of the fields about data that the kernel returns.
#[derive(Clone, Copy, Debug)]
pub struct ReturnedPlaces {
    /// The number of their type.
    pub number: (u64, Int),
    /// Their length.
    pub length: (u64, Int),
}
