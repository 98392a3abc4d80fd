//! A page while it is written: text of the specification as Markdown, with a link
//! for every name that has a place.

use std::borrow::Cow;

use super::links::{LinkTarget, Links};
use crate::emit::escape;
use crate::ir::{Abi, ChainId, GroupId, StructId};

/// A page that links from itself to others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'a> {
    /// The ABI that it is about.
    pub(super) abi: &'a Abi,
    links: &'a Links<'a>,
    /// Its path below the folder of the reference.
    path: &'a str,
}

/// Whether C names consist of this character.
fn is_name_part(one: char) -> bool {
    one.is_ascii_alphanumeric() || one == '_'
}

impl<'a> Page<'a> {
    /// The page at `path` below the folder of the reference.
    pub(super) fn new(abi: &'a Abi, links: &'a Links<'a>, path: &'a str) -> Self {
        Self { abi, links, path }
    }

    /// A paragraph in Markdown, its quoted names linked.
    pub(super) fn paragraph(&self, text: &str) -> String {
        escape::in_markdown(&self.quoted(text), |name| self.known(name))
    }

    /// Text of the specification within a line, such as a title.
    pub(super) fn text(&self, text: &str) -> String {
        escape::in_cell(&self.quoted(text), |name| self.known(name))
    }

    /// All paragraphs, an empty line between them.
    pub(super) fn doc(&self, doc: &[String]) -> String {
        doc.iter().map(|text| self.paragraph(text)).collect::<Vec<_>>().join("\n\n")
    }

    /// All paragraphs as one run of text, fit for a table's cell.
    pub(super) fn cell(&self, doc: &[String]) -> String {
        self.text(&doc.join(" "))
    }

    /// A name as code, linked if it has a place.
    pub(super) fn name(&self, name: &str) -> String {
        self.known(name).unwrap_or_else(|| ["`", name, "`"].concat())
    }

    /// Names as code, linked if they have a place.
    pub(super) fn names(&self, names: &[String]) -> Vec<String> {
        names.iter().map(|name| self.name(name)).collect()
    }

    /// A struct's name as code under `label`, linked.
    pub(super) fn struct_as(&self, label: &str, id: StructId) -> String {
        self.linked(label, self.links.find_struct(id))
    }

    /// A struct as C names its type, linked.
    pub(super) fn struct_(&self, id: StructId) -> String {
        self.struct_as(&["struct ", &self.abi.struct_(id).name].concat(), id)
    }

    /// A separate group of numbers, linked.
    pub(super) fn group(&self, id: GroupId) -> String {
        self.linked(&self.abi.group(id).name, self.links.find_group(id))
    }

    /// A chain, linked.
    pub(super) fn chain(&self, id: ChainId) -> String {
        self.linked(&self.abi.chain(id).name, self.links.find_chain(id))
    }

    /// A link to a page, or to an anchor `page#anchor`.
    pub(super) fn to(&self, label: &str, target: &str) -> String {
        ["[", label, "](", self.up(), target, ")"].concat()
    }

    /// The path of the page of a section, an index into [`Abi::sections`].
    pub(super) fn of_section(&self, section: usize) -> &'a str {
        self.links.page(section)
    }

    /// The anchor of a row of a table, if the name's place is this page.
    pub(super) fn anchor(&self, name: &str) -> String {
        let here = self.links.find(name).is_some_and(|target| {
            target.anchor == name && self.links.page(target.section) == self.path
        });
        if here { ["<a id=\"", name, "\"></a>`", name, "`"].concat() } else { self.name(name) }
    }

    /// The text with quotes around every name that has a place, also if the author wrote none.
    fn quoted<'t>(&self, text: &'t str) -> Cow<'t, str> {
        // Only names with an underscore are recognised.
        if !text.contains('_') {
            return Cow::Borrowed(text);
        }
        let mut quoted = String::with_capacity(text.len() + text.len() / 8);
        for (at, part) in text.split('`').enumerate() {
            if at > 0 {
                quoted.push('`');
            }
            match at % 2 {
                0 => self.quote_names(part, &mut quoted),
                _ => quoted += part,
            }
        }
        Cow::Owned(quoted)
    }

    /// Adds text outside quotes with its names quoted.
    fn quote_names(&self, text: &str, quoted: &mut String) {
        let mut rest = text;
        while let Some(at) = rest.find('_') {
            let before = rest[..at].trim_end_matches(is_name_part);
            let tail = rest[at..].trim_start_matches(is_name_part);
            let word = &rest[before.len()..rest.len() - tail.len()];
            *quoted += before;
            match self.links.find(word) {
                Some(_) => quoted.extend(["`", word, "`"]),
                None => *quoted += word,
            }
            rest = tail;
        }
        *quoted += rest;
    }

    /// A quoted name, linked if it has a place.
    fn known(&self, name: &str) -> Option<String> {
        let bare = ["struct ", "enum "].iter().find_map(|word| name.strip_prefix(word));
        Some(self.linked(name, self.links.find(bare.unwrap_or(name))?))
    }

    fn linked(&self, label: &str, target: &LinkTarget) -> String {
        let anchor = target.anchor.as_str();
        match self.links.page(target.section) {
            page if page == self.path => ["[`", label, "`](#", anchor, ")"].concat(),
            page => ["[`", label, "`](", self.up(), page, "#", anchor, ")"].concat(),
        }
    }

    /// The way from the folder of the page to the folder of the reference.
    fn up(&self) -> &'static str {
        if self.path.contains('/') { "../" } else { "" }
    }
}
