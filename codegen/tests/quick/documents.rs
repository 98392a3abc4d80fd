//! The pages against the tree: the architecture names every module, and every
//! path and link of a page exists.

use std::collections::BTreeSet;
use std::fs;

use support::fixtures::root;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The text between single backquotes.
fn code(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
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
