//! Names in Rust that the kernel does not give. Emitters declare what has them, and
//! `Abi::api_names` lists those by which programs use chains, replies and requests.

use heck::ToUpperCamelCase;

use super::{is_in_prelude, joined, without_prefix};

/// A type or a variant in Rust that has the name of an item of the specification.
pub fn rust_type(name: &str) -> String {
    name.to_upper_camel_case()
}

/// The type of the flags or numbers that a field holds.
pub fn field_type(prefix: &str, struct_name: &str, field: &str) -> String {
    rust_type(&joined(without_prefix(prefix, struct_name), field))
}

/// The view of a capability: chain and short name in camel case.
pub fn cap_type(chain: &str, short: &str) -> String {
    rust_type(&joined(chain, short))
}

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

/// The view of an element of an array in a space: chain and struct in camel case.
pub fn space_element(prefix: &str, chain: &str, struct_: &str) -> String {
    cap_type(chain, without_prefix(prefix, struct_))
}

/// The getter of a field of a capability; every view has some methods already.
pub fn view_getter(field: &str) -> String {
    match field {
        "version" | "offset" | "bytes" | "read" | "check" | "cap" | "kind" => {
            format!("{field}_field")
        }
        field => field.to_owned(),
    }
}

/// The method of a type of flags that reads the bits of a mask, if it has a short name in upper
/// case; the type has other methods already.
pub fn mask_getter(short: &str, taken: &[&str]) -> Option<String> {
    if short.contains(char::is_lowercase) {
        return None;
    }
    let name = short.to_lowercase();
    let first = name.trim_end_matches("_field");
    let other = taken.contains(&first) || NEVER_RAW.contains(&first);
    Some(if other { name + "_field" } else { name })
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

/// The method that sets a member of a union in Rust.
pub fn setter(member: &str) -> String {
    ["set_", member].concat()
}

/// The method of a call that takes a whole request in Rust, by that which takes its inputs.
pub fn call_with(request: &str) -> String {
    [request, "_with"].concat()
}

/// The type of the data in records, from the type of their reader.
pub fn stream_data(reader: &str) -> String {
    [reader, "Data"].concat()
}

/// Whether Rust accepts the name as it is. Only one reserved word has an upper-case
/// letter, so most names need no parser.
pub fn is_rust_identifier(name: &str) -> bool {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let head = name.starts_with(|first: char| first.is_ascii_alphabetic());
    // No other keyword has a capital, and none an underscore.
    let distinct = name.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b'_');
    if plain && head && distinct {
        return name != "Self";
    }
    syn::parse_str::<syn::Ident>(name).is_ok() && name != "gen"
}

/// Words that Rust reserves even for raw identifiers.
pub(super) const NEVER_RAW: [&str; 4] = ["crate", "self", "super", "Self"];
