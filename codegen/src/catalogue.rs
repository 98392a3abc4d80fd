//! The explanation of every code, which `capchain explain` prints. The YAML files
//! are compiled into the program, and the tests run their examples.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// One code and its explanation.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueEntry {
    /// The stable code.
    pub code: String,
    /// Its title, in a few words.
    pub title: String,
    /// The requirement of the rule.
    pub rule: String,
    /// Why it exists.
    pub why: String,
    /// For rules about two ABIs: the fragment that both examples start from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// A fragment of a specification, or of a header, that breaks it.
    pub bad: String,
    /// The same fragment, corrected.
    pub good: String,
    /// The source of the rule: a kernel document, file or commit.
    #[serde(default)]
    pub source: Option<String>,
}

static FILES: [(&str, &str); 6] = [
    ("spec.yaml", include_str!("../catalogue/spec.yaml")),
    ("lint.yaml", include_str!("../catalogue/lint.yaml")),
    ("compat.yaml", include_str!("../catalogue/compat.yaml")),
    ("header.yaml", include_str!("../catalogue/header.yaml")),
    ("drift.yaml", include_str!("../catalogue/drift.yaml")),
    ("review.yaml", include_str!("../catalogue/review.yaml")),
];

static ENTRIES: LazyLock<Vec<CatalogueEntry>> =
    LazyLock::new(|| FILES.iter().flat_map(|(name, text)| read(name, text)).collect());

/// Every code, in the order of the catalogue.
pub fn entries() -> &'static [CatalogueEntry] {
    &ENTRIES
}

/// The entry of a code, in upper or lower case. Only its file is read, whose entries can
/// refer to each other.
pub fn entry(code: &str) -> Option<CatalogueEntry> {
    FILES.iter().find_map(|(name, text)| {
        let mut codes = text.lines().filter_map(|line| line.strip_prefix(START));
        codes.find(|found| found.trim().eq_ignore_ascii_case(code))?;
        read(name, text).into_iter().find(|entry| entry.code.eq_ignore_ascii_case(code))
    })
}

/// The start of the first line of every entry.
const START: &str = "- code: ";

/// Entries in YAML. The files are part of the program; a test reads every one of them.
fn read(name: &str, text: &str) -> Vec<CatalogueEntry> {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("catalogue/{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_by_its_code() {
        for one in entries() {
            let found = entry(&one.code.to_ascii_lowercase());
            assert_eq!(found.map(|found| found.rule), Some(one.rule.clone()), "{}", one.code);
        }
    }
}
