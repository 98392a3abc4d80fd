//! Constants: their values in C, and counts of enums.

use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::{Abi, GroupKind, Literal, Type};
use crate::names::counts_others;
use crate::reply::Count;

/// L14: a constant that is compared with an unsigned field is unsigned in C too.
pub(super) fn unsigned(abi: &Abi) -> Vec<Violation<'_>> {
    let mut findings = Vec::new();
    for group in &abi.groups {
        for value in &group.values {
            let (label, help) = match value.literal {
                Literal::Bit { bit: 31, signed: true } => (
                    "1 << 31 overflows an `int`",
                    "remove `signed`; the value in C is then 1U << 31",
                ),
                _ if value.number < 0 && !group.int.signed() => {
                    ("negative, but held in an unsigned field", "write the bits, as in 0xffffffff")
                }
                _ => continue,
            };
            let message = format!("`{}` is a negative number in C", value.name);
            let subject = LintSubject::of_value(abi, group, value);
            findings.push(Violation::new(subject, message).label(label).help(help));
        }
    }
    findings
}

/// L21: a count is frozen with a value or marked as moving, and no number is as
/// large as a moving one.
pub(super) fn counts_are_marked(abi: &Abi) -> Vec<Violation<'_>> {
    let mut findings = Vec::new();
    let counted = [GroupKind::Enum, GroupKind::AnonymousEnum, GroupKind::IdSpace];
    for group in abi.groups.iter().filter(|group| counted.contains(&group.kind)) {
        for value in &group.values {
            // A bit is a flag, and counts nothing.
            let is_bit = matches!(value.literal, Literal::Bit { .. });
            let by_name = counts_others(&value.name) && !is_bit;
            let by_position = value.literal == Literal::Next;
            let (message, help) = match value.count {
                None if by_name || by_position => (
                    format!("`{}` counts the other values, but has no `count`", value.name),
                    "add `count: moves` if it grows with them, otherwise `count: frozen`",
                ),
                Some(Count::Frozen) if by_position => (
                    format!("`{}` is frozen, but moves with its position", value.name),
                    "write its value",
                ),
                _ => continue,
            };
            let subject = LintSubject::of_value(abi, group, value);
            findings.push(Violation::new(subject, message).label("declared here").help(help));
        }
    }
    findings.extend(lengths(abi));
    findings
}

/// Arrays that would grow with a header.
fn lengths(abi: &Abi) -> Vec<Violation<'_>> {
    let values = abi.groups.iter().flat_map(|group| &group.values);
    let moving: Vec<_> = values.filter(|value| value.count == Some(Count::Moves)).collect();
    let mut findings = Vec::new();
    for struct_ in &abi.structs {
        for field in &struct_.fields {
            let Type::Array(_, _, Some(length)) = &field.type_ else { continue };
            let Some(count) = moving.iter().find(|value| value.name == *length) else { continue };
            let message = format!("the length of `{}` is `{length}`, which moves", field.name);
            findings.push(
                Violation::new(LintSubject::of_field(abi, struct_, field), message)
                    .label("its size would change with it")
                    .and(count.meta.place, "moves as others are added")
                    .help("use a constant that does not move, or a field that counts the elements"),
            );
        }
    }
    findings
}
