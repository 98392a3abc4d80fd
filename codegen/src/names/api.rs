//! The names by which programs use chains, replies and requests: types in Rust, and in C the
//! words after the stem. Emitters declare what has these names, and `Abi::api_names` lists it.

use super::{after_abi, cap_type, group_type, is_in_prelude, without_prefix};

/// The iterator over a chain in Rust, and the function that starts one in Go.
pub fn caps(chain: &str) -> String {
    [&group_type(chain), "Caps"].concat()
}

/// The enum of the capabilities of a chain in Rust.
pub fn cap(chain: &str) -> String {
    [&group_type(chain), "Cap"].concat()
}

/// The same of those that a server appends to a reply.
pub fn new_cap(chain: &str) -> String {
    ["New", &cap(chain)].concat()
}

/// The same of those that can be stored.
pub fn cap_buf(chain: &str) -> String {
    [&cap(chain), "Buf"].concat()
}

/// The enum of the kinds of a capability in Rust.
pub fn cap_kinds(chain: &str, short: &str) -> String {
    [&cap_type(chain, short), "Kind"].concat()
}

/// The view of a reply in Rust, from its struct: without the prefix of the ABI, unless Rust's
/// prelude has a type of that name.
pub fn reply_view(prefix: &str, struct_: &str) -> String {
    let short = group_type(without_prefix(prefix, struct_));
    if is_in_prelude(&short) { group_type(struct_) } else { short }
}

/// The struct of a reply before a chain in C. Each of [`C_REPLY`] after it is a function.
pub fn c_reply(chain: &str) -> [&str; 2] {
    [chain, "info"]
}

/// What the functions of a reply do in C.
pub const C_REPLY: [&str; 3] = ["parse", "request", "fixed"];

/// What the functions of a chain do in C; without the last one in a space.
pub const C_CHAIN: [&str; 3] = ["caps", "next", "find"];

/// What the functions of a capability in a reply do in C; the first one also in a space.
pub const C_CAP: [&str; 3] = ["read", "next", "find"];

/// The function of a capability that a server appends to a reply in C.
pub const C_APPEND: &str = "append";

/// The function that writes a request in C: without a prefix that it has for Rust's sake.
pub fn c_request<'a>(abi: &str, prefix: &str, request: &'a str) -> &'a str {
    after_abi(abi, prefix, request)
}

/// The function that calls an ioctl in C, by that which writes its request.
pub fn c_call(request: &str) -> [&str; 2] {
    ["call", request]
}

/// The function that reads a record of a kind of file descriptor in C.
pub fn c_records(fd: &str) -> [&str; 2] {
    [fd, "next"]
}
