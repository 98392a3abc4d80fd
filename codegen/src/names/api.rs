//! The names by which programs use chains, replies and requests: types in Rust, and in C the
//! words after the stem. Emitters declare what has these names, and `Abi::api_names` lists it.

use super::{after_abi, cap_type, is_in_prelude, rust_type, without_prefix};

/// The iterator over a chain in Rust, and the function that starts one in Go.
pub fn caps(chain: &str) -> String {
    [&rust_type(chain), "Caps"].concat()
}

/// The enum of the capabilities of a chain in Rust.
pub fn cap(chain: &str) -> String {
    [&rust_type(chain), "Cap"].concat()
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

/// The view of a reply in Rust, from its struct.
pub fn reply_view(prefix: &str, struct_: &str) -> String {
    rust_type(shortened(prefix, struct_))
}

/// The results of a request, from the struct that has them.
pub fn reply(prefix: &str, struct_: &str) -> String {
    [shortened(prefix, struct_), "_reply"].concat()
}

/// A struct without the prefix of the ABI, unless Rust's prelude has a type of that name.
fn shortened<'a>(prefix: &str, struct_: &'a str) -> &'a str {
    let short = without_prefix(prefix, struct_);
    if is_in_prelude(&rust_type(short)) { struct_ } else { short }
}

/// What the functions of the header do: the last word of their names.
pub mod c_word {
    /// Reads a reply.
    pub const PARSE: &str = "parse";
    /// Makes the request for a reply.
    pub const REQUEST: &str = "request";
    /// Writes the fixed part of a reply.
    pub const FIXED: &str = "fixed";
    /// Starts a walk over a chain.
    pub const CAPS: &str = "caps";
    /// Makes the next step of a walk, or returns the next element of an array.
    pub const NEXT: &str = "next";
    /// Searches for a capability.
    pub const FIND: &str = "find";
    /// Names the id of a capability.
    pub const CAP_NAME: &str = "cap_name";
    /// Reads a capability.
    pub const READ: &str = "read";
    /// Appends a capability to a reply.
    pub const APPEND: &str = "append";
    /// The struct with the inputs of a request, and the parameter that points to it.
    pub const ARGS: &str = "args";
}

/// The struct of a reply before a chain in C; its functions have a word after this name.
pub fn c_reply(chain: &str) -> [&str; 2] {
    [chain, "info"]
}

/// The function that writes a request in C: without a prefix that it has for Rust's sake.
pub fn c_request<'a>(abi: &str, prefix: &str, request: &'a str) -> &'a str {
    after_abi(abi, prefix, request)
}

/// The struct with the inputs of a request in C, by the function that writes it.
pub fn c_args(request: &str) -> [&str; 2] {
    [request, c_word::ARGS]
}

/// The function of a request in C that takes inputs which later kernels added, by the one
/// that does not.
pub fn c_with(request: &str) -> String {
    [request, "_with"].concat()
}

/// The function that returns the size of an argument with an array in C, by that which writes it.
pub fn c_size(request: &str) -> String {
    [request, "_size"].concat()
}

/// Names in the functions of requests in C, which no parameter with an input has.
pub const C_REQUEST_WORDS: [&str; 11] = [
    "buf", "len", "args", "argsz", "argument", "bytes", "nth", "reply", "result", "typed",
    "request",
];

/// The function that copies the results of a call in C, by that which writes its request.
pub fn c_results(request: &str) -> String {
    [request, "_reply"].concat()
}

/// The function that returns whether the kernel cut the data of a call in C.
pub fn c_cut(request: &str) -> String {
    [request, "_cut"].concat()
}

/// The input that leads to data in C: the kernel's field has an address, and a suffix that
/// says so.
pub fn c_pointed(field: &str) -> &str {
    let name = field.strip_suffix("_uptr").or_else(|| field.strip_suffix("_ptr"));
    name.filter(|name| !name.is_empty()).unwrap_or(field)
}

/// The member with the length of another one in bytes, which a request takes in C.
pub fn c_length(input: &str) -> String {
    [input, "_len"].concat()
}

/// The member with the number of elements of another one, which a request takes in C.
pub fn c_count(input: &str) -> String {
    [input, "_count"].concat()
}

/// The member with the number of elements of an array in C.
pub fn c_member_count(array: &str) -> String {
    ["nr_", array].concat()
}

/// The member that says where the values of a capability or an element in a space are in C.
pub const C_PLACE: &str = "place";

/// The member for whether a field exists in C.
pub fn c_presence(field: &str) -> String {
    ["has_", field].concat()
}

/// The member for whether it is unknown that a field exists in C.
pub fn c_unknown(field: &str) -> String {
    ["unknown_", field].concat()
}

/// The method that sets a member of a union in Rust.
pub fn setter(member: &str) -> String {
    ["set_", member].concat()
}

/// The method of a call that takes a whole request in Rust, by that which takes its inputs.
pub fn call_with(request: &str) -> String {
    [request, "_with"].concat()
}

/// The function that calls an ioctl in C, by that which writes its request.
pub fn c_call(request: &str) -> [&str; 2] {
    ["call", request]
}

/// The function that reads a record of a kind of file descriptor in C.
pub fn c_records(fd: &str) -> [&str; 2] {
    [fd, c_word::NEXT]
}
