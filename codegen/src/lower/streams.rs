//! Lowers what kinds of file descriptors say about the records that a program reads from them.

use super::{Lowering, resolved};
use crate::ir::{Literal, RecordLength, Stream, StreamFlag, StructId, TypeField};
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
        let flag = |name: &str| resolved(self.flag(record, &self.spelt(name)));
        Some(Stream {
            record,
            type_by: item.type_field().map(|(item, field)| TypeField {
                struct_: item.map(|name| resolved(struct_of(name))),
                field: field.to_owned(),
            }),
            length: item
                .length()
                .map(|(name, total)| RecordLength { field: resolved(field(name)), total }),
            no_data: item.no_data.as_ref().map(|name| flag(name)),
            last: item.last.as_ref().map(|name| flag(name)),
            answer: item.answer.as_ref().map(|name| resolved(struct_of(name))),
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
