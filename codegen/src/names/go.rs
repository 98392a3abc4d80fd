//! Names in Go.

use heck::{ToLowerCamelCase, ToUpperCamelCase};

use super::{TableKind, c_stem, caps, unrepeated, without_prefix};

/// The Go package, and its module as long as it is not published.
pub fn go_package(abi: &str) -> String {
    c_stem(abi).replace('_', "")
}

/// A struct or a type of numbers in Go.
pub fn go_type(prefix: &str, name: &str) -> String {
    without_prefix(prefix, name).to_upper_camel_case()
}

/// A field of a struct in Go, which other packages can use.
pub fn go_field(name: &str) -> String {
    name.to_upper_camel_case()
}

/// The size of a struct in Go, by its type.
pub fn go_size(type_: &str) -> String {
    ["Sizeof", type_].concat()
}

/// The offset of an array in a struct in Go.
pub fn go_offset(prefix: &str, struct_: &str, field: &str) -> String {
    let struct_ = without_prefix(prefix, struct_);
    ["Offsetof", &go_field(struct_), &go_field(unrepeated(struct_, field))].concat()
}

/// The function that reads a reply in Go, by the type of the reply.
pub fn go_parse(type_: &str) -> String {
    ["Parse", type_].concat()
}

/// The function that walks a chain in Go.
pub fn go_caps(chain: &str) -> String {
    caps(chain)
}

/// The table of an item in Go; no other package can use it.
pub fn go_table(item: &str, table: TableKind) -> String {
    [item, "_", table.word()].concat().to_lower_camel_case()
}

/// Whether Go accepts the name; all its own words are in lower case.
pub fn is_go_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
}

/// Whether a name is a keyword of Go, or one that the language declares and generated code uses.
pub fn is_go_word(name: &str) -> bool {
    const WORDS: &str = "any append bool break byte case cap chan const continue copy default \
        defer else error fallthrough false for func go goto if import int int16 int32 int64 int8 \
        interface iota len make map nil package range return select string struct switch true \
        type uint16 uint32 uint64 uint8 var";
    WORDS.split_whitespace().any(|word| word == name)
}
