//! Fields: valid combinations of keys, their references, and members of unions that
//! every language can express.

use super::spaces::space_of;
use crate::diagnostic::Diagnostic;
use crate::spec::history::Validity;
use crate::spec::types::{Base, Shape, TypeExpr};
use crate::validate::Check;
use crate::validate::codes::{KEY_CONFLICT, RUST_TYPE};
use crate::validate::model::declarations::{DeclaredMember, StructDeclaration, plain_int};
use crate::validate::model::refs::{HELD, NUMBER, Reference};

pub(super) fn check(check: &mut Check<'_>) {
    hosts(check);
    replies(check);
    let index = check.index;
    for struct_ in &index.structs {
        for member in struct_.members() {
            keys(check, &member);
            references(check, &member);
            pointers(check, &member);
        }
        for field in struct_.fields() {
            unions(check, &field);
        }
    }
}

fn keys(check: &mut Check<'_>, member: &DeclaredMember<'_>) {
    let (place, field) = (member.name.place, member.field);
    let lists = !field.bits.is_empty() || !field.values.is_empty();
    match (&field.type_, field.union.is_empty()) {
        (None, true) => check.refuse(KEY_CONFLICT, place, "needs a `type` or a `union`"),
        (Some(_), false) => check.refuse(KEY_CONFLICT, place, "`type` excludes `union`"),
        (None, false) if lists || field.holds.is_some() => {
            check.refuse(
                KEY_CONFLICT,
                place,
                "a union has no `bits`, `values` or `holds`; its members can have them",
            );
        }
        _ => {}
    }
    if !field.bits.is_empty() && !field.values.is_empty() {
        check.refuse(KEY_CONFLICT, place, "`bits` excludes `values`");
    }
    if let Some(prefix) = field.prefix.as_ref().filter(|_| !lists) {
        check.refuse(KEY_CONFLICT, prefix.place, "`prefix` needs `bits` or `values`");
    }
    if let (Some(version), Some(_)) = (&field.version, member.union) {
        check.refuse(
            KEY_CONFLICT,
            version.place,
            "a member of a union has no `version`; the union can have one",
        );
    }
}

fn references(check: &mut Check<'_>, member: &DeclaredMember<'_>) {
    let needed = Some(member.validity);
    if let Some(name) = &member.field.valid_if {
        check.resolve(Reference { name, place: name.place, needed }, NUMBER);
    }
    if let Some(name) = &member.field.holds {
        // Before the enum came, the field held no number with a name.
        let targets = check.index.targets(name).iter();
        let held = targets.filter(|target| HELD.kinds.contains(&target.kind));
        let came = held.map(|target| target.validity.since).min_by_key(|since| since.first());
        let since = came.into_iter().chain([member.validity.since]).max_by_key(|one| one.first());
        let needed = needed.map(|all| Validity { since: since.unwrap_or(all.since), ..all });
        check.resolve(Reference { name, place: name.place, needed }, HELD);
    }
    for name in member.field.indexes.iter() {
        check.resolve(Reference { name, place: name.place, needed: None }, HELD);
    }
}

fn pointers(check: &mut Check<'_>, member: &DeclaredMember<'_>) {
    let to_struct = |(_, expr): &(_, &TypeExpr)| {
        expr.shape == Shape::Pointer && matches!(expr.base, Base::Struct(_))
    };
    if member.types().any(|one| to_struct(&one)) {
        let message = format!("`{}` is a pointer to a struct", member.name.value);
        let problem = Diagnostic::error(RUST_TYPE, message).at(member.name.place, "");
        check.problems.push(problem.help("use an `aligned_u64` for an address"));
    }
    let is_passed = |expr: &TypeExpr| expr.shape == Shape::Pointer && expr.direction.is_some();
    if member.field.payload.is_none() && member.types().any(|(_, expr)| is_passed(expr)) {
        let message = format!("nothing says to what `{}` points", member.name.value);
        let problem = Diagnostic::error(RUST_TYPE, message).at(member.name.place, "");
        let help = "describe the memory in `payload`, or use an `aligned_u64` for an address";
        check.problems.push(problem.help(help));
    }
}

/// A chain follows the struct of its host, so that an array has no end there.
fn hosts(check: &mut Check<'_>) {
    let index = check.index;
    let hosts = index.chains.iter().filter_map(|chain| chain.item.host.as_ref());
    for host in hosts.flat_map(|host| index.structs_named(host)) {
        let ends = |expr: &TypeExpr| matches!(expr.shape, Shape::Flexible(_));
        for field in host.fields().filter(|field| field.types().any(|(_, expr)| ends(expr))) {
            let message = format!("a chain follows `{}`, which has no end", field.name.value);
            let problem = Diagnostic::error(RUST_TYPE, message).at(field.name.place, "");
            check.problems.push(problem.help("put the array into a capability"));
        }
    }
}

/// Whatever is in a reply has its bytes there, so it is no pointer.
fn replies(check: &mut Check<'_>) {
    let index = check.index;
    let hosts = index.chains.iter().filter_map(|chain| chain.item.host.as_ref());
    let bodies = index.capabilities.iter();
    let bodies = bodies.filter(|one| space_of(check, one).is_none());
    let bodies = bodies.filter_map(|one| one.item.struct_.as_ref());
    let streams = check.spec.abi.fds.iter().filter_map(|(_, kind)| kind.stream.as_ref());
    let records = streams.flat_map(|stream| stream.answer.iter().chain([&stream.record]));
    let mut names: Vec<_> = hosts.chain(bodies).chain(records).map(|name| name.as_str()).collect();
    let mut outer = 0;
    while let Some(name) = names.get(outer).copied() {
        outer += 1;
        for member in index.structs_named(name).flat_map(StructDeclaration::members) {
            for (_, expr) in member.types() {
                match &expr.base {
                    Base::Struct(inner) if !names.contains(&inner.as_str()) => names.push(inner),
                    _ => {}
                }
            }
            if member.types().any(|(_, expr)| expr.shape == Shape::Pointer) {
                let message = format!("`{}` is a pointer in a reply", member.name.value);
                let problem = Diagnostic::error(RUST_TYPE, message).at(member.name.place, "");
                check.problems.push(problem.help("use an `aligned_u64` for an address"));
            }
        }
    }
}

/// A union is stored as one of its members, so all must be the same integer,
/// unless there is only one.
fn unions(check: &mut Check<'_>, field: &DeclaredMember<'_>) {
    let lone = field.field.union.len() == 1;
    let mut first = None;
    for arm in field.arms() {
        if !arm.field.union.is_empty() {
            refuse_arm(check, &arm, "a union inside of a union has no accessor in Rust");
        }
        for (_, expr) in arm.types() {
            let int = plain_int(expr).map(|int| (int.size(), int.signed()));
            let same = int.is_some() && *first.get_or_insert(int) == int;
            if expr.shape != Shape::One {
                refuse_arm(check, &arm, "a member of a union is an integer or a struct");
            } else if !lone && !same {
                refuse_arm(check, &arm, "all members are the same integer, or there is only one");
            }
        }
    }
}

fn refuse_arm(check: &mut Check<'_>, arm: &DeclaredMember<'_>, why: &str) {
    let message = format!("`{}` cannot be a member of this union", arm.name.value);
    check.refuse_because(RUST_TYPE, arm.name.place, message, why);
}
