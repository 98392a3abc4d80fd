//! Types the trailing payload of a struct by the id or the flags in its flags.

use super::Decoded;
use super::bytes::ByteReader;
use super::number::DecodedNumber;
use crate::ir::{Field, Struct, Type, Value};
use crate::layout::{Int, Span};

/// A payload: its type, and the field that counts its elements, if one does.
pub(super) struct DecodedPayload<'a> {
    pub(super) type_: &'a Type,
    pub(super) count: Option<Span>,
}

/// The payload at the end of the struct at `at`, if at least one byte of it is present,
/// and its flags contain a flag with a payload, or an id with one of which a gate is set.
pub(super) fn of<'a>(
    reader: ByteReader<'a>,
    struct_: &'a Struct,
    at: u64,
    (element, count): (&Type, Option<Span>),
    start: u64,
) -> Option<DecodedPayload<'a>> {
    let untyped = matches!(element, Type::Int(Int::U8)) && count.is_none();
    if !untyped || start >= reader.len() {
        return None;
    }
    let fields = struct_.fields.iter().enumerate();
    let mut numbers =
        fields.filter_map(|(index, field)| number(reader, field, reader.span(struct_, at, index)));
    let value = numbers.find_map(|number| of_id(number).or_else(|| of_flag(number)))?;
    let count = value.counted_by.as_ref().and_then(|name| {
        let index = struct_.fields.iter().position(|field| field.name == *name)?;
        Some(reader.span(struct_, at, index))
    });
    Some(DecodedPayload { type_: value.payload.as_ref()?, count })
}

/// The number of a field with flags, and possibly with an id.
fn number<'a>(reader: ByteReader<'a>, field: &Field, span: Span) -> Option<DecodedNumber<'a>> {
    let Type::Int(int) = field.type_ else {
        return None;
    };
    let group = field.group.map(|id| reader.abi.group(id));
    let ids = field.ids.map(|id| reader.abi.group(id));
    let bits = reader.unsigned(span)?;
    Some(DecodedNumber { ids, ..DecodedNumber::new(bits, int, span.size, group) })
}

/// The id, if it has a payload, and one of its gates is set or it has none.
fn of_id(number: DecodedNumber<'_>) -> Option<&Value> {
    let id = number.ids.and_then(|_| number.id())?;
    let given = |name: &String| {
        let flags = number.group.into_iter().flat_map(|group| &group.values);
        flags.into_iter().any(|flag| flag.name == *name && is_set(number, flag))
    };
    let asked = id.gates.is_empty() || id.gates.iter().any(given);
    (asked && id.payload.is_some()).then_some(id)
}

/// The flag with a payload that is set.
fn of_flag(number: DecodedNumber<'_>) -> Option<&Value> {
    let mut flags = number.group?.values.iter();
    flags.find(|flag| flag.payload.is_some() && is_set(number, flag))
}

fn is_set(number: DecodedNumber<'_>, flag: &Value) -> bool {
    number.bits & flag.number as u64 != 0
}

impl<'a> Decoded<'a> {
    /// Notes about an id that the release does not have, and about a payload of another size
    /// than its struct.
    pub(super) fn payload_notes(&self, struct_: &'a Struct) -> Vec<String> {
        let reader = self.reader(self.size);
        let Some(start) = struct_.fields.iter().position(|field| {
            matches!(&field.type_, Type::Flexible(element, None) if matches!(**element, Type::Int(Int::U8)))
        }) else {
            return Vec::new();
        };
        let room = self.size.saturating_sub(reader.span(struct_, 0, start).offset);
        let fields = struct_.fields.iter().enumerate();
        let numbers = fields.filter_map(|(index, field)| {
            let number = number(reader, field, reader.span(struct_, 0, index))?;
            number.ids.map(|_| (field, number))
        });
        let note = |(field, number): (&Field, DecodedNumber<'a>)| {
            let release = self.abi.release;
            if number.id().is_none() {
                return Some(format!("{} has an id that {release} does not know", field.name));
            }
            let mut flags = number.group?.values.iter();
            let id = of_id(number)?;
            if flags.any(|flag| flag.without_payload && is_set(number, flag)) {
                return None;
            }
            let size = reader.layout(self.abi.struct_(id.payload_struct()?)).size;
            let name = &id.name;
            match room.checked_sub(size) {
                Some(0) => None,
                Some(more) => {
                    Some(format!("{release} does not know the last {more} bytes of {name}"))
                }
                None => Some(format!("{name} needs {size} bytes, and has {room}")),
            }
        };
        numbers.filter_map(note).collect()
    }
}
