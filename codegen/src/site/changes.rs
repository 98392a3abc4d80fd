//! For each release a page with everything that has changed since then, up to the newest
//! release, and a page that lists these pages.

use std::collections::HashMap;

use askama::Template;

use super::comparisons::between;
use super::{AbiHistory, codes};
use crate::compat::{Class, Finding};
use crate::emit;
use crate::ir::Abi;
use crate::output::OutputFile;

/// The page of one release.
#[derive(Template)]
#[template(path = "site/changes.md.jinja", escape = "none")]
struct ChangesView {
    title: String,
    release: String,
    newest: String,
    breaks: usize,
    parts: Vec<ChangesPartView>,
}

/// The changes of one class.
struct ChangesPartView {
    title: String,
    lines: Vec<String>,
}

/// The list of the pages.
#[derive(Template)]
#[template(path = "site/changes_index.md.jinja", escape = "none")]
struct ChangesIndexView {
    title: String,
    newest: String,
    rows: Vec<ChangesRowView>,
}

/// The line of a release in the list.
struct ChangesRowView {
    release: String,
    page: String,
    breaks: usize,
    additions: usize,
    others: usize,
}

/// The classes in the order of the page, with their titles.
const CLASSES: [(Class, &str); 7] = [
    (Class::Wire, "Breaks programs that are already built"),
    (Class::Wire32, "Breaks 32-bit programs that are already built"),
    (Class::Source, "Breaks programs when they are built again"),
    (Class::Ids, "Numbers with another meaning"),
    (Class::NotJudged, "Not judged"),
    (Class::Growth, "Additions"),
    (Class::Note, "Other differences"),
];

/// All pages of an ABI.
pub(super) fn files(history: &AbiHistory) -> Vec<OutputFile> {
    let newest = &history.newest;
    let places: HashMap<String, String> =
        emit::permalinks(newest).into_iter().map(|one| (one.name, one.target)).collect();
    let (mut pages, mut rows) = (Vec::new(), Vec::new());
    for old in history.releases.iter().filter(|old| old.release < newest.release) {
        let findings = between(old, newest);
        let count =
            |counts: fn(Class) -> bool| findings.iter().filter(|one| counts(one.class)).count();
        rows.push(ChangesRowView {
            release: format!("Linux {}", old.release.bare()),
            page: format!("{}.md", old.release),
            breaks: count(Class::breaks),
            additions: count(|class| class == Class::Growth),
            others: count(|class| matches!(class, Class::Note | Class::NotJudged)),
        });
        pages.push(page(old, newest, &findings, &places));
    }
    rows.reverse();
    let title = newest.title.clone();
    let view = ChangesIndexView { title, newest: newest.release.bare(), rows };
    pages.insert(0, file(newest, "README.md", view.to_string()));
    pages
}

fn file(abi: &Abi, name: &str, text: String) -> OutputFile {
    OutputFile { path: format!("changes/{}/{name}", abi.name), contents: text + "\n" }
}

fn page(
    old: &Abi,
    newest: &Abi,
    findings: &[Finding],
    places: &HashMap<String, String>,
) -> OutputFile {
    let parts = CLASSES.iter().filter_map(|(class, title)| {
        let found = findings.iter().filter(|one| one.class == *class);
        let lines: Vec<_> = found.map(|one| line(one, places)).collect();
        let title = format!("{title} ({})", lines.len());
        (!lines.is_empty()).then_some(ChangesPartView { title, lines })
    });
    let view = ChangesView {
        title: newest.title.clone(),
        release: old.release.bare(),
        newest: newest.release.bare(),
        breaks: findings.iter().filter(|one| one.class.breaks()).count(),
        parts: parts.collect(),
    };
    file(newest, &format!("{}.md", old.release), view.to_string())
}

/// A finding as a line of a list.
fn line(finding: &Finding, places: &HashMap<String, String>) -> String {
    let link = |name: &str| {
        let member = || name.rsplit_once('.').and_then(|(_, member)| places.get(member));
        let target = places.get(name).or_else(member)?;
        Some(format!("[`{name}`](../../{target})"))
    };
    let subject = &finding.subject;
    let subject = link(subject).unwrap_or_else(|| format!("`{subject}`"));
    let code = finding.code.0;
    let code = format!("[{code}](../../{}#{code})", codes::path(code));
    let mut line = format!("{subject}: {}", emit::markdown(&finding.message, link));
    line += &finding.affected.map(|one| format!("; harms {}", one.words())).unwrap_or_default();
    format!("{line} ({code})")
}
