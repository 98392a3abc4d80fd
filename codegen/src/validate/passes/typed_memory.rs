//! Memory whose type a number determines: the number has a type with data, and the rules
//! for data of another length fit the direction.

use std::collections::{HashMap, HashSet};

use crate::reply::{Direction, WhenLonger, WhenShorter};
use crate::spec::types::{Base, Shape};
use crate::spec::wrappers::Placed;
use crate::spec::{ItemSpec, PayloadSpec, Values};
use crate::validate::Check;
use crate::validate::codes::KEY_CONFLICT;
use crate::validate::model::declarations::{DeclaredMember, StructDeclaration};
use crate::validate::model::refs::Reference;

/// The groups of numbers and the structs, by name.
pub(super) struct NamedItems<'a> {
    groups: HashMap<&'a str, &'a Values>,
    structs: HashMap<&'a str, &'a StructDeclaration<'a>>,
}

impl<'a> NamedItems<'a> {
    /// The enum or id space of a name.
    pub(super) fn group(&self, name: &str) -> Option<&'a Values> {
        self.groups.get(name).copied()
    }
}

/// The groups of numbers and the structs of a specification.
pub(super) fn named_items<'a>(check: &Check<'a>) -> NamedItems<'a> {
    let index = check.index;
    let groups = check.spec.items().filter_map(|(_, item)| match item {
        ItemSpec::Enum(group) | ItemSpec::IdSpace(group) => Some((group.name.as_str(), group)),
        _ => None,
    });
    let structs = index.structs.iter().map(|one| (one.name.as_str(), one));
    NamedItems { groups: groups.collect(), structs: structs.collect() }
}

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    let mut checked = HashSet::new();
    let items = named_items(check);
    for struct_ in &index.structs {
        for member in struct_.members() {
            let Some(payload) = &member.field.payload else { continue };
            type_by(check, &items, &mut checked, (struct_, &member), payload);
            directions(check, payload.direction, payload.shorter, payload.longer);
            returned(check, struct_, &member, payload);
        }
    }
    for group in &index.groups {
        for (name, value) in group.values.iter() {
            let rules = value.shorter.is_some() || value.longer.is_some();
            if rules && value.payload.is_none() {
                check.refuse(KEY_CONFLICT, name.place, "`shorter` and `longer` need a `payload`");
            }
            if value.without_payload && value.payload.is_some() {
                check.refuse(KEY_CONFLICT, name.place, "`without_payload` excludes `payload`");
            }
        }
    }
}

/// The field holds numbers of an enum or an id space, and some of them have data.
fn type_by<'a>(
    check: &mut Check<'_>,
    items: &NamedItems<'a>,
    checked: &mut HashSet<&'a str>,
    (struct_, member): (&StructDeclaration<'_>, &DeclaredMember<'_>),
    payload: &PayloadSpec,
) {
    let Some((item, field, place)) = payload.type_field() else { return };
    if payload.type_.is_some() {
        check.refuse(KEY_CONFLICT, place, "`type_by` excludes `type`");
    }
    let needed = Some(member.validity).filter(|_| item.is_none());
    let reference = Reference { name: field, place, needed };
    let owner = item.unwrap_or(&struct_.name.value);
    let Some(owner) = items.structs.get(owner) else {
        let reference = Reference { name: owner, ..reference };
        return check.unknown(reference, ("struct", ""), |index| {
            index.structs.iter().map(|one| one.name.as_str()).collect()
        });
    };
    let named = || owner.members().filter(|one| one.name.value == field);
    let Some(chooser) = named().next() else {
        let names = owner.members().map(|member| member.name.as_str()).collect();
        let where_ = format!(" in `{}`", owner.name.value);
        return check.unknown(reference, ("field", &where_), |_| names);
    };
    let validities = named().map(|one| one.validity);
    if let Some(release) = needed.and_then(|needed| check.uncovered(needed, validities)) {
        check.absent(reference, "field", release, None);
    }
    let held = chooser.field.holds.as_ref().and_then(|name| items.group(name));
    match held {
        Some(group) if has_payloads(group) => {
            if checked.insert(&*group.name.value) {
                bodies(check, group);
            }
        }
        _ => {
            let message = format!("`{field}` holds no numbers that have a `payload`");
            check.refuse(KEY_CONFLICT, place, message);
        }
    }
}

pub(super) fn has_payloads(group: &Values) -> bool {
    group.values.iter().any(|(_, value)| value.payload.is_some())
}

/// Data of which a number determines the type are structs.
pub(super) fn bodies(check: &mut Check<'_>, group: &Values) {
    for payload in group.values.iter().filter_map(|(_, value)| value.payload.as_ref()) {
        if !matches!((&payload.base, &payload.shape), (Base::Struct(_), Shape::One)) {
            check.refuse(
                KEY_CONFLICT,
                payload.place,
                "the data of a number that is a `type_by` are a struct",
            );
        }
    }
}

/// The kernel can only fill in what it reads, and only cut what it writes.
fn directions(
    check: &mut Check<'_>,
    direction: Direction,
    shorter: Option<Placed<WhenShorter>>,
    longer: Option<Placed<WhenLonger>>,
) {
    let (reads, writes) = (direction != Direction::Out, direction != Direction::In);
    if let Some(shorter) = shorter {
        let fits = match shorter.value {
            WhenShorter::Refused => true,
            WhenShorter::ZeroFilled => reads,
            WhenShorter::Cut => writes,
        };
        if !fits {
            check.refuse(KEY_CONFLICT, shorter.place, "the direction of the memory excludes this");
        }
    }
    if let Some(longer) = longer {
        let fits = match longer.value {
            WhenLonger::Refused => true,
            WhenLonger::Zero => reads,
            WhenLonger::Zeroed | WhenLonger::Kept => writes,
        };
        if !fits {
            check.refuse(KEY_CONFLICT, longer.place, "the direction of the memory excludes this");
        }
    }
}

/// A length that comes back is in a field of the same struct that goes both ways.
fn returned(
    check: &mut Check<'_>,
    struct_: &StructDeclaration<'_>,
    member: &DeclaredMember<'_>,
    payload: &PayloadSpec,
) {
    if payload.returns.is_none() {
        return;
    }
    let Some((item, length, place)) = payload.length_fields().next() else {
        return check.refuse(
            KEY_CONFLICT,
            member.name.place,
            "`returns` needs a field with the length",
        );
    };
    let is_inout = |one: DeclaredMember<'_>| {
        let named = one.name.value == length;
        named && one.types().all(|(_, expr)| expr.direction == Some(Direction::InOut))
    };
    if item.is_some() || !struct_.members().any(is_inout) {
        check.refuse(KEY_CONFLICT, place, "`returns` needs a length that goes both ways");
    }
}
