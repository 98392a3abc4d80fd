//! The codes of the lint rules.

use crate::diagnostic::Code;
pub(super) use crate::diagnostic::shared_codes::{FLAG_BITS, ID_REUSED, NUMBER_REUSED};

pub(super) const BAD_EXCEPTION: Code = Code("L00");
pub(super) const ENUMERATOR_TOO_LARGE: Code = Code("L1");
pub(super) const POINTER: Code = Code("L2");
pub(super) const UNALIGNED_U64: Code = Code("L3");
pub(super) const HOLE: Code = Code("L4");
pub(super) const LAYOUT_DIFFERS: Code = Code("L5");
pub(super) const HARMFUL_PAD: Code = Code("L6");
pub(super) const ARGSZ_AND_FLAGS_FIRST: Code = Code("L7");
pub(super) const INCOMPLETE_CHAIN_HOST: Code = Code("L8");
pub(super) const CHAIN_MISALIGNED: Code = Code("L9");
pub(super) const SIGNED_CONSTANT: Code = Code("L14");
pub(super) const UNKNOWN_NAME: Code = Code("L15");
pub(super) const ARRAY_NOT_LAST: Code = Code("L16");
pub(super) const NO_DIRECTION: Code = Code("L17");
pub(super) const MINSZ_AFTER_FIRST_RELEASE: Code = Code("L19");
pub(super) const INCOMPLETE_REPLY: Code = Code("L20");
pub(super) const UNMARKED_COUNT: Code = Code("L21");
pub(super) const NAME_SCHEME: Code = Code("L22");
pub(super) const AMBIGUOUS_UNION: Code = Code("L23");
pub(super) const INCOMPLETE_DEPRECATION: Code = Code("L24");
pub(super) const NOT_EMITTED: Code = Code("L25");
pub(super) const DRAFT_DOC: Code = Code("L28");
pub(super) const LENGTH_ELSEWHERE: Code = Code("L29");
pub(super) const UNREACHABLE_INPUT: Code = Code("L30");
pub(super) const UNCHECKED_RESERVED: Code = Code("L31");
