//! Where everything is explained: for each name of the ABI the page and the
//! anchor, and for each page the way there. Items are headings, whose anchors
//! forges make from their text; numbers are rows of tables, which carry an
//! anchor of their own.

use std::collections::HashMap;

use crate::emit::prose;
use crate::ir::{Abi, ChainId, Doc, GroupId, GroupKind, Item, StructId};

/// A place in the reference: a page and an anchor on it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    /// Index of the page's section.
    section: usize,
    /// The anchor, without `#`.
    anchor: String,
}

/// Every name that has a place.
#[derive(Debug)]
pub(super) struct Links<'a> {
    abi: &'a Abi,
    names: HashMap<&'a str, Target>,
    /// The section of each group, by index.
    groups: Vec<usize>,
}

/// A page that links from itself to others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page<'a> {
    /// The ABI that it is about.
    pub(super) abi: &'a Abi,
    links: &'a Links<'a>,
    /// Its path below the folder of the reference.
    path: &'a str,
}

/// The page of a section.
pub(super) fn section_path(name: &str) -> String {
    format!("{name}.md")
}

/// The page of an id space.
pub(super) fn registry_path(name: &str) -> String {
    format!("registry/{name}.md")
}

/// The word in a heading that tells what kind of numbers a group is.
pub(super) fn group_word(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Space => "ids",
        GroupKind::Enum | GroupKind::AnonymousEnum => "enum",
        GroupKind::Constants | GroupKind::Flags | GroupKind::FieldValues => "constants",
    }
}

/// The anchor that forges give to a heading of a word and a name.
fn heading(word: &str, name: &str) -> String {
    format!("{word}-{}", name.to_lowercase())
}

/// Whether names of C are made of this.
fn is_name_part(one: char) -> bool {
    one.is_ascii_alphanumeric() || one == '_'
}

impl<'a> Links<'a> {
    /// Finds the place of every name.
    pub(super) fn new(abi: &'a Abi) -> Self {
        let groups = vec![0; abi.groups.len()];
        let mut links = Self { abi, names: HashMap::new(), groups };
        for (section, one) in abi.sections.iter().enumerate() {
            for item in &one.items {
                links.add_item(section, *item);
            }
        }
        for struct_ in &abi.structs {
            links.add(&struct_.name, struct_.section, heading("struct", &struct_.name));
        }
        for (at, group) in abi.groups.iter().enumerate() {
            if let Some((of, _)) = group.field {
                links.add_group(abi.struct_(of).section, GroupId(at));
            }
        }
        links
    }

    /// A page at `path` below the folder of the reference.
    pub(super) fn page(&'a self, path: &'a str) -> Page<'a> {
        Page { abi: self.abi, links: self, path }
    }

    fn add_item(&mut self, section: usize, item: Item) {
        let abi = self.abi;
        match item {
            Item::Struct(_) | Item::Chain(_) => {}
            Item::Group(id) => self.add_group(section, id),
            Item::Macro(at) => {
                let name = &abi.macros[at].name;
                self.add(name, section, heading("macro", name));
            }
            Item::Ioctl(at) => {
                let name = &abi.ioctls[at].name;
                self.add(name, section, heading("ioctl", name));
            }
            Item::Capability(at) => {
                let name = &abi.capabilities[at].name;
                self.add(name, section, heading("capability", name));
            }
        }
    }

    fn add_group(&mut self, section: usize, id: GroupId) {
        let group = self.abi.group(id);
        self.groups[id.0] = section;
        if group.kind == GroupKind::Enum {
            self.add(&group.name, section, heading(group_word(group.kind), &group.name));
        }
        for value in &group.values {
            self.add(&value.name, section, value.name.clone());
        }
    }

    /// The first to use a name keeps it.
    fn add(&mut self, name: &'a str, section: usize, anchor: String) {
        self.names.entry(name).or_insert(Target { section, anchor });
    }
}

impl<'a> Page<'a> {
    /// A paragraph in Markdown, its quoted names linked.
    pub(super) fn paragraph(&self, text: &str) -> String {
        prose::in_markdown(&self.quoted(text), |name| self.known(name))
    }

