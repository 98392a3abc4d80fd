//! Fields of bodies in a space that exist by bits of a capability of another chain, the companion
//! of their chain.

use super::bodies::possible;
use super::cap_headers::fields;
use super::spaces::{CAPABILITY, space_of};
use crate::diagnostic::{Diagnostic, Place};
use crate::spec::ChainSpec;
use crate::spec::types::{BitsExpr, NumberRange, Shape};
use crate::spec::wrappers::{OneOrMany, Placed};
use crate::validate::Check;
use crate::validate::codes::{BAD_CHAIN, KEY_CONFLICT};
use crate::validate::model::declarations::{DeclaredMember, StructDeclaration};
use crate::validate::model::refs::Reference;

/// A chain whose bodies depend on the struct of a capability of another chain.
pub(super) struct CompanionUse<'a> {
    own: &'a str,
    other: &'a str,
    struct_: String,
    place: Place,
}

/// Checks a condition `struct.field` where the struct is not that of the space.
pub(super) fn condition<'a>(
    check: &mut Check<'a>,
    struct_: &StructDeclaration<'_>,
    chains: &[&'a ChainSpec],
    (field, bits, numbers): (&DeclaredMember<'_>, &Placed<BitsExpr>, &OneOrMany<NumberRange>),
) -> Vec<CompanionUse<'a>> {
    let Some((owner, name)) = bits.field.split_once('.') else { return Vec::new() };
    let index = check.index;
    let mut holders = index.capabilities.iter().filter(|one| {
        let struct_ = one.item.struct_.as_ref();
        struct_.is_some_and(|struct_| struct_.value == owner)
    });
    let (holder, none) = (holders.next(), holders.next().is_none());
    let holder = holder.filter(|one| none && one.item.below.is_none());
    let other = holder.and_then(|one| space_of(check, one)).filter(|other| {
        let beside = |own: &&ChainSpec| {
            let spaces = [own, *other].map(|chain| chain.space.as_ref().map(|name| &name.value));
            own.chain.value != other.chain.value && spaces[0] == spaces[1]
        };
        other.requires.is_empty() && !chains.is_empty() && chains.iter().all(beside)
    });
    let (Some(holder), Some(other)) = (holder, other) else {
        let message = format!(
            "`{owner}` is not the `space` of the chain, nor the struct of one capability of \
             another chain of the space, which requires none"
        );
        check.missing(Diagnostic::error(BAD_CHAIN, message).at(bits.place, ""));
        return Vec::new();
    };
    let capability = &holder.item.capability;
    let needed = Some(field.validity);
    check.resolve(Reference { name: capability, place: bits.place, needed }, CAPABILITY);
    let of = BitsExpr { field: name.to_owned(), ..bits.value.clone() };
    fields(check, owner, (&of, bits.place));
    possible(check, owner, &of, numbers, bits.place);
    for companion in index.structs_named(owner) {
        at_its_place(check, companion, &of, bits.place);
    }
    let flexible = |field: &DeclaredMember<'_>| {
        field.types().any(|(_, expr)| matches!(expr.shape, Shape::Flexible(_)))
    };
    if struct_.compact || flexible(field) {
        let message = "bits of another capability decide neither on a field of a `compact` struct \
                       nor on an array of any length";
        check.refuse(KEY_CONFLICT, bits.place, message);
    }
    let used = |own: &&'a ChainSpec| CompanionUse {
        own: &own.chain.value,
        other: &other.chain.value,
        struct_: owner.to_owned(),
        place: bits.place,
    };
    chains.iter().map(used).collect()
}

/// A field of the companion that is always at the same place, and of every version.
fn at_its_place(
    check: &mut Check<'_>,
    companion: &StructDeclaration<'_>,
    bits: &BitsExpr,
    place: Place,
) {
    let mut moved = false;
    for field in companion.fields() {
        moved |= companion.compact && !field.field.exists_if.is_empty();
        let named = field.names().any(|(_, name)| name == bits.field);
        if named && (moved || field.field.version.is_some()) {
            let message = format!(
                "`{}` is not always at the same place, or not of every version",
                bits.field
            );
            let problem = Diagnostic::error(BAD_CHAIN, message).at(place, "");
            check.problems.push(problem.and(field.name.place, "the field"));
        }
    }
}

/// A chain has one companion, and is none of a chain that has one.
pub(super) fn uses(check: &mut Check<'_>, uses: &[CompanionUse<'_>]) {
    for (at, one) in uses.iter().enumerate() {
        let first = uses[..at].iter().find(|other| other.own == one.own);
        if let Some(first) = first {
            if first.struct_ != one.struct_ {
                let message = "the bodies of a chain depend on one capability of another chain";
                let problem = Diagnostic::error(BAD_CHAIN, message).at(one.place, "");
                check.problems.push(problem.and(first.place, "another one"));
            }
            continue;
        }
        if let Some(own) = uses.iter().find(|other| other.own == one.other) {
            let message = format!("bodies of `{}` depend on another chain themselves", one.other);
            let problem = Diagnostic::error(BAD_CHAIN, message).at(one.place, "");
            check.problems.push(problem.and(own.place, "there"));
        }
    }
}
