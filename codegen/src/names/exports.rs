//! Names in Go and Python.

use heck::{ToLowerCamelCase, ToSnakeCase, ToUpperCamelCase};

use super::{c_stem, screaming, unrepeated, without_prefix};

/// A struct or a type of numbers in Go.
pub fn go_type(prefix: &str, name: &str) -> String {
    without_prefix(prefix, name).to_upper_camel_case()
}

/// A field of a struct in Go, which other packages can use.
pub fn go_field(name: &str) -> String {
    name.to_upper_camel_case()
}

/// Whether Go accepts the name; all its own words are in lower case.
pub fn is_go_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
}

/// The offset of an array in a struct in Go.
pub fn go_offset(prefix: &str, struct_: &str, field: &str) -> String {
    let struct_ = without_prefix(prefix, struct_);
    ["Offsetof", &go_field(struct_), &go_field(unrepeated(struct_, field))].concat()
}

/// A variable of a Go package that no other package can use.
pub fn go_variable(words: &[&str]) -> String {
    words.join("_").to_lower_camel_case()
}

/// The Go package, and its module as long as it is not published.
pub fn go_package(abi: &str) -> String {
    c_stem(abi).replace('_', "")
}

/// A variable of a Python module.
pub fn python_variable(words: &[&str]) -> String {
    words.join("_").to_snake_case()
}

/// The table of the format of a header in Python.
pub fn python_format(header: &str) -> String {
    screaming(&[header, "_format"].concat())
}

/// The table of a chain in Python.
pub fn python_chain(chain: &str) -> String {
    screaming(&[chain, "_chain"].concat())
}

/// A name in Python.
pub fn python(name: &str) -> String {
    const WORDS: &str = "False None True and as assert async await break class continue def del \
        elif else except finally for from global if import in is lambda nonlocal not or pass \
        raise return try while with yield";
    match WORDS.split_whitespace().any(|word| word == name) {
        true => [name, "_"].concat(),
        false => name.to_owned(),
    }
}
