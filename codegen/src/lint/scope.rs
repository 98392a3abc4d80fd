//! What a finding is about: where it points, and which items' `allow` can
//! silence it. A field's finding can be allowed by the field, by its struct
//! and, for the body of a capability, by the capability.

use crate::diagnostic::Place;
use crate::ir::{Abi, Field, Group, Handler, Ioctl, Meta, Struct, StructRole, UnionArm, Value};

/// Where a finding points, and whose `allow` counts.
#[derive(Clone, Debug)]
pub(super) struct Scope<'a> {
    /// Where it points.
    pub(super) place: Place,
    /// The file, where it has no place.
    pub(super) file: Option<String>,
    /// Whose `allow` counts, innermost first.
    pub(super) owners: Vec<&'a Meta>,
}

impl<'a> Scope<'a> {
    /// An item that is in no other.
    pub(super) fn of(meta: &'a Meta) -> Self {
        Self { place: meta.place, file: None, owners: vec![meta] }
    }

    /// What has no place and no `allow`: the head of a file.
    pub(super) fn file(name: &str) -> Self {
        Self { place: Place::default(), file: Some(format!("{name}.yaml")), owners: Vec::new() }
    }

    /// An item in this one.
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

    /// A member of a union in a struct.
    pub(super) fn of_arm(
        abi: &'a Abi,
        struct_: &'a Struct,
        field: &'a Field,
        arm: &'a UnionArm,
    ) -> Self {
        Self::of_field(abi, struct_, field).inner(&arm.meta)
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

    /// The rules of a handler of an ioctl.
    pub(super) fn of_handler(ioctl: &'a Ioctl, handler: &Handler) -> Self {
        Self { place: handler.place, ..Self::of(&ioctl.meta) }
    }
}

/// Something with a name and what every item has.
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) meta: &'a Meta,
    pub(super) scope: Scope<'a>,
}

/// Everything that has a name and a `Meta`, outer things before inner ones.
pub(super) fn all(abi: &Abi) -> Vec<Named<'_>> {
    let mut all = Vec::new();
    let mut add = |name, meta, scope| all.push(Named { name, meta, scope });
    for capability in &abi.capabilities {
        add(&capability.name, &capability.meta, Scope::of(&capability.meta));
    }
    for struct_ in &abi.structs {
        add(&struct_.name, &struct_.meta, Scope::of_struct(abi, struct_));
        for field in &struct_.fields {
            add(&field.name, &field.meta, Scope::of_field(abi, struct_, field));
            for arm in field.arms() {
                add(&arm.name, &arm.meta, Scope::of_arm(abi, struct_, field, arm));
            }
        }
    }
    for group in &abi.groups {
        if group.field.is_none() {
            add(&group.name, &group.meta, Scope::of(&group.meta));
        }
        for value in &group.values {
            add(&value.name, &value.meta, Scope::of_value(abi, group, value));
        }
    }
    for macro_ in &abi.macros {
        add(&macro_.name, &macro_.meta, Scope::of(&macro_.meta));
    }
    for ioctl in &abi.ioctls {
        add(&ioctl.name, &ioctl.meta, Scope::of(&ioctl.meta));
    }
    for chain in &abi.chains {
        add(&chain.name, &chain.meta, Scope::of(&chain.meta));
    }
    all
}
