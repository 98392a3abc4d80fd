//! Records that a program reads from a file descriptor.

use schemars::JsonSchema;
use serde::Deserialize;

use super::wrappers::Placed;

/// Records that a program reads from a file descriptor, one after the other, and the answers
/// that it writes to it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct StreamSpec {
    /// The struct of a record, or with which it starts if data follow.
    pub record: Placed<String>,
    /// The field with the number that determines the type of the data: the `payload` of this
    /// number; `struct.field` for a field of the argument that made the descriptor.
    pub type_by: Option<Placed<String>>,
    /// The field with the length of the data in bytes; by default that of their type.
    pub len: Option<Placed<String>>,
    /// The field with the length of the struct and the data together, in place of `len`.
    pub total_len: Option<Placed<String>>,
    /// The flag of a record that no data follow.
    pub no_data: Option<Placed<String>>,
    /// The flag of the last record of a group; the kernel returns whole groups.
    pub last: Option<Placed<String>>,
    /// The struct that a program writes to the descriptor to answer.
    pub answer: Option<Placed<String>>,
}

impl StreamSpec {
    /// The field that determines the type of the data, and its struct, if that is another
    /// one than that of the record.
    pub fn type_field(&self) -> Option<(Option<&str>, &str)> {
        let by = self.type_by.as_ref()?;
        Some(by.split_once('.').map_or((None, by.as_str()), |(item, field)| (Some(item), field)))
    }

    /// The field with a length, and whether that is the length of the struct too.
    pub fn length(&self) -> Option<(&Placed<String>, bool)> {
        let whole = self.total_len.as_ref().map(|field| (field, true));
        self.len.as_ref().map(|field| (field, false)).or(whole)
    }
}
