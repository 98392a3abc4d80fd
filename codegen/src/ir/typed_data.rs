//! Data whose type a number of the argument determines, in memory that the argument has
//! the address of. Offsets are those of a 64-bit kernel, from the start of the argument.

use super::protocol::ByModel;
use super::requests::IntPlace;
use super::{Abi, Doc, GroupId, StructId, Value};
use crate::reply::Direction;

/// Data that the caller passes.
#[derive(Clone, Debug)]
pub struct TypedData {
    /// The name of its type in Rust.
    pub type_name: String,
    /// The number.
    pub number: IntPlace,
    /// The field with the number.
    pub number_field: NamedField,
    /// The numbers that it can be.
    pub group: GroupId,
    /// Offset of the address.
    pub address: u64,
    /// Whether the kernel writes them too.
    pub direction: Direction,
    /// Their length.
    pub length: TypedLength,
    /// The field with the size of each element, if they are elements.
    pub stride_field: Option<NamedField>,
    /// The forms that they can have.
    pub forms: Vec<DataForm>,
}

/// A field about data.
#[derive(Clone, Debug)]
pub struct NamedField {
    /// Its name.
    pub name: String,
    /// Its meaning.
    pub doc: Doc,
    /// Whether its struct has it in every release.
    pub is_original: bool,
}

/// The length of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedLength {
    /// A field has it.
    Bytes(IntPlace),
    /// Fields have the number of elements and the size of each.
    Strided {
        /// The number.
        count: IntPlace,
        /// The size.
        stride: IntPlace,
    },
}

/// The data that go with one number.
#[derive(Clone, Debug)]
pub struct DataForm {
    /// The group of the number, and its index in the group.
    pub number: (GroupId, usize),
    /// The short name of the number, in lower case.
    pub short: String,
    /// The data; none if no data go with the number.
    pub body: Option<FormBody>,
}

/// The data of a form.
#[derive(Clone, Copy, Debug)]
pub struct FormBody {
    /// The struct.
    pub struct_: StructId,
    /// Its size.
    pub size: ByModel,
    /// The bytes that the kernel needs at least.
    pub minsz: u64,
}

impl DataForm {
    /// Its number, with the names and the meaning.
    pub fn value<'a>(&self, abi: &'a Abi) -> &'a Value {
        let (group, index) = self.number;
        &abi.group(group).values[index]
    }

    /// The struct of its data.
    pub fn struct_(&self) -> Option<StructId> {
        self.body.map(|body| body.struct_)
    }
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

/// The fields about data that the kernel returns.
#[derive(Clone, Copy, Debug)]
pub struct ReturnedPlaces {
    /// The number of their type.
    pub number: IntPlace,
    /// Their length.
    pub length: IntPlace,
}
