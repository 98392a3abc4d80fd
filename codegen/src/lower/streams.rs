//! Records that a program reads from file descriptors, and the plans of their readers.

use super::protocol::{int_field, size};
use super::typed_data;
use super::{Lowering, known};
use crate::ir::protocol::IntField;
use crate::ir::{
    Abi, GroupId, Literal, RecordFlag, RecordLength, Stream, StreamFlag, StreamPlan, StructId,
    TypeField,
};
use crate::spec::StreamSpec;

impl Lowering<'_> {
    /// The records of each kind of file descriptor, if the release has their struct.
    pub(super) fn streams(&mut self) {
        for (at, (_, kind)) in self.spec.abi.fds.iter().enumerate() {
            self.abi.fds[at].stream = kind.stream.as_ref().and_then(|item| self.stream(item));
        }
    }

    fn stream(&self, item: &StreamSpec) -> Option<Stream> {
        let struct_of = |name: &str| self.structs.get(name).copied();
        let record = struct_of(&item.record)?;
        let struct_ = self.abi.struct_(record);
        let field = |name: &str| struct_.fields.iter().position(|field| field.name == name);
        let flag = |name: &str| known(self.flag(record, &self.spelt(name)));
        Some(Stream {
            record,
            type_by: item.type_field().map(|(item, field)| TypeField {
                struct_: item.map(|name| known(struct_of(name))),
                field: field.to_owned(),
            }),
            length: item
                .length()
                .map(|(name, total)| RecordLength { field: known(field(name)), total }),
            no_data: item.no_data.as_ref().map(|name| flag(name)),
            last: item.last.as_ref().map(|name| flag(name)),
            answer: item.answer.as_ref().map(|name| known(struct_of(name))),
        })
    }

    /// A flag of a field.
    fn flag(&self, record: StructId, name: &str) -> Option<StreamFlag> {
        let fields = self.abi.struct_(record).fields.iter().enumerate();
        let mut found = fields.filter_map(|(field, one)| {
            let values = &self.abi.group(one.group?).values;
            let is_flag = |literal: &Literal| matches!(literal, Literal::Bit { .. });
            let value = values.iter().find(|one| one.name == name && is_flag(&one.literal))?;
            Some(StreamFlag { field, name: value.name.clone(), value: value.number as u64 })
        });
        found.next()
    }
}

/// The plans of all readers.
pub(super) fn plans(abi: &Abi) -> Vec<StreamPlan> {
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
    let numbers = types.iter().map(|(group, _)| abi.group(*group));
    Some(StreamPlan {
        fd,
        record: stream.record,
        size: size(struct_),
        forms: numbers.flat_map(|group| typed_data::forms(abi, group)).collect(),
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
