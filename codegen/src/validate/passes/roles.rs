//! Roles: fields of the protocol have valid types, and a struct has at most one of each.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::layout::Int;
use crate::reply::Direction;
use crate::spec::history::Validity;
use crate::spec::types::{Base, RoleWord, Shape, TypeExpr};
use crate::spec::wrappers::Placed;
use crate::validate::Check;
use crate::validate::codes::BAD_ROLE;
use crate::validate::model::declarations::{DeclaredMember, StructDeclaration, plain_int};
use crate::validate::model::refs::Reference;
use crate::validate::model::uniqueness::{Definition, conflicts};

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    let payloads = payloads(check);
    for struct_ in &index.structs {
        for member in struct_.members() {
            types(check, &member);
            held(check, &member);
            new_fd(check, &member);
        }
        unique(check, struct_);
        counts(check, struct_);
        minsz(check, struct_, &payloads);
    }
}

/// The releases in which a struct has a field of this role.
pub(super) fn validities_of(
    struct_: &StructDeclaration<'_>,
    role: RoleWord,
) -> impl Iterator<Item = Validity> {
    let types = struct_.fields().flat_map(|field| field.types());
    types.filter(move |(_, expr)| expr.role == Some(role)).map(|(validity, _)| validity)
}

fn types(check: &mut Check<'_>, member: &DeclaredMember<'_>) {
    for (_, expr) in member.types() {
        let Some(role) = expr.role else { continue };
        let (word, fits): (_, &[Int]) = match role {
            RoleWord::Argsz => ("argsz", &[Int::U32]),
            RoleWord::Flags => ("flags", &[Int::U32, Int::U64, Int::AlignedU64]),
            RoleWord::CapOffset => ("cap_offset", &[Int::U32]),
            RoleWord::Reserved => ("reserved", &[]),
            RoleWord::Fd => ("fd", &[]),
            RoleWord::OptionalFd => ("optional_fd", &[]),
        };
        if member.union.is_some() {
            check.refuse(
                BAD_ROLE,
                member.name.place,
                format!("a member of a union cannot be `{word}`"),
            );
        } else if !fits.is_empty() && !plain_int(expr).is_some_and(|int| fits.contains(&int)) {
            let wide = if fits.len() > 1 { " or a u64" } else { "" };
            check.refuse(BAD_ROLE, member.name.place, format!("`{word}` must be a u32{wide}"));
        } else if role == RoleWord::OptionalFd && expr.base != Base::Int(Int::S32) {
            let message = "`optional_fd` must be an s32 or an array of them, to hold -1";
            check.refuse(BAD_ROLE, member.name.place, message);
        }
    }
}

/// Only integers hold numbers, and reserved fields hold none.
fn held(check: &mut Check<'_>, member: &DeclaredMember<'_>) {
    let field = member.field;
    let word = [("bits", !field.bits.is_empty()), ("values", !field.values.is_empty())];
    let word = word.into_iter().chain([("holds", field.holds.is_some())]);
    let Some((word, _)) = word.into_iter().find(|(_, said)| *said) else { return };
    let reserved = field.type_.as_ref().is_some_and(|expr| expr.role == Some(RoleWord::Reserved));
    if reserved {
        check.refuse(BAD_ROLE, member.name.place, format!("a reserved field has no `{word}`"));
    } else if member.types().any(|(_, expr)| plain_int(expr).is_none()) {
        check.refuse(BAD_ROLE, member.name.place, format!("only an integer has `{word}`"));
    }
}

/// Only a file descriptor from the kernel has a kind.
fn new_fd(check: &mut Check<'_>, member: &DeclaredMember<'_>) {
    let Some(kind) = &member.field.returns_fd else { return };
    super::ioctls::new_fd(check, Some(kind));
    let is_new = |expr: &TypeExpr| {
        let out = expr.direction == Some(Direction::Out);
        out && expr.role == Some(RoleWord::Fd) && plain_int(expr).is_some()
    };
    if member.union.is_some() || !member.field.type_.as_ref().is_some_and(is_new) {
        check.refuse(BAD_ROLE, kind.place, "`returns_fd` needs an integer that is `out fd`");
    }
}

