//! A page for each family of codes: the rule, its reason, and its examples.

use askama::Template;

use crate::catalogue::{self, CatalogueEntry};
use crate::emit;
use crate::output::OutputFile;

/// The families: the letter of their codes, the file of the page, and its title.
pub(super) const FAMILIES: [(&str, &str, &str); 6] = [
    ("V", "specification", "Codes of specifications: V"),
    ("L", "lint", "Codes of lint: L"),
    ("C", "compat", "Codes of compat: C"),
    ("H", "header", "Codes of kernel headers: H"),
    ("D", "drift", "Codes of drift: D"),
    ("R", "review", "Codes of review: R"),
];

/// The data of the template.
#[derive(Template)]
#[template(path = "site/codes.md.jinja", escape = "none")]
struct CodesView {
    title: &'static str,
    codes: Vec<CodeView>,
}

/// One code.
struct CodeView {
    code: String,
    title: String,
    /// The anchor of the heading.
    anchor: String,
    rule: String,
    why: String,
    before: Option<String>,
    bad: String,
    good: String,
    source: Option<String>,
}

/// The path of the page that explains a code.
pub(super) fn path(code: &str) -> String {
    let family = FAMILIES.iter().find(|(letter, ..)| code.starts_with(letter));
    format!("codes/{}.md", family.map_or("specification", |(_, file, _)| file))
}

/// All pages.
pub(super) fn pages() -> Vec<OutputFile> {
    let page = |(letter, file, title): &(&str, &str, &'static str)| {
        let entries = catalogue::entries().iter().filter(|one| one.code.starts_with(letter));
        let view = CodesView { title, codes: entries.map(code).collect() };
        OutputFile { path: format!("codes/{file}.md"), contents: view.to_string() + "\n" }
    };
    FAMILIES.iter().map(page).collect()
}

fn code(entry: &CatalogueEntry) -> CodeView {
    let text = |text: &str| emit::markdown(text.trim(), |_| None);
    let example = |text: &str| emit::fenced(text.trim_end());
    CodeView {
        code: entry.code.clone(),
        title: text(&entry.title),
        anchor: format!("{{#{}}}", entry.code),
        rule: text(&entry.rule),
        why: text(&entry.why),
        before: entry.before.as_deref().map(example),
        bad: example(&entry.bad),
        good: example(&entry.good),
        source: entry.source.as_deref().map(text),
    }
}
