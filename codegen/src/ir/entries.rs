//! The index of everything that has a name in an ABI. Code that needs all names,
//! with their documentation and history, filters this list.

use std::borrow::Cow;

use super::{
    Abi, Capability, Chain, Field, Group, GroupKind, IoctlId, Item, Literal, Macro, Member, Meta,
    StructId, Value,
};
use crate::release::Since;

/// Something that has a name.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The name.
    pub name: &'a str,
    /// The thing that has the name.
    pub kind: EntryKind<'a>,
    /// Its documentation, releases and source.
    pub meta: &'a Meta,
    /// Index of its section.
    pub section: usize,
    /// The item of the section that declares it: itself, or the struct, group
    /// or capability that contains it.
    pub item: Item,
}

/// The things that have names.
#[derive(Clone, Copy, Debug)]
pub enum EntryKind<'a> {
    /// A struct.
    Struct(StructId),
    /// A member of a struct.
    Member(StructId, Member<'a>),
    /// An anonymous union, which only the specification names.
    Union(StructId, &'a Field),
    /// A C enum with a tag.
    Enum(&'a Group),
    /// Other numbers that belong together, which only the specification names.
    Group(&'a Group),
    /// A macro for a number or a string.
    Constant(&'a Group, &'a Value),
    /// A number of a C enum.
    Enumerator(&'a Group, &'a Value),
    /// A function-like macro.
    Macro(&'a Macro),
    /// An ioctl.
    Ioctl(IoctlId),
    /// A chain, which only the specification names.
    Chain(&'a Chain),
    /// A capability, by its id's constant.
    Capability(&'a Capability),
}

impl Abi {
    /// Everything that has a name, in the order of the specification: the
    /// members of a struct and the numbers that they hold follow the struct,
    /// the numbers of a group follow the group, and the struct of a capability
    /// follows the capability that declares it.
    pub fn entries(&self) -> Vec<Entry<'_>> {
        (0..self.sections.len()).flat_map(|section| self.section_entries(section)).collect()
    }

    /// The entries of one section, an index into [`Abi::sections`].
    pub fn section_entries(&self, section: usize) -> Vec<Entry<'_>> {
        let mut entries = Vec::new();
        for item in &self.sections[section].items {
            EntryLister { abi: self, section, item: *item, entries: &mut entries }.item();
        }
        entries
    }

    /// The entries that C code can name at file level.
    pub fn declarations(&self) -> Vec<Entry<'_>> {
        let mut entries = self.entries();
        entries.retain(Entry::is_declaration);
        entries
    }
}

/// Adds the entries of one item.
struct EntryLister<'a, 'l> {
    abi: &'a Abi,
    section: usize,
    item: Item,
    entries: &'l mut Vec<Entry<'a>>,
}

impl<'a> EntryLister<'a, '_> {
    fn add(&mut self, name: &'a str, meta: &'a Meta, kind: EntryKind<'a>) {
        self.entries.push(Entry { name, kind, meta, section: self.section, item: self.item });
    }

    fn item(&mut self) {
        let abi = self.abi;
        match self.item {
            Item::Struct(id) => self.struct_(id),
            Item::Group(id) => {
                let group = abi.group(id);
                let kind = match group.kind {
                    GroupKind::Enum => EntryKind::Enum(group),
                    _ => EntryKind::Group(group),
                };
                self.add(&group.name, &group.meta, kind);
                self.values(group);
            }
            Item::Macro(id) => {
                let item = abi.macro_(id);
                self.add(&item.name, &item.meta, EntryKind::Macro(item));
            }
            Item::Ioctl(id) => {
                let item = abi.ioctl(id);
                self.add(&item.name, &item.meta, EntryKind::Ioctl(id));
            }
            Item::Chain(id) => {
                let item = abi.chain(id);
                self.add(&item.name, &item.meta, EntryKind::Chain(item));
            }
            Item::Capability(id) => {
                let item = abi.capability(id);
                self.add(&item.name, &item.meta, EntryKind::Capability(item));
                if let Some(id) = item.struct_.filter(|_| item.inline) {
                    self.struct_(id);
                }
            }
        }
    }

    fn struct_(&mut self, id: StructId) {
        let struct_ = self.abi.struct_(id);
        self.add(&struct_.name, &struct_.meta, EntryKind::Struct(id));
        let mut union = None;
        for member in self.abi.members(struct_) {
            if let Some(field) = member.union.filter(|field| union != Some(field.name.as_str())) {
                union = Some(&field.name);
                self.add(&field.name, &field.meta, EntryKind::Union(id, field));
            }
            self.add(member.name, member.meta, EntryKind::Member(id, member));
        }
        for group in self.abi.held_groups(id) {
            self.values(group);
        }
    }

    fn values(&mut self, group: &'a Group) {
        for value in &group.values {
            let kind = match group.kind {
                GroupKind::Enum | GroupKind::AnonymousEnum => EntryKind::Enumerator(group, value),
                _ => EntryKind::Constant(group, value),
            };
            self.add(&value.name, &value.meta, kind);
        }
    }
}

impl<'a> Entry<'a> {
    /// The name; of a member as `struct.member`.
    pub fn qualified_name(&self, abi: &'a Abi) -> Cow<'a, str> {
        match self.kind {
            EntryKind::Member(id, _) => [&abi.struct_(id).name, ".", self.name].concat().into(),
            _ => self.name.into(),
        }
    }

    /// The word for its kind.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            EntryKind::Struct(_) => "struct",
            EntryKind::Member(..) => "field",
            EntryKind::Union(..) => "union",
            EntryKind::Enum(_) => "enum",
            EntryKind::Group(group) if group.kind == GroupKind::IdSpace => "id space",
            EntryKind::Group(_) => "group",
            EntryKind::Constant(group, _) if group.kind == GroupKind::Flags => "flag",
            EntryKind::Constant(..) => "constant",
            EntryKind::Enumerator(..) => "enumerator",
            EntryKind::Macro(_) => "macro",
            EntryKind::Ioctl(_) => "ioctl",
            EntryKind::Chain(_) => "chain",
            EntryKind::Capability(_) => "capability",
        }
    }

    /// Whether C code can name it at file level.
    pub fn is_declaration(&self) -> bool {
        !matches!(
            self.kind,
            EntryKind::Member(..)
                | EntryKind::Union(..)
                | EntryKind::Group(_)
                | EntryKind::Chain(_)
        )
    }

    /// Since when it has this name.
    pub fn since(&self) -> Since {
        self.meta.name_since()
    }

    /// The tag of the C enum that contains it, if that has one.
    pub fn tag(&self) -> Option<&'a str> {
        match self.kind {
            EntryKind::Enumerator(group, _) if group.kind == GroupKind::Enum => Some(&group.name),
            _ => None,
        }
    }

    /// Whether it counts the other numbers of its enum, so that its number
    /// changes when one is added.
    pub fn is_count(&self) -> bool {
        matches!(self.kind, EntryKind::Enumerator(_, value) if value.count.is_some())
    }

    /// The number of a constant, an enumerator or a capability.
    pub fn number(&self) -> Option<i128> {
        match self.kind {
            EntryKind::Constant(_, value) | EntryKind::Enumerator(_, value) => {
                (!matches!(value.literal, Literal::Text(_))).then_some(value.number)
            }
            EntryKind::Capability(capability) => Some(capability.id.into()),
            _ => None,
        }
    }
}

impl Meta {
    /// Since when the item has its present name.
    pub fn name_since(&self) -> Since {
        self.history.names.last().map_or(self.since, |(_, release)| Since::Known(*release))
    }
}
