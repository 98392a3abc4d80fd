//! Lines of a Rust program that print all values of a field by its type in the resolved ABI:
//! integers, and those in structs, arrays and unions.

use capchain::ir::{Abi, Field, GroupId, Role, Struct, Type};
use capchain::layout::Int;

use crate::rust_program::{ident, raw};

/// The lines of all fields of a struct but the reserved ones. `value` has the struct, and
/// `label` is the start of their names.
pub fn fields(abi: &Abi, struct_: &Struct, label: &str, value: &str) -> String {
    let shown = struct_.fields.iter().filter(|field| field.role != Role::Reserved);
    let lines = shown.map(|field| {
        let label = format!("{label}.{}", field.name);
        let member = |name: &str| match field.arms() {
            [] => format!("{value}.{}", ident(name)),
            _ => format!("{value}.{}()", ident(name)),
        };
        self::field(abi, field, &label, &member)
    });
    lines.collect()
}

/// The lines of a field. `member` makes the expression for the value of a member with a name:
/// of the field, or of a member of its union.
pub fn field(abi: &Abi, field: &Field, label: &str, member: &dyn Fn(&str) -> String) -> String {
    match field.arms() {
        [] => value(abi, (&field.type_, field.group), label, &member(&field.name)),
        arms => {
            let lines = arms.iter().map(|arm| {
                let label = format!("{label}.{}", arm.name);
                value(abi, (&arm.type_, None), &label, &member(&arm.name))
            });
            lines.collect()
        }
    }
}

/// The lines of a value; `label` is a format string with its name.
pub fn value(
    abi: &Abi,
    (type_, group): (&Type, Option<GroupId>),
    label: &str,
    value: &str,
) -> String {
    match type_ {
        // Members of structs keep the bytes of little-endian numbers.
        Type::Int(int) if int.little_endian() => {
            number(label, &format!("u{}::from_le({value})", int.size() * 8))
        }
        Type::Int(int) => number(label, &[value, raw(abi, group, *int)].concat()),
        Type::Struct(id) => fields(abi, abi.struct_(*id), label, value),
        Type::Array(element, ..) => match **element {
            Type::Int(Int::U8) => format!("hex(text_of, {}, &{value});\n", text(label)),
            _ => {
                let (nth, item) = loop_variables(label);
                let label = format!("{label}[{{{nth}}}]");
                let lines = self::value(abi, (element, None), &label, &item);
                format!("for ({nth}, {item}) in {value}.into_iter().enumerate() {{\n{lines}}}\n")
            }
        },
        Type::Pointer(_) | Type::Flexible(..) | Type::Union(_) => String::new(),
    }
}

/// The line of a number. The usual ones are printed without an allocation.
fn number(label: &str, value: &str) -> String {
    match label.split_once("[{nth0}]") {
        Some((array, member)) if !member.contains('{') => {
            format!("element(text_of, {array:?}, nth0, {member:?}, {value});\n")
        }
        _ => format!("number(text_of, {}, {value});\n", text(label)),
    }
}

/// The expression for a name.
fn text(label: &str) -> String {
    match label.contains('{') {
        true => format!("&format!({label:?})"),
        false => format!("{label:?}"),
    }
}

/// Names of an index and an element that no loop around them has.
fn loop_variables(label: &str) -> (String, String) {
    let depth = label.matches('[').count();
    (format!("nth{depth}"), format!("item{depth}"))
}
