//! Records that a program reads from a file descriptor.

use super::{Abi, GroupId, StructId, TypeField};

/// The records of a kind of file descriptor.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The struct of a record, or with which it starts.
    pub record: StructId,
    /// The field with the number that determines the type of the data after the struct; in
    /// the struct of the record, or in that of an argument.
    pub type_by: Option<TypeField>,
    /// The field with a length.
    pub length: Option<RecordLength>,
    /// The flag of a record without data.
    pub no_data: Option<StreamFlag>,
    /// The flag of the last record of a group.
    pub last: Option<StreamFlag>,
    /// The struct that a program writes to answer.
    pub answer: Option<StructId>,
}

/// A field of a record with a length in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordLength {
    /// Index of the field.
    pub field: usize,
    /// Whether the length is that of the struct and the data together.
    pub total: bool,
}

/// A flag of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamFlag {
    /// Index of the field that has it.
    pub field: usize,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: u64,
}

impl Stream {
    /// The numbers of the types of data.
    pub fn numbers(&self, abi: &Abi) -> Option<GroupId> {
        self.type_by.as_ref()?.numbers(abi, abi.struct_(self.record))
    }

    /// Whether the record has the number of the type itself; otherwise the program chose it
    /// when it made the descriptor.
    pub fn is_typed_inside(&self) -> bool {
        self.type_by.as_ref().is_some_and(|by| by.struct_.is_none())
    }

    /// The numbers with data, and the size of these for 64-bit programs, if no field has the
    /// length.
    pub fn sizes<'a>(&self, abi: &'a Abi) -> Vec<(&'a str, u64)> {
        let Some(group) = self.numbers(abi).filter(|_| self.length.is_none()) else {
            return Vec::new();
        };
        let values = abi.group(group).values.iter();
        let sized = values.filter_map(|value| {
            let size = match value.payload_struct() {
                Some(id) => abi.struct_(id).kernel_layout().size,
                None if value.without_payload => 0,
                None => return None,
            };
            Some((value.name.as_str(), size))
        });
        sized.collect()
    }
}
