//! Names in C that the kernel does not give: types and functions start with the stem, most others
//! are words of them. Emitters declare what has them, and `Abi::api_names` lists those by which
//! programs use chains, replies and requests.

use std::collections::HashSet;
use std::sync::LazyLock;

use heck::ToSnakeCase;

use super::{after_abi, joined, unrepeated};
use crate::layout::Int;

/// The stem of the generated header and the prefix of what it adds: `vfio_abi`.
pub fn c_stem(abi: &str) -> String {
    [abi, "_abi"].concat()
}

/// The start of the macros of the generated header: `VFIO_ABI_`.
pub fn c_macros(abi: &str) -> String {
    c_stem(abi).to_ascii_uppercase() + "_"
}

/// The folder of the parts of the header, in the folder of the crate.
pub fn c_folder(abi: &str) -> String {
    ["include/", &c_stem(abi)].concat()
}

/// A C struct or function of the generator.
pub fn c_name(stem: &str, words: &[&str]) -> String {
    let words = words.iter().map(|word| word.to_ascii_lowercase());
    words.fold(stem.to_ascii_lowercase(), |name, word| joined(&name, &word))
}

/// A C function of a group that has a type in Rust.
pub fn c_group(abi: &str, prefix: &str, type_: &str, word: &str) -> String {
    let type_ = type_.to_snake_case();
    c_name(&c_stem(abi), &[after_abi(abi, prefix, &type_), word])
}

/// The stable name of a constant in C: its number does not depend on the kernel header.
pub fn c_stable(abi: &str, prefix: &str, name: &str) -> String {
    let [own, prefix] = [abi, prefix].map(str::to_ascii_uppercase);
    c_macros(abi) + after_abi(&own, &prefix, name)
}

/// What follows the name of a capability in that of the function for an element of its array.
pub fn c_element<'a>(cap: &str, array: &'a str) -> &'a str {
    let repeats = unrepeated(&cap.to_ascii_lowercase(), array).is_empty();
    if repeats { "nth" } else { array }
}

/// The kernel's name of an integer type.
pub fn c_int(int: Int) -> &'static str {
    match int {
        Int::U8 => "__u8",
        Int::U16 => "__u16",
        Int::U32 => "__u32",
        Int::U64 => "__u64",
        Int::S8 => "__s8",
        Int::S16 => "__s16",
        Int::S32 => "__s32",
        Int::S64 => "__s64",
        Int::AlignedU64 => "__aligned_u64",
        Int::Le16 => "__le16",
        Int::Le32 => "__le32",
        Int::Le64 => "__le64",
        Int::AlignedLe64 => "__aligned_le64",
    }
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

/// The function that calls an ioctl in C, by that which writes its request.
pub fn c_call(request: &str) -> [&str; 2] {
    ["call", request]
}

/// The function that reads a record of a kind of file descriptor in C.
pub fn c_records(fd: &str) -> [&str; 2] {
    [fd, c_word::NEXT]
}

/// Words that C23, C++23 or their compilers reserve; no member and no macro can have such a name.
pub(super) static C_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    const WORDS: &str = "NULL _Alignas _Alignof _Atomic _BitInt _Bool _Complex _Decimal128 _Decimal32 _Decimal64 \
    _Float16 _Generic _Imaginary _Noreturn _Pragma _Static_assert _Thread_local __DATE__ \
    __FILE__ __LINE__ __TIME__ __VA_ARGS__ __VA_OPT__ __alignof __alignof__ __asm __asm__ \
    __attribute __attribute__ __auto_type __const __const__ __extension__ __func__ __imag__ \
    __inline __inline__ __int128 __label__ __real__ __restrict __restrict__ __signed __signed__ \
    __thread __typeof __typeof__ __volatile __volatile__ alignas alignof and and_eq asm auto \
    bitand bitor bool break case catch char char16_t char32_t char8_t class co_await co_return \
    co_yield compl concept const const_cast consteval constexpr constinit continue decltype \
    default defined delete do double dynamic_cast else enum errno explicit export extern false \
    float for friend goto i386 if inline int linux long mutable namespace new noexcept not \
    not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires \
    restrict return short signed sizeof static static_assert static_cast struct switch template \
    this thread_local throw true try typedef typeid typename typeof typeof_unqual union unix \
    unsigned using virtual void volatile wchar_t while xor xor_eq";
    WORDS.split_whitespace().collect()
});
