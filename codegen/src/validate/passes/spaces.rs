//! Chains in a space: the keys that only they have.

use super::cap_headers::{fields, most};
use super::chains::offset;
use crate::diagnostic::{Diagnostic, Place};
use crate::spec::text::Number;
use crate::spec::types::{Base, BitsExpr, Shape, TypeExpr};
use crate::spec::wrappers::Placed;
use crate::spec::{CapHeaderSpec, CapabilitySpec, ChainSpec, First};
use crate::validate::Check;
use crate::validate::codes::{BAD_CHAIN, KEY_CONFLICT, OUT_OF_RANGE};
use crate::validate::model::declarations::{ChainItem, OfChain};
use crate::validate::model::numbers::Stretch;
use crate::validate::model::refs::{NUMBER, Reference, STRUCT, Wanted};
use crate::validate::model::symbols::SymbolKind;

pub(super) const CAPABILITY: Wanted =
    Wanted { what: "capability", kinds: &[SymbolKind::Capability] };

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    for chain in &index.chains {
        match &chain.item.within {
            None => outside(check, chain.item),
            Some(_) => inside(check, chain),
        }
    }
    for (name, header) in check.spec.abi.cap_headers.iter() {
        let mut chains = index.chains.iter().map(|chain| chain.item);
        if chains.any(|chain| chain.within.is_some() && chain.header.value == name.value) {
            self::header(check, header);
        }
    }
    for one in &index.capabilities {
        capability(check, one);
    }
    kinds(check);
}

/// A chain that is in no space has none of its keys.
fn outside(check: &mut Check<'_>, chain: &ChainSpec) {
    let needs = |check: &mut Check<'_>, place, key: &str| {
        check.refuse(KEY_CONFLICT, place, format!("`{key}` needs `within`"));
    };
    if let Some(space) = &chain.space {
        needs(check, space.place, "space");
    }
    if let Some(name) = chain.requires.first() {
        needs(check, name.place, "requires");
    }
    if let Some(by) = chain.first.as_ref().and_then(|first| first.by.as_ref()) {
        needs(check, by.place, "by");
    } else if chain.first.as_ref().is_some_and(|first| first.offset.is_none()) {
        check.refuse(KEY_CONFLICT, chain.chain.place, "`first` needs an `offset`");
    }
    if let Some(header) = check.spec.abi.cap_headers.get(&chain.header) {
        let mask = header.mask.map(|mask| mask.place);
        let place = mask.or_else(|| header.empty.first().map(|(bits, _)| bits.place));
        if let Some(place) = place {
            let message = "`mask` and `empty` are for chains with `within`";
            let problem = Diagnostic::error(KEY_CONFLICT, message).at(place, "");
            check.problems.push(problem.and(chain.chain.place, "a chain without it"));
        }
    }
}

fn inside(check: &mut Check<'_>, chain: &ChainItem<'_>) {
    let item = chain.item;
    let Some(within) = &item.within else { return };
    let (start, end) = (within.start, within.end);
    offset(check, start, within.place);
    offset(check, end, within.place);
    if start.value >= end.value {
        let message = format!("no offset is in {start}..{end}");
        check.refuse(OUT_OF_RANGE, within.place, message);
    }
    if let Some(host) = &item.host {
        check.refuse(KEY_CONFLICT, host.place, "`within` excludes `host`");
    }
    let header = check.spec.abi.cap_headers.get(&item.header);
    if let Some(header) = header {
        let align = header.align.value.value.max(1);
        if start.value % align != 0 {
            let message = format!("{start} is not a multiple of {align}");
            check.refuse(BAD_CHAIN, within.place, message);
        }
        if let Some(first) = &item.first {
            self::first(check, item, first, (start.value, end.value, align));
        }
    }
    if let Some(space) = &item.space {
        let reference = Reference { name: space, place: space.place, needed: Some(chain.validity) };
        check.resolve(reference, STRUCT);
    }
    flag(check, chain);
    requires(check, chain);
}

