//! The names that are given already, so that no two things of ours have one
//! name, whatever an ABI calls its chains, capabilities and fields. `validate`
//! refuses an ABI whose own names start as ours do.

use std::collections::BTreeSet;

/// Names of structs and functions, which warnings of C++ do not keep apart, or
/// of the members of one struct.
pub(super) struct Taken {
    names: BTreeSet<String>,
}

impl Taken {
    /// All words of some texts.
    pub(super) fn words(texts: &[String]) -> Self {
        let of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let words = texts.iter().flat_map(|text| text.split(|c| !of_word(c)));
        Self::members(words)
    }

    /// Names that are members of one struct.
    pub(super) fn members<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self { names: names.map(str::to_owned).collect() }
    }

    /// The name, behind which stands what tells it from those that are taken.
    pub(super) fn take(&mut self, mut name: String) -> String {
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
    fn a_name_is_given_once() {
        let mut taken = Taken::members(["cap"].into_iter());
        let names = ["cap", "cap", "reply"].map(|name| taken.take(name.to_owned()));
        assert_eq!(names, ["cap_", "cap__", "reply"]);
    }
}
