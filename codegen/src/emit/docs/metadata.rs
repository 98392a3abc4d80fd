//! Metadata common to all items: first release, source, former names, deprecation.
//! Items print it as a list of facts, rows of tables as notes in brackets.

use super::bullet_list::BulletList;
use super::page::Page;
use super::phrases::{linux, since};
use crate::ir::Meta;
use crate::release::Release;

/// The facts of an item: its own ones, then those common to all items.
pub(super) fn of_item(page: &Page<'_>, meta: &Meta, mut facts: Vec<String>) -> Option<BulletList> {
    for (name, until) in &meta.history.names {
        facts.push(format!("Called `{name}` before {}.", linux(*until)));
    }
    for (number, until) in &meta.history.numbers {
        facts.push(format!("Its number was {number} before {}.", linux(*until)));
    }
    let (since, source) = (since(page.abi, meta.since), source(page, &meta.source));
    facts.push(format!("Since {since}. Source: {source}."));
    BulletList::new(facts)
}

/// The warning that an item should not be used.
pub(super) fn warning(page: &Page<'_>, meta: &Meta) -> Option<String> {
    let deprecated = meta.deprecated.as_ref()?;
    let doc = page.cell(&deprecated.doc);
    Some(format!("**Deprecated since {}:** {doc}", since(page.abi, deprecated.since)))
}

/// The notes of a row that its item does not have.
pub(super) fn notes(page: &Page<'_>, meta: &Meta, around: &Meta) -> Vec<String> {
    let mut notes = Vec::new();
    if meta.since != around.since {
        notes.push(format!("since {}", since(page.abi, meta.since)));
    }
    notes.extend(history(page, meta));
    if meta.source != around.source {
        notes.push(format!("source: {}", source(page, &meta.source)));
    }
    notes
}

/// The former names and the deprecation of a row.
pub(super) fn history(page: &Page<'_>, meta: &Meta) -> Vec<String> {
    let called = |(name, until): &(String, _)| format!("`{name}` before {}", linux(*until));
    let numbered = |(number, until): &(i128, Release)| format!("{number} before {}", linux(*until));
    let mut notes: Vec<String> = meta.history.names.iter().map(called).collect();
    notes.extend(meta.history.numbers.iter().map(numbered));
    if let Some(deprecated) = &meta.deprecated {
        let when = since(page.abi, deprecated.since);
        notes.push(format!("deprecated since {when}: {}", page.cell(&deprecated.doc)));
    }
    notes
}

/// A meaning, followed by its notes in brackets.
pub(super) fn with_notes(meaning: String, notes: &[String]) -> String {
    match notes {
        [] => meaning,
        _ => [&meaning, " (", &notes.join("; "), ")"].concat(),
    }
}

/// A source: paths and functions as code, all else as text.
pub(super) fn source(page: &Page<'_>, source: &str) -> String {
    let part = |part: &str| {
        let part = part.trim();
        let is_code = part.contains(['/', '_'])
            && part.chars().all(|one| one.is_ascii_alphanumeric() || "/_-.".contains(one));
        if is_code { ["`", part, "`"].concat() } else { page.cell(&[part.to_owned()]) }
    };
    source.split(',').map(part).collect::<Vec<_>>().join(", ")
}
