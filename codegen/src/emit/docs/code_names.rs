//! The names of an item in the generated crate and header, as a fact of its page.

use super::page::Page;
use super::phrases::list;
use crate::ir::{ApiNames, EntryKind};

/// The sentence about an entry; none if no code can name it.
pub(super) fn fact(page: &Page<'_>, kind: EntryKind<'_>) -> Option<String> {
    sentence(&page.abi.api_names(&kind))
}

/// The sentence about names.
pub(super) fn sentence(names: &ApiNames) -> Option<String> {
    let quoted = |names: &[String]| {
        let names: Vec<_> = names.iter().map(|name| ["`", name, "`"].concat()).collect();
        list(&names)
    };
    match (names.rust.as_slice(), names.c.as_slice()) {
        ([], []) => None,
        (rust, []) => Some(format!("Rust: {}.", quoted(rust))),
        ([], c) => Some(format!("C: {}.", quoted(c))),
        (rust, c) => Some(format!("Rust: {}. C: {}.", quoted(rust), quoted(c))),
    }
}
