//! The difference of one struct between the two sides: fields that are the
//! same, fields that were removed, and fields that were added.

use super::matching::same_item;
use crate::ir::{Abi, Member, Role, Struct, StructRole, Type};
use crate::layout::{Int, Model, Span};

/// One struct on both sides.
pub(super) struct StructDiff<'a> {
    pub(super) old: &'a Struct,
    pub(super) new: &'a Struct,
    /// Fields that are on both sides.
    pub(super) unchanged: Vec<(Member<'a>, Member<'a>)>,
    /// Fields of the old side only.
    pub(super) removed: Vec<Member<'a>>,
    /// Reserved bytes of the old side that are not the same field any more.
    pub(super) reused: Vec<Member<'a>>,
    /// Fields of the new side only.
    pub(super) added: Vec<Member<'a>>,
}

impl<'a> StructDiff<'a> {
    pub(super) fn new(abis: (&'a Abi, &'a Abi), old: &'a Struct, new: &'a Struct) -> Self {
        let mut added = abis.1.members(new);
        let (mut kept, mut removed) = (Vec::new(), Vec::new());
        for member in abis.0.members(old) {
            let same = |new: &Member<'_>| new.name == member.name;
            let renamed =
                |new: &Member<'_>| same_item((member.name, member.meta), (new.name, new.meta));
            let known = added.iter().position(same).or_else(|| added.iter().position(renamed));
            match known {
                Some(at) => kept.push((member, added.remove(at))),
                None => removed.push(member),
            }
        }
        let (reserved, kept) = kept.into_iter().partition::<Vec<_>, _>(|(old, new)| {
            old.role == Role::Reserved && old.spans != new.spans
        });
        // Reserved bytes need not stay one field: what comes of them is looked at by itself.
        let (mut freed, rest) = reserved.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
        added.extend(rest);
        let mut diff =
            Self { old, new, unchanged: kept, removed: Vec::new(), reused: Vec::new(), added };
        // What nobody says to be renamed can be seen to be: its bytes are another's.
        for member in removed {
            let successor = |new: &Member<'_>| new.spans == member.spans && new.union.is_none();
            match diff.added.iter().position(successor) {
                Some(at) => diff.unchanged.push((member, diff.added.remove(at))),
                None if member.role == Role::Reserved => freed.push(member),
                None => diff.removed.push(member),
            }
        }
        diff.reused = freed;
        diff
    }

    /// Whether some old field lies elsewhere or has another type on a model.
    pub(super) fn differs(&self, abis: (&Abi, &Abi), model: Model) -> bool {
        !self.removed.is_empty() || self.changes(abis, model).next().is_some()
    }

    /// What happened to old fields on a model, in a few words each.
    pub(super) fn changes(&self, abis: (&Abi, &Abi), model: Model) -> impl Iterator<Item = String> {
        let kept = self.unchanged.iter();
        let may_grow = self.new.role == StructRole::Argument;
        kept.filter_map(move |pair| change(abis, may_grow, pair, model))
    }

    /// Whether a new field stands in front of where old ones ended.
    pub(super) fn is_inserted(&self, model: Model) -> bool {
        let at = model.index();
        let moved =
            self.unchanged.iter().filter(|(old, new)| old.spans[at].offset < new.spans[at].offset);
        let end = moved.map(|(_, new)| new.spans[at].offset).max();
        let before = |new: &Member<'_>| Some(new.spans[at].offset) < end;
        self.added.iter().any(|new| before(new) && new.union.is_none())
    }
}

/// How an old field differs on a model, in a few words.
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
    (was != is && !is_named_anew(old, new)).then(|| format!("`{name}` is {is}, {was} before"))
}

/// A struct at the end of another may grow as that one may.
fn is_grown_struct(old: &Member<'_>, new: &Member<'_>) -> bool {
    matches!((old.type_, new.type_), (Type::Struct(_), Type::Struct(_)))
}

/// A struct under another name is a matter of its own.
fn is_named_anew(old: &Member<'_>, new: &Member<'_>) -> bool {
    let holds = |type_: &Type| match type_ {
        Type::Array(element, ..) | Type::Flexible(element, _) => {
            matches!(**element, Type::Struct(_))
        }
        other => matches!(other, Type::Struct(_)),
    };
    holds(old.type_) && holds(new.type_)
}

/// A type as its bytes show it: `u64` and `aligned_u64` are the same.
fn shape(abi: &Abi, type_: &Type) -> String {
    match type_ {
        Type::Int(Int::AlignedU64) => Int::U64.name().to_owned(),
        Type::Array(element, length, _) => format!("{}[{length}]", shape(abi, element)),
        Type::Flexible(element, _) => [&shape(abi, element), "[]"].concat(),
        other => abi.type_text(other),
    }
}

fn bytes(span: Span) -> String {
    let plural = if span.size == 1 { "" } else { "s" };
    format!("{} byte{plural}", span.size)
}
