//! Where pieces are placed: in the file of their neighbours, after the nearest
//! known item before them.

use std::collections::HashMap;

use crate::ir::{Abi, Group, GroupId, GroupKind, Item};

/// The places of the items of a specification.
pub(super) struct Places<'p> {
    abi: &'p Abi,
    folder: &'p str,
    /// The section of every name, and the item that it is a part of.
    owners: HashMap<&'p str, (usize, Item)>,
}

impl<'p> Places<'p> {
    pub(super) fn of(abi: &'p Abi, folder: &'p str) -> Self {
        let mut owners = HashMap::new();
        for entry in abi.declarations() {
            owners.entry(entry.name).or_insert((entry.section, entry.item));
        }
        Self { abi, folder, owners }
    }

    /// The section that a name is declared in.
    pub(super) fn section(&self, name: &str) -> Option<usize> {
        self.owners.get(name).map(|(section, _)| *section)
    }

    fn file(&self, section: usize) -> String {
        let name = &self.abi.sections[section].name;
        [self.folder.trim_end_matches('/'), "/", name, ".yaml"].concat()
    }

    /// After the item that contains a name.
    pub(super) fn behind(&self, name: &str) -> Option<String> {
        let (section, item) = self.owners.get(name)?;
        let item = match item {
            Item::Struct(id) => ["struct ", &self.abi.struct_(*id).name].concat(),
            Item::Group(id) => group_words(self.abi.group(*id)),
            Item::Macro(index) => ["macro ", &self.abi.macro_(*index).name].concat(),
            Item::Ioctl(index) => ["ioctl ", &self.abi.ioctl(*index).name].concat(),
            Item::Chain(id) => ["chain ", &self.abi.chain(*id).name].concat(),
            Item::Capability(index) => ["capability ", &self.abi.capability(*index).name].concat(),
        };
        Some([&self.file(*section), ", items, behind ", &item].concat())
    }

    /// At the end of the first file.
    pub(super) fn somewhere(&self) -> String {
        let section = self.abi.sections.len().saturating_sub(1);
        [&self.file(section), ", items, at the end"].concat()
    }

    /// Among the numbers of a group, after one of them or before all.
    pub(super) fn among(&self, group: GroupId, before: Option<&str>) -> Option<String> {
        let group = self.abi.group(group);
        let (owner, list) = match group.field {
            None => (group_words(group), "values"),
            Some((id, field)) => {
                let struct_ = self.abi.struct_(id);
                let list = if group.kind == GroupKind::Flags { "bits" } else { "values" };
                let arms = struct_.fields[field].arms();
                let arm = arms.iter().find(|arm| arm.group.is_some_and(|of| self.is(of, group)));
                let union = arm.map(|arm| [".", &arm.name].concat()).unwrap_or_default();
                let field = &struct_.fields[field].name;
                ([&struct_.name, ".", field, &union].concat(), list)
            }
        };
        let section = match group.field {
            Some((id, _)) => self.section(&self.abi.struct_(id).name)?,
            None => self.section(&group.values.first()?.name)?,
        };
        let place = [&self.file(section), ", ", &owner, ", ", list].concat();
        Some(place + &behind(before))
    }

    fn is(&self, id: GroupId, group: &Group) -> bool {
        std::ptr::eq(self.abi.group(id), group)
    }

    /// Among the fields of a struct, after one of them or before all.
    pub(super) fn in_struct(&self, name: &str, before: Option<&str>) -> Option<String> {
        let section = self.section(name)?;
        Some([&self.file(section), ", ", name, ", fields", &behind(before)].concat())
    }
}

fn behind(before: Option<&str>) -> String {
    match before {
        Some(name) => [", behind ", name].concat(),
        None => ", at the front".to_owned(),
    }
}

fn group_words(group: &Group) -> String {
    let kind = match group.kind {
        GroupKind::Enum | GroupKind::AnonymousEnum => "enum ",
        GroupKind::IdSpace => "id_space ",
        _ => "constants ",
    };
    [kind, &group.name].concat()
}
