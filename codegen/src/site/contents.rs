//! The list of all pages, in the form that mdBook reads.

use askama::Template;

use super::{AbiHistory, SourcePage, codes};
use crate::output::OutputFile;

/// The pages before all parts.
const TOP: [(&str, &str); 4] = [
    ("README.md", "capchain"),
    ("find.md", "Find a name"),
    ("compare.md", "Compare two releases"),
    ("playground.md", "Playground"),
];

/// The guides by subject: the title of a part, and its pages below `docs/`.
const GUIDES: [(&str, &[&str]); 5] = [
    (
        "Use it",
        &[
            "guide-rust",
            "guide-c",
            "guide-servers",
            "guide-size-first",
            "migrating",
            "build-systems",
            "linux-headers",
        ],
    ),
    (
        "Look into it",
        &[
            "decode",
            "view",
            "trace",
            "abi-json",
            "exports",
            "protocol",
            "chains",
            "kernel-versions",
        ],
    ),
    (
        "Change a kernel ABI",
        &["adding-a-capability", "compat", "review", "irq-info-2019", "new-kernel", "own-driver"],
    ),
    ("How it is checked", &["live", "proof", "publishing"]),
    ("Inside", &["spec-format", "architecture", "design", "glossary"]),
];

/// The data of the template.
#[derive(Template)]
#[template(path = "site/summary.md.jinja", escape = "none")]
struct SummaryView {
    top: Vec<ContentsLineView>,
    parts: Vec<ContentsPartView>,
}

/// A part of the list.
struct ContentsPartView {
    title: String,
    lines: Vec<ContentsLineView>,
}

/// A page, below `depth` others.
struct ContentsLineView {
    indent: String,
    title: String,
    path: String,
}

/// The list of `pages` and of the pages among `files`.
pub(super) fn file(
    histories: &[AbiHistory],
    pages: &[SourcePage],
    files: &[OutputFile],
) -> OutputFile {
    let mut parts = Vec::new();
    for history in histories {
        parts.push(reference(history, pages, files));
    }
    let has = |path: &str| pages.iter().any(|page| page.path == path);
    let guides = pages.iter().map(|page| page.path.as_str()).filter(|path| is_guide(path));
    let mut rest: Vec<&str> = guides.collect();
    for (title, names) in GUIDES {
        let paths = names.iter().map(|name| format!("docs/{name}.md"));
        let paths: Vec<_> = paths.filter(|path| has(path)).collect();
        rest.retain(|path| paths.iter().all(|one| one != path));
        let lines = paths.iter().map(|path| line(0, title_of(pages, path), path)).collect();
        parts.push(ContentsPartView { title: title.to_owned(), lines });
    }
    let mut lines: Vec<_> = rest.iter().map(|path| line(0, title_of(pages, path), path)).collect();
    let top = ["CHANGELOG.md", "CONTRIBUTING.md"];
    let top = top.iter().filter(|path| has(path));
    lines.extend(top.map(|path| line(0, title_of(pages, path), path)));
    parts.push(ContentsPartView { title: "The project".to_owned(), lines });
    let codes = codes::FAMILIES.iter();
    let codes =
        codes.map(|(_, file, title)| line(0, (*title).to_owned(), &format!("codes/{file}.md")));
    parts.push(ContentsPartView { title: "Codes of messages".to_owned(), lines: codes.collect() });
    let top = TOP.iter().filter(|(path, _)| has(path));
    let top = top.map(|(path, title)| line(0, (*title).to_owned(), path)).collect();
    let contents = SummaryView { top, parts }.to_string() + "\n";
    OutputFile { path: "SUMMARY.md".to_owned(), contents }
}

/// Whether a page is a guide.
fn is_guide(path: &str) -> bool {
    path.strip_prefix("docs/").is_some_and(|name| !name.contains('/'))
}

fn line(depth: usize, title: String, path: &str) -> ContentsLineView {
    ContentsLineView { indent: "  ".repeat(depth), title, path: path.to_owned() }
}

/// The title of a page: its first heading, as plain text.
fn title_of(pages: &[SourcePage], path: &str) -> String {
    let page = pages.iter().find(|page| page.path == path);
    let heading = page.and_then(|page| page.text.lines().find_map(|line| line.strip_prefix("# ")));
    heading.unwrap_or(path).replace('`', "")
}

/// The reference of an ABI.
fn reference(history: &AbiHistory, pages: &[SourcePage], files: &[OutputFile]) -> ContentsPartView {
    let abi = &history.newest;
    let folder = format!("docs/reference/{}", abi.name);
    let mut lines = vec![line(0, "Overview".to_owned(), &format!("{folder}/README.md"))];
    let add = |depth: usize, title: &str, name: &str, lines: &mut Vec<ContentsLineView>| {
        let path = format!("{folder}/{name}.md");
        if pages.iter().any(|page| page.path == path) {
            lines.push(line(depth, title.to_owned(), &path));
        }
    };
    for section in &abi.sections {
        add(0, &section.title, &section.name, &mut lines);
    }
    add(0, "Numbers: taken, claimed and free", "numbers", &mut lines);
    for chain in &abi.chains {
        add(1, &format!("Ids of {}", chain.name), &format!("registry/{}", chain.name), &mut lines);
    }
    for group in &abi.groups {
        add(1, &format!("Ids of {}", group.name), &format!("registry/{}", group.name), &mut lines);
    }
    add(0, "Items by release", "releases/README", &mut lines);
    for release in abi.releases.iter().rev() {
        let title = format!("Linux {}", release.bare());
        add(1, &title, &format!("releases/{release}"), &mut lines);
    }
    let changes = format!("changes/{}/", abi.name);
    for file in files.iter().filter(|file| file.path.starts_with(&changes)) {
        let name = file.path[changes.len()..].trim_end_matches(".md");
        let (depth, title) = match name {
            "README" => (0, "Changes since your kernel".to_owned()),
            release => (1, format!("Since Linux {}", release.trim_start_matches('v'))),
        };
        lines.push(line(depth, title, &file.path));
    }
    add(0, "All names", "names", &mut lines);
    lines.push(line(0, "The crate".to_owned(), &format!("api/{}/rust.md", abi.name)));
    lines.push(line(0, "The C header".to_owned(), &format!("api/{}/c.md", abi.name)));
    ContentsPartView { title: abi.title.clone(), lines }
}
