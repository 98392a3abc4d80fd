//! Names that are not known, and the known ones that they were most likely meant to be.

use std::fmt;

/// The answer to a name that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// A sentence without its end.
    pub message: String,
    /// A similar name that is known.
    pub near: Option<String>,
}

impl UnknownName {
    /// The answer, with the nearest of the known names.
    pub fn among<'a>(message: String, name: &str, known: impl Iterator<Item = &'a str>) -> Self {
        Self { message, near: nearest(name, known).map(str::to_owned) }
    }
}

impl From<String> for UnknownName {
    fn from(message: String) -> Self {
        Self { message, near: None }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.near.iter().try_for_each(|near| write!(f, "; did you mean `{near}`?"))
    }
}

impl From<UnknownName> for String {
    fn from(unknown: UnknownName) -> Self {
        unknown.to_string()
    }
}

/// The known name that a misspelt one is most likely meant to be.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    let tolerated = (length / 3).max(1);
    let close = |known: &&str| known.chars().count().abs_diff(length) <= tolerated;
    let scored = known.filter(close);
    let scored = scored.map(|known| (strsim::damerau_levenshtein(name, known), known));
    let (distance, nearest) = scored.min()?;
    (distance <= tolerated).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_name_and_nonsense_finds_none() {
        let known = ["minsz", "struct", "fields"];
        assert_eq!(nearest("minzs", known.into_iter()), Some("minsz"));
        assert_eq!(nearest("feilds", known.into_iter()), Some("fields"));
        assert_eq!(nearest("colour", known.into_iter()), None);
    }
}
