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

/// The entry of a code, in upper or lower case. Only this entry is read.
pub fn entry(code: &str) -> Option<CatalogueEntry> {
    FILES.iter().find_map(|(name, text)| {
        let lines = text.match_indices(START).map(|(at, _)| at + 1);
        let starts: Vec<_> = lines.chain([text.len()]).collect();
        let is_found = |block: &&str| {
            let first = block.lines().next().and_then(|line| line.strip_prefix(&START[1..]));
            first.is_some_and(|found| found.trim().eq_ignore_ascii_case(code))
        };
        let block = starts.windows(2).map(|ends| &text[ends[0]..ends[1]]).find(is_found)?;
        read(name, block).pop()
    })
}

/// The first line of every entry.
const START: &str = "\n- code: ";

/// Entries in YAML. The files are part of the program; a test reads every one of them.
fn read(name: &str, text: &str) -> Vec<CatalogueEntry> {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("catalogue/{name}: {error}"))
}
