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

/// The table of the names of a type's numbers in Go.
pub fn go_number_names(type_: &str) -> String {
    go_table(type_, "names")
}

/// The table of the format of a header in Go.
pub fn go_format(header: &str) -> String {
    go_table(header, "format")
}

/// The table of a chain in Go.
pub fn go_chain(chain: &str) -> String {
    go_table(chain, "chain")
}

/// The table of the replies before a chain in Go.
pub fn go_host(chain: &str) -> String {
    go_table(chain, "host")
}

/// A variable of a Go package that no other package can use.
fn go_table(item: &str, word: &str) -> String {
    [item, "_", word].concat().to_lower_camel_case()
}

/// The function that reads a reply in Go, by the type of the reply.
pub fn go_parse(type_: &str) -> String {
    ["Parse", type_].concat()
}

/// The Go package, and its module as long as it is not published.
pub fn go_package(abi: &str) -> String {
    c_stem(abi).replace('_', "")
}

/// The function that reads a reply in Python, by the struct of the reply.
pub fn python_parse(prefix: &str, host: &str) -> String {
    ["parse_", without_prefix(prefix, host)].concat().to_snake_case()
}

/// The function that reads a chain in Python.
pub fn python_caps(chain: &str) -> String {
    [chain, "_caps"].concat().to_snake_case()
}

/// The table of the layout of a struct in Python.
pub fn python_layout(struct_: &str) -> String {
    python_table(struct_, "layout")
}

/// The table of the format of a header in Python.
pub fn python_format(header: &str) -> String {
    python_table(header, "format")
}

/// The table of a chain in Python.
pub fn python_chain(chain: &str) -> String {
    python_table(chain, "chain")
}

/// The table of the replies before a chain in Python.
pub fn python_host(chain: &str) -> String {
    python_table(chain, "host")
}

/// The table of a capability in Python.
pub fn python_cap(chain: &str, short: &str) -> String {
    python_table(&[chain, "_", short].concat(), "cap")
}

fn python_table(item: &str, word: &str) -> String {
    screaming(&[item, "_", word].concat())
}

/// The type of an anonymous union in Python, by its field.
pub fn python_union(field: &str) -> String {
    ["_", field].concat()
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
