//! Members of a struct that lie elsewhere, have another type, or are gone.

use super::{Comparison, CompatRule, Judgement, gates};
use crate::compat::codes::{BODY_CHANGED, DATA_RESIZED, FIELD_INSERTED, FIELD_MOVED};
use crate::compat::diff::{IrKey, MemberOf, Of, key};
use crate::compat::finding::{Affected, Class, Finding, Party};
use crate::compat::matching::{Members, StructPair};
use crate::compat::witness;
use crate::ir::{Abi, Member, Role, Struct, StructRole, Type};
use crate::layout::{Int, Model, Span, only_on};

use super::added_fields;

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[
    key!(Layout.size),
    key!(Layout.fields),
    key!(Field.type_),
    key!(Struct.fields),
    key!(Field.direction),
    key!(Field.role),
    key!(Field.valid_if),
    key!(Field.version),
];

/// Keys that the rule about members judges, unless the field was reserved.
const USE: &[IrKey] =
    &[key!(Field.direction), key!(Field.role), key!(Field.valid_if), key!(Field.version)];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    let structs = comparison.matching.structs.iter().enumerate();
    structs.flat_map(|(index, pair)| of_struct(comparison, index, pair)).collect()
}

fn of_struct(
    comparison: &Comparison<'_, '_>,
    index: usize,
    pair: &StructPair<'_>,
) -> Vec<Judgement> {
    let (Some(_), Some(members)) = (pair.structs.both(), &pair.members) else { return Vec::new() };
    let mut claims = comparison.claims(KEYS, |of| {
        matches!(of, Of::Member(at, _) if at == index) || of == Of::Struct(index)
    });
    claims.retain(|claim| {
        let difference = &comparison.differences[*claim];
        !USE.contains(&difference.key) || was_reserved(members, difference.of)
    });
    if claims.is_empty() {
        return Vec::new();
    }
    let abis = comparison.matching.abis();
    let changed = Model::ALL.into_iter().find(|model| differs(abis, pair, members, *model));
    let findings = match changed {
        Some(model) => vec![moved(comparison, pair, members, model)],
        None => added_fields::judge(comparison, pair, members),
    };
    let unnamed = members.reused.iter().filter_map(|old| added_fields::unnamed(abis, pair, old));
    let findings = findings.into_iter().chain(unnamed).collect();
    // A type that has the same bytes everywhere is another spelling.
    let respelt = |claim: &usize| {
        let of = comparison.differences[*claim].of;
        comparison.differences[*claim].key == key!(Field.type_)
            && matches!(of, Of::Member(_, MemberOf::Both(_)))
    };
    let spellings = changed.is_none() && claims.iter().all(respelt);
    let alignment = comparison.claims(&[key!(Layout.align)], |of| of == Of::Struct(index));
    let mut judgement = Judgement { claims, findings };
    if spellings && alignment.is_empty() {
        judgement.findings.push(respelled(pair));
    }
    vec![judgement]
}

/// Whether a member of both sides was reserved.
fn was_reserved(members: &Members<'_>, of: Of) -> bool {
    match of {
        Of::Member(_, MemberOf::Both(at)) => members.both[at].0.role == Role::Reserved,
        _ => false,
    }
}

fn respelled(pair: &StructPair<'_>) -> Finding {
    let struct_ = pair.structs.new.or(pair.structs.old);
    let (name, place) = struct_.map_or(("", None), |one| (&one.name, Some(one.meta.place)));
    let message = "a field has another type of the same bytes";
    let finding = Finding::new(FIELD_MOVED, Class::Note, name, message);
    match place {
        Some(place) => finding.at(Party::New, place),
        None => finding,
    }
}

/// Whether an old member lies elsewhere, has another type on a model, or is gone.
fn differs(abis: (&Abi, &Abi), pair: &StructPair<'_>, members: &Members<'_>, model: Model) -> bool {
    !members.removed.is_empty() || changes(abis, pair, members, model).next().is_some()
}

/// The changes of old members on a model, in a few words each.
fn changes<'m>(
    abis: (&'m Abi, &'m Abi),
    pair: &'m StructPair<'_>,
    members: &'m Members<'_>,
    model: Model,
) -> impl Iterator<Item = String> + 'm {
    let may_grow = pair.structs.new.is_some_and(|new| new.role == StructRole::Argument);
    members.both.iter().filter_map(move |pair| change(abis, may_grow, pair, model))
}

