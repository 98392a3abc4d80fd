//! Reserves names, so that no two declarations of the generator have the same name,
//! whatever names an ABI has for its chains, capabilities and fields. `validate`
//! refuses an ABI with names that start like the generator's.

use std::collections::HashSet;

use super::part_text::{NameStarts, PartText};

/// Names of structs and functions (for which warnings of C++ see one name
/// space), or of the members of one struct.
pub(super) struct UniqueNames {
    names: HashSet<String>,
}

impl UniqueNames {
    /// Reserves the generator's names in the parts before a part, and in its runtime.
    pub(super) fn after<'a>(
        parts: &[&PartText],
        starts: &NameStarts,
        runtime: impl Iterator<Item = &'a str>,
    ) -> Self {
        let mut names: HashSet<String> =
            parts.iter().flat_map(|part| part.names.keys().cloned()).collect();
        for name in runtime.flat_map(|text| starts.names(text)) {
            if !names.contains(name) {
                names.insert(name.to_owned());
            }
        }
        Self { names }
    }

    /// Reserves the names of a struct's members.
    pub(super) fn members<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self { names: names.map(str::to_owned).collect() }
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
    fn names_of_earlier_parts_and_of_the_runtime_are_reserved() {
        let starts = NameStarts::new("abi", "ABI_");
        let before = PartText::new("struct abi_cap *abi_next(int next);".to_owned(), &starts);
        let mut unique = UniqueNames::after(&[&before], &starts, ["abi_end()"].into_iter());
        let names = ["abi_cap", "abi_next", "abi_end", "abi_ca", "next"];
        let names = names.map(|name| unique.reserve(name.to_owned()));
        assert_eq!(names, ["abi_cap_", "abi_next_", "abi_end_", "abi_ca", "next"]);
    }
}
