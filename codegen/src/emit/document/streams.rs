//! Records that are read from file descriptors.

use schemars::JsonSchema;
use serde::Serialize;

use crate::ir::{Abi, Stream, StreamFlag};

/// Records that a program reads from a file descriptor, one after the other.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Stream")]
pub(in crate::emit) struct StreamJson<'a> {
    /// The struct of a record, or with which it starts.
    pub(in crate::emit) record: &'a str,
    /// The struct of the field with the number that determines the type of the data; that of
    /// an argument if it is not `record`.
    pub(in crate::emit) type_struct: Option<&'a str>,
    /// The field with that number.
    pub(in crate::emit) type_field: Option<&'a str>,
    /// The field with the length of the data in bytes; without it, the type determines it.
    pub(in crate::emit) length: Option<&'a str>,
    /// Whether the length is that of the struct and the data together.
    pub(in crate::emit) total_length: bool,
    /// The flag of a record without data.
    pub(in crate::emit) no_data: Option<FlagJson<'a>>,
    /// The flag of the last record of a group.
    pub(in crate::emit) last: Option<FlagJson<'a>>,
    /// The struct that a program writes to the descriptor to answer.
    pub(in crate::emit) answer: Option<&'a str>,
}

/// A flag of a record.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StreamFlag")]
pub(in crate::emit) struct FlagJson<'a> {
    /// The field that has it.
    pub(in crate::emit) field: &'a str,
    /// Its name.
    pub(in crate::emit) name: &'a str,
    /// Its value.
    pub(in crate::emit) value: u64,
}

impl<'a> StreamJson<'a> {
    pub(in crate::emit) fn of(abi: &'a Abi, stream: &'a Stream) -> Self {
        let record = abi.struct_(stream.record);
        let flag = |flag: &'a StreamFlag| FlagJson {
            field: &record.fields[flag.field].name,
            name: &flag.name,
            value: flag.value,
        };
        let by = stream.type_by.as_ref();
        let length = stream.length.as_ref();
        Self {
            record: &record.name,
            type_struct: by.map(|by| &*abi.struct_(by.struct_.unwrap_or(stream.record)).name),
            type_field: by.map(|by| &*by.field),
            length: length.map(|length| &*record.fields[length.field].name),
            total_length: length.is_some_and(|length| length.total),
            no_data: stream.no_data.as_ref().map(flag),
            last: stream.last.as_ref().map(flag),
            answer: stream.answer.map(|id| &*abi.struct_(id).name),
        }
    }
}
