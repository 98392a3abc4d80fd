//! Every name that an ABI declares, in the order of the specification, and what
//! history did to it. The header, the crate and the pages tell the same of it.

use std::collections::HashSet;

use crate::ir::{
    Abi, Capability, Group, GroupKind, Ioctl, Item, Literal, Macro, Meta, Role, Struct, StructId,
    Type, Value,
};
use crate::release::{Release, Since};

/// Something with a name of the kernel.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    /// The name.
    pub(super) name: &'a str,
    /// What every item has.
    pub(super) meta: &'a Meta,
    /// Index of the subject that declares it.
    pub(super) section: usize,
    /// What it is.
    pub(super) what: What<'a>,
}

/// What a name stands for.
#[derive(Clone, Copy)]
pub(super) enum What<'a> {
    /// A struct.
    Struct(StructId),
    /// A number or string that the preprocessor knows.
    Constant(&'a Group, &'a Value),
    /// A number of a C enum.
    Enumerator(&'a Group, &'a Value),
    /// The tag of a C enum.
    Enum(&'a Group),
    /// A function-like macro.
    Macro(&'a Macro),
    /// An ioctl.
    Ioctl(&'a Ioctl),
    /// The id of a capability.
    Capability(&'a Capability),
}

/// A name that an item had before.
pub(super) struct Former<'a> {
    /// The name.
    pub(super) name: &'a str,
    /// The release that gave the item the next one.
    pub(super) until: Release,
    /// The item.
    pub(super) now: Named<'a>,
}

/// Every name, in the order of the specification.
pub(super) fn names(abi: &Abi) -> Vec<Named<'_>> {
    let sections = abi.sections.iter().enumerate();
    let items = sections.flat_map(|(index, section)| {
        section.items.iter().flat_map(move |item| of_item(abi, index, *item))
    });
    items.collect()
}

fn of_item<'a>(abi: &'a Abi, section: usize, item: Item) -> Vec<Named<'a>> {
    let named = |name: &'a str, meta, what| Named { name, meta, section, what };
    match item {
        Item::Struct(id) => of_struct(abi, section, id),
        Item::Group(id) => of_group(section, abi.group(id)),
        Item::Macro(index) => {
            let item = abi.macro_(index);
            vec![named(&item.name, &item.meta, What::Macro(item))]
        }
        Item::Ioctl(index) => {
            let item = abi.ioctl(index);
            vec![named(&item.name, &item.meta, What::Ioctl(item))]
        }
        Item::Chain(_) => Vec::new(),
        Item::Capability(index) => {
            let item = abi.capability(index);
            let body = item.struct_.filter(|_| item.inline);
            let body = body.map(|id| of_struct(abi, section, id)).unwrap_or_default();
            let id = named(&item.name, &item.meta, What::Capability(item));
            [vec![id], body].concat()
        }
    }
}

fn of_struct<'a>(abi: &'a Abi, section: usize, id: StructId) -> Vec<Named<'a>> {
    let item = abi.struct_(id);
    let itself = Named { name: &item.name, meta: &item.meta, section, what: What::Struct(id) };
    let held = abi.held_groups(id).flat_map(|group| of_group(section, group));
    [itself].into_iter().chain(held).collect()
}

fn of_group<'a>(section: usize, group: &'a Group) -> Vec<Named<'a>> {
    let enumerated = matches!(group.kind, GroupKind::Enum | GroupKind::AnonymousEnum);
    let tag = (group.kind == GroupKind::Enum).then_some(Named {
        name: &group.name,
        meta: &group.meta,
        section,
        what: What::Enum(group),
    });
    let values = group.values.iter().map(|value| Named {
        name: &value.name,
        meta: &value.meta,
        section,
        what: match enumerated {
            true => What::Enumerator(group, value),
            false => What::Constant(group, value),
        },
    });
    tag.into_iter().chain(values).collect()
}

