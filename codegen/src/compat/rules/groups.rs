//! Groups of numbers: their kind, their integer, and the numbers that belong to others.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{NAME_REMOVED, NUMBER_REUSED, VALUE_CHANGED};
use crate::compat::diff::{AbiDifference, Datum, IrKey, Of, key};
use crate::compat::finding::{Class, Finding, Party};
use crate::compat::matching::Matching;
use crate::compat::type_names::is_alias;
use crate::ir::{Group, GroupKind};
use crate::layout::Int;

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[
    key!(Abi.groups),
    key!(Group.name),
    key!(Group.rust),
    key!(Group.kind),
    key!(Group.int),
    key!(Group.reserved),
    key!(Chain.reserved),
];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| match difference.of {
        Of::Group(index) => {
            let pair = comparison.matching.groups[index];
            match (pair.old, pair.new) {
                (Some(old), None) => Some(removed(comparison, old)),
                (Some(old), Some(new)) => Some(changed(comparison, difference, old, new)),
                // The rule about new numbers judges additions.
                (None, _) => None,
            }
        }
        Of::Chain(index) => {
            let place = comparison.matching.chains[index].new?.meta.place;
            Some(Some(reserved(difference).at(Party::New, place)))
        }
        _ => None,
    })
}

/// The numbers of a group that is gone have findings of their own.
fn removed(comparison: &Comparison<'_, '_>, old: &Group) -> Option<Finding> {
    if comparison.matching.new.cannot_have(old) {
        return None;
    }
    let name = old.rust.as_ref()?;
    let message = format!("the type `{name}` is gone: programs that use it no longer compile");
    let finding = Finding::new(NAME_REMOVED, Class::Source, &old.name, message);
    let finding = finding.at(Party::Old, old.meta.place);
    Some(if old.kind == GroupKind::Enum { finding } else { finding.in_crate_only() })
}

fn changed(
    comparison: &Comparison<'_, '_>,
    difference: &AbiDifference<'_>,
    old: &Group,
    new: &Group,
) -> Option<Finding> {
    let Matching { old: before, new: now, .. } = comparison.matching;
    let finding = |class, message: String| {
        Finding::new(NAME_REMOVED, class, &new.name, message).at(Party::New, new.meta.place)
    };
    let is_tag = [old, new].iter().all(|group| group.kind == GroupKind::Enum);
    match difference.key {
        // Each of its names is judged.
        key!(Group.name) if is_tag && is_alias((before, &old.name), (now, &new.name)) => None,
        key!(Group.name) if is_tag => Some(finding(
            Class::Source,
            format!("the enum is called `{}`, `{}` before", new.name, old.name),
        )),
        // The type in Rust has the name of the enum.
        key!(Group.rust) if is_tag => None,
        // Only the specification uses the name.
        key!(Group.name) => None,
        // A header does not state it.
        key!(Group.rust) if comparison.matching.has_header() => None,
        key!(Group.rust) => Some(match (&old.rust, &new.rust) {
            (Some(was), Some(is)) => {
                let message = format!("the type in Rust is `{is}`, `{was}` before");
                finding(Class::Source, message).in_crate_only()
            }
            (Some(was), None) => {
                let message = format!("the type `{was}` of Rust is gone");
                finding(Class::Source, message).in_crate_only()
            }
            (None, is) => {
                let message = format!("the type `{}` of Rust is new", is.as_deref().unwrap_or("?"));
                finding(Class::Growth, message).off_the_wire()
            }
        }),
        key!(Group.kind) => Some(kind(old, new)),
        // A struct aligns the two, and the numbers are the same type.
        key!(Group.int) if in_rust(old.int) == in_rust(new.int) => None,
        key!(Group.int) => {
            let message = format!(
                "the numbers are of type {}, {} before: Rust programs no longer compile",
                new.int.name(),
                old.int.name()
            );
            Some(finding(Class::Source, message).in_crate_only())
        }
        _ => Some(reserved(difference).at(Party::New, new.meta.place)),
    }
}

/// The integer that Rust has for numbers.
fn in_rust(int: Int) -> Int {
    int.value()
}

fn kind(old: &Group, new: &Group) -> Finding {
    let words = |kind: GroupKind| match kind {
        GroupKind::Constants => "constants",
        GroupKind::AnonymousEnum => "an anonymous enum",
        GroupKind::Enum => "an enum",
        GroupKind::IdSpace => "an id space",
        GroupKind::Flags => "flags",
        GroupKind::FieldValues => "the numbers of a field",
    };
    let (was, is) = (words(old.kind), words(new.kind));
    let message = format!("the numbers are {is}, {was} before");
    let finding = |code, class, message: String| {
        Finding::new(code, class, &new.name, message).at(Party::New, new.meta.place)
    };
    match (old.kind, new.kind) {
        (GroupKind::Enum, _) => {
            finding(NAME_REMOVED, Class::Source, format!("{message}: the tag of the enum is gone"))
        }
        // Flags and plain numbers have other operations in Rust.
        (GroupKind::Flags, _) | (GroupKind::FieldValues, GroupKind::Flags) => {
            finding(NAME_REMOVED, Class::Source, message).in_crate_only()
        }
        (GroupKind::Constants | GroupKind::IdSpace, GroupKind::AnonymousEnum | GroupKind::Enum) => {
            finding(VALUE_CHANGED, Class::Note, format!("{message}, which `#ifdef` does not see"))
        }
        _ => finding(VALUE_CHANGED, Class::Note, message),
    }
}

/// A number that belongs to others.
fn reserved(difference: &AbiDifference<'_>) -> Finding {
    let message = match difference.set_values() {
        (Some(number), None) => format!("{} is no longer reserved", number.bare()),
        (_, number) => format!("{} is reserved", number.map_or(String::new(), Datum::bare)),
    };
    Finding::new(NUMBER_REUSED, Class::Note, &difference.subject, message)
}
