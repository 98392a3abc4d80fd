//! Types the trailing payload of a struct by the feature id in its flags.

use super::bytes::ByteReader;
use super::number::DecodedNumber;
use crate::ir::{Field, Struct, StructId, Type};
use crate::layout::{Int, Span};

/// The payload at the end of the struct at `at`, if its flags contain an id with a
/// payload, a gate of the payload is set, and at least one byte of it is present.
pub(super) fn of(
    reader: ByteReader<'_>,
    struct_: &Struct,
    at: u64,
    (element, count): (&Type, Option<Span>),
    start: u64,
) -> Option<StructId> {
    let untyped = matches!(element, Type::Int(Int::U8)) && count.is_none();
    if !untyped || start >= reader.len() {
        return None;
    }
    let fields = struct_.fields.iter().enumerate();
    let numbers =
        fields.filter_map(|(index, field)| number(reader, field, reader.span(struct_, at, index)));
    numbers.into_iter().find_map(payload)
}

/// The number of a field that holds an id.
fn number<'a>(reader: ByteReader<'a>, field: &Field, span: Span) -> Option<DecodedNumber<'a>> {
    let Type::Int(int) = field.type_ else {
        return None;
    };
    let group = field.group.map(|id| reader.abi.group(id));
    let ids = Some(reader.abi.group(field.ids?));
    let bits = reader.unsigned(span)?;
    Some(DecodedNumber { ids, ..DecodedNumber::new(bits, int, span.size, group) })
}

/// The payload of the id, if one of its gates is set or it has none.
fn payload(number: DecodedNumber<'_>) -> Option<StructId> {
    let id = number.id()?;
    let given = |name: &String| {
        let flags = number.group.into_iter().flat_map(|group| &group.values);
        flags.into_iter().any(|flag| flag.name == *name && number.bits & flag.number as u64 != 0)
    };
    let asked = id.gates.is_empty() || id.gates.iter().any(given);
    id.payload_struct().filter(|_| asked)
}
