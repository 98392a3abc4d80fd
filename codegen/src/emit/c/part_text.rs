//! The text of a part of the header with the names in it that the generator makes. Later parts
//! give none of them to something else, and internal ones that nothing uses are left out.

use std::collections::HashMap;

/// The text of a part.
pub(super) struct PartText {
    pub(super) text: String,
    /// How often each name of the generator occurs.
    pub(super) names: HashMap<String, usize>,
}

impl PartText {
    pub(super) fn new(text: String, starts: &NameStarts) -> Self {
        let mut names = HashMap::<String, usize>::new();
        for name in starts.names(&text) {
            match names.get_mut(name) {
                Some(count) => *count += 1,
                None => _ = names.insert(name.to_owned(), 1),
            }
        }
        Self { text, names }
    }
}

/// How the names start that the generator makes. `validate` refuses an ABI with such names.
pub(super) struct NameStarts {
    /// The start of types and functions, and that of macros.
    starts: [String; 2],
}

impl NameStarts {
    pub(super) fn new(stem: &str, macro_prefix: &str) -> Self {
        Self { starts: [stem, macro_prefix.trim_end_matches('_')].map(str::to_owned) }
    }

    /// The names in a text, each as often as it occurs.
    pub(super) fn names<'a>(&self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let is_word = |one: u8| one.is_ascii_alphanumeric() || one == b'_';
        let places = self.starts.iter().flat_map(|start| text.match_indices(start));
        let places = places.filter(move |(at, _)| {
            let before = at.checked_sub(1).map(|before| text.as_bytes()[before]);
            !before.is_some_and(is_word)
        });
        places.map(move |(at, start)| {
            let rest = &text[at + start.len()..];
            let length = rest.bytes().position(|one| !is_word(one)).unwrap_or(rest.len());
            &text[at..at + start.len() + length]
        })
    }

    /// Whether a name is not part of the API: two underscores follow the start.
    pub(super) fn is_internal(&self, name: &str) -> bool {
        let mut starts = self.starts.iter();
        starts.any(|start| name.strip_prefix(start).is_some_and(|rest| rest.starts_with("__")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted() {
        let starts = NameStarts::new("abi", "ABI_");
        let text = "struct abi_cap *abi__next(int abi_cap); /* ABI__END of my_abi_ */";
        let part = PartText::new(text.to_owned(), &starts);
        let mut names: Vec<_> = part.names.iter().map(|(name, count)| (&**name, *count)).collect();
        names.sort_unstable();
        assert_eq!(names, [("ABI__END", 1), ("abi__next", 1), ("abi_cap", 2)]);
        let internal = names.into_iter().filter(|(name, _)| starts.is_internal(name)).count();
        assert_eq!(internal, 2);
    }
}
