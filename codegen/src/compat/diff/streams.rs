//! The facts of the records that are read from file descriptors.

use super::datum::{Datum, optional};
use super::facts::{Fact, SideNames};
use super::{IrKey, key};
use crate::ir::{FdKind, RecordLength, Stream, StreamFlag, StructId};
use crate::layout::per_model;

/// The keys of the facts, of which the first says that there are records.
pub(in crate::compat) const KEYS: [IrKey; 7] = [
    key!(FdKind.stream),
    key!(Stream.record),
    key!(Stream.type_by),
    key!(Stream.length),
    key!(Stream.no_data),
    key!(Stream.last),
    key!(Stream.answer),
];

impl<'a> SideNames<'_, 'a> {
    /// The records of a kind of file descriptor.
    pub(super) fn stream(&self, fd: &'a FdKind) -> [Fact<'a>; 7] {
        let Some(stream) = &fd.stream else { return KEYS.map(|key| Fact(key, Datum::Unset)) };
        let Stream { record, type_by, length, no_data, last, answer } = stream;
        let type_by = type_by.as_ref().map(|by| {
            let struct_ = self.abi.struct_(by.struct_.unwrap_or(*record));
            let named = struct_.fields.iter().position(|field| field.name == by.field);
            named.map_or(by.field.as_str(), |field| self.member(struct_, field))
        });
        let struct_ = self.abi.struct_(*record);
        let length = length.as_ref().map(|RecordLength { field, total }| {
            let name = self.member(struct_, *field);
            Datum::Text(format!("{name}{}", if *total { " with the struct" } else { "" }).into())
        });
        let data = [
            Datum::Listed,
            self.sized(*record),
            self.types(stream, type_by),
            length.unwrap_or(Datum::Unset),
            self.flag(no_data.as_ref()),
            self.flag(last.as_ref()),
            answer.map_or(Datum::Unset, |id| self.sized(id)),
        ];
        let mut data = data.into_iter();
        KEYS.map(|key| Fact(key, data.next().unwrap_or(Datum::Unset)))
    }

    /// A struct with its size, which readers and writers of records have to know.
    fn sized(&self, id: StructId) -> Datum<'a> {
        let struct_ = self.abi.struct_(id);
        let sizes = per_model(&struct_.layouts.each_ref().map(|layout| layout.size));
        Datum::Text(format!("{} of {sizes} bytes", self.struct_(&struct_.name)).into())
    }

    fn flag(&self, flag: Option<&'a StreamFlag>) -> Datum<'a> {
        optional(flag.map(|StreamFlag { field: _, name, value: _ }| self.constant(name)))
    }

    /// The field with the number of the type, and without a field with the length the size of
    /// the data of each number.
    fn types(&self, stream: &'a Stream, field: Option<&'a str>) -> Datum<'a> {
        let Some(field) = field else { return Datum::Unset };
        let sizes = stream.sizes(self.abi).into_iter();
        let sizes = sizes.map(|(name, size)| format!("{} {size}", self.constant(name)).into());
        Datum::List(std::iter::once(field.into()).chain(sizes).collect())
    }
}