impl<'a> Named<'a> {
    /// The tag of the C enum that it is a number of, if that has one.
    pub(super) fn tag(&self) -> Option<&'a str> {
        match self.what {
            What::Enumerator(group, _) if group.kind == GroupKind::Enum => Some(&group.name),
            _ => None,
        }
    }

    /// Since when the item has this name.
    pub(super) fn since(&self) -> Since {
        name_since(self.meta)
    }

    /// Whether it counts others, and so is another number as they are added.
    pub(super) fn counts(&self) -> bool {
        matches!(self.what, What::Enumerator(_, value) if value.count.is_some())
    }

    /// Its number, where it is one that other releases can have otherwise.
    pub(super) fn number(&self) -> Option<i128> {
        match self.what {
            What::Constant(_, value) | What::Enumerator(_, value) => {
                (!matches!(value.literal, Literal::Text(_))).then_some(value.number)
            }
            What::Capability(capability) => Some(capability.id.into()),
            _ => None,
        }
    }
}

/// A member of a struct, under the name that C knows it by.
pub(super) struct Member<'a> {
    /// The name.
    pub(super) name: &'a str,
    /// What every item has.
    pub(super) meta: &'a Meta,
    /// Its type.
    pub(super) type_: &'a Type,
    /// What it is to the protocol.
    pub(super) role: Role,
    /// The flag, op, feature or index that must be given for it to count.
    pub(super) when: Option<&'a str>,
}

/// The members of a struct, those of its unions in their place; what a
/// capability starts with belongs to its chain.
pub(super) fn members(struct_: &Struct) -> impl Iterator<Item = Member<'_>> {
    let fields = struct_.fields.iter().filter(|field| field.role != Role::Header);
    fields.flat_map(|field| {
        let itself = field.arms().is_empty().then_some(Member {
            name: &field.name,
            meta: &field.meta,
            type_: &field.type_,
            role: field.role,
            when: field.valid_if.as_deref(),
        });
        let arms = field.arms().iter().map(|arm| Member {
            name: &arm.name,
            meta: &arm.meta,
            type_: &arm.type_,
            role: Role::Data,
            when: arm.valid_if.as_deref(),
        });
        itself.into_iter().chain(arms)
    })
}

/// Since when an item has its present name.
pub(super) fn name_since(meta: &Meta) -> Since {
    meta.history.names.last().map_or(meta.since, |(_, release)| Since::Known(*release))
}

/// The names that items had before and that nothing has now. Names that only
/// make sense together are given up together: numbers are left out of a group
/// of which another former name stands for something else today.
pub(super) fn former<'a>(names: &[Named<'a>]) -> Vec<Former<'a>> {
    let present: HashSet<_> = names.iter().map(|named| named.name).collect();
    let taken =
        |meta: &Meta| meta.history.names.iter().any(|(name, _)| present.contains(name.as_str()));
    let split = |named: &&Named<'_>| match named.what {
        What::Constant(group, _) | What::Enumerator(group, _) => {
            group.values.iter().any(|value| taken(&value.meta))
        }
        _ => taken(named.meta),
    };
    let renamed = names.iter().filter(|named| !named.meta.history.names.is_empty());
    let former = renamed.filter(|named| !split(named)).flat_map(|now| {
        let names = now.meta.history.names.iter();
        names.map(|(name, until)| Former { name, until: *until, now: *now })
    });
    former.collect()
}

/// The names that stood for another number in some release.
pub(super) fn renumbered<'a>(names: &[Named<'a>]) -> Vec<Named<'a>> {
    let left: HashSet<_> = names
        .iter()
        .flat_map(|named| named.meta.history.names.iter().map(|(name, _)| name.as_str()))
        .collect();
    let moved = |named: &&Named<'_>| {
        named.counts() || !named.meta.history.numbers.is_empty() || left.contains(named.name)
    };
    names.iter().filter(moved).filter(|named| named.number().is_some()).copied().collect()
}
