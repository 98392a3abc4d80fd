//! Structs and constants in the types of fields: they exist and are declared before
//! their use, as C requires.

use crate::diagnostic::Diagnostic;
use crate::spec::history::Validity;
use crate::spec::types::{Base, Shape, TypeExpr, int_like_c};
use crate::validate::Check;
use crate::validate::codes::{BAD_LAYOUT, UNKNOWN_NAME};
use crate::validate::model::declarations::{DeclaredMember, StructDeclaration};
use crate::validate::model::refs::{NUMBER, Reference, STRUCT, Wanted};
use crate::validate::model::symbols::{Symbol, SymbolKind};

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    for struct_ in &index.structs {
        for member in struct_.members() {
            let mut judged: Option<&TypeExpr> = None;
            for (validity, expr) in member.types() {
                let again =
                    judged.is_some_and(|one| one.base == expr.base && one.shape == expr.shape);
                if !again {
                    made_of(check, struct_, (&member, validity), expr);
                }
                judged = Some(expr);
            }
        }
    }
}

fn made_of(
    check: &mut Check<'_>,
    struct_: &StructDeclaration<'_>,
    (member, validity): (&DeclaredMember<'_>, Validity),
    expr: &TypeExpr,
) {
    let today = member.field.type_.as_ref().is_some_and(|one| std::ptr::eq(one, expr));
    let place = member.field.type_place.filter(|_| today).unwrap_or(member.name.place);
    let reference = |name| Reference { name, place, needed: Some(validity) };
    if let Base::Struct(name) = &expr.base {
        let int = int_like_c(name).filter(|_| check.index.targets(name).is_empty());
        if let Some(int) = int {
            let problem = Diagnostic::error(UNKNOWN_NAME, format!("no type `{name}`"));
            let help = format!("did you mean `{int}`?");
            return check.missing(problem.at(place, "").help(help));
        }
        declared(check, struct_.order, reference(name), STRUCT);
    }
    if let Shape::Named(name) = &expr.shape {
        if declared(check, struct_.order, reference(name), NUMBER) {
            plain(check, member, name);
        }
    }
}

/// Whether an item is declared before its user, in all releases that need it.
pub(super) fn declared(
    check: &mut Check<'_>,
    order: usize,
    reference: Reference<'_>,
    wanted: Wanted,
) -> bool {
    if !check.resolve(reference, wanted) {
        return false;
    }
    let targets = check.index.targets(reference.name).iter();
    let mut targets = targets.filter(|target| wanted.kinds.contains(&target.kind));
    let earlier = |target: &&Symbol| target.order < order;
    let validities = targets.clone().filter(earlier).map(|target| target.validity);
    let late = reference.needed.is_some_and(|needed| check.uncovered(needed, validities).is_some());
    if late && !check.incomplete {
        let message = format!("`{}` is used before it is declared", reference.name);
        let mut problem = Diagnostic::error(BAD_LAYOUT, message).at(reference.place, "used here");
        if let Some(target) = targets.find(|target| !earlier(target)) {
            problem = problem.and(target.place, "declared here");
        }
        check.problems.push(problem.help("move the declaration before its use"));
    }
    !late
}

/// The length of an array is a number, not a mask of flags.
fn plain(check: &mut Check<'_>, member: &DeclaredMember<'_>, name: &str) {
    let numbers =
        check.index.targets(name).iter().filter(|target| target.kind == SymbolKind::Number);
    for target in numbers {
        let number = target.number.map(|(group, value)| &check.index.groups[group].values[value]);
        if number.is_some_and(|(_, value)| !value.of.is_empty()) {
            let message = format!("`{name}` is a mask, not a length");
            let problem = Diagnostic::error(BAD_LAYOUT, message).at(member.name.place, "the array");
            check.problems.push(problem.and(target.place, "its length"));
        }
    }
}
