//! Names in Python.

use heck::ToSnakeCase;

use super::{TableKind, screaming, without_prefix};

/// A constant, a struct or a type in Python: the modules of the package and their imports keep
/// their names.
pub fn python_item(name: &str) -> String {
    const WORDS: &str = "Any Cap ChainError Reply ReplyError SpaceCap SpaceError _DIRECTION _IO \
        annotations chains ctypes enum ioctls numbers platform space spaces structs walk";
    match WORDS.split_whitespace().any(|word| word == name) {
        true => [name, "_"].concat(),
        false => python_member(name),
    }
}

/// A field, or the name of a number within its type, in Python.
pub fn python_member(name: &str) -> String {
    const WORDS: &str = "False None True and as assert async await break class continue def del \
        elif else except finally for from global if import in is lambda nonlocal not or pass \
        raise return try while with yield";
    match WORDS.split_whitespace().any(|word| word == name) {
        true => [name, "_"].concat(),
        false => name.to_owned(),
    }
}

/// The type of an anonymous union in Python, by its field.
pub fn python_union(field: &str) -> String {
    ["_", field].concat()
}

/// The function that reads a reply in Python, by the struct of the reply.
pub fn python_parse(prefix: &str, host: &str) -> String {
    ["parse_", without_prefix(prefix, host)].concat().to_snake_case()
}

/// The function that reads a chain in Python.
pub fn python_caps(chain: &str) -> String {
    [chain, "_caps"].concat().to_snake_case()
}

/// The table of an item in Python.
pub fn python_table(item: &str, table: TableKind) -> String {
    screaming(&[item, "_", table.word()].concat())
}

/// The table of a capability in Python.
pub fn python_cap(chain: &str, short: &str) -> String {
    python_table(&[chain, "_", short].concat(), TableKind::Cap)
}
