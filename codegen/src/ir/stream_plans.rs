//! The plan of the readers of records, of which data of several types can be a part.

use super::protocol::{ByModel, IntField};
use super::requests::DataForm;
use super::{GroupId, StructId};

/// What a reader of records needs.
#[derive(Clone, Debug)]
pub struct StreamPlan {
    /// The kind of file descriptor, an index into `Abi::fds`.
    pub fd: usize,
    /// The struct of a record.
    pub record: StructId,
    /// The size of the struct.
    pub size: ByModel,
    /// The numbers that determine the type of the data, and the field of the record that has
    /// them; none if they are known when the descriptor is made.
    pub types: Option<(GroupId, Option<IntField>)>,
    /// The field with the length, and whether that is the length of the whole record.
    pub length: Option<(IntField, bool)>,
    /// The flag of a record without data.
    pub no_data: Option<RecordFlag>,
    /// The struct that a program writes to answer.
    pub answer: Option<StructId>,
    /// The forms that data can have, if a number determines their type.
    pub forms: Vec<DataForm>,
}

/// A flag of a record.
#[derive(Clone, Debug)]
pub struct RecordFlag {
    /// The field that has it.
    pub field: IntField,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: u64,
}

impl StreamPlan {
    /// Whether data can follow the struct of a record.
    pub fn has_data(&self) -> bool {
        self.types.is_some() || self.length.is_some()
    }

    /// Whether a program has to say the type of the data.
    pub fn is_typed_outside(&self) -> bool {
        matches!(self.types, Some((_, None)))
    }
}