/// A header in a space is read by one access, and offsets are multiples of the alignment.
fn header(check: &mut Check<'_>, header: &CapHeaderSpec) {
    let align = header.align.value.value.max(1);
    let mask = header.mask.map_or(i128::from(u64::MAX), |mask| mask.value.value);
    let place = header.mask.map_or(header.next.place, |mask| mask.place);
    if mask < 0 || mask & (align - 1) != 0 {
        let message = format!("`mask` must clear the bits of `next` below {align}");
        check.refuse(BAD_CHAIN, place, message);
    }
    for (bits, values) in header.empty.iter() {
        let most = most(check.index, &header.struct_, bits).unwrap_or(u64::MAX);
        for value in values.iter() {
            possible(check, most, (bits, value));
        }
    }
    let index = check.index;
    for struct_ in index.structs_named(&header.struct_) {
        let sizes = struct_.fields().map(|field| {
            let mut types = field.types();
            types.next().and_then(|(_, expr)| int_size(expr)).unwrap_or(u64::MAX / 64)
        });
        let size = sizes.fold(0_u64, u64::saturating_add);
        if !size.is_power_of_two() || size > 8 {
            let message = "a header in a space has 1, 2, 4 or 8 bytes, in integers";
            let problem = Diagnostic::error(BAD_CHAIN, message).at(header.struct_.place, "");
            check.problems.push(problem.and(struct_.name.place, "the struct"));
        }
    }
}

/// A value that some bits can have.
fn possible(check: &mut Check<'_>, most: u64, (bits, value): (&BitsExpr, &Placed<Number>)) {
    if !(0..=i128::from(most)).contains(&value.value.value) {
        let message = format!("`{}` can never be {}", bits.field, value.value);
        check.refuse(OUT_OF_RANGE, value.place, message);
    }
}

fn int_size(expr: &TypeExpr) -> Option<u64> {
    match (&expr.base, &expr.shape) {
        (Base::Int(int), Shape::One) => Some(int.size()),
        _ => None,
    }
}

fn first(
    check: &mut Check<'_>,
    chain: &ChainSpec,
    first: &First,
    (start, end, align): (i128, i128, i128),
) {
    if let Some(bound) = first.bound {
        check.refuse(KEY_CONFLICT, bound.place, "`within` excludes `bound`");
    }
    match (&first.offset, &first.by) {
        (Some(at), None) => {
            let within = (start..end).contains(&at.value.value) && at.value.value % align == 0;
            if first.type_.is_none() && !within {
                let message = format!("no capability can start at {}", at.value);
                check.refuse(OUT_OF_RANGE, at.place, message);
            }
        }
        (None, Some(by)) => chosen(check, chain, (first, by)),
        _ => check.refuse(KEY_CONFLICT, chain.chain.place, "`first` has `offset` or `by`"),
    }
    if first.by.is_none() && !first.offsets.is_empty() {
        check.refuse(KEY_CONFLICT, chain.chain.place, "`offsets` needs `by`");
    }
}

/// The place of the first offset depends on a field of the space.
fn chosen(check: &mut Check<'_>, chain: &ChainSpec, (first, by): (&First, &Placed<BitsExpr>)) {
    match &chain.space {
        Some(space) => fields(check, space, (by, by.place)),
        None => check.refuse(KEY_CONFLICT, by.place, "`by` needs a `space`"),
    }
    if first.type_.is_none() || first.offsets.is_empty() {
        check.refuse(KEY_CONFLICT, by.place, "`by` needs `offsets` and a `type`");
    }
    let index = check.index;
    let space = chain.space.as_ref();
    let most = space.and_then(|space| most(index, space, by)).unwrap_or(u64::MAX);
    let mut taken = Vec::<(&Placed<String>, Stretch)>::new();
    for (name, at) in first.offsets.iter() {
        check.resolve(Reference { name, place: name.place, needed: None }, NUMBER);
        offset(check, at.value, at.place);
        for one in index.numbers_of(name) {
            if !(0..=i128::from(most)).contains(&one.number) {
                let message = format!("`{}` can never be {}", by.field, one.number);
                check.refuse(OUT_OF_RANGE, name.place, message);
            }
            let same = |(_, other): &&(_, Stretch)| {
                other.number == one.number && other.validity.overlaps(one.validity)
            };
            if let Some((first, _)) = taken.iter().find(same) {
                let message = format!("two offsets for {}", one.number);
                let problem = Diagnostic::error(BAD_CHAIN, message).at(name.place, "again here");
                check.problems.push(problem.and(first.place, "first here"));
            }
            taken.push((name, one));
        }
    }
}

