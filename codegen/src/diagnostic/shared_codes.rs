//! Codes of lint rules that validation enforces too, since a specification that breaks
//! them cannot be lowered.

use super::Code;

/// Two capabilities of a chain with one id.
pub const ID_REUSED: Code = Code("L10");
/// Two items with one number in the same space.
pub const NUMBER_REUSED: Code = Code("L11");
/// Flags that share a bit, and masks with bits of no flag.
pub const FLAG_BITS: Code = Code("L13");

/// All of them.
pub const ALL: [Code; 3] = [ID_REUSED, NUMBER_REUSED, FLAG_BITS];
