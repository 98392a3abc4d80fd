//! The memory that an argument has the address of, printed after the argument.

use serde_json::{Value, json};

use crate::decode::{self, DataKind, Decoded, DecodedData, PointedData};
use crate::hex;

/// Structs that are printed of an array; of a longer one, the first of them.
const MOST_PARTS: usize = 16;

/// Bytes of memory that an argument has the address of.
#[derive(Clone, Debug)]
pub struct GivenData {
    /// The field with the address; none for the only one.
    pub field: Option<String>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Interprets the bytes as the memory of the fields that they are given for.
///
/// # Errors
///
/// A sentence that says why some are for no field.
pub fn of_argument<'a>(
    decoded: &Decoded<'a>,
    given: &'a [GivenData],
) -> Result<Vec<DecodedData<'a>>, String> {
    let pointers = decoded.pointers();
    let names = || pointers.iter().map(|one| one.field).collect::<Vec<_>>().join(", ");
    let mut found = Vec::new();
    for data in given {
        let pointer = match (&data.field, &pointers[..]) {
            (_, []) => return Err(format!("{} has no address", decoded.name())),
            (None, [pointer]) => Some(pointer),
            (None, _) => {
                return Err(format!("several fields have addresses, name one: {}", names()));
            }
            (Some(name), _) => pointers.iter().find(|one| one.field == name),
        };
        let Some(pointer) = pointer else {
            let name = data.field.as_deref().unwrap_or_default();
            return Err(format!("`{name}` has no address; these fields have one: {}", names()));
        };
        found.push(decoded.pointed(pointer.clone(), &data.bytes));
    }
    Ok(found)
}

/// The text about data.
pub fn text(data: &DecodedData<'_>) -> String {
    let PointedData { field, address, .. } = data.pointer;
    let mut lines = vec![format!("{field} {address:#x}: {}", what(data))];
    lines.extend(data.notes.iter().map(|note| format!("note: {note}")));
    if let Some(error) = &data.error {
        lines.push(format!("error: {}: {}", error.kind, error.message));
    }
    for part in data.parts.iter().take(MOST_PARTS) {
        let text = decode::text(part);
        lines.extend(text.lines().map(|line| ["  ", line].concat()));
    }
    if data.parts.is_empty() {
        lines.extend(data.rows().into_iter().map(|row| ["  ", &row].concat()));
    }
    if data.parts.len() > MOST_PARTS {
        lines.push(format!("  ... {} more", data.parts.len() - MOST_PARTS));
    }
    lines.join("\n") + "\n"
}

/// The number of bytes, and their type.
fn what(data: &DecodedData<'_>) -> String {
    let bytes = format!("{} bytes", data.bytes.len());
    match data.pointer.kind {
        DataKind::Struct(value, _) | DataKind::Nothing(value) => format!("{bytes}, {}", value.name),
        DataKind::Unknown(..) => format!("{bytes} of an unknown type"),
        DataKind::Elements(_) | DataKind::Elsewhere => bytes,
    }
}

/// The object about data.
pub fn json(data: &DecodedData<'_>) -> Value {
    let PointedData { field, at, address, length, each, .. } = data.pointer;
    let type_ = match data.pointer.kind {
        DataKind::Struct(value, _) | DataKind::Nothing(value) => Some(&value.name),
        DataKind::Unknown(..) | DataKind::Elements(_) | DataKind::Elsewhere => None,
    };
    let error = data.error.as_ref();
    json!({
        "field": field,
        "offset": at,
        "address": address,
        "length": length,
        "each": each,
        "type": type_,
        "bytes": hex::digits(data.bytes),
        "decoded": data.parts.iter().map(decode::json).collect::<Vec<_>>(),
        "notes": data.notes,
        "error": error.map(|error| json!({ "kind": error.kind, "message": error.message })),
    })
}