/// The flag belongs to a field of the struct of the space.
fn flag(check: &mut Check<'_>, chain: &ChainItem<'_>) {
    let Some(flag) = &chain.item.flag else { return };
    let Some(space) = &chain.item.space else { return };
    let reference = Reference { name: flag, place: flag.place, needed: Some(chain.validity) };
    if !check.resolve(reference, NUMBER) {
        return;
    }
    let index = check.index;
    let owned = index.targets(flag).iter().all(|target| {
        let group = target.number.map(|(group, _)| &index.groups[group]);
        group.is_some_and(|group| group.owner == Some(space.as_str()))
    });
    let positive = index.numbers_of(flag).all(|stretch| stretch.number > 0);
    if !owned || !positive {
        let message = format!("`{}` is not a flag of `{}`", flag.value, space.value);
        check.missing(Diagnostic::error(BAD_CHAIN, message).at(flag.place, ""));
    }
}

/// The required capabilities are of one other chain in a space that requires none.
fn requires(check: &mut Check<'_>, chain: &ChainItem<'_>) {
    let index = check.index;
    let mut others = Vec::new();
    for name in chain.item.requires.iter() {
        let reference = Reference { name, place: name.place, needed: None };
        if !check.resolve(reference, CAPABILITY) {
            continue;
        }
        let found = index.capabilities.iter().find(|one| one.item.capability.value == name.value);
        let Some(found) = found else { continue };
        let other = found.chain.and_then(|chain| index.chains_named(chain).next());
        let usable = other.is_some_and(|other| {
            other.item.within.is_some()
                && other.item.requires.is_empty()
                && other.item.chain.value != chain.item.chain.value
                && chain.validity.since.first() >= other.validity.since.first()
        });
        if !usable || found.item.below.is_some() {
            let message =
                "a required capability is of another chain in a space, which requires none";
            check.refuse(BAD_CHAIN, name.place, message);
        }
        others.extend(other.map(|other| other.item.chain.value.as_str()));
    }
    others.dedup();
    if others.len() > 1 {
        let message = "required capabilities are of one chain";
        check.refuse(BAD_CHAIN, chain.item.chain.place, message);
    }
}

/// The chain of a capability, if it is in a space.
pub(super) fn space_of<'a>(check: &Check<'a>, one: &OfChain<'_>) -> Option<&'a ChainSpec> {
    let mut chains = check.index.chains_named(one.chain?);
    let chain = chains.find(|chain| chain.validity.overlaps(one.validity))?.item;
    chain.within.as_ref().map(|_| chain)
}

fn capability(check: &mut Check<'_>, one: &OfChain<'_>) {
    let item = one.item;
    let keys = [
        ("length", item.length.as_ref().map(|bits| bits.place)),
        ("below", item.below.as_ref().map(|name| name.place)),
        ("id_in", item.id_in.as_ref().map(|bits| bits.place)),
        ("where", item.conditions.first().map(|(bits, _)| bits.place)),
    ];
    let mut given = keys.into_iter().filter_map(|(key, place)| Some((key, place?)));
    let Some((key, place)) = given.next() else { return };
    let Some(chain) = space_of(check, one) else {
        let message = format!("`{key}` is for capabilities of a chain with `within`");
        return check.missing(Diagnostic::error(KEY_CONFLICT, message).at(place, ""));
    };
    let Some(struct_) = &item.struct_ else {
        return check.refuse(KEY_CONFLICT, place, format!("`{key}` needs a `struct`"));
    };
    for bits in [&item.length, &item.id_in].into_iter().flatten() {
        fields(check, struct_, (bits, bits.place));
    }
    for (bits, value) in item.conditions.iter() {
        condition(check, (chain, struct_), (bits, value));
    }
    match (&item.below, &item.id_in) {
        (Some(parent), Some(id_in)) => {
            let most = most(check.index, struct_, id_in).unwrap_or(u64::MAX);
            possible(check, most, (id_in, &item.id));
            below(check, one, parent);
        }
        (Some(parent), None) => check.refuse(KEY_CONFLICT, parent.place, "`below` needs `id_in`"),
        (None, None) if item.conditions.is_empty() => {}
        (None, _) => check.refuse(KEY_CONFLICT, place, "a kind needs `below`"),
    }
}

