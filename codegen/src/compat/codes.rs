//! The codes of differences between two ABIs.

use crate::diagnostic::Code;

pub(super) const MINSZ_CHANGED: Code = Code("C1");
/// A field removed, moved or resized.
pub(super) const FIELD_MOVED: Code = Code("C2");
pub(super) const FIELD_INSERTED: Code = Code("C3");
pub(super) const INPUT_ADDED: Code = Code("C4");
pub(super) const OUTPUT_ADDED: Code = Code("C5");
pub(super) const CHAIN_ADDED: Code = Code("C6");
pub(super) const FIELD_RENAMED: Code = Code("C7");
pub(super) const PADDING_NAMED: Code = Code("C8");
/// Reserved bytes, or bytes of another field, got a meaning.
pub(super) const RESERVED_FIELD_USED: Code = Code("C9");
/// A name means another number.
pub(super) const VALUE_CHANGED: Code = Code("C10");
pub(crate) const NAME_REMOVED: Code = Code("C11");
/// An id or number is given to two things.
pub(super) const NUMBER_REUSED: Code = Code("C12");
/// The body of a capability.
pub(super) const BODY_CHANGED: Code = Code("C13");
/// Offsets and alignment of capabilities.
pub(super) const PLACEMENT_CHANGED: Code = Code("C14");
pub(super) const CAPABILITY_ADDED: Code = Code("C15");
/// The reply to a short buffer.
pub(super) const SHORT_REPLY_CHANGED: Code = Code("C16");
pub(super) const ARGSZ_CAN_SHRINK: Code = Code("C17");
/// The need can change between two calls.
pub(super) const NEED_CAN_CHANGE: Code = Code("C18");
pub(super) const DATA_RESIZED: Code = Code("C19");
/// A count of names or regions.
pub(super) const COUNT_CHANGED: Code = Code("C20");
pub(super) const SOME_TARGETS_ONLY: Code = Code("C21");
/// An ioctl removed, or its number reused.
pub(super) const IOCTL_REMOVED: Code = Code("C22");
pub(super) const ERROR_CHANGED: Code = Code("C23");
pub(super) const ITEM_ADDED: Code = Code("C24");
/// A difference without a verdict.
pub(super) const NOT_JUDGED: Code = Code("C25");
/// A new input in bytes that old kernels demand to be zero.
pub(super) const REFUSED_BY_OLD: Code = Code("C26");
/// A new output in bytes that old kernels leave zero.
pub(super) const ZERO_REPLY: Code = Code("C27");
/// A field in bytes that the kernel itself demands to be zero.
pub(super) const UNREACHABLE_INPUT: Code = Code("C28");

/// All of them, in order.
pub(super) const CODES: [Code; 28] = [
    MINSZ_CHANGED,
    FIELD_MOVED,
    FIELD_INSERTED,
    INPUT_ADDED,
    OUTPUT_ADDED,
    CHAIN_ADDED,
    FIELD_RENAMED,
    PADDING_NAMED,
    RESERVED_FIELD_USED,
    VALUE_CHANGED,
    NAME_REMOVED,
    NUMBER_REUSED,
    BODY_CHANGED,
    PLACEMENT_CHANGED,
    CAPABILITY_ADDED,
    SHORT_REPLY_CHANGED,
    ARGSZ_CAN_SHRINK,
    NEED_CAN_CHANGE,
    DATA_RESIZED,
    COUNT_CHANGED,
    SOME_TARGETS_ONLY,
    IOCTL_REMOVED,
    ERROR_CHANGED,
    ITEM_ADDED,
    NOT_JUDGED,
    REFUSED_BY_OLD,
    ZERO_REPLY,
    UNREACHABLE_INPUT,
];
