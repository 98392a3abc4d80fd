//! The scope of a finding: its place, and the items whose `allow` can silence it. A
//! finding about a field can be allowed by the field, by its struct and, in the
//! body of a capability, by the capability.

use crate::diagnostic::Place;
use crate::ir::{
    Abi, Entry, EntryKind, Field, Group, Handler, Ioctl, Meta, Struct, StructRole, Value,
};

/// The place of a finding, and the items whose `allow` counts.
#[derive(Clone, Debug)]
pub(super) struct LintSubject<'a> {
    pub(super) place: Place,
    /// The file, if it has no place.
    pub(super) file: Option<String>,
    /// The items whose `allow` counts, innermost first.
    pub(super) owners: Vec<&'a Meta>,
}

impl<'a> LintSubject<'a> {
    /// An item at the top level.
    pub(super) fn of(meta: &'a Meta) -> Self {
        Self { place: meta.place, file: None, owners: vec![meta] }
    }

    /// The head of a file, which has no place and no `allow`.
    pub(super) fn file(name: &str) -> Self {
        Self { place: Place::default(), file: Some(format!("{name}.yaml")), owners: Vec::new() }
    }

    /// An item inside this one.
    fn inner(mut self, meta: &'a Meta) -> Self {
        self.place = meta.place;
        self.owners.insert(0, meta);
        self
    }

    /// A struct. The body of a capability belongs to the capability too; if it
    /// is declared there, it has no `allow` of its own, only a copy.
    pub(super) fn of_struct(abi: &'a Abi, struct_: &'a Struct) -> Self {
        let StructRole::Capability(index) = struct_.role else { return Self::of(&struct_.meta) };
        let capability = abi.capability(index);
        let owners = match capability.inline {
            true => vec![&capability.meta],
            false => vec![&struct_.meta, &capability.meta],
        };
        Self { place: struct_.meta.place, file: None, owners }
    }

    /// A field of a struct.
    pub(super) fn of_field(abi: &'a Abi, struct_: &'a Struct, field: &'a Field) -> Self {
        Self::of_struct(abi, struct_).inner(&field.meta)
    }

    /// A member of an anonymous union.
    pub(super) fn of_arm(
        abi: &'a Abi,
        struct_: &'a Struct,
        union: &'a Field,
        meta: &'a Meta,
    ) -> Self {
        Self::of_field(abi, struct_, union).inner(meta)
    }

    /// A group of numbers; one inside a field belongs to the field.
    pub(super) fn of_group(abi: &'a Abi, group: &'a Group) -> Self {
        match group.field {
            None => Self::of(&group.meta),
            Some((id, index)) => {
                let struct_ = abi.struct_(id);
                let field = &struct_.fields[index];
                let outer = Self::of_field(abi, struct_, field);
                match field.meta.place == group.meta.place {
                    true => outer,
                    false => outer.inner(&group.meta),
                }
            }
        }
    }

    /// A number of a group.
    pub(super) fn of_value(abi: &'a Abi, group: &'a Group, value: &'a Value) -> Self {
        Self::of_group(abi, group).inner(&value.meta)
    }

    /// Any entry.
    fn of_entry(abi: &'a Abi, entry: &Entry<'a>) -> Self {
        match entry.kind {
            EntryKind::Struct(id) => Self::of_struct(abi, abi.struct_(id)),
            EntryKind::Union(id, field) => Self::of_field(abi, abi.struct_(id), field),
            EntryKind::Member(id, member) => match member.union {
                Some(union) => Self::of_arm(abi, abi.struct_(id), union, member.meta),
                None => Self::of_struct(abi, abi.struct_(id)).inner(member.meta),
            },
            EntryKind::Constant(group, value) | EntryKind::Enumerator(group, value) => {
                Self::of_value(abi, group, value)
            }
            EntryKind::Enum(_)
            | EntryKind::Group(_)
            | EntryKind::Macro(_)
            | EntryKind::Ioctl(_)
            | EntryKind::Chain(_)
            | EntryKind::Capability(_) => Self::of(entry.meta),
        }
    }

    /// The rules of a handler of an ioctl.
    pub(super) fn of_handler(ioctl: &'a Ioctl, handler: &Handler) -> Self {
        Self { place: handler.place, ..Self::of(&ioctl.meta) }
    }
}

/// Everything that has a name, with its subject.
pub(super) fn all(abi: &Abi) -> Vec<(Entry<'_>, LintSubject<'_>)> {
    abi.entries().into_iter().map(|entry| (entry, LintSubject::of_entry(abi, &entry))).collect()
}
