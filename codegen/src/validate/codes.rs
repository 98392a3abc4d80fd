//! The codes of specifications that cannot be lowered.

use crate::diagnostic::Code;
pub(super) use crate::diagnostic::shared_codes::{FLAG_BITS, ID_REUSED, NUMBER_REUSED};

/// An invalid name.
pub(super) const BAD_NAME: Code = Code("V010");
/// A duplicate name.
pub(super) const DUPLICATE_NAME: Code = Code("V011");
/// A name without a target.
pub(super) const UNKNOWN_NAME: Code = Code("V012");
/// A name whose target does not exist in every release that needs it.
pub(super) const ABSENT_IN_RELEASE: Code = Code("V013");
/// A release that does not fit.
pub(super) const BAD_RELEASE: Code = Code("V014");
/// A number out of range.
pub(super) const OUT_OF_RANGE: Code = Code("V015");
/// An impossible layout.
pub(super) const BAD_LAYOUT: Code = Code("V016");
/// Documentation that is missing or cannot be shown.
pub(super) const BAD_TEXT: Code = Code("V017");
/// Keys that exclude or require each other.
pub(super) const KEY_CONFLICT: Code = Code("V018");
/// A role that a field cannot have.
pub(super) const BAD_ROLE: Code = Code("V019");
/// An inconsistent chain or capability.
pub(super) const BAD_CHAIN: Code = Code("V020");
/// Invalid text of a macro.
pub(super) const BAD_MACRO: Code = Code("V021");
/// An invalid or duplicate name in Rust.
pub(super) const RUST_NAME: Code = Code("V022");
/// A type that Rust does not have.
pub(super) const RUST_TYPE: Code = Code("V023");
/// The name of a kernel header that `abi.yaml` does not have.
pub(super) const UNKNOWN_HEADER: Code = Code("V024");

/// Errors that an amended specification may have: they are about numbers, names in
/// Rust and texts, and lowering does not depend on them.
pub(super) const AMENDED: [Code; 7] =
    [ID_REUSED, NUMBER_REUSED, FLAG_BITS, RUST_NAME, RUST_TYPE, BAD_TEXT, BAD_NAME];

/// Errors that are about names and texts of generated outputs.
pub(super) const OF_OUTPUTS: [Code; 4] = [RUST_NAME, RUST_TYPE, BAD_TEXT, BAD_NAME];
