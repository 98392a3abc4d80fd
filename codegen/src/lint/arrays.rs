//! Flexible arrays.

use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::{Abi, Field, Struct, Type};

/// L16: a flexible array ends its struct, a field counts it, and no field can
/// follow a struct that ends in one.
pub(super) fn last_and_counted(abi: &Abi) -> Vec<Violation<'_>> {
    let fields = abi.structs.iter().flat_map(|struct_| {
        let fields = struct_.fields.iter().enumerate();
        fields.map(move |(index, field)| (struct_, index, field))
    });
    fields
        .filter_map(|(struct_, index, field)| {
            let (message, label, help) = wrong(abi, struct_, index, field)?;
            let subject = LintSubject::of_field(abi, struct_, field);
            Some(Violation::new(subject, message).label(label).help(help))
        })
        .collect()
}

/// Message, label and help for a field that is or holds a flexible array.
fn wrong(
    abi: &Abi,
    struct_: &Struct,
    index: usize,
    field: &Field,
) -> Option<(String, &'static str, &'static str)> {
    let name = &field.name;
    let Type::Flexible(element, count) = &field.type_ else {
        return open_ended(abi, &field.type_).then(|| {
            let message = format!("`{name}` contains a struct that ends in a flexible array");
            (
                message,
                "its size is not known",
                "use a struct of its fixed part, and put the array last",
            )
        });
    };
    if index + 1 != struct_.fields.len() {
        let message = format!("the flexible array `{name}` is not last");
        return Some((message, "its end is not known", "move it to the end of the struct"));
    }
    if open_ended(abi, element) {
        let message = format!("the elements of `{name}` end in flexible arrays");
        return Some((
            message,
            "the elements have no fixed size",
            "give the elements a fixed size",
        ));
    }
    let Some(count) = count else {
        // A capability in a space ends at its length or where the next one starts.
        if abi.is_in_space(struct_) {
            return None;
        }
        let message = format!("no field counts the elements of `{name}`");
        let help = "name the field that counts them between the brackets, as in `u8[size]`";
        return Some((message, "a flexible array", help));
    };
    match &struct_.fields[*count].type_ {
        Type::Int(int) if !int.signed() => None,
        _ => {
            let message = format!("the count of the elements of `{name}` is not unsigned");
            Some((message, "a flexible array", "count with a u32"))
        }
    }
}

/// Whether the size of a type is only known from its values.
fn open_ended(abi: &Abi, type_: &Type) -> bool {
    match type_ {
        Type::Struct(id) => abi.struct_(*id).fields.iter().any(|field| {
            matches!(field.type_, Type::Flexible(..)) || open_ended(abi, &field.type_)
        }),
        Type::Array(element, ..) => open_ended(abi, element),
        Type::Union(arms) => arms.iter().any(|arm| open_ended(abi, &arm.type_)),
        Type::Int(_) | Type::Pointer(_) | Type::Flexible(..) => false,
    }
}
