//! Values: each has one number, in a form that its group allows, and the number fits.

use crate::diagnostic::{Diagnostic, Place};
use crate::layout::{Int, LiteralType};
use crate::reply::Count;
use crate::spec::types::{Amount, Base, int};
use crate::spec::wrappers::Placed;
use crate::spec::{ItemSpec, ValueSpec};
use crate::validate::Check;
use crate::validate::codes::{BAD_LAYOUT, KEY_CONFLICT, OUT_OF_RANGE};
use crate::validate::model::declarations::{NumberGroup, NumberGroupKind, bit};
use crate::validate::model::refs::{NUMBER, Reference, STRUCT};
use crate::validate::model::symbols::{Symbol, SymbolKind};

pub(super) fn check(check: &mut Check<'_>) {
    types(check);
    transitions(check);
    let index = check.index;
    for (at, group) in index.groups.iter().enumerate() {
        empty(check, group);
        ranges(check, at, group);
        for (index, (name, value)) in group.values.iter().enumerate() {
            form(check, name.place, value);
            belongs(check, group, (name.place, value));
            references(check, group, value);
            flags(check, (at, group), (index, value));
            alias(check, (at, group), (index, value));
        }
    }
}

/// The types of numbers at the file level.
fn types(check: &mut Check<'_>) {
    for item in check.spec.files.iter().flat_map(|file| file.items.iter()) {
        let (ItemSpec::Constants(item) | ItemSpec::Enum(item) | ItemSpec::IdSpace(item)) = item
        else {
            continue;
        };
        if let Some(name) = item.type_.as_ref().filter(|name| int(name).is_none()) {
            let reference = Reference { name, place: name.place, needed: None };
            check.unknown(reference, ("integer type", ""), |_| INTS.to_vec());
        }
    }
}

/// The types that a number can have.
pub(super) const INTS: [&str; 8] = ["u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64"];

fn empty(check: &mut Check<'_>, group: &NumberGroup<'_>) {
    let validities = group.values.iter().map(|(_, value)| value.validity(group.validity));
    // A register can consist of fields of several bits.
    if group.kind == NumberGroupKind::Flags
        && !group.int.little_endian()
        && !group.holds_others
        && group.values.iter().all(|(_, value)| value.bit.is_none())
    {
        check.refuse(KEY_CONFLICT, group.name.place, "`bits` needs at least one `bit`");
    }
    let without = match group.kind {
        NumberGroupKind::Enum => check.uncovered(group.validity, validities),
        _ => group.values.is_empty().then(|| group.validity.since.first()),
    };
    if let Some(release) = without {
        let message = format!("`{}` has no values in {release}", group.name.value);
        check.missing(Diagnostic::error(BAD_LAYOUT, message).at(group.name.place, ""));
    }
}

fn ranges(check: &mut Check<'_>, at: usize, group: &NumberGroup<'_>) {
    let width = i128::from(group.int.size()) * 8;
    for (name, value) in group.values.iter() {
        if let Some(bit) = bit(value).filter(|bit| !(0..width).contains(bit)) {
            let place = value.bit.map_or(name.place, |bit| bit.place);
            out_of_range(check, group, place, format!("{} has no bit {bit}", holder(group)));
        }
    }
    let mut said = None;
    let index = check.index;
    for stretch in &index.stretches[at] {
        let (name, value) = &group.values[stretch.value];
        let judged = said == Some(stretch.value) || bit(value).is_some();
        if !judged && !fits(group, stretch.number) {
            said = Some(stretch.value);
            let message = format!("{} does not fit {}", stretch.number, holder(group));
            out_of_range(check, group, name.place, message);
        }
    }
}

fn out_of_range(check: &mut Check<'_>, group: &NumberGroup<'_>, place: Place, message: String) {
    let hint = group.owner.is_none() && group.int == Int::U32;
    let hint = hint.then(|| "use `type: u64` for larger numbers".to_owned());
    check.problems.push(Diagnostic::error(OUT_OF_RANGE, message).at(place, "").maybe_help(hint));
}

fn holder(group: &NumberGroup<'_>) -> String {
    let sign = if group.int.signed() { "a signed" } else { "an unsigned" };
    format!("{sign} integer of {} bits", group.int.size() * 8)
}

/// Whether a number fits. In C a negative number can represent a large one, in
/// types that are not promoted to int.
fn fits(group: &NumberGroup<'_>, number: i128) -> bool {
    let int = group.int;
    let negative = -(1_i128 << (int.size() * 8 - 1))..0;
    let wraps = !int.signed() && int.size() >= 4 && negative.contains(&number);
    let held = int.range().contains(&number) || wraps;
    match group.kind {
        NumberGroupKind::Flags => held && number >= 0,
        _ => held,
    }
}