    /// Words of the specification that stand within a line, such as a title.
    pub(super) fn text(&self, text: &str) -> String {
        prose::in_cell(&self.quoted(text), |name| self.known(name))
    }

    /// All paragraphs, an empty line between them.
    pub(super) fn doc(&self, doc: &Doc) -> String {
        doc.iter().map(|text| self.paragraph(text)).collect::<Vec<_>>().join("\n\n")
    }

    /// All paragraphs as one run of text, fit for a table's cell.
    pub(super) fn cell(&self, doc: &Doc) -> String {
        self.text(&doc.join(" "))
    }

    /// A name as code, linked where it has a place.
    pub(super) fn name(&self, name: &str) -> String {
        self.known(name).unwrap_or_else(|| format!("`{name}`"))
    }

    /// Names as code, linked where they have a place.
    pub(super) fn names(&self, names: &[String]) -> Vec<String> {
        names.iter().map(|name| self.name(name)).collect()
    }

    /// A struct's name as code under `label`, linked.
    pub(super) fn struct_as(&self, label: &str, id: StructId) -> String {
        let struct_ = self.abi.struct_(id);
        self.linked(label, struct_.section, &heading("struct", &struct_.name))
    }

    /// A struct as C names its type, linked.
    pub(super) fn struct_(&self, id: StructId) -> String {
        self.struct_as(&format!("struct {}", self.abi.struct_(id).name), id)
    }

    /// A group of numbers that stands for itself, linked.
    pub(super) fn group(&self, id: GroupId) -> String {
        let group = self.abi.group(id);
        let anchor = heading(group_word(group.kind), &group.name);
        self.linked(&group.name, self.links.groups[id.0], &anchor)
    }

    /// A chain, linked.
    pub(super) fn chain(&self, id: ChainId) -> String {
        let chain = self.abi.chain(id);
        self.linked(&chain.name, chain.section, &heading("chain", &chain.name))
    }

    /// A link to a page, or to an anchor `page#anchor`.
    pub(super) fn to(&self, label: &str, target: &str) -> String {
        let up = if self.path.contains('/') { "../" } else { "" };
        format!("[{label}]({up}{target})")
    }

    /// The anchor of a row of a table, where the name's place is this page.
    pub(super) fn anchor(&self, name: &str) -> String {
        let here = self.links.names.get(name).is_some_and(|target| {
            target.anchor == name
                && section_path(&self.abi.sections[target.section].name) == self.path
        });
        if here { format!("<a id=\"{name}\"></a>`{name}`") } else { self.name(name) }
    }

    /// The text with every name quoted that has a place; a writer may have
    /// left one bare.
    fn quoted(&self, text: &str) -> String {
        let mut parts = Vec::new();
        for (at, part) in text.split('`').enumerate() {
            parts.push(if at % 2 == 0 { self.quote_names(part) } else { part.to_owned() });
        }
        parts.join("`")
    }

    /// Text outside quotes with its names quoted.
    fn quote_names(&self, text: &str) -> String {
        let mut quoted = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(is_name_part) {
            let (before, from) = rest.split_at(start);
            let end = from.find(|one| !is_name_part(one)).unwrap_or(from.len());
            let (word, behind) = from.split_at(end);
            quoted += before;
            match word.contains('_') && self.links.names.contains_key(word) {
                true => quoted += &format!("`{word}`"),
                false => quoted += word,
            }
            rest = behind;
        }
        quoted + rest
    }

    /// A quoted name, linked where it has a place.
    fn known(&self, name: &str) -> Option<String> {
        let bare = ["struct ", "enum "].iter().find_map(|word| name.strip_prefix(word));
        let target = self.links.names.get(bare.unwrap_or(name))?;
        Some(self.linked(name, target.section, &target.anchor))
    }

    fn linked(&self, label: &str, section: usize, anchor: &str) -> String {
        let page = section_path(&self.abi.sections[section].name);
        if page == self.path {
            return format!("[`{label}`](#{anchor})");
        }
        self.to(&format!("`{label}`"), &format!("{page}#{anchor}"))
    }
}
