//! Names of the bindings, as bindgen makes them.

use super::{is_name, is_rust_identifier};

/// The module with the bindings of a kernel header: `vfio` for `linux/vfio.h`.
pub fn header_module(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.strip_suffix(".h").unwrap_or(file);
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    let name: String = stem.chars().map(letter).collect();
    let usable = is_name(&name);
    if usable { name } else { ["_", &name, "_"].concat() }
}

/// A member of a struct as bindgen spells it: reserved words and primitive types get
/// an underscore.
pub fn bindgen(name: &str) -> String {
    const PRIMITIVE: [&str; 17] = [
        "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "str", "u128",
        "u16", "u32", "u64", "u8", "usize",
    ];
    let plain = is_rust_identifier(name) && !PRIMITIVE.contains(&name);
    if plain { name.to_owned() } else { [name, "_"].concat() }
}

/// A constant for an enumerator of an enum with a tag.
pub fn bindgen_constant(tag: &str, enumerator: &str) -> String {
    [tag, "_", enumerator].concat()
}

/// The type of an enum without a tag, by its number in the header.
pub fn bindgen_enum(number: usize) -> String {
    format!("_bindgen_ty_{number}")
}

/// A union without a name as a member, by its number in the struct.
pub fn bindgen_union_member(number: usize) -> String {
    format!("__bindgen_anon_{number}")
}

/// The type of this member.
pub fn bindgen_union_type(struct_: &str, number: usize) -> String {
    format!("{struct_}__bindgen_ty_{number}")
}
