//! The records that a program read from a file descriptor. They are found by the description
//! of the stream, as the kernel's source writes them, and not by the plan of the readers.

use super::Decoded;
use super::bytes::ByteReader;
use super::error::{DecodeError, DecodeErrorKind};
use super::value::DecodedValue;
use crate::ir::{Stream, StructId, Value};
use crate::layout::Span;

/// A record.
#[derive(Clone, Debug)]
pub struct DecodedRecord<'a> {
    /// The offset of its struct.
    pub at: u64,
    /// The bytes of its data.
    pub data: Span,
    /// The name of the type of the data, if it has one.
    pub type_: Option<&'a str>,
    /// The struct of the data.
    pub struct_: Option<StructId>,
}

/// Finds the records. `type_` is the number with which the descriptor was made.
pub(super) fn walk<'a>(
    reader: ByteReader<'a>,
    stream: &Stream,
    type_: Option<u64>,
) -> (Vec<DecodedRecord<'a>>, Option<DecodeError>) {
    let (mut records, mut at) = (Vec::new(), 0);
    while at < reader.len() {
        match record(reader, stream, type_, at) {
            Ok(found) => {
                at = found.data.end();
                records.push(found);
            }
            Err(kind) => {
                let size = (reader.len() - at).min(16);
                let marks = vec![Span { offset: at, size }];
                return (records, Some(DecodeError { kind, at, marks }));
            }
        }
    }
    (records, None)
}

/// The record at an offset.
fn record<'a>(
    reader: ByteReader<'a>,
    stream: &Stream,
    type_: Option<u64>,
    at: u64,
) -> Result<DecodedRecord<'a>, DecodeErrorKind> {
    let struct_ = reader.abi.struct_(stream.record);
    let available = reader.len() - at;
    let cut = |need: u64| DecodeErrorKind::RecordCut { need, len: available };
    let head = reader.layout(struct_).size;
    if available < head || head == 0 {
        return Err(cut(head));
    }
    let number = |field: usize| reader.unsigned(reader.span(struct_, at, field)).unwrap_or(0);
    let is_empty = stream.no_data.as_ref().is_some_and(|flag| number(flag.field) & flag.value != 0);
    let by = stream.type_by.as_ref().filter(|_| !is_empty);
    let inside = |name: &str| struct_.fields.iter().position(|field| field.name == name);
    let type_ = by.and_then(|by| match by.struct_ {
        Some(_) => type_,
        None => inside(&by.field).map(number),
    });
    let value = type_.and_then(|number| value(reader, stream, number));
    let data = value.and_then(Value::payload_struct);
    let length = match &stream.length {
        _ if is_empty || by.is_none() && stream.length.is_none() => 0,
        Some(length) if length.total => {
            let length = number(length.field);
            let short = DecodeErrorKind::RecordTooShort { length, need: head };
            length.checked_sub(head).ok_or(short)?
        }
        Some(length) => number(length.field),
        None => match (value, data) {
            (_, Some(id)) => reader.layout(reader.abi.struct_(id)).size,
            (Some(value), None) if value.without_payload => 0,
            _ => {
                let number = type_.unwrap_or(0);
                return Err(DecodeErrorKind::RecordTypeUnknown { number });
            }
        },
    };
    if length > available - head {
        return Err(cut(head.saturating_add(length)));
    }
    Ok(DecodedRecord {
        at,
        data: Span { offset: at + head, size: length },
        type_: value.map(|value| value.name.as_str()),
        struct_: data,
    })
}

/// The type of a number.
fn value<'a>(reader: ByteReader<'a>, stream: &Stream, number: u64) -> Option<&'a Value> {
    let values = &reader.abi.group(stream.numbers(reader.abi)?).values;
    values.iter().find(|value| value.number == i128::from(number))
}

impl<'a> Decoded<'a> {
    /// The fields of the struct of a record.
    pub fn record_fields(&self, record: &DecodedRecord<'_>) -> Vec<DecodedValue<'a>> {
        let Some(stream) = self.stream.and_then(|kind| kind.stream.as_ref()) else {
            return Vec::new();
        };
        let struct_ = self.abi.struct_(stream.record);
        self.reader(record.data.offset).fields(struct_, record.at, |_| true)
    }

    /// The fields of its data, and the bytes after them: an older program does not know what
    /// a newer kernel appends.
    pub fn record_data(&self, record: &DecodedRecord<'_>) -> (Vec<DecodedValue<'a>>, Span) {
        let Some(id) = record.struct_ else { return (Vec::new(), record.data) };
        let (struct_, reader) = (self.abi.struct_(id), self.reader(record.data.end()));
        let end = record.data.offset.saturating_add(reader.layout(struct_).size);
        let end = end.min(record.data.end());
        let rest = Span { offset: end, size: record.data.end() - end };
        (reader.fields(struct_, record.data.offset, |_| true), rest)
    }
}
