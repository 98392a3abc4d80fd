//! The facts of the memory that a field has the address of.

use super::datum::{Datum, text};
use super::facts::SideNames;
use super::words::{direction_word, longer_word, returned_word, shorter_word};
use crate::ir::{BitmapLength, Payload, PayloadLength, StructId, TypeField};

impl<'a> SideNames<'_, 'a> {
    /// Every fact of memory is set, so that a fact that is unset means that the memory is
    /// not specified.
    pub(super) fn payload(&self, payload: Option<&'a Payload>) -> [Datum<'a>; 9] {
        let Some(payload) = payload else { return [const { Datum::Unset }; 9] };
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
        let type_by = type_by.as_ref().map_or(text("no field"), |TypeField { struct_, field }| {
            Datum::Text(self.field_path(*struct_, field).into())
        });
        [
            text(direction_word(*direction)),
            Datum::Text(self.abi.type_text(element).into()),
            type_by,
            Datum::Text(self.length(length).into()),
            text(shorter_word(*shorter)),
            text(longer_word(*longer)),
            text(returned_word(*returns)),
            text(too_small.as_deref().unwrap_or("no error")),
            Datum::Flag(*lasting),
        ]
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