/// Bits of the own struct, or `struct.field` of the space.
fn condition(
    check: &mut Check<'_>,
    (chain, struct_): (&ChainSpec, &Placed<String>),
    (bits, value): (&Placed<BitsExpr>, &Placed<Number>),
) {
    let Some((of, field)) = bits.field.split_once('.') else {
        return condition_on(check, struct_, (bits, bits.place), value);
    };
    match &chain.space {
        Some(space) if space.value == of => {
            let bits_of = BitsExpr { field: field.to_owned(), ..bits.value.clone() };
            condition_on(check, space, (&bits_of, bits.place), value);
        }
        _ => {
            let message = format!("`{of}` is not the `space` of the chain");
            check.refuse(BAD_CHAIN, bits.place, message);
        }
    }
}

fn condition_on(
    check: &mut Check<'_>,
    of: &str,
    (bits, place): (&BitsExpr, Place),
    value: &Placed<Number>,
) {
    fields(check, of, (bits, place));
    let most = most(check.index, of, bits).unwrap_or(u64::MAX);
    possible(check, most, (bits, value));
}

/// The parent of a kind is a capability of the same chain, and no kind itself.
fn below(check: &mut Check<'_>, one: &OfChain<'_>, parent: &Placed<String>) {
    let reference = Reference { name: parent, place: parent.place, needed: Some(one.validity) };
    if !check.resolve(reference, CAPABILITY) {
        return;
    }
    let index = check.index;
    let mut all = index.capabilities.iter();
    let found = all.find(|other| other.item.capability.value == parent.value);
    let chain = |one: &OfChain<'_>| one.chain.map(|chain| chain.value.clone());
    let fits = found.is_some_and(|found| {
        found.item.below.is_none() && found.item.struct_.is_some() && chain(found) == chain(one)
    });
    if !fits {
        let message = "a kind is below a capability of the same chain that has a struct";
        check.refuse(BAD_CHAIN, parent.place, message);
    }
    if let Some(length) = &one.item.length {
        check.refuse(KEY_CONFLICT, length.place, "the capability above has the `length`");
    }
}

/// Two kinds of a capability differ in their conditions.
fn kinds(check: &mut Check<'_>) {
    let index = check.index;
    let key = |item: &CapabilitySpec| {
        let mut conditions: Vec<_> = item
            .conditions
            .iter()
            .map(|(bits, value)| (bits.field.clone(), bits.bits, value.value.value))
            .collect();
        conditions.sort();
        (item.below.as_ref().map(|name| name.value.clone()), item.id.value.value, conditions)
    };
    let kinds = index.capabilities.iter().filter(|one| one.item.below.is_some());
    let kinds: Vec<_> = kinds.map(|one| (key(one.item), one)).collect();
    for (at, (own, one)) in kinds.iter().enumerate() {
        let same = kinds[..at]
            .iter()
            .find(|(other, first)| own == other && first.validity.overlaps(one.validity));
        if let Some((_, first)) = same {
            let message = "two kinds of a capability have the same conditions";
            let problem = Diagnostic::error(BAD_CHAIN, message);
            let problem = problem.at(one.item.capability.place, "again here");
            check.problems.push(problem.and(first.item.capability.place, "first here"));
        }
    }
}
