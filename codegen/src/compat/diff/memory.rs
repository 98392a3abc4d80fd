//! The facts of the memory that a field has the address of.

use super::datum::{Datum, text};
use super::facts::{Fact, SideNames};
use super::key;
use super::words::{direction_word, longer_word, returned_word, shorter_word};
use crate::ir::{BitmapLength, Payload, PayloadLength, StructId, TypeField};

/// The value of each key of a payload; all are unset where no memory is specified.
#[derive(Default)]
struct MemoryData<'a> {
    direction: Datum<'a>,
    element: Datum<'a>,
    type_by: Datum<'a>,
    length: Datum<'a>,
    shorter: Datum<'a>,
    longer: Datum<'a>,
    returns: Datum<'a>,
    too_small: Datum<'a>,
    lasting: Datum<'a>,
}

impl<'a> SideNames<'_, 'a> {
    /// Every fact of memory is set, so that a fact that is unset means that the memory is
    /// not specified.
    pub(super) fn payload(&self, payload: Option<&'a Payload>) -> [Fact<'a>; 9] {
        let memory = payload.map_or(MemoryData::default(), |payload| self.memory(payload));
        [
            Fact(key!(Payload.direction), memory.direction),
            Fact(key!(Payload.element), memory.element),
            Fact(key!(Payload.type_by), memory.type_by),
            Fact(key!(Payload.length), memory.length),
            Fact(key!(Payload.shorter), memory.shorter),
            Fact(key!(Payload.longer), memory.longer),
            Fact(key!(Payload.returns), memory.returns),
            Fact(key!(Payload.too_small), memory.too_small),
            Fact(key!(Payload.lasting), memory.lasting),
        ]
    }

    fn memory(&self, payload: &'a Payload) -> MemoryData<'a> {
        let Payload {
            direction,
            element,
            type_by,
            length,
            shorter,
            longer,
            returns,
            too_small,
            lasting,
        } = payload;
        MemoryData {
            direction: text(direction_word(*direction)),
            element: Datum::Text(self.abi.type_text(element).into()),
            type_by: type_by.as_ref().map_or(text("no field"), |TypeField { struct_, field }| {
                Datum::Text(self.field_path(*struct_, field).into())
            }),
            length: Datum::Text(self.length(length).into()),
            shorter: text(shorter_word(*shorter)),
            longer: text(longer_word(*longer)),
            returns: text(returned_word(*returns)),
            too_small: text(too_small.as_deref().unwrap_or("no error")),
            lasting: Datum::Flag(*lasting),
        }
    }

    fn length(&self, length: &PayloadLength) -> String {
        match length {
            PayloadLength::Fixed(elements) => format!("{elements} elements"),
            PayloadLength::Elements(field) => format!("the elements of `{field}`"),
            PayloadLength::Bytes(id, field) => self.quoted_path(*id, field),
            PayloadLength::Strided { count, stride } => {
                format!("`{count}` elements of `{stride}` bytes")
            }
            PayloadLength::Bits(BitmapLength { range, page, bytes }) => {
                let range = range.iter().map(|(id, field)| self.quoted_path(*id, field));
                let range = range.collect::<Vec<_>>().join(" or ");
                let bytes = bytes.iter().map(|bytes| format!("`{bytes}`, with "));
                format!("{}the bits for {range} by `{page}`", bytes.collect::<String>())
            }
        }
    }

    fn quoted_path(&self, struct_: Option<StructId>, field: &str) -> String {
        format!("`{}`", self.field_path(struct_, field))
    }

    fn field_path(&self, struct_: Option<StructId>, field: &str) -> String {
        match struct_ {
            Some(id) => format!("{}.{field}", self.struct_(&self.abi.struct_(id).name)),
            None => field.to_owned(),
        }
    }
}
