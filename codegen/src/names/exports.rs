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

/// The size of a struct in Go, by its type.
pub fn go_size(type_: &str) -> String {
    ["Sizeof", type_].concat()
}

/// Whether a name is a keyword of Go, or one that the language declares and generated code uses.
pub fn is_go_word(name: &str) -> bool {
    const WORDS: &str = "any append bool break byte case cap chan const continue copy default \
        defer else error fallthrough false for func go goto if import int int16 int32 int64 int8 \
        interface iota len make map nil package range return select string struct switch true \
        type uint16 uint32 uint64 uint8 var";
    WORDS.split_whitespace().any(|word| word == name)
}

/// The offset of an array in a struct in Go.
pub fn go_offset(prefix: &str, struct_: &str, field: &str) -> String {
    let struct_ = without_prefix(prefix, struct_);
    ["Offsetof", &go_field(struct_), &go_field(unrepeated(struct_, field))].concat()
}

/// The tables that hand-written code in Go and Python reads. Their names are that of an item
/// with a word after it.
#[derive(Clone, Copy, Debug)]
pub enum TableKind {
    /// A capability in a space.
    Cap,
    /// A chain.
    Chain,
    /// The format of a header.
    Format,
    /// The replies before a chain.
    Host,
    /// The layout of a struct.
    Layout,
    /// The names of the numbers of a type.
    Names,
}

impl TableKind {
    fn word(self) -> &'static str {
        match self {
            Self::Cap => "cap",
            Self::Chain => "chain",
            Self::Format => "format",
            Self::Host => "host",
            Self::Layout => "layout",
            Self::Names => "names",
        }
    }
}

/// The table of an item in Go; no other package can use it.
pub fn go_table(item: &str, table: TableKind) -> String {
    [item, "_", table.word()].concat().to_lower_camel_case()
}

/// The table of an item in Python.
pub fn python_table(item: &str, table: TableKind) -> String {
    screaming(&[item, "_", table.word()].concat())
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

/// The table of a capability in Python.
pub fn python_cap(chain: &str, short: &str) -> String {
    python_table(&[chain, "_", short].concat(), TableKind::Cap)
}

/// The type of an anonymous union in Python, by its field.
pub fn python_union(field: &str) -> String {
    ["_", field].concat()
}

/// A constant, a struct or a type in Python: the modules of the package and their imports keep
/// their names.
pub fn python_item(name: &str) -> String {
    const WORDS: &str = "Any Cap ChainError Reply ReplyError SpaceCap SpaceError _DIRECTION _IO \
        annotations chains ctypes enum ioctls numbers platform space spaces structs walk";
    match WORDS.split_whitespace().any(|word| word == name) {
        true => [name, "_"].concat(),
        false => python(name),
    }
}

/// A field, or the name of a number within its type, in Python.
pub fn python(name: &str) -> String {
    const WORDS: &str = "False None True and as assert async await break class continue def del \
        elif else except finally for from global if import in is lambda nonlocal not or pass \
        raise return try while with yield";
    match WORDS.split_whitespace().any(|word| word == name) {
        true => [name, "_"].concat(),
        false => name.to_owned(),
    }
}