/// Whether a value has its number exactly once.
fn form(check: &mut Check<'_>, place: Place, value: &ValueSpec) {
    let given = value.definitions().filter(|(_, is_given)| *is_given);
    let given: Vec<_> = given.map(|(key, _)| key).collect();
    match given.as_slice() {
        [_] => {}
        [] => check.refuse(
            KEY_CONFLICT,
            place,
            "needs one of `value`, `bit`, `of`, `string` and `alias`",
        ),
        [first, rest @ ..] => {
            let message = format!("`{first}` excludes `{}`", rest.join("`, `"));
            check.refuse(KEY_CONFLICT, place, message);
        }
    }
    if value.signed && value.bit.is_none_or(|bit| bit.value.value > 31) {
        check.refuse(KEY_CONFLICT, place, "`signed` needs a `bit` of at most 31");
    }
    if let Some(type_) = &value.c_type {
        c_type(check, value, type_);
    }
}

/// The type of a macro, which its number must fit in every release.
fn c_type(check: &mut Check<'_>, value: &ValueSpec, type_: &Placed<LiteralType>) {
    let former = value.before.iter().filter_map(|(_, before)| before.value);
    let amounts: Vec<_> = former.chain(value.value).collect();
    let bit = value.bit.map(|bit| 1_i128 << bit.value.value.clamp(0, 63));
    let fits = amounts.iter().all(|amount| match amount {
        Amount::Number(number) => type_.value.holds(number.value),
        Amount::Next => false,
    });
    if amounts.is_empty() && bit.is_none() || value.signed {
        check.refuse(KEY_CONFLICT, type_.place, "`c_type` needs a `value` or a `bit`");
    } else if !fits || bit.is_some_and(|bit| !type_.value.holds(bit)) {
        let message = format!("no `{}` has the number on every target", type_.value.words());
        check.refuse(KEY_CONFLICT, type_.place, message);
    }
}

/// Whether the form of a value is allowed in its group.
fn belongs(check: &mut Check<'_>, group: &NumberGroup<'_>, (place, value): (Place, &ValueSpec)) {
    use NumberGroupKind::{Constants, Enum, FieldValues, Flags, IdSpace};
    let former = value.before.iter().map(|(_, before)| before.value);
    let mut amounts = former.chain([value.value]).flatten();
    let rules: [(&str, bool, &[NumberGroupKind]); 8] = [
        ("`next` stands", amounts.any(|amount| amount == Amount::Next), &[Enum]),
        ("`count: frozen` stands", value.count == Some(Count::Frozen), &[Enum]),
        ("`count` stands", value.count == Some(Count::Moves), &[Constants, Enum]),
        ("`of` stands", !value.of.is_empty(), &[Constants, Flags]),
        ("`alias` stands", value.alias.is_some(), &[Enum]),
        ("`string` stands", value.string.is_some(), &[Constants]),
        ("`signed` stands", value.signed, &[Constants]),
        ("`c_type` stands", value.c_type.is_some(), &[Constants, IdSpace, Flags, FieldValues]),
    ];
    for (what, there, allowed) in rules {
        if there && !allowed.contains(&group.kind) {
            let among = allowed.iter().map(|kind| kind.plural()).collect::<Vec<_>>().join(" and ");
            check.refuse(KEY_CONFLICT, place, format!("{what} only in {among}"));
        }
    }
    if value.in_place && !is_mask(group, value) {
        check.refuse(KEY_CONFLICT, place, "`in_place` stands only in masks of flags");
    }
    if let Some(mask) = &value.mask {
        in_mask(check, group, (place, value), mask);
    } else if let (Flags, Some(Amount::Number(number))) = (group.kind, value.value) {
        if number.value.count_ones() == 1 {
            let message = format!("a flag is written `bit {}`", number.value.trailing_zeros());
            check.refuse(KEY_CONFLICT, place, message);
        }
    }
}

/// Whether a value is a number of several bits among flags, of which decode shows the number.
fn is_mask(group: &NumberGroup<'_>, value: &ValueSpec) -> bool {
    let number = match value.value {
        Some(Amount::Number(number)) => number.value,
        _ => 0,
    };
    group.kind == NumberGroupKind::Flags && value.mask.is_none() && number.count_ones() > 1
}

