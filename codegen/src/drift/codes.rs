//! The codes of differences between headers and a specification.

use crate::diagnostic::Code;

pub(super) const NOT_SPECIFIED: Code = Code("D1");
pub(super) const NOT_IN_HEADER: Code = Code("D2");
pub(super) const VALUE_DIFFERS: Code = Code("D3");
/// A macro in one of them, an enumerator in the other, or a struct without its tag.
pub(super) const KIND_DIFFERS: Code = Code("D4");
/// Size or alignment of a struct.
pub(super) const SIZE_DIFFERS: Code = Code("D5");
/// Only one of them has the field.
pub(super) const FIELD_MISSING: Code = Code("D6");
/// Type or offset of a field.
pub(super) const FIELD_DIFFERS: Code = Code("D7");
/// Parameters or body of a macro.
pub(super) const MACRO_DIFFERS: Code = Code("D8");
/// A declaration of the header that was not read.
pub(super) const NOT_READ: Code = Code("D9");
/// Type of a macro with a number, by its suffix.
pub(super) const TYPE_DIFFERS: Code = Code("D10");

/// Every code that a comparison can report.
pub fn codes() -> [Code; 10] {
    [
        NOT_SPECIFIED,
        NOT_IN_HEADER,
        VALUE_DIFFERS,
        KIND_DIFFERS,
        SIZE_DIFFERS,
        FIELD_MISSING,
        FIELD_DIFFERS,
        MACRO_DIFFERS,
        NOT_READ,
        TYPE_DIFFERS,
    ]
}
