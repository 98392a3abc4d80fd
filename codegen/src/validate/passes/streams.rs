//! Records that are read from file descriptors: their structs, fields and flags exist in
//! every release that has the struct of the record, and a reader can find the next record.

use super::payloads;
use super::typed_memory::{NamedItems, bodies, has_payloads, named_items};
use crate::diagnostic::Place;
use crate::layout::Int;
use crate::spec::StreamSpec;
use crate::spec::types::{Shape, TypeExpr};
use crate::spec::wrappers::Placed;
use crate::validate::Check;
use crate::validate::codes::KEY_CONFLICT;
use crate::validate::model::declarations::{DeclaredMember, StructDeclaration, plain_int};
use crate::validate::model::refs::{NUMBER, Reference, STRUCT};

pub(super) fn check(check: &mut Check<'_>) {
    let items = named_items(check);
    for (_, kind) in check.spec.abi.fds.iter() {
        if let Some(stream) = &kind.stream {
            self::stream(check, &items, stream);
        }
    }
}

fn stream(check: &mut Check<'_>, items: &NamedItems<'_>, stream: &StreamSpec) {
    keys(check, stream);
    let name = &stream.record;
    let reference = Reference { name, place: name.place, needed: None };
    if !check.resolve(reference, STRUCT) {
        return;
    }
    let index = check.index;
    for record in index.structs_named(name) {
        readable(check, record, name.place);
        if let Some(answer) = &stream.answer {
            let needed = Some(record.validity);
            if check.resolve(Reference { name: answer, place: answer.place, needed }, STRUCT) {
                let answers = index.structs_named(answer);
                answers.for_each(|one| readable(check, one, answer.place));
            }
        }
        if let Some((field, _)) = stream.length() {
            length(check, record, field);
        }
        for flag in stream.no_data.iter().chain(&stream.last) {
            self::flag(check, items, record, flag);
        }
        type_by(check, items, record, stream);
    }
}

/// Keys that exclude or need each other.
fn keys(check: &mut Check<'_>, stream: &StreamSpec) {
    if let (Some(_), Some(total)) = (&stream.len, &stream.total_len) {
        check.refuse(KEY_CONFLICT, total.place, "`len` excludes `total_len`");
    }
    let has_data = stream.type_by.is_some() || stream.length().is_some();
    if let Some(flag) = stream.no_data.as_ref().filter(|_| !has_data) {
        check.refuse(
            KEY_CONFLICT,
            flag.place,
            "`no_data` needs data: a `type_by`, `len` or `total_len`",
        );
    }
}

/// The struct is copied field by field, and has the same length in every record.
fn readable(check: &mut Check<'_>, struct_: &StructDeclaration<'_>, place: Place) {
    let is_copied = |field: &DeclaredMember<'_>| {
        let arms = field.arms();
        let ints = arms.flat_map(|arm| arm.types()).all(|(_, expr)| plain_int(expr).is_some());
        let is_plain = |expr: &TypeExpr| match expr.shape {
            Shape::One | Shape::Fixed(_) | Shape::Named(_) => true,
            Shape::Pointer | Shape::Flexible(_) => false,
        };
        ints && field.types().all(|(_, expr)| is_plain(expr))
    };
    if let Some(field) = struct_.fields().find(|field| !is_copied(field)) {
        let name = &field.name.value;
        let message =
            format!("a record has integers, structs, and arrays of fixed length, but not `{name}`");
        check.refuse(KEY_CONFLICT, place, message);
    }
}

/// A length is an unsigned integer of the record.
fn length(check: &mut Check<'_>, record: &StructDeclaration<'_>, name: &Placed<String>) {
    let reference = Reference { name, place: name.place, needed: Some(record.validity) };
    payloads::length(check, record, reference);
    let native = |int: Int| !int.signed() && !int.little_endian();
    let is_length = |(_, expr): (_, &TypeExpr)| plain_int(expr).is_some_and(native);
    let mut named = record.members().filter(|member| member.name.value == name.value);
    if named.any(|member| member.union.is_some() || !member.types().all(is_length)) {
        check.refuse(
            KEY_CONFLICT,
            name.place,
            "a length is an unsigned integer in the byte order of the host",
        );
    }
}

/// A flag is a bit of a field of the record.
fn flag(
    check: &mut Check<'_>,
    items: &NamedItems<'_>,
    record: &StructDeclaration<'_>,
    name: &Placed<String>,
) {
    let reference = Reference { name, place: name.place, needed: Some(record.validity) };
    if !check.resolve(reference, NUMBER) {
        return;
    }
    let has = |member: DeclaredMember<'_>| {
        let held = member.field.holds.as_ref().and_then(|held| items.group(held));
        let lists = [Some(&member.field.bits), held.map(|group| &group.values)];
        let found = lists.into_iter().flatten().find_map(|values| values.get(name));
        found.is_some_and(|value| value.bit.is_some())
    };
    if !record.fields().any(has) {
        let message = format!("`{}` is no flag of one bit in `{}`", name.value, record.name.value);
        check.refuse(KEY_CONFLICT, name.place, message);
    }
}

/// The number that determines the type is in an integer of the record or of another struct,
/// and some of its numbers have data.
fn type_by(
    check: &mut Check<'_>,
    items: &NamedItems<'_>,
    record: &StructDeclaration<'_>,
    stream: &StreamSpec,
) {
    let (Some((item, field)), Some(by)) = (stream.type_field(), &stream.type_by) else { return };
    let reference = Reference { name: field, place: by.place, needed: Some(record.validity) };
    let index = check.index;
    let owner = match item {
        None => Some(record),
        Some(item) => {
            if !check.resolve(Reference { name: item, ..reference }, STRUCT) {
                return;
            }
            index.structs_named(item).next()
        }
    };
    let Some(owner) = owner else { return };
    let named: Vec<_> = owner.fields().filter(|one| one.name.value == field).collect();
    let Some(chooser) = named.first() else {
        return payloads::length(check, owner, reference);
    };
    let validities = named.iter().map(|one| one.validity);
    if let Some(release) = check.uncovered(record.validity, validities) {
        check.absent(reference, "field", release, None);
    }
    let held = chooser.field.holds.as_ref().and_then(|name| items.group(name));
    match held.filter(|group| has_payloads(group)) {
        Some(group) => bodies(check, group),
        None => {
            let message = format!("`{field}` holds no numbers that have a `payload`");
            check.refuse(KEY_CONFLICT, by.place, message);
        }
    }
}
