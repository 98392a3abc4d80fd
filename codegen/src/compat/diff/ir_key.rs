//! The keys of the IR that are compared. A key that is not in the list does not compile.

use std::fmt;

/// A key of the IR, such as `Field.direction`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::compat) struct IrKey(pub(in crate::compat) &'static str);

impl IrKey {
    /// The key without the type that has it.
    pub(in crate::compat) fn name(self) -> &'static str {
        self.0.split_once('.').map_or(self.0, |(_, name)| name)
    }
}

impl fmt::Display for IrKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Makes `key!(Type.key)`, a value and a pattern, for the keys of each type.
macro_rules! ir_keys {
    ($($type_:ident { $($key:ident),+ })+) => {
        macro_rules! key {
            $($(($type_.$key) => {
                $crate::compat::diff::IrKey(concat!(
                    stringify!($type_), ".", stringify!($key)
                ))
            };)+)+
        }
    };
}

ir_keys! {
    Abi {
        cap_headers, capabilities, chains, code, fds, groups, headers, ioctl_numbers, ioctls,
        macros, name, prefix, publish, structs
    }
    ArgumentErrors { flag, reserved, short, tail, value }
    CapHeader { align, empty, end, from_reply, id, mask, next, struct_, version }
    Capability { chain, id, kind, length, name, short, struct_, version }
    Chain { bound, header, name, reserved, start }
    CodeFile { language, text }
    FdKind { backends, name, stream, unknown_command }
    Field {
        choices, count, direction, exists_if, group, ids, name, returns_fd, role, type_, valid_if,
        version
    }
    Group { int, kind, name, reserved, rust, values }
    Handler {
        below, may_refuse, minsz, profile, reads, replies_on, tail, unchecked, unset, writes
    }
    Header { guards, path }
    History { names, numbers }
    Host { flag, struct_ }
    Ioctl { arg, backends, fd, handlers, lasting, name, number, returns, returns_fd }
    IoctlNumbers { base_value, type_value }
    Layout { align, fields, size }
    Macro { args, c, name, rust }
    Payload { direction, element, lasting, length, longer, returns, shorter, too_small, type_by }
    ReplyArray { error, field, sets }
    ReplyChain { align, argsz, capabilities, offset, padding, when_too_small, writes }
    Section { header }
    Space { end, flag, requires, struct_ }
    Stream { answer, last, length, no_data, record, type_by }
    Struct { compact, fields, length, minsz, name, packed }
    Value {
        c_type, count, counted_by, gates, in_place, literal, longer, mask, name, number, payload,
        payload_fds, reads, returns_fd, short, shorter, without_payload
    }
}

pub(in crate::compat) use key;
