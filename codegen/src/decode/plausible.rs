//! Whether decoded bytes can be what the user means: sizes, flags and counts of a
//! wrong byte order or word size are far from usual ones.

use super::number::DecodedNumber;
use super::{Content, Decoded, DecodedValue};
use crate::ir::Role;

/// The largest usual argsz.
const MOST_ARGSZ: u64 = 16 << 20;

/// Reasons against a reading; `weight` 0 if there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Doubts {
    /// The larger, the less plausible.
    pub(super) weight: u32,
    /// The strongest reason.
    pub(super) reason: Option<String>,
}

impl Doubts {
    fn add(&mut self, weight: u32, reason: String) {
        self.weight += weight;
        self.reason.get_or_insert(reason);
    }
}

/// The doubts about decoded bytes.
pub(super) fn doubts(decoded: &Decoded<'_>) -> Doubts {
    let mut doubts = Doubts::default();
    let argsz = decoded.struct_.and_then(|struct_| decoded.fields.get(struct_.argsz?));
    if let Some(argsz) = argsz.and_then(number) {
        let len = decoded.buffer.len() as u64;
        match argsz.bits {
            size if size > MOST_ARGSZ => doubts.add(8, format!("argsz is {size}")),
            0 => doubts.add(2, "argsz is 0".to_owned()),
            size if size > len => doubts.add(1, format!("argsz is {size}, more than {len} bytes")),
            size if size < len => doubts.add(1, format!("argsz is {size}, less than {len} bytes")),
            _ => {}
        }
    }
    for field in &decoded.fields {
        let Some(number) = number(field) else { continue };
        let unknown = number.unknown_flags();
        if unknown != 0 {
            doubts.add(4, format!("{} has the unknown flags {unknown:#x}", field.name));
        }
        if number.is_no_value() && field.role == Role::Data {
            doubts.add(2, format!("{} is {}", field.name, number.text()));
        }
    }
    if let Some(error) = &decoded.error {
        doubts.add(3, error.message());
    }
    doubts
}

/// The number of a field, if it has one.
fn number<'a>(field: &DecodedValue<'a>) -> Option<DecodedNumber<'a>> {
    match field.content {
        Content::Number(number) => Some(number),
        _ => None,
    }
}
