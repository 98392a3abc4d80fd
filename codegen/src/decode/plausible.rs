//! Whether decoded bytes can be what the user means: sizes, flags and counts of a
//! wrong byte order or word size are far from usual ones.

use super::number::DecodedNumber;
use super::{Content, Decoded, DecodedValue};
use crate::ir::{Role, Type};

/// The largest usual argsz.
const MOST_ARGSZ: u64 = 16 << 20;

/// Reasons against a reading; `weight` 0 if there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Doubts {
    /// The larger, the less plausible.
    pub(super) weight: u32,
    /// The reason with the largest weight, the first of several.
    pub(super) reason: Option<String>,
    /// Its weight.
    strongest: u32,
}

impl Doubts {
    fn add(&mut self, weight: u32, reason: String) {
        self.extend(Self { weight, reason: Some(reason), strongest: weight });
    }

    /// Adds other doubts.
    pub(super) fn extend(&mut self, other: Self) {
        self.weight += other.weight;
        if other.strongest > self.strongest {
            (self.reason, self.strongest) = (other.reason, other.strongest);
        }
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

/// Doubts about the size of the bytes and about fields that are 0 in usual replies. They
/// decide between structs only.
pub(super) fn size_doubts(decoded: &Decoded<'_>) -> Doubts {
    let mut doubts = Doubts::default();
    let Some(struct_) = decoded.struct_ else { return doubts };
    let (size, len) =
        (struct_.layouts[decoded.target.model.index()].size, decoded.buffer.len() as u64);
    let flexible = struct_.fields.last().is_some_and(|f| matches!(f.type_, Type::Flexible(..)));
    if len > size && flexible {
        doubts.add(1, format!("{} bytes are data", len - size));
    } else if len > size && decoded.caps.is_empty() {
        doubts.add(3, format!("{len} bytes are more than its {size}"));
    }
    if struct_.argsz.is_none() {
        doubts.add(1, "it has no size to check".to_owned());
    }
    for field in &decoded.fields {
        if field.role == Role::Reserved && number(field).is_some_and(|number| number.bits != 0) {
            doubts.add(2, format!("{} is not 0", field.name));
        }
    }
    for field in &decoded.fields {
        let absent = field.gate.is_some_and(|gate| gate.given == Some(false));
        if absent && number(field).is_some_and(|number| number.bits != 0) {
            doubts.add(1, format!("{} is not 0, but its flag is", field.name));
        }
    }
    if decoded.holes.iter().any(|hole| decoded.bytes(*hole).iter().any(|byte| *byte != 0)) {
        doubts.add(2, "bytes between its fields are not 0".to_owned());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_first_of_the_strongest() {
        let mut doubts = Doubts::default();
        for (weight, reason) in [(1, "weak"), (4, "strong"), (4, "as strong"), (2, "other")] {
            doubts.add(weight, reason.to_owned());
        }
        let mut all = Doubts::default();
        all.add(3, "of another kind".to_owned());
        all.extend(doubts);
        assert_eq!((all.weight, all.reason.as_deref()), (14, Some("strong")));
    }
}
