//! Reserves names, so that no two declarations of the generator have the same name,
//! whatever names an ABI has for its chains, capabilities and fields. `validate`
//! refuses an ABI with names that start like the generator's.

use std::collections::HashSet;

/// Names of structs and functions (for which warnings of C++ see one name
/// space), or of the members of one struct.
pub(super) struct UniqueNames {
    names: HashSet<String>,
}

impl UniqueNames {
    /// Reserves the words of some texts that start with the generator's prefix.
    pub(super) fn words<'a>(stem: &'a str, texts: impl Iterator<Item = &'a str>) -> Self {
        let of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let words = texts.flat_map(|text| {
            text.match_indices(stem).map(move |(at, _)| text[at..].split(|c| !of_word(c)).next())
        });
        Self::members(words.flatten())
    }

    /// Reserves the names of a struct's members.
    pub(super) fn members<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut reserved = HashSet::new();
        for name in names {
            if !reserved.contains(name) {
                reserved.insert(name.to_owned());
            }
        }
        Self { names: reserved }
    }

    /// Reserves the name, with underscores appended until it is unique.
    pub(super) fn reserve(&mut self, mut name: String) -> String {
        while !self.names.insert(name.clone()) {
            name.push('_');
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_reserved_once() {
        let mut unique = UniqueNames::members(["cap"].into_iter());
        let names = ["cap", "cap", "reply"].map(|name| unique.reserve(name.to_owned()));
        assert_eq!(names, ["cap_", "cap__", "reply"]);
    }

    #[test]
    fn names_in_texts_are_reserved() {
        let text = "struct abi_cap *abi_next(int next); /* abi_end */";
        let mut unique = UniqueNames::words("abi", [text].into_iter());
        let names = ["abi_cap", "abi_next", "abi_end", "abi_ca", "abi_n"];
        let names = names.map(|name| unique.reserve(name.to_owned()));
        assert_eq!(names, ["abi_cap_", "abi_next_", "abi_end_", "abi_ca", "abi_n"]);
    }
}
