//! The pages against the tree: the glossary has every key and every type, the
//! architecture names every module, and every path and link of a page exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::fixtures::root;

/// A row of the glossary.
struct Row {
    term: String,
    meaning: String,
    /// The names in each column, in the order of [`COLUMNS`].
    names: [Vec<String>; 4],
}

/// The columns after the term and its meaning.
const COLUMNS: [&str; 4] = ["YAML", "IR", "Rust", "C"];

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The text between single backquotes.
fn code(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn glossary() -> Vec<Row> {
    let text = read("docs/glossary.md");
    let rows = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| term "));
    let rows = rows.map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let ["", term, meaning, names @ .., ""] = &cells[..] else { panic!("{line}") };
        let names: Vec<_> = names.iter().map(|cell| code(cell)).collect();
        let names = names.try_into().unwrap_or_else(|_| panic!("not six cells: {line}"));
        Row { term: (*term).to_owned(), meaning: (*meaning).to_owned(), names }
    });
    rows.collect()
}

/// The names in one column of the glossary.
fn listed(column: &str) -> BTreeSet<String> {
    let index = COLUMNS.iter().position(|name| *name == column).expect("a column");
    glossary().into_iter().flat_map(|row| row.names.into_iter().nth(index)).flatten().collect()
}

/// The keys of the specification language, and the words that are values.
fn keys_and_words() -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut keys, mut words) = (BTreeSet::new(), BTreeSet::new());
    for name in ["abi", "items"] {
        let text = read(&format!("generated/schema/{name}.schema.json"));
        let schema = serde_json::from_str(&text).expect("JSON");
        collect(&schema, &mut keys, &mut words);
    }
    (keys, words)
}

fn collect(schema: &Value, keys: &mut BTreeSet<String>, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            let properties = map.get("properties").and_then(Value::as_object);
            keys.extend(properties.into_iter().flat_map(|all| all.keys().cloned()));
            words.extend(map.get("const").and_then(Value::as_str).map(str::to_owned));
            let listed = map.get("enum").and_then(Value::as_array).into_iter().flatten();
            words.extend(listed.filter_map(Value::as_str).map(str::to_owned));
            // Words inside a text have no type in the schema: its descriptions list them.
            if let Some(text) = map.get("description").and_then(Value::as_str) {
                words.extend(code(text));
                let inside = text.split_once("Words (").map_or("", |(_, rest)| rest);
                let inside = inside.split(')').next().unwrap_or_default();
                words.extend(inside.split(", ").map(str::to_owned));
            }
            map.values().for_each(|value| collect(value, keys, words));
        }
        Value::Array(all) => all.iter().for_each(|value| collect(value, keys, words)),
        _ => {}
    }
}

/// The public types that these files declare.
fn types(files: &[PathBuf]) -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).expect("a source file");
        for line in text.lines() {
            let kinds = ["pub struct ", "pub enum ", "pub type "];
            let rest = kinds.iter().find_map(|kind| line.strip_prefix(kind));
            let word = |c: &char| c.is_alphanumeric() || *c == '_';
            types.extend(rest.map(|rest| rest.chars().take_while(word).collect::<String>()));
        }
    }
    types
}

/// Every file below a path; the path itself if it is a file.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).into_iter().flatten();
    entries.flat_map(|entry| files(&entry.expect("an entry").path())).collect()
}

fn below(paths: &[&str]) -> Vec<PathBuf> {
    paths.iter().flat_map(|path| files(&root().join(path))).collect()
}

#[test]
fn the_glossary_has_every_key_and_only_keys() {
    let listed = listed("YAML");
    let (keys, words) = keys_and_words();
    let missing: Vec<_> = keys.difference(&listed).collect();
    assert!(missing.is_empty(), "docs/glossary.md lacks the keys {missing:?}");
    let unknown: Vec<_> =
        listed.iter().filter(|name| !keys.contains(*name) && !words.contains(*name)).collect();
    assert!(unknown.is_empty(), "docs/glossary.md has keys that do not exist: {unknown:?}");
}

