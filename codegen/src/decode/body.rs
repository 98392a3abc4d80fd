//! Size checks for a capability body: its fixed part by version, then its array.
//! The checks and their order are those of docs/protocol.md.

use super::bytes::ByteReader;
use super::error::{DecodeError, DecodeErrorKind, ErrorContext};
use super::presence::depends_on_bits;
use crate::ir::{Field, Struct, Type};
use crate::layout::Span;

/// A body of a capability that is to be checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body {
    /// The version of its fields.
    pub(super) version: u16,
    /// The id of the capability and the offset of the next one, for error reports.
    pub(super) of: ErrorContext,
}

/// The array at the end of a struct.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tail {
    /// Its offset in the struct.
    pub(super) start: u64,
    /// The size of an element.
    pub(super) each: u64,
    /// The field that counts its elements.
    pub(super) count: Option<usize>,
}

/// The end of the last field of a version that has a size of its own, in the struct at `at`.
pub(super) fn need(reader: ByteReader<'_>, struct_: &Struct, at: u64, version: u16) -> u64 {
    if depends_on_bits(struct_) {
        let least = reader.least(struct_);
        return match at.saturating_add(least) <= reader.len() {
            true => reader.existing(struct_, at).max(least),
            false => least,
        };
    }
    let has = |field: &Field| !is_flexible(field) && field.version <= version.max(1);
    let last = struct_.fields.iter().rposition(has);
    last.map_or(0, |last| reader.layout(struct_).fields[last].end())
}

fn is_flexible(field: &Field) -> bool {
    matches!(field.type_, Type::Flexible(..))
}

/// The array at the end of a struct, if there is one.
pub(super) fn tail(reader: ByteReader<'_>, struct_: &Struct) -> Option<Tail> {
    let (index, field) = struct_.fields.iter().enumerate().rfind(|(_, f)| is_flexible(f))?;
    let Type::Flexible(element, count) = &field.type_ else {
        return None;
    };
    let start = reader.layout(struct_).fields[index].offset;
    Some(Tail { start, each: reader.size_of(element), count: *count })
}

/// Checks that a capability body has all bytes of its version and all counted elements.
pub(super) fn check(
    reader: ByteReader<'_>,
    struct_: &Struct,
    body: Body,
) -> Result<(), DecodeError> {
    let need = need(reader, struct_, body.of.at, body.version);
    check_fixed(reader, need, body.of)?;
    check_count(reader, struct_, body.of)
}

/// Checks that the fixed part of a capability is complete.
pub(super) fn check_fixed(
    reader: ByteReader<'_>,
    need: u64,
    of: ErrorContext,
) -> Result<(), DecodeError> {
    let id = of.id.unwrap_or(0);
    reaches(reader, need, of, || {
        let rest = Span { offset: of.at, size: reader.len().saturating_sub(of.at) };
        DecodeError { kind: DecodeErrorKind::BodyShort { id, need }, at: of.at, marks: vec![rest] }
    })
}

/// Checks that a counted array is complete.
pub(super) fn check_count(
    reader: ByteReader<'_>,
    struct_: &Struct,
    of: ErrorContext,
) -> Result<(), DecodeError> {
    let Some(Tail { start, each, count: Some(field) }) = tail(reader, struct_) else {
        return Ok(());
    };
    let counted_at = reader.span(struct_, of.at, field);
    let count = reader.unsigned(counted_at).unwrap_or(0);
    let end = count.checked_mul(each).and_then(|size| size.checked_add(start));
    reaches(reader, end.unwrap_or(u64::MAX), of, || DecodeError {
        kind: DecodeErrorKind::CountOutOfBounds { id: of.id, count },
        at: of.at,
        marks: vec![counted_at],
    })
    .map_err(|mut error| {
        // If the array overlaps the next capability, the count can be wrong as well as the offset.
        if !error.marks.contains(&counted_at) {
            error.marks.push(counted_at);
        }
        error
    })
}

/// Checks that `size` bytes end before the end of the reply (otherwise the error is
/// `beyond`), and before the next capability if that one comes later.
fn reaches(
    reader: ByteReader<'_>,
    size: u64,
    of: ErrorContext,
    beyond: impl FnOnce() -> DecodeError,
) -> Result<(), DecodeError> {
    let end = of.at.saturating_add(size);
    if end > reader.len() {
        return Err(beyond());
    }
    match of.next {
        Some((next, source)) if next > of.at && end > next => Err(DecodeError {
            kind: DecodeErrorKind::Overlap { id: of.id.unwrap_or(0), next },
            at: of.at,
            marks: vec![source],
        }),
        _ => Ok(()),
    }
}
