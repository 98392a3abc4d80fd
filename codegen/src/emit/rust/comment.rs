//! Doc comments as attributes: documentation of the specification with links, and
//! metadata of items.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::escape::in_markdown;
use crate::emit::sentence::sentence;
use crate::emit::since::since_text;
use crate::emit::wrap::wrap;
use crate::ir::{Abi, Entry, EntryKind, Meta};
use crate::release::{Release, Since};

/// The longest line of documentation, in columns.
const WIDTH: usize = 92;

/// The names that documentation can link to, and the described releases.
pub(super) struct Names<'a> {
    linked: HashSet<&'a str>,
    releases: &'a [Release],
}

impl<'a> Names<'a> {
    pub(super) fn of(abi: &'a Abi) -> Self {
        let types = abi.groups.iter().filter_map(|group| group.rust.as_deref());
        let linked =
            |entry: &Entry<'_>| !matches!(entry.kind, EntryKind::Enum(_) | EntryKind::Macro(_));
        let entries = abi.declarations().into_iter().filter(linked).map(|entry| entry.name);
        Self { linked: entries.chain(types).collect(), releases: &abi.releases }
    }
}

/// Writes the documentation of one module.
pub(super) struct Docs<'a> {
    names: &'a Names<'a>,
    /// The path from the module to that of all names.
    path: &'a str,
    /// The source that the module states for all of its items.
    source: Option<&'a str>,
}

impl<'a> Docs<'a> {
    pub(super) fn new(names: &'a Names<'a>, path: &'a str) -> Self {
        Self { names, path, source: None }
    }

    /// Leaves out the source of items that have this one.
    pub(super) fn with_source(self, source: Option<&'a str>) -> Self {
        Self { source, ..self }
    }

    /// Paragraphs as `///` lines.
    pub(super) fn paragraphs(&self, doc: &[String]) -> TokenStream {
        let safe: Vec<_> =
            doc.iter().map(|text| in_markdown(text, |name| self.link(name))).collect();
        attributes(&safe)
    }

    /// The documentation of an item with its first release and, unless the module
    /// states it, its source.
    pub(super) fn item(&self, meta: &Meta) -> TokenStream {
        let mut doc: Vec<_> =
            meta.doc.iter().map(|text| in_markdown(text, |name| self.link(name))).collect();
        let since = self.linux(meta.since);
        doc.push(match self.source == Some(meta.source.as_str()) {
            true => format!("Since Linux {since}."),
            false => {
                let source = in_markdown(&meta.source, |_| None);
                format!("Since Linux {since}; source: {source}.")
            }
        });
        marked(attributes(&doc), meta)
    }

    /// The documentation of a field or value, its phrase as a sentence.
    pub(super) fn part(&self, meta: &Meta, parent: &Meta) -> TokenStream {
        let mut doc: Vec<_> = meta
            .doc
            .iter()
            .map(|text| in_markdown(&sentence(text), |name| self.link(name)))
            .collect();
        if meta.since != parent.since {
            doc.push(format!("Since Linux {}.", self.linux(meta.since)));
        }
        marked(attributes(&doc), meta)
    }

    /// One line for another name of `name`: its documentation if that is one line,
    /// otherwise a link to it.
    pub(super) fn alias(&self, name: &str, meta: &Meta) -> TokenStream {
        let whole = match &meta.doc[..] {
            [text] => in_markdown(&sentence(text), |name| self.link(name)),
            _ => String::new(),
        };
        let short = !whole.is_empty() && wrap(&whole, WIDTH).len() == 1;
        let line = match short {
            true => whole,
            false => format!("See [`{name}`]({}{name}).", self.path),
        };
        marked(attributes(&[line]), meta)
    }

    /// One line for the id of a capability that a struct documents.
    pub(super) fn id_of(&self, struct_: &str, meta: &Meta) -> TokenStream {
        let line = format!("The id of [`{struct_}`]({}{struct_}).", self.path);
        marked(attributes(&[line]), meta)
    }

    /// A release, or the range of releases that can have introduced an item.
    fn linux(&self, since: Since) -> String {
        since_text(self.names.releases, since)
    }

    /// A link to the item of a name, if there is one.
    fn link(&self, name: &str) -> Option<String> {
        let found = self.names.linked.contains(name);
        found.then(|| format!("[`{name}`]({}{name})", self.path))
    }
}

/// Documentation, with the attribute of a deprecated item.
pub(super) fn marked(doc: TokenStream, meta: &Meta) -> TokenStream {
    let Some(deprecated) = &meta.deprecated else { return doc };
    let (since, why) = (deprecated.since.first().bare(), deprecated.doc.join(" "));
    let note = format!("since Linux {since}: {}", why.trim_end_matches('.'));
    quote!(#doc #[deprecated(note = #note)])
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