#[test]
fn the_glossary_has_every_type_of_the_ir_and_only_types() {
    let listed = listed("IR");
    let ir = types(&below(&["codegen/src/ir.rs", "codegen/src/ir"]));
    let missing: Vec<_> = ir.difference(&listed).collect();
    assert!(missing.is_empty(), "docs/glossary.md lacks the types {missing:?}");
    let leaves = ["codegen/src/layout.rs", "codegen/src/release.rs", "codegen/src/reply.rs"];
    let known = types(&below(&leaves));
    let unknown: Vec<_> =
        listed.iter().filter(|name| !ir.contains(*name) && !known.contains(*name)).collect();
    assert!(unknown.is_empty(), "docs/glossary.md has types that do not exist: {unknown:?}");
}

#[test]
fn every_example_of_the_glossary_is_generated() {
    let words = |ending: &str| -> BTreeSet<String> {
        let files = below(&["generated"]);
        let files = files.into_iter().filter(|file| {
            let built = file.components().any(|part| part.as_os_str() == "target");
            !built && file.extension().is_some_and(|found| found == ending)
        });
        let texts = files.map(|file| fs::read_to_string(file).expect("text"));
        let word = |c: char| !c.is_alphanumeric() && c != '_';
        texts.flat_map(|text| text.split(word).map(str::to_owned).collect::<Vec<_>>()).collect()
    };
    for (column, ending) in [("Rust", "rs"), ("C", "h")] {
        let words = words(ending);
        let unknown: Vec<_> =
            listed(column).into_iter().filter(|name| !words.contains(name)).collect();
        assert!(unknown.is_empty(), "docs/glossary.md, {column}: {unknown:?} is not generated");
    }
}

#[test]
fn every_term_of_the_glossary_is_defined_once() {
    let mut terms = BTreeSet::new();
    let rows = glossary();
    assert!(rows.len() > 50, "{} terms", rows.len());
    for Row { term, meaning, .. } in rows {
        assert!(!meaning.is_empty(), "{term} has no meaning");
        assert!(terms.insert(term.clone()), "{term} is there twice");
    }
}

/// A page without its code blocks, which tests of their own run.
fn prose(text: &str) -> String {
    let mut fenced = false;
    let lines = text.lines().filter(|line| {
        let fence = line.starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The pages that people write.
fn pages() -> Vec<(String, String)> {
    let docs = fs::read_dir(root().join("docs")).expect("the documents");
    let docs = docs.map(|entry| entry.expect("an entry").file_name().into_string().expect("text"));
    let docs = docs.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}"));
    let all = ["README.md", "CONTRIBUTING.md"].map(str::to_owned).into_iter().chain(docs);
    all.map(|path| (path.clone(), read(&path))).collect()
}

#[test]
fn every_path_in_a_page_exists() {
    let tops = ["codegen/", "spec/", "generated/", "docs/", ".ci/", ".github/", ".cargo/"];
    let mut checked = 0;
    for (page, text) in pages() {
        let paths = code(&prose(&text));
        for path in paths.iter().filter(|path| tops.iter().any(|top| path.starts_with(top))) {
            let file = path.split([' ', ':', '@', '#']).next().unwrap_or_default();
            let pattern = file.contains(['<', '*', '{', 'N']);
            assert!(pattern || root().join(file).exists(), "{page}: {path} does not exist");
            checked += 1;
        }
    }
    assert!(checked > 50, "{checked} paths");
}

#[test]
fn every_link_of_a_page_leads_to_a_heading_or_a_file() {
    for (page, text) in pages() {
        let folder = root().join(&page);
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { folder.clone() } else { folder.with_file_name(file) };
            assert!(path.exists(), "{page}: {target} does not exist");
            if !heading.is_empty() && path.extension().is_some_and(|ending| ending == "md") {
                let text = fs::read_to_string(&path).expect("a page");
                let found =
                    text.lines().any(|line| line.starts_with('#') && anchor(line) == heading);
                assert!(found, "{page}: {target} has no such heading");
            }
        }
    }
}

/// The anchor that a forge gives a heading.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn the_architecture_names_every_module() {
    let text = read("docs/architecture.md");
    let named: BTreeSet<String> = code(&prose(&text)).into_iter().collect();
    for entry in fs::read_dir(root().join("codegen/src")).expect("the sources") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(name == "lib" || named.contains(&name), "docs/architecture.md lacks `{name}`");
    }
}
