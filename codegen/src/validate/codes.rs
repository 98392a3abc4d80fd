//! The codes of specifications that cannot be lowered.

use crate::diagnostic::Code;
pub(super) use crate::diagnostic::shared_codes::{FLAG_BITS, ID_REUSED, NUMBER_REUSED};

/// Not a usable name.
pub(super) const BAD_NAME: Code = Code("V010");
/// A name taken twice.
pub(super) const DUPLICATE_NAME: Code = Code("V011");
/// A name that stands for nothing.
pub(super) const UNKNOWN_NAME: Code = Code("V012");
/// A name for something that some release lacks.
pub(super) const ABSENT_IN_RELEASE: Code = Code("V013");
/// A release that does not fit.
pub(super) const BAD_RELEASE: Code = Code("V014");
/// A number out of range.
pub(super) const OUT_OF_RANGE: Code = Code("V015");
/// An impossible layout.
pub(super) const BAD_LAYOUT: Code = Code("V016");
/// Documentation that is missing or cannot be shown.
pub(super) const BAD_TEXT: Code = Code("V017");
/// Keys that exclude or demand each other.
pub(super) const KEY_CONFLICT: Code = Code("V018");
/// A role that a field cannot have.
pub(super) const BAD_ROLE: Code = Code("V019");
/// A chain or capability that does not hang together.
pub(super) const BAD_CHAIN: Code = Code("V020");
/// Text of a macro that is more or less than it may be.
pub(super) const BAD_MACRO: Code = Code("V021");
/// No name, or one name for two things, in Rust.
pub(super) const RUST_NAME: Code = Code("V022");
/// A type that Rust cannot offer.
pub(super) const RUST_TYPE: Code = Code("V023");
/// A name of the file table that does not exist.
pub(super) const UNKNOWN_HEADER: Code = Code("V024");
