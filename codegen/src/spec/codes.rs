//! The codes of files that cannot be read as a specification.

use crate::diagnostic::Code;

/// Not YAML.
pub(super) const NOT_YAML: Code = Code("V001");
/// YAML that has no place in a specification.
pub(super) const UNUSED_YAML: Code = Code("V002");
/// A duplicate key.
pub(super) const DUPLICATE_KEY: Code = Code("V003");
/// An unknown key.
pub(super) const UNKNOWN_KEY: Code = Code("V004");
/// A value of the wrong form.
pub(super) const BAD_VALUE: Code = Code("V005");
/// An item of no known kind.
pub(super) const UNKNOWN_KIND: Code = Code("V006");
/// A file that cannot be read.
pub(super) const UNREADABLE_FILE: Code = Code("V007");
/// A file that abi.yaml does not list.
pub(super) const UNLISTED_FILE: Code = Code("V008");
/// An extension without an item, or with keys that the item cannot have.
pub(super) const BAD_EXTENSION: Code = Code("V025");
/// Two extensions that conflict.
pub(super) const EXTENSION_CONFLICT: Code = Code("V026");
