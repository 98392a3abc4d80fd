//! Types whose size or alignment differs between targets: enumerators beyond `int`,
//! pointers, and the plain u64.

use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::{Abi, Field, GroupKind, Struct, Type};
use crate::layout::{Int, Model, per_model};

/// L1: if `int` cannot hold the values of an enum, its type differs between compilers.
pub(super) fn enumerators_fit_an_int(abi: &Abi) -> Vec<Violation<'_>> {
    let mut findings = Vec::new();
    let enums = |kind| matches!(kind, GroupKind::Enum | GroupKind::AnonymousEnum);
    for group in abi.groups.iter().filter(|group| enums(group.kind)) {
        for value in group.values.iter().filter(|value| !Int::S32.range().contains(&value.number)) {
            let message = format!("`{}` does not fit the `int` of a C enumerator", value.name);
            findings.push(
                Violation::new(LintSubject::of_value(abi, group, value), message)
                    .label(format!("is {}", value.number))
                    .help(
                        "declare the numbers under `constants` or `id_space`, which become macros",
                    ),
            );
        }
    }
    findings
}

/// L2: a pointer has another size in a 32-bit program.
pub(super) fn no_pointers(abi: &Abi) -> Vec<Violation<'_>> {
    fields(abi, |type_| matches!(type_, Type::Pointer(_)))
        .map(|(struct_, field)| {
            let message = format!("`{}` is a pointer", field.name);
            Violation::new(LintSubject::of_field(abi, struct_, field), message)
                .label(per_model(&Model::ALL.map(|model| model.pointer().size)))
                .help("make it `aligned_u64`; the kernel turns that into a pointer with u64_to_user_ptr")
        })
        .collect()
}

/// L3: i386 aligns a plain u64 to 4, all others to 8. A packed struct has no
/// alignment, so it is exempt.
pub(super) fn no_plain_u64(abi: &Abi) -> Vec<Violation<'_>> {
    let aligns = Model::ALL.map(|model| model.int(Int::U64).align);
    fields(abi, |type_| matches!(type_, Type::Int(Int::U64 | Int::S64)))
        .filter(|(struct_, _)| !struct_.packed)
        .map(|(struct_, field)| {
            let message = format!("`{}` is a plain 64-bit integer", field.name);
            Violation::new(LintSubject::of_field(abi, struct_, field), message)
                .label(format!("aligned to {}", per_model(&aligns)))
                .help("make it `aligned_u64`, which is aligned to 8 everywhere")
        })
        .collect()
}

/// The fields that are made of such a type, or have a member that is.
fn fields(abi: &Abi, wanted: fn(&Type) -> bool) -> impl Iterator<Item = (&Struct, &Field)> {
    let all = abi.structs.iter().flat_map(|one| one.fields.iter().map(move |field| (one, field)));
    all.filter(move |(_, field)| {
        let mut types = field.arms().iter().map(|arm| &arm.type_).chain([&field.type_]);
        types.any(|type_| wanted(innermost(type_)))
    })
}

/// The type of an array's elements, or the type itself.
fn innermost(type_: &Type) -> &Type {
    match type_ {
        Type::Array(element, ..) | Type::Flexible(element, _) => innermost(element),
        _ => type_,
    }
}
