//! Where everything is explained: for each name of the ABI the page and the
//! anchor, and for each page the way there. Items are headings, whose anchors
//! forges make from their text; numbers are rows of tables, which carry an
//! anchor of their own.

use std::collections::HashMap;

use crate::ir::{Abi, ChainId, GroupId, GroupKind, Item, StructId};
use crate::release::Release;

/// A place in the reference: a page and an anchor on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Index of the page's section.
    pub(super) section: usize,
    /// The anchor, without `#`.
    pub(super) anchor: String,
}

/// Every name that has a place.
#[derive(Debug)]
pub(super) struct Links<'a> {
    abi: &'a Abi,
    names: HashMap<&'a str, Target>,
    /// The section of each group, by index.
    groups: Vec<usize>,
}

/// The page of a section.
pub(super) fn section_path(name: &str) -> String {
    format!("{name}.md")
}

/// The page of an id space.
pub(super) fn registry_path(name: &str) -> String {
    format!("registry/{name}.md")
}

/// The page of a release.
pub(super) fn release_path(release: Release) -> String {
    format!("releases/{release}.md")
}

/// The word in a heading that tells what kind of numbers a group is.
pub(super) fn group_word(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::IdSpace => "ids",
        GroupKind::Enum | GroupKind::AnonymousEnum => "enum",
        GroupKind::Constants | GroupKind::Flags | GroupKind::FieldValues => "constants",
    }
}

/// The anchor that forges give to a heading of a word and a name.
fn heading(word: &str, name: &str) -> String {
    format!("{word}-{}", name.to_lowercase())
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

    /// The place of a name.
    pub(super) fn find(&self, name: &str) -> Option<&Target> {
        self.names.get(name)
    }

    /// The place of a group that stands on its own.
    pub(super) fn find_group(&self, id: GroupId) -> Target {
        let group = self.abi.group(id);
        let anchor = heading(group_word(group.kind), &group.name);
        Target { section: self.groups[id.0], anchor }
    }

    /// The place of a struct.
    pub(super) fn find_struct(&self, id: StructId) -> Target {
        let struct_ = self.abi.struct_(id);
        Target { section: struct_.section, anchor: heading("struct", &struct_.name) }
    }

    /// The place of a chain.
    pub(super) fn find_chain(&self, id: ChainId) -> Target {
        let chain = self.abi.chain(id);
        Target { section: chain.section, anchor: heading("chain", &chain.name) }
    }

    fn add_item(&mut self, section: usize, item: Item) {
        let abi = self.abi;
        match item {
            Item::Struct(_) | Item::Chain(_) => {}
            Item::Group(id) => self.add_group(section, id),
            Item::Macro(at) => {
                let name = &abi.macro_(at).name;
                self.add(name, section, heading("macro", name));
            }
            Item::Ioctl(at) => {
                let name = &abi.ioctl(at).name;
                self.add(name, section, heading("ioctl", name));
            }
            Item::Capability(at) => {
                let name = &abi.capability(at).name;
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
