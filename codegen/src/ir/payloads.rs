//! The memory that fields have the address of.

use super::{Abi, GroupId, Struct, StructId, Type};
use crate::reply::{Direction, ReturnedLength, WhenLonger, WhenShorter};

/// The memory that a field has the address of.
#[derive(Clone, Debug)]
pub struct Payload {
    /// Who writes the memory.
    pub direction: Direction,
    /// The type of an element; bytes if a number determines it.
    pub element: Type,
    /// The field with the number that determines the type.
    pub type_by: Option<TypeField>,
    /// Its length.
    pub length: PayloadLength,
    /// The effect of memory that is shorter than the kernel's data, if that has a length of
    /// its own.
    pub shorter: Option<WhenShorter>,
    /// The effect of memory that is longer than the kernel's data, if that has a length of
    /// its own.
    pub longer: Option<WhenLonger>,
    /// What the field with the length, or with the number of elements, returns.
    pub returns: Option<ReturnedLength>,
    /// The error if the memory is too small.
    pub too_small: Option<String>,
    /// Whether the memory is accessed after the call, too.
    pub lasting: bool,
}

/// A field whose number determines the type of memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeField {
    /// The struct, if that is another one than that of the address.
    pub struct_: Option<StructId>,
    /// The field, or the member of a union.
    pub field: String,
}

impl TypeField {
    /// The numbers that it holds, for a field of `own` if it names no struct.
    pub fn numbers(&self, abi: &Abi, own: &Struct) -> Option<GroupId> {
        let struct_ = self.struct_.map_or(own, |id| abi.struct_(id));
        struct_.fields.iter().find_map(|field| match field.name == self.field {
            true => field.group,
            false => field.arms().iter().find(|arm| arm.name == self.field)?.group,
        })
    }
}

/// The length of memory that a field has the address of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayloadLength {
    /// A number of elements.
    Fixed(u64),
    /// The field with the number of elements.
    Elements(String),
    /// The field with the length in bytes, and its struct, if that is another one.
    Bytes(Option<StructId>, String),
    /// The fields with the number of elements and with the size of each in bytes.
    Strided {
        /// The number.
        count: String,
        /// The size.
        stride: String,
    },
    /// That of a bitmap.
    Bits(BitmapLength),
}

/// The fields that determine the length of a bitmap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitmapLength {
    /// The field with the length of the range: one in the same struct, or one for each
    /// struct that can precede or contain the struct.
    pub range: Vec<(Option<StructId>, String)>,
    /// The field with the bytes of the range for each bit.
    pub page: String,
    /// The field with the length of the bitmap in bytes.
    pub bytes: Option<String>,
}
