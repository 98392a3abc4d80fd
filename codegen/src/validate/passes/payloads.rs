//! Payloads with an address: the field is an address, and another field is its length.

use crate::diagnostic::Diagnostic;
use crate::layout::Int;
use crate::spec::types::{Base, Shape, TypeExpr};
use crate::validate::Check;
use crate::validate::codes::KEY_CONFLICT;
use crate::validate::model::declarations::{DeclaredMember, StructDeclaration};
use crate::validate::model::intervals::first_uncovered;
use crate::validate::model::refs::Reference;

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    for struct_ in &index.structs {
        for member in struct_.members() {
            if let Some(payload) = &member.field.payload {
                address(check, &member);
                let (item, field) = payload.length();
                let reference = Reference {
                    name: field,
                    place: payload.len.place,
                    needed: Some(member.validity),
                };
                match item {
                    None => length(check, struct_, reference),
                    Some(item) => elsewhere(check, item, reference),
                }
            }
        }
    }
}

fn address(check: &mut Check<'_>, member: &DeclaredMember<'_>) {
    let holds_address = |expr: &TypeExpr| {
        let wide = matches!(expr.base, Base::Int(Int::U64 | Int::AlignedU64));
        expr.shape == Shape::Pointer || wide && expr.shape == Shape::One
    };
    let union = member.union.is_some() || !member.field.union.is_empty();
    if union || !member.types().all(|(_, expr)| holds_address(expr)) {
        let message = "`payload` needs a field that holds an address";
        let problem = Diagnostic::error(KEY_CONFLICT, message).at(member.name.place, "");
        check.problems.push(problem.help("use an `aligned_u64` for an address"));
    }
}

/// The length is in another struct, which is named itself or by its capability.
fn elsewhere(check: &mut Check<'_>, item: &str, reference: Reference<'_>) {
    let index = check.index;
    let body = index.capabilities.iter().find(|one| one.item.capability.value == item);
    let name = body.and_then(|one| one.item.struct_.as_ref()).map_or(item, |name| name.as_str());
    match index.structs.iter().find(|struct_| struct_.name.value == name) {
        Some(struct_) => length(check, struct_, reference),
        None => check.unknown(
            Reference { name: item, ..reference },
            ("struct or capability", ""),
            |index| {
                let capabilities =
                    index.capabilities.iter().map(|one| one.item.capability.as_str());
                let structs = index.structs.iter().map(|one| one.name.as_str());
                capabilities.chain(structs).collect()
            },
        ),
    }
}

fn length(check: &mut Check<'_>, struct_: &StructDeclaration<'_>, reference: Reference<'_>) {
    let validities: Vec<_> = struct_.validities_of(reference.name).collect();
    if validities.is_empty() {
        let names = struct_.members().map(|member| member.name.as_str()).collect();
        let where_ = format!(" in `{}`", struct_.name.value);
        return check.unknown(reference, ("field", &where_), |_| names);
    }
    let uncovered =
        reference.needed.and_then(|needed| first_uncovered(needed, validities.into_iter()));
    if let Some(release) = uncovered {
        check.absent(reference, "field", release, None);
    }
}
