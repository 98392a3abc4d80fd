//! Documentation as attributes: the text of the specification with links, and the
//! facts of every item.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::escape::in_markdown;
use crate::emit::wrap::wrap;
use crate::ir::{Abi, Doc, Entry, EntryKind, Meta};
use crate::release::Since;

/// How wide a line of documentation may be.
const WIDTH: usize = 92;

/// Every name that documentation can link to.
pub(super) struct Names<'a>(HashSet<&'a str>);

impl<'a> Names<'a> {
    pub(super) fn of(abi: &'a Abi) -> Self {
        let types = abi.groups.iter().filter_map(|group| group.rust.as_deref());
        let linked =
            |entry: &Entry<'_>| !matches!(entry.kind, EntryKind::Enum(_) | EntryKind::Macro(_));
        let entries = abi.declarations().into_iter().filter(linked).map(|entry| entry.name);
        Self(entries.chain(types).collect())
    }
}

/// The possible targets of links in documentation, and their origin.
pub(super) struct Docs<'a> {
    names: &'a Names<'a>,
    /// The path from the documentation to the module of all names.
    path: &'a str,
}

impl<'a> Docs<'a> {
    pub(super) fn new(names: &'a Names<'a>, path: &'a str) -> Self {
        Self { names, path }
    }

    /// Paragraphs as `///` lines.
    pub(super) fn paragraphs(&self, doc: &Doc) -> TokenStream {
        let safe: Vec<_> =
            doc.iter().map(|text| in_markdown(text, |name| self.link(name))).collect();
        attributes(&safe)
    }

    /// An item's documentation, followed by its first release and its source.
    pub(super) fn item(&self, meta: &Meta) -> TokenStream {
        let mut doc: Vec<_> =
            meta.doc.iter().map(|text| in_markdown(text, |name| self.link(name))).collect();
        let source = in_markdown(&meta.source, |_| None);
        doc.push(format!("Since Linux {}; source: {source}.", linux(meta.since)));
        marked(attributes(&doc), meta)
    }

    /// A field's or value's documentation: a sentence out of a phrase.
    pub(super) fn part(&self, meta: &Meta, parent: &Meta) -> TokenStream {
        let mut doc: Vec<_> = meta
            .doc
            .iter()
            .map(|text| in_markdown(&sentence(text), |name| self.link(name)))
            .collect();
        if meta.since != parent.since {
            doc.push(format!("Since Linux {}.", linux(meta.since)));
        }
        marked(attributes(&doc), meta)
    }

    /// A link to an item of this name, if there is one.
    fn link(&self, name: &str) -> Option<String> {
        let found = self.names.0.contains(name);
        found.then(|| format!("[`{name}`]({}{name})", self.path))
    }
}

/// Documentation, and the `deprecated` attribute if needed.
pub(super) fn marked(doc: TokenStream, meta: &Meta) -> TokenStream {
    let Some(deprecated) = &meta.deprecated else { return doc };
    let why = deprecated.doc.join(" ");
    let note = format!("since Linux {}: {}", linux(deprecated.since), why.trim_end_matches('.'));
    quote!(#doc #[deprecated(note = #note)])
}

/// A release for a reader; of a bracket, both ends.
fn linux(since: Since) -> String {
    since.to_string().replace('v', "").replace("..", " to ")
}

/// A phrase as a sentence.
pub(super) fn sentence(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let quoted = phrase.starts_with('`');
    let mut text = match letters.next() {
        Some(first) if !quoted => first.to_uppercase().chain(letters).collect(),
        _ => phrase.to_owned(),
    };
    if !text.ends_with(['.', '!', '?', ':']) {
        text.push('.');
    }
    text
}

fn attributes(paragraphs: &[String]) -> TokenStream {
    let mut lines = Vec::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index > 0 {
            lines.push(String::new());
        }
        lines.extend(wrap(paragraph, WIDTH).into_iter().map(|line| [" ", &line].concat()));
    }
    quote!(#(#[doc = #lines])*)
}
