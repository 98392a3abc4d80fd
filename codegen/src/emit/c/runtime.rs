//! The hand-written C of `codegen/runtime/c`, under the names of the ABI.

/// The prefix of names in the runtime.
const STEM: &str = "capchain_";

/// The macros that every part of the header uses.
pub(super) const BASE: &str = include_str!("../../../runtime/c/base.h");

/// The functions that print flags.
pub(super) const NAMES: &str = include_str!("../../../runtime/c/names.h");

/// The files that walk chains; each uses those before it.
pub(super) const WALK: [&str; 4] = [
    include_str!("../../../runtime/c/number.h"),
    include_str!("../../../runtime/c/error.h"),
    include_str!("../../../runtime/c/walk.h"),
    include_str!("../../../runtime/c/body.h"),
];

/// The files that read and write replies with chains.
pub(super) const REPLY: [&str; 4] = [
    include_str!("../../../runtime/c/reply.h"),
    include_str!("../../../runtime/c/request.h"),
    include_str!("../../../runtime/c/builder.h"),
    include_str!("../../../runtime/c/append.h"),
];

/// The file that walks chains in a space; `CAPCHAIN_SLOTS` becomes a number.
pub(super) const SPACE: &str = include_str!("../../../runtime/c/space.h");

/// The files that write requests; the first file of `WALK` is before them.
pub(super) const REQUEST: &str = include_str!("../../../runtime/c/argument.h");

/// The file that reads replies that end in an array; `WALK` and `REPLY` are before it.
pub(super) const COUNTED: &str = include_str!("../../../runtime/c/counted.h");

/// The function that measures data of which a struct is the type.
pub(super) const TYPED: &str = include_str!("../../../runtime/c/typed.h");

/// The function that takes an argument as a kernel does.
pub(super) const RECEIVE: &str = include_str!("../../../runtime/c/receive.h");

/// The file that reads records.
pub(super) const STREAM: &str = include_str!("../../../runtime/c/stream.h");

/// The function that every ioctl with an argument uses.
pub(super) const CALL: &str = include_str!("../../../runtime/c/call.h");

/// The function that enlarges the buffer of a request.
pub(super) const GROW: &str = include_str!("../../../runtime/c/grow.h");

/// A file of the runtime, with the ABI's prefixes of functions and of macros.
pub(super) fn renamed(text: &str, stem: &str, macro_prefix: &str) -> String {
    let macros = STEM.to_ascii_uppercase();
    let stem = [stem, "_"].concat();
    text.trim_end().replace(STEM, &stem).replace(&macros, macro_prefix)
}
