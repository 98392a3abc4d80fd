//! What is said of every item in the same way: when it came, who says so, what
//! it was called before and since when it should not be used. Items print it
//! as a list of facts, rows of tables as a remark in brackets.

use askama::Template;

use super::links::Page;
use super::words::{bare, linux, since};
use crate::ir::Meta;

/// The list of facts of an item; there always is one.
#[derive(Debug, Template)]
#[template(path = "facts.md.jinja", escape = "none")]
pub(super) struct Facts {
    first: String,
    more: Vec<String>,
}

impl Facts {
    /// What is peculiar to an item, then what every item says.
    pub(super) fn item(page: &Page<'_>, meta: &Meta, peculiar: Vec<String>) -> Self {
        let called = |(name, until): &(String, _)| {
            format!("Called `{name}` before {}.", linux(*until))
        };
        let mut all = peculiar.into_iter().chain([format!("Since {}.", since(meta.since))]);
        let first = all.next().unwrap_or_default();
        let former = meta.former.iter().map(called);
        let source = format!("Source: {}.", source(page, &meta.source));
        Self { first, more: all.chain(former).chain([source]).collect() }
    }
}

/// The warning that an item should not be used.
pub(super) fn warning(page: &Page<'_>, meta: &Meta) -> Option<String> {
    let deprecated = meta.deprecated.as_ref()?;
    let doc = page.cell(&deprecated.doc);
    Some(format!("**Deprecated since {}:** {doc}", since(deprecated.since)))
}

/// What a row says of itself beyond what the item around it says already.
pub(super) fn remarks(page: &Page<'_>, meta: &Meta, around: &Meta) -> Vec<String> {
    let mut remarks = Vec::new();
    if meta.since != around.since {
        remarks.push(format!("since {}", since(meta.since)));
    }
    remarks.extend(history(page, meta));
    if meta.source != around.source {
        remarks.push(format!("source: {}", source(page, &meta.source)));
    }
    remarks
}

/// What a row was called before, and since when it should not be used.
pub(super) fn history(page: &Page<'_>, meta: &Meta) -> Vec<String> {
    let called = |(name, until): &(String, _)| format!("`{name}` before {}", linux(*until));
    let mut remarks: Vec<String> = meta.former.iter().map(called).collect();
    if let Some(deprecated) = &meta.deprecated {
        let when = since(deprecated.since);
        remarks.push(format!("deprecated since {when}: {}", page.cell(&deprecated.doc)));
    }
    remarks
}

/// A meaning with its remarks in brackets behind it.
pub(super) fn remarked(meaning: String, remarks: &[String]) -> String {
    match remarks {
        [] => meaning,
        _ => format!("{meaning} ({})", remarks.join("; ")),
    }
}

/// A source: paths and functions as code, all else as text.
pub(super) fn source(page: &Page<'_>, source: &str) -> String {
    let part = |part: &str| {
        let part = part.trim();
        let is_code = part.contains(['/', '_'])
            && part.chars().all(|one| one.is_ascii_alphanumeric() || "/_-.".contains(one));
        if is_code { format!("`{part}`") } else { page.cell(&vec![part.to_owned()]) }
    };
    source.split(',').map(part).collect::<Vec<_>>().join(", ")
}

/// The releases that are described, from the first to the last.
pub(super) fn releases(page: &Page<'_>) -> String {
    match page.abi.releases.as_slice() {
        [first, .., last] => format!("{} to {}", linux(*first), bare(*last)),
        [only] => linux(*only),
        [] => linux(page.abi.release),
    }
}
