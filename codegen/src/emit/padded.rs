//! The bytes of a struct in order, for languages that declare its padding.

use super::document::structs::{FieldJson, StructJson};

/// Bytes of a struct on 64-bit kernels.
pub(super) enum StructPart<'a> {
    Field(&'a FieldJson<'a>),
    /// Bytes that no field has: their offset, and how many.
    Padding(u64, u64),
}

/// The fields of a struct, with the padding between them and at the end.
pub(super) fn parts<'a>(one: &'a StructJson<'a>) -> Vec<StructPart<'a>> {
    let (mut parts, mut end) = (Vec::new(), 0);
    let padding = |end: u64, next: u64| (next > end).then(|| StructPart::Padding(end, next - end));
    for field in &one.fields {
        parts.extend(padding(end, field.offset.lp64));
        parts.push(StructPart::Field(field));
        end = field.offset.lp64 + field.size.lp64;
    }
    parts.extend(padding(end, one.size.lp64));
    parts
}
