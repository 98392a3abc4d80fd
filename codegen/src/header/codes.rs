//! The codes of errors in headers.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, Severity};

/// A file that is no text of C.
pub(super) const NOT_C_TEXT: Code = Code("H1");
/// Something that is opened and never closed.
pub(super) const UNCLOSED: Code = Code("H2");
/// A directive that cannot be followed.
pub(super) const BAD_DIRECTIVE: Code = Code("H3");
/// A declaration that is not understood.
pub(super) const BAD_DECLARATION: Code = Code("H4");
/// A value that cannot be computed.
pub(super) const BAD_VALUE: Code = Code("H5");
/// A struct that cannot be laid out.
pub(super) const NO_LAYOUT: Code = Code("H6");
/// Declarations that are no part of an ABI, and are passed over.
pub(super) const SKIPPED: Code = Code("H7");
/// A name that is defined twice.
pub const DEFINED_TWICE: Code = Code("H8");
/// A field whose name other languages reserve.
pub(super) const RESERVED_WORD: Code = Code("H9");

/// The reason why a declaration cannot be parsed. Boxed, because errors are rare.
pub(super) type HeaderFault = Box<Diagnostic>;

/// The number of errors after which the file is assumed not to be a header.
const MOST: usize = 1000;

/// Every code that reading a header can report.
pub fn codes() -> [Code; 9] {
    [
        NOT_C_TEXT,
        UNCLOSED,
        BAD_DIRECTIVE,
        BAD_DECLARATION,
        BAD_VALUE,
        NO_LAYOUT,
        SKIPPED,
        DEFINED_TWICE,
        RESERVED_WORD,
    ]
}

/// An error at a place.
pub(super) fn error(code: Code, message: impl Into<String>, place: Place) -> Diagnostic {
    Diagnostic::error(code, message).at(place, "")
}

/// Headers that declare more than any user ABI does.
pub(super) fn too_much(names: usize, files: &[usize]) -> Diagnostic {
    let most = super::MOST_NAMES;
    let message = format!("the headers declare {names} names; at most {most} are read");
    let file = files.first().copied().unwrap_or_default();
    error(NOT_C_TEXT, message, Place::new(file, 0, 0))
}

/// Whether so much is wrong that looking further is of no use.
pub(super) fn too_many(problems: &Diagnostics) -> bool {
    problems.count(Severity::Error) >= MOST
}
