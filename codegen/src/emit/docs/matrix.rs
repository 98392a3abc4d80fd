//! The matrix: for every section the releases with changes, and the state of each item in them.

use askama::Template;

use super::changelog::{self, ItemHistory};
use super::links::release_path;
use super::page::Page;
use super::phrases::list;
use super::table::{Align, Table};
use super::timeline;
use crate::output::OutputFile;
use crate::release::Release;

/// The path of the matrix, which no section's page can have.
pub(super) const PATH: &str = "releases/README.md";

/// The data of the template.
#[derive(Template)]
#[template(path = "matrix.md.jinja", escape = "none")]
struct MatrixView {
    banner: String,
    home: String,
    releases: String,
    unchanged: Option<String>,
    picture: Option<String>,
    subjects: Vec<SubjectView>,
}

/// The table of one section.
struct SubjectView {
    title: String,
    table: String,
}

/// The page of the matrix; `changed` are the releases that have a page.
pub(super) fn file(
    page: &Page<'_>,
    histories: &[ItemHistory<'_>],
    changed: &[Release],
) -> OutputFile {
    let abi = page.abi;
    let subjects = histories.chunk_by(|a, b| a.section == b.section);
    let subjects = subjects.filter_map(|histories| subject(page, histories));
    let links = changed.iter().map(|release| page.to(&release.bare(), &release_path(*release)));
    let unchanged = abi.releases.iter().filter(|release| **release <= abi.release);
    let unchanged = unchanged.filter(|release| !changed.contains(release));
    let unchanged: Vec<_> = unchanged.map(|release| release.bare()).collect();
    let view = MatrixView {
        banner: super::banner(abi),
        home: page.to(&page.text(&abi.title), "README.md"),
        releases: links.collect::<Vec<_>>().join(" · "),
        unchanged: (!unchanged.is_empty()).then(|| list(&unchanged)),
        picture: (abi.releases.len() > 1).then(|| page.to("New items by release", timeline::PATH)),
        subjects: subjects.collect(),
    };
    super::output(PATH, &view)
}

fn subject(page: &Page<'_>, histories: &[ItemHistory<'_>]) -> Option<SubjectView> {
    let section = &page.abi.sections[histories.first()?.section];
    let change_releases = histories.iter().flat_map(|history| history.change_releases());
    let mut releases: Vec<_> =
        change_releases.filter_map(|change| changelog::shown_in(page.abi, change)).collect();
    releases.sort();
    releases.dedup();
    let heads = releases.iter().map(|release| {
        let head = page.to(&release.bare(), &release_path(*release));
        (head, Align::Whole)
    });
    let named = ["kind", "name"].map(|head| (head.to_owned(), Align::Left));
    let mut table = Table::new(named.into_iter().chain(heads));
    for history in histories {
        let cells = releases.iter().map(|release| cell(history, *release));
        let name = match history.owner {
            Some(owner) => ["`", owner, ".", history.name, "`"].concat(),
            None => page.name(history.name),
        };
        let row: Vec<_> = [history.kind.to_owned(), name].into_iter().chain(cells).collect();
        table.row(row);
    }
    let title = page.text(&section.title);
    table.finish().map(|table| SubjectView { title, table })
}

/// The state of an item in a release: present, under another name or number, absent, or unknown.
fn cell(history: &ItemHistory<'_>, release: Release) -> String {
    let since = history.meta.since;
    if !since.covers(release) {
        return if since.is_uncertain_at(release) { "?" } else { "" }.to_owned();
    }
    let name = history.name_at(release);
    let number = history.number_at(release).filter(|_| history.was_renumbered());
    let deprecated = history.meta.deprecated.as_ref();
    let deprecated = deprecated.is_some_and(|deprecated| deprecated.since.covers(release));
    match (name == history.name, number) {
        (false, _) => format!("`{name}`"),
        (true, Some(number)) => number.to_string(),
        (true, None) if deprecated => "○".to_owned(),
        (true, None) => "●".to_owned(),
    }
}
