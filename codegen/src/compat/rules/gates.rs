//! The gate of a new field: the flag, op, feature or version that shows whether it is valid.

use super::Comparison;
use crate::compat::matching::StructPair;
use crate::ir::{Abi, Group, Literal, Member, Role, StructId, StructRole, Type, Value};
use crate::reply::Direction;

/// What is known of the gate of a new member.
pub(super) enum Gate {
    /// Something that only new programs and new kernels use.
    Sound(String),
    /// A condition that does not protect old programs, with the reason.
    Unsound(String),
    /// No condition.
    Missing,
}

/// Whether a struct is the payload of an id, so that its size is compared.
pub(super) fn is_payload(abi: &Abi, struct_: &str) -> bool {
    let values = abi.groups.iter().flat_map(|group| &group.values);
    let payloads = values.filter_map(|value| value.payload_struct());
    payloads.map(|id| &abi.struct_(id).name).any(|name| name == struct_)
}

/// The structs that contain a struct in a field, directly or in another struct. With
/// `in_arrays`, elements of arrays count too.
pub(super) fn containers(abi: &Abi, id: StructId, in_arrays: bool) -> Vec<StructId> {
    fn holds(type_: &Type, id: StructId, in_arrays: bool) -> bool {
        match type_ {
            Type::Struct(own) => *own == id,
            Type::Array(element, ..) | Type::Flexible(element, _) => {
                in_arrays && holds(element, id, in_arrays)
            }
            Type::Union(arms) => arms.iter().any(|arm| holds(&arm.type_, id, in_arrays)),
            Type::Int(_) | Type::Pointer(_) => false,
        }
    }
    let mut found: Vec<StructId> = Vec::new();
    let mut inner = vec![id];
    while let Some(id) = inner.pop() {
        for (index, struct_) in abi.structs.iter().enumerate() {
            let outer = StructId(index);
            let contains = struct_.fields.iter().any(|field| holds(&field.type_, id, in_arrays));
            if contains && !found.contains(&outer) {
                found.push(outer);
                inner.push(outer);
            }
        }
    }
    found
}

/// Whether a struct is a field of an argument.
pub(super) fn is_in_argument(abi: &Abi, id: StructId) -> bool {
    containers(abi, id, false).iter().any(|id| abi.struct_(*id).role == StructRole::Argument)
}

pub(super) fn gate(
    comparison: &Comparison<'_, '_>,
    pair: &StructPair<'_>,
    new: &Member<'_>,
) -> Gate {
    let (old_abi, abi) = comparison.matching.abis();
    let Some((id, struct_)) = pair.id.zip(pair.structs.new) else { return Gate::Missing };
    let host = abi.chain_of(id).and_then(|chain| chain.host());
    let written = match new.role {
        Role::CapOffset => host.map(|host| host.flag.0.as_str()),
        _ => new.valid_if,
    };
    if let Some(name) = written {
        return sound(comparison, id, new, name);
    }
    let known = pair.old_version(old_abi);
    if known.is_some_and(|known| new.version > known) {
        return Gate::Sound(format!("version {}", new.version));
    }
    let guessed = comparison.matching.new.knowledge.guessed.contains(&new.path(struct_));
    match new_flag(comparison, id).filter(|_| guessed) {
        Some(flag) => Gate::Sound(flag),
        None => Gate::Missing,
    }
}

/// Whether a gate shows that a field is valid.
fn sound(comparison: &Comparison<'_, '_>, id: StructId, new: &Member<'_>, name: &str) -> Gate {
    let (old_abi, abi) = comparison.matching.abis();
    let unsound = |reason: &str| Gate::Unsound(format!("`{name}` {reason}"));
    let Some((group, value)) = find(abi, name) else { return Gate::Sound(name.to_owned()) };
    if find(old_abi, name).is_some() {
        return unsound("is older than the field");
    }
    if covers_old_bits(old_abi, group, value) {
        return unsound("is set by old programs and kernels too: all of its bits are old");
    }
    let mut owners = containers(abi, id, true);
    owners.push(id);
    if !owners.iter().any(|owner| holds(abi, *owner, group)) {
        return unsound("is not in a field of this struct");
    }
    if new.is_input() && !owners.iter().any(|owner| is_set_by_programs(abi, *owner, group)) {
        return unsound("is set by the kernel only, so that no program can pass the field");
    }
    Gate::Sound(name.to_owned())
}

/// The value of a name, and its group.
fn find<'a>(abi: &'a Abi, name: &str) -> Option<(&'a Group, &'a Value)> {
    let values =
        abi.groups.iter().flat_map(|group| group.values.iter().map(move |one| (group, one)));
    values.into_iter().find(|(_, value)| value.name == name)
}

/// Whether all bits of a flag or mask belonged to flags of the same group before.
fn covers_old_bits(old: &Abi, group: &Group, value: &Value) -> bool {
    if !group.is_flags() {
        return false;
    }
    let Some(before) = old.groups.iter().find(|one| one.name == group.name) else { return false };
    let bits = before.values.iter().filter(|one| matches!(one.literal, Literal::Bit { .. }));
    let known = bits.fold(0, |all, one| all | one.number);
    value.number != 0 && value.number & known == value.number
}

/// Whether a field of a struct holds the numbers of a group.
fn holds(abi: &Abi, id: StructId, group: &Group) -> bool {
    fields_with(abi, id, group).next().is_some()
}

/// Whether programs set a field of a struct that holds the numbers of a group.
fn is_set_by_programs(abi: &Abi, id: StructId, group: &Group) -> bool {
    let inputs = |direction: Option<Direction>| {
        matches!(direction, Some(Direction::In | Direction::InOut) | None)
    };
    fields_with(abi, id, group).any(inputs)
}

/// The directions of the fields of a struct that hold the numbers of a group.
fn fields_with<'a>(
    abi: &'a Abi,
    id: StructId,
    group: &'a Group,
) -> impl Iterator<Item = Option<Direction>> + 'a {
    let named = move |held: Option<crate::ir::GroupId>| {
        held.is_some_and(|held| abi.group(held).name == group.name)
    };
    let fields = abi.struct_(id).fields.iter().filter(move |field| {
        named(field.group) || named(field.ids) || field.arms().iter().any(|arm| named(arm.group))
    });
    fields.map(|field| field.direction)
}

/// A flag that is new in the struct and can be the gate of a field.
fn new_flag(comparison: &Comparison<'_, '_>, id: StructId) -> Option<String> {
    let (old, new) = comparison.matching.abis();
    let fields = new.struct_(id).fields.iter();
    let groups = fields.filter_map(|field| field.group.map(|group| new.group(group)));
    let flags = groups.filter(|group| group.is_flags());
    let mut values = flags.flat_map(|group| &group.values);
    values.find(|value| find(old, &value.name).is_none()).map(|value| value.name.clone())
}
