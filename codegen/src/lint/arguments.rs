//! The shape of the arguments of ioctls.

use std::collections::BTreeSet;

use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::{Abi, Field, Role, Struct, StructRole, Type};
use crate::layout::Int;
use crate::reply::ArgumentStart;

/// L7: argsz comes first, and flags next unless the protocol starts with the size alone, so
/// that later versions can be distinguished.
pub(super) fn start_as_the_protocol_does(abi: &Abi) -> Vec<Violation<'_>> {
    let arguments = abi.structs.iter().filter(|one| one.role == StructRole::Argument);
    arguments.filter_map(|struct_| wrong_start(abi, struct_)).collect()
}

fn wrong_start<'a>(abi: &'a Abi, struct_: &'a Struct) -> Option<Violation<'a>> {
    let expected = match abi.argument_rules.start {
        ArgumentStart::ArgszFlags => &[(Role::Argsz, "argsz"), (Role::Flags, "flags")][..],
        ArgumentStart::Size => &[(Role::Argsz, "argsz")],
    };
    let (index, (_, word)) = expected.iter().enumerate().find(|(index, (role, _))| {
        let is = |field: &Field| field.role == *role && matches!(field.type_, Type::Int(Int::U32));
        !struct_.fields.get(*index).is_some_and(is)
    })?;
    let words: Vec<_> = expected.iter().map(|(_, word)| *word).collect();
    let message = format!("`{}` does not start with {}", struct_.name, words.join(" and "));
    let subject = LintSubject::of_struct(abi, struct_);
    let finding = match struct_.fields.get(index) {
        Some(field) => Violation::new(LintSubject { place: field.meta.place, ..subject }, message)
            .label(format!("the `{word} u32` should be here")),
        None => Violation::new(subject, message).label(format!("there is no `{word} u32`")),
    };
    let first = struct_.fields.first().filter(|first| first.name == "size");
    let help = match (expected.len(), first.map(|first| first.role)) {
        (1, Some(Role::Data)) => "give `size` the role: `size: in argsz u32`",
        (1, _) => "put `in argsz u32` first",
        (_, Some(Role::Argsz)) => {
            "`protocol: {start: size}` in abi.yaml lets arguments start with their size alone"
        }
        _ => "put `inout argsz u32` first and `flags u32` second",
    };
    Some(finding.help(help))
}

/// L17: every field of a request has a direction; reserved fields have none. The data of
/// records that are read from a descriptor go one way.
pub(super) fn say_which_way(abi: &Abi) -> Vec<Violation<'_>> {
    let streams = abi.fds.iter().filter_map(|kind| kind.stream.as_ref());
    let of_records: BTreeSet<_> =
        streams.filter_map(|stream| stream.numbers(abi)).map(|id| id.0).collect();
    let groups = abi.groups.iter().enumerate().filter(|(id, _)| !of_records.contains(id));
    let values = groups.flat_map(|(_, group)| &group.values);
    let payloads: BTreeSet<_> =
        values.filter_map(|value| value.payload_struct()).map(|id| id.0).collect();
    let structs = abi.structs.iter().enumerate().filter(|(index, struct_)| {
        struct_.role == StructRole::Argument || payloads.contains(index)
    });
    let fields = structs.flat_map(|(_, one)| one.fields.iter().map(move |field| (one, field)));
    let silent = fields.filter(|(_, field)| {
        field.direction.is_none() && !matches!(field.role, Role::Reserved | Role::Header)
    });
    silent
        .map(|(struct_, field)| {
            let message = format!("`{}` has no direction", field.name);
            Violation::new(LintSubject::of_field(abi, struct_, field), message)
                .label(format!("a field of the request `{}`", struct_.name))
                .help("write `in`, `out` or `inout` before its type")
        })
        .collect()
}
