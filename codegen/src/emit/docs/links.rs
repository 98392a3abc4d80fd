//! The links of the reference: page and anchor of each name of the ABI, and the
//! path to each page. Items are headings; forges derive their anchors from the
//! text. Numbers are rows of tables, with an anchor of their own.

use std::collections::HashMap;

use crate::ir::{Abi, Chain, ChainId, EntryKind, Group, GroupId, GroupKind, Item, StructId};
use crate::release::Release;

/// A place in the reference: a page and an anchor on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LinkTarget {
    /// Index of the page's section.
    pub(super) section: usize,
    /// The anchor, without `#`.
    pub(super) anchor: String,
}

/// Every name that has a place.
#[derive(Debug)]
pub(super) struct Links<'a> {
    abi: &'a Abi,
    names: HashMap<&'a str, LinkTarget>,
    /// The section of each group that is an item.
    groups: HashMap<GroupId, usize>,
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

/// The word for the kind of a group in a heading.
pub(super) fn group_word(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::IdSpace => "ids",
        GroupKind::Enum | GroupKind::AnonymousEnum => "enum",
        GroupKind::Constants | GroupKind::Flags | GroupKind::FieldValues => "constants",
    }
}

/// The anchor of a heading of a word and a name on forges.
fn heading(word: &str, name: &str) -> String {
    format!("{word}-{}", name.to_lowercase())
}

impl<'a> Links<'a> {
    /// Finds the place of every name.
    pub(super) fn new(abi: &'a Abi) -> Self {
        let (mut names, mut groups) = (HashMap::new(), HashMap::new());
        for entry in abi.entries() {
            let anchor = match entry.kind {
                EntryKind::Constant(..) | EntryKind::Enumerator(..) => entry.name.to_owned(),
                EntryKind::Struct(_) => heading("struct", entry.name),
                EntryKind::Macro(_) => heading("macro", entry.name),
                EntryKind::Ioctl(_) => heading("ioctl", entry.name),
                EntryKind::Capability(_) => heading("capability", entry.name),
                EntryKind::Enum(group) => heading(group_word(group.kind), entry.name),
                _ => String::new(),
            };
            if let Item::Group(id) = entry.item {
                groups.insert(id, entry.section);
            }
            if entry.is_declaration() {
                names.entry(entry.name).or_insert(LinkTarget { section: entry.section, anchor });
            }
        }
        Self { abi, names, groups }
    }

    /// The place of a name.
    pub(super) fn find(&self, name: &str) -> Option<&LinkTarget> {
        self.names.get(name)
    }

    /// The page of a separate group.
    pub(super) fn find_group(&self, id: GroupId) -> LinkTarget {
        let group = self.abi.group(id);
        let anchor = heading(group_word(group.kind), &group.name);
        let section = match group.field {
            Some((id, _)) => self.abi.struct_(id).section,
            None => self.groups.get(&id).copied().unwrap_or_default(),
        };
        LinkTarget { section, anchor }
    }

    /// The anchor of a group that is an item.
    pub(super) fn heading_of_group(&self, group: &Group) -> String {
        heading(group_word(group.kind), &group.name)
    }

    /// The anchor of a chain.
    pub(super) fn heading_of_chain(&self, chain: &Chain) -> String {
        heading("chain", &chain.name)
    }

    /// The place of a struct.
    pub(super) fn find_struct(&self, id: StructId) -> LinkTarget {
        let struct_ = self.abi.struct_(id);
        LinkTarget { section: struct_.section, anchor: heading("struct", &struct_.name) }
    }

    /// The place of a chain.
    pub(super) fn find_chain(&self, id: ChainId) -> LinkTarget {
        let chain = self.abi.chain(id);
        LinkTarget { section: chain.section, anchor: heading("chain", &chain.name) }
    }
}