fn unique(check: &mut Check<'_>, struct_: &StructDeclaration<'_>) {
    let mut definitions = Vec::new();
    for (owner, field) in struct_.fields().enumerate() {
        let roles = field.types().filter_map(|(validity, expr)| Some((validity, expr.role?)));
        let is_unique =
            |role| !matches!(role, RoleWord::Reserved | RoleWord::Fd | RoleWord::OptionalFd);
        let roles = roles.filter(|(_, role)| is_unique(*role));
        let place = field.name.place;
        definitions.extend(roles.map(|(validity, role)| Definition {
            key: role as u8,
            validity,
            place,
            owner,
        }));
    }
    for (first, again) in conflicts(&definitions, |_, _| false) {
        let message = format!("`{}` has two fields with the same role", struct_.name.value);
        let problem =
            Diagnostic::error(BAD_ROLE, message).at(definitions[again].place, "again here");
        check.problems.push(problem.and(definitions[first].place, "first here"));
    }
}

/// The count of a flexible array comes before it.
fn counts(check: &mut Check<'_>, struct_: &StructDeclaration<'_>) {
    for (index, field) in struct_.fields().enumerate() {
        for (validity, expr) in field.types() {
            let Shape::Flexible(Some(name)) = &expr.shape else { continue };
            let reference = Reference { name, place: field.name.place, needed: Some(validity) };
            let mut earlier = struct_.fields().take(index);
            let Some(count) = earlier.find(|other| other.name.value == *name) else {
                let known =
                    || struct_.fields().take(index).map(|other| other.name.as_str()).collect();
                check.unknown(reference, ("field", " before this array"), |_| known());
                break;
            };
            if let Some(release) = check.uncovered(validity, [count.validity].into_iter()) {
                check.absent(reference, "field", release, Some((count.name.place, count.validity)));
            }
            let union = !count.field.union.is_empty();
            if union || count.types().any(|(_, expr)| plain_int(expr).is_none()) {
                let message = format!("`{name}` is not an integer and cannot count elements");
                let problem =
                    Diagnostic::error(BAD_ROLE, message).at(field.name.place, "the array");
                check.problems.push(problem.and(count.name.place, "the count of the elements"));
            }
        }
    }
}

fn minsz(check: &mut Check<'_>, struct_: &StructDeclaration<'_>, payloads: &HashSet<&str>) {
    let Some(name) = struct_.minsz else { return };
    if struct_.fields().all(|field| field.name.value != name.value) {
        let reference = Reference { name, place: name.place, needed: None };
        let known = || struct_.fields().map(|field| field.name.as_str()).collect();
        check.unknown(reference, ("field", ""), |_| known());
    }
    if !payloads.contains(struct_.name.as_str()) {
        needs_argsz(check, struct_, name);
    }
}

/// The names of the structs that are the payload of a number, so that their minsz is about
/// the length of the payload.
fn payloads<'a>(check: &Check<'a>) -> HashSet<&'a str> {
    let values = check.index.groups.iter().flat_map(|group| group.values.iter());
    let payloads = values.filter_map(|(_, value)| match &value.payload.as_ref()?.value.base {
        Base::Struct(name) => Some(name.as_str()),
        Base::Int(_) => None,
    });
    payloads.collect()
}

/// minsz has no meaning without argsz.
pub(super) fn needs_argsz(
    check: &mut Check<'_>,
    struct_: &StructDeclaration<'_>,
    minsz: &Placed<String>,
) {
    if check.uncovered(struct_.validity, validities_of(struct_, RoleWord::Argsz)).is_some() {
        let message = format!("`minsz` needs a field `argsz` in `{}`", struct_.name.value);
        let problem = Diagnostic::error(BAD_ROLE, message).at(minsz.place, "");
        check.missing(problem.and(struct_.name.place, "the struct"));
    }
}