/// A number of the bits of a mask of the same flags.
fn in_mask(
    check: &mut Check<'_>,
    group: &NumberGroup<'_>,
    (place, value): (Place, &ValueSpec),
    mask: &Placed<String>,
) {
    let number = |value: &ValueSpec| match value.value {
        Some(Amount::Number(number)) => Some(number.value),
        _ => None,
    };
    if group.kind != NumberGroupKind::Flags {
        return check.refuse(KEY_CONFLICT, mask.place, "`in` stands only in flags");
    }
    let own = group.values.get(mask).filter(|own| own.mask.is_none());
    let Some(bits) = own.and_then(|own| number(own)) else {
        let masks = group.values.iter().filter(|(_, own)| own.mask.is_none());
        let masks = masks.filter(|(_, own)| number(own).is_some());
        let known = || masks.map(|(name, _)| name.as_str()).collect();
        let reference = Reference { name: mask, place: mask.place, needed: None };
        return check.unknown(reference, ("mask", " of these flags"), |_| known());
    };
    if number(value).is_none_or(|number| number & bits != number) {
        check.refuse(KEY_CONFLICT, place, "the number is not in the bits of its mask");
    }
}

/// The states of transitions are enumerators of their enum.
fn transitions(check: &mut Check<'_>) {
    for item in check.spec.files.iter().flat_map(|file| file.items.iter()) {
        let (ItemSpec::Constants(item) | ItemSpec::Enum(item) | ItemSpec::IdSpace(item)) = item
        else {
            continue;
        };
        let named = item.transitions.iter().flat_map(|(from, to)| {
            let to = to.iter().map(|to| (to.value.as_str(), to.place));
            [(from.value.as_str(), from.place)].into_iter().chain(to)
        });
        for (name, place) in named {
            let known = item.values.iter().map(|(value, _)| value.as_str());
            if known.clone().all(|value| value != name) {
                let reference = Reference { name, place, needed: None };
                check.unknown(reference, ("enumerator", " of this enum"), |_| known.collect());
            }
        }
    }
}

fn references(check: &mut Check<'_>, group: &NumberGroup<'_>, value: &ValueSpec) {
    if let Some(payload) = &value.payload {
        if let Base::Struct(name) = &payload.base {
            check.resolve(Reference { name, place: payload.place, needed: None }, STRUCT);
        }
    }
    super::ioctls::new_fd(check, value.returns_fd.as_ref());
    let needed = Some(value.validity(group.validity));
    for name in value.gates.iter() {
        check.resolve(Reference { name, place: name.place, needed }, NUMBER);
    }
}

/// A mask consists of flags of its group that are declared before it.
fn flags(
    check: &mut Check<'_>,
    (at, group): (usize, &NumberGroup<'_>),
    (index, value): (usize, &ValueSpec),
) {
    for name in value.of.iter() {
        earlier(check, (at, group), (index, value), name, ("flag", " before this mask"));
    }
}

/// A second name is that of an enumerator before it that has a number of its own.
fn alias(
    check: &mut Check<'_>,
    (at, group): (usize, &NumberGroup<'_>),
    (index, value): (usize, &ValueSpec),
) {
    let Some(name) = &value.alias else { return };
    let target = group.values[..index].iter().find(|(other, _)| other.value == name.value);
    if target.is_some_and(|(_, target)| target.alias.is_some()) {
        check.refuse(
            KEY_CONFLICT,
            name.place,
            "this is a second name itself; name the one with the number",
        );
    } else if value.count.is_some() || !value.before.iter().all(|(_, one)| one.value.is_none()) {
        check.refuse(
            KEY_CONFLICT,
            name.place,
            "a second name has no `count` and no former `value`",
        );
    }
    earlier(check, (at, group), (index, value), name, ("enumerator", " before this one"));
}

/// A number of the same group that is declared before a value, and exists as long.
fn earlier(
    check: &mut Check<'_>,
    (at, group): (usize, &NumberGroup<'_>),
    (index, value): (usize, &ValueSpec),
    name: &Placed<String>,
    (what, where_): (&str, &str),
) {
    let all = check.index;
    let validity = value.validity(group.validity);
    let earlier = |target: &&Symbol| {
        let here = target.number.is_some_and(|(of, other)| of == at && other < index);
        here && target.kind == SymbolKind::Number
    };
    let reference = Reference { name, place: name.place, needed: Some(validity) };
    let targets = || all.targets(name).iter().filter(earlier);
    let Some(first) = targets().next() else {
        let known = group.values[..index].iter().map(|(other, _)| other.as_str());
        return check.unknown(reference, (what, where_), |_| known.collect());
    };
    if let Some(release) = check.uncovered(validity, targets().map(|target| target.validity)) {
        check.absent(reference, what, release, Some((first.place, first.validity)));
    }
}
