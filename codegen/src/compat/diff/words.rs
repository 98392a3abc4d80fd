//! The words by which enums of the IR are compared, as findings print them.

use super::datum::{Datum, text};
use crate::ir::{Descriptor, GroupKind, Literal, Role};
use crate::reply::{
    ArgszReply, Count, Direction, Padding, ReturnedLength, Unset, WhenLonger, WhenShorter,
    WhenTooSmall,
};

/// The parts of a literal that programs see, besides its number.
pub(super) fn literal_fact(literal: &Literal) -> Datum<'_> {
    match literal {
        Literal::Text(string) => text(string),
        Literal::Bit { bit: _, signed: true } => text("a signed bit"),
        Literal::Decimal
        | Literal::Hex
        | Literal::Bit { bit: _, signed: false }
        | Literal::Or(_)
        | Literal::Alias(_)
        | Literal::Next => Datum::Unset,
    }
}

pub(super) fn role_word(role: Role) -> &'static str {
    match role {
        Role::Argsz => "argsz",
        Role::Flags => "flags",
        Role::CapOffset => "cap_offset",
        Role::Header => "header",
        // The count of an array is part of the array's type.
        Role::Count | Role::Data => "data",
        Role::Reserved => "reserved",
        Role::Fd => "fd",
        Role::OptionalFd => "optional_fd",
    }
}

pub(super) fn descriptor_word(fd: Descriptor) -> &'static str {
    match fd {
        Descriptor::Required => "file descriptors",
        Descriptor::Optional => "file descriptors, or -1",
    }
}

pub(super) fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
        Direction::InOut => "inout",
    }
}

pub(super) fn shorter_word(shorter: Option<WhenShorter>) -> &'static str {
    match shorter {
        Some(WhenShorter::Refused) | None => "refused",
        Some(WhenShorter::ZeroFilled) => "filled with zeros",
        Some(WhenShorter::Cut) => "written as far as it goes",
    }
}

pub(super) fn longer_word(longer: Option<WhenLonger>) -> &'static str {
    match longer {
        Some(WhenLonger::Refused) | None => "refused",
        Some(WhenLonger::Zero) => "refused unless the rest is zero",
        Some(WhenLonger::Zeroed) => "filled with zeros",
        Some(WhenLonger::Kept) => "left as it is",
    }
}

pub(super) fn returned_word(returned: Option<ReturnedLength>) -> &'static str {
    match returned {
        Some(ReturnedLength::Full) => "the full length",
        Some(ReturnedLength::Written) => "the length that was written",
        Some(ReturnedLength::Done) => "the number that is done",
        None => "no length",
    }
}

pub(super) fn kind_word(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Constants => "constants",
        GroupKind::AnonymousEnum => "anonymous enum",
        GroupKind::Enum => "enum",
        GroupKind::IdSpace => "id space",
        GroupKind::Flags => "flags",
        GroupKind::FieldValues => "values of a field",
    }
}

pub(super) fn count_word(count: Count) -> &'static str {
    match count {
        Count::Moves => "moves",
        Count::Frozen => "frozen",
    }
}

pub(super) fn unset_word(unset: Unset) -> &'static str {
    match unset {
        Unset::Echo => "echo",
        Unset::Zero => "zero",
        Unset::Stack => "stack",
    }
}

pub(super) fn when_too_small_word(when: WhenTooSmall) -> &'static str {
    match when {
        WhenTooSmall::OffsetZero => "offset_zero",
        WhenTooSmall::Partial => "partial",
        WhenTooSmall::FlagClear => "flag_clear",
        WhenTooSmall::OffsetSet => "offset_set",
    }
}

pub(super) fn padding_word(padding: Padding) -> &'static str {
    match padding {
        Padding::Zero => "zero",
        Padding::Echo => "echo",
    }
}

pub(super) fn argsz_word(argsz: ArgszReply) -> &'static str {
    match argsz {
        ArgszReply::WhenTooSmall => "when_too_small",
        ArgszReply::Always => "always",
    }
}