fn moved(
    comparison: &Comparison<'_, '_>,
    pair: &StructPair<'_>,
    members: &Members<'_>,
    model: Model,
) -> Finding {
    let abis = comparison.matching.abis();
    let removed = members.removed.iter().map(|old| format!("`{}` is gone", old.name));
    let all: Vec<_> = removed.chain(changes(abis, pair, members, model)).collect();
    let new = pair.structs.new.or(pair.structs.old);
    let (name, role) = new.map_or(("", StructRole::Plain), |one| (one.name.as_str(), one.role));
    let code = match role {
        StructRole::Capability(_) => BODY_CHANGED,
        _ if gates::is_payload(abis.1, name) => DATA_RESIZED,
        _ if members.is_inserted(model) => FIELD_INSERTED,
        _ => FIELD_MOVED,
    };
    let message = all.join(", ") + only_on(model);
    let finding = Finding::wire(code, model, name, message)
        .affects(Affected::Both)
        .witness(witness::layout(comparison.matching, pair, model))
        .help("leave every old byte where it is, and append");
    match new {
        Some(new) => finding.at(Party::New, new.meta.place),
        None => finding,
    }
}

/// The change of an old member on a model.
fn change(
    abis: (&Abi, &Abi),
    may_grow: bool,
    (old, new): &(Member<'_>, Member<'_>),
    model: Model,
) -> Option<String> {
    let (before, now) = (old.spans[model.index()], new.spans[model.index()]);
    let name = new.name;
    if before.offset != now.offset {
        return Some(format!("`{name}` moves from {} to {}", before.offset, now.offset));
    }
    if before.size != now.size && !(may_grow && is_grown_struct(old, new)) {
        return Some(format!("`{name}` has {}, {} before", bytes(now), bytes(before)));
    }
    let each = |abi: &Abi, type_: &Type| match type_ {
        Type::Array(element, ..) | Type::Flexible(element, _) => {
            abi.extent(element, model).map(|extent| extent.size)
        }
        _ => None,
    };
    if let (Some(was), Some(is)) = (each(abis.0, old.type_), each(abis.1, new.type_)) {
        if was != is {
            return Some(format!("an element of `{name}` has {is} bytes, {was} before"));
        }
    }
    let (was, is) = (shape(abis.0, old.type_), shape(abis.1, new.type_));
    (was != is && !is_same_struct(abis, old.type_, new.type_))
        .then(|| format!("`{name}` is {is}, {was} before"))
}

/// A struct at the end of an argument may grow as the argument may.
fn is_grown_struct(old: &Member<'_>, new: &Member<'_>) -> bool {
    matches!((old.type_, new.type_), (Type::Struct(_), Type::Struct(_)))
}

/// Whether both are structs, or arrays of structs, that have the same members, so that only the
/// struct's name differs.
fn is_same_struct(abis: (&Abi, &Abi), old: &Type, new: &Type) -> bool {
    fn struct_<'a>(abi: &'a Abi, type_: &Type) -> Option<&'a Struct> {
        match type_ {
            Type::Struct(id) => Some(abi.struct_(*id)),
            Type::Array(element, ..) | Type::Flexible(element, _) => struct_(abi, element),
            _ => None,
        }
    }
    let (Some(old), Some(new)) = (struct_(abis.0, old), struct_(abis.1, new)) else { return false };
    let fields = |abi: &Abi, one: &Struct| {
        let fields = one.fields.iter().map(|field| (field.name.clone(), shape(abi, &field.type_)));
        fields.collect::<Vec<_>>()
    };
    old.name == new.name
        || old
            .meta
            .history
            .names
            .iter()
            .chain(&new.meta.history.names)
            .any(|(name, _)| *name == old.name || *name == new.name)
        || (fields(abis.0, old) == fields(abis.1, new) && old.layouts == new.layouts)
}

/// A type by its bytes: `u64` and `aligned_u64` are the same.
fn shape(abi: &Abi, type_: &Type) -> String {
    match type_ {
        Type::Int(Int::AlignedU64) => Int::U64.name().to_owned(),
        Type::Int(Int::AlignedLe64) => Int::Le64.name().to_owned(),
        Type::Array(element, length, _) => format!("{}[{length}]", shape(abi, element)),
        Type::Flexible(element, _) => [&shape(abi, element), "[]"].concat(),
        other => abi.type_text(other),
    }
}

fn bytes(span: Span) -> String {
    let plural = if span.size == 1 { "" } else { "s" };
    format!("{} byte{plural}", span.size)
}
