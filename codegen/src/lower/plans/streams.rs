//! The readers of records.

use super::fields::{int_field, size};
use super::typed_data;
use crate::ir::protocol::IntField;
use crate::ir::{Abi, GroupId, RecordFlag, Stream, StreamFlag, StreamPlan, StructId, TypeField};

/// The plans of all readers.
pub(super) fn streams(abi: &Abi) -> Vec<StreamPlan> {
    let kinds = abi.fds.iter().enumerate();
    kinds.filter_map(|(fd, kind)| plan(abi, fd, kind.stream.as_ref()?)).collect()
}

/// The plan of a reader; none if the numbers of its types have no type in Rust.
fn plan(abi: &Abi, fd: usize, stream: &Stream) -> Option<StreamPlan> {
    let struct_ = abi.struct_(stream.record);
    let types = match &stream.type_by {
        Some(by) => Some(types(abi, stream.record, by)?),
        None => None,
    };
    let int = |field: usize| int_field(struct_, field);
    let length = match &stream.length {
        Some(length) => Some((int(length.field)?, length.total)),
        None => None,
    };
    let no_data = match &stream.no_data {
        Some(StreamFlag { field, name, value }) => {
            Some(RecordFlag { field: int(*field)?, name: name.clone(), value: *value })
        }
        None => None,
    };
    Some(StreamPlan {
        fd,
        record: stream.record,
        size: size(struct_),
        forms: types.iter().flat_map(|(group, _)| typed_data::forms(abi, *group)).collect(),
        types,
        length,
        no_data,
        answer: stream.answer,
    })
}

/// The numbers of the types, and the field of the record that has them.
fn types(abi: &Abi, record: StructId, by: &TypeField) -> Option<(GroupId, Option<IntField>)> {
    let group = typed_data::numbers(abi, abi.struct_(record), by)?;
    if by.struct_.is_some() {
        return Some((group, None));
    }
    let struct_ = abi.struct_(record);
    let field = struct_.fields.iter().position(|field| field.name == by.field)?;
    Some((group, Some(int_field(struct_, field)?)))
}
