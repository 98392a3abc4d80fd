//! Comments, pages and the catalogue use today's plain words: subject, verb,
//! object, and each thing by its name. A word of the list has a usual replacement.

use std::fs;
use std::path::{Path, PathBuf};

use capchain::catalogue;
use support::fixtures;

use crate::tidy::all_texts;

/// Words that are not used, each with its replacement.
const REPLACED: [(&str, &str); 26] = [
    ("behind", "after"),
    ("in front of", "before"),
    ("at the front", "first, at the start"),
    ("beside", "next to, compared with, besides"),
    ("told", "printed, reported, known"),
    ("untold", "not declared, not reported"),
    ("tells", "returns, prints, contains, shows"),
    ("is said", "is stated, is declared"),
    ("are said", "are stated, are declared"),
    ("nobody", "no program, no kernel, not yet"),
    ("whoever", "a program that, a person who"),
    ("anew", "again"),
    ("mend", "correct"),
    ("mended", "corrected"),
    ("travels", "is passed; a field has a direction"),
    ("hangs on", "has the host"),
    ("wished", "requested"),
    ("heir", "successor"),
    ("of ours", "of the generator, of the header"),
    ("goes on", "continues"),
    ("leads on", "has a next capability"),
    ("gives away", "leaks"),
    ("given away", "reused, leaked"),
    ("what came of", "the result of"),
    ("stands in", "is in"),
    ("for good", "forever"),
];

/// Folders and files of people's text, relative to the repository.
const ROOMS: [&str; 11] = [
    ".ci",
    "CONTRIBUTING.md",
    "README.md",
    "codegen/benches",
    "codegen/fuzz",
    "codegen/proofs",
    "codegen/runtime",
    "codegen/src",
    "codegen/templates",
    "codegen/tests",
    "docs",
];

/// Folders without prose of people: outputs, recordings and golden texts.
const OTHER: [&str; 3] = ["docs/reference", "codegen/tests/captures", "codegen/tests/errors"];

/// This file, which has the words.
const LIST: &str = "codegen/tests/quick/words.rs";

/// Every text of a room.
fn texts(room: &str) -> Vec<(PathBuf, String)> {
    let path = fixtures::root().join(room);
    match fs::read_to_string(&path) {
        Ok(text) => vec![(path, text)],
        Err(_) => all_texts(room),
    }
}

/// The comments of a file, or the prose of a page, by line.
fn prose(path: &Path, text: &str) -> Vec<(usize, String)> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let (mut fenced, mut block) = (false, false);
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let prose = match extension {
            "md" => {
                let fence = line.starts_with("```");
                fenced ^= fence;
                (!fenced && !fence).then_some(line)
            }
            "rs" => line.strip_prefix("//"),
            "c" | "cpp" | "h" | "jinja" => {
                let start = line.find("/*");
                let from = if block { Some(0) } else { start.or_else(|| line.find("//")) };
                block = match line.rfind("*/") {
                    Some(end) => start.is_some_and(|start| start > end),
                    None => block || start.is_some(),
                };
                from.map(|from| &line[from..])
            }
            "" => line.strip_prefix('#'),
            _ => None,
        };
        lines.extend(prose.map(|prose| (index + 1, prose.to_owned())));
    }
    lines
}

/// The first word of the list in a text, with its replacement.
fn replaced(text: &str) -> Option<(&'static str, &'static str)> {
    let text = text.to_lowercase();
    let bounded = |at: usize, word: &str| {
        let is_letter = |one: char| one.is_alphanumeric() || one == '_' || one == '-' || one == '`';
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    };
    let found = |word: &str| text.match_indices(word).any(|(at, _)| bounded(at, word));
    REPLACED.iter().copied().find(|(word, _)| found(word))
}

#[test]
fn comments_and_pages_use_plain_words() {
    let mut problems = Vec::new();
    for (path, text) in ROOMS.iter().flat_map(|room| texts(room)) {
        let path = path.strip_prefix(fixtures::root()).expect("a path");
        let name = path.to_string_lossy().replace('\\', "/");
        let is_prose = name != LIST && !OTHER.iter().any(|folder| name.starts_with(folder));
        if !is_prose {
            continue;
        }
        for (line, prose) in prose(path, &text) {
            if let Some((word, better)) = replaced(&prose) {
                problems.push(format!("{name}:{line}: `{word}`; write: {better}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_catalogue_uses_plain_words() {
    let texts = catalogue::entries().iter().flat_map(|entry| {
        let texts =
            [Some(&entry.title), Some(&entry.rule), Some(&entry.why), entry.source.as_ref()];
        texts.into_iter().flatten().map(|text| (&entry.code, text))
    });
    let problems: Vec<_> = texts
        .filter_map(|(code, text)| {
            replaced(text).map(|(word, better)| format!("{code}: `{word}`; write: {better}"))
        })
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn words_are_found_in_comments_only() {
    let c = "int a; /* told */\n/*\n * beside it\n */\nint told;\n";
    let found = |path: &str, text: &str| {
        let lines = prose(Path::new(path), text);
        lines
            .into_iter()
            .filter(|(_, text)| replaced(text).is_some())
            .map(|(line, _)| line)
            .collect()
    };
    let (of_c, of_rust): (Vec<_>, Vec<_>) =
        (found("a.c", c), found("a.rs", "let told = 1;\n/// Told.\n// foretold, mend_it\n"));
    assert_eq!((of_c, of_rust), (vec![1, 3], vec![2]));
    let of_page: Vec<_> = found("a.md", "Behind it.\n```sh\necho behind\n```\n");
    assert_eq!(of_page, [1]);
}
