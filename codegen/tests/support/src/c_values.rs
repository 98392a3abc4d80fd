//! Lines of a C program that print all values of a field by its type in the resolved ABI:
//! integers, and those in structs, arrays and unions.

use capchain::ir::{Abi, Field, Role, Struct, Type};
use capchain::layout::Int;

use crate::c_program::sign;

/// A name: a format string, and the loop variables in it.
#[derive(Clone)]
pub struct Label {
    format: String,
    variables: String,
}

impl Label {
    /// A name without variables.
    pub fn new(name: &str) -> Self {
        Self { format: name.to_owned(), variables: String::new() }
    }

    /// The name of a member.
    pub fn member(&self, name: &str) -> Self {
        Self { format: format!("{}.{name}", self.format), variables: self.variables.clone() }
    }

    /// The name of an element, whose index is a variable.
    pub fn element(&self, variable: &str) -> Self {
        let format = format!("{}[%u]", self.format);
        Self { format, variables: format!("{}, {variable}", self.variables) }
    }

    /// The expression for the text.
    fn text(&self) -> String {
        match self.variables.is_empty() {
            true => format!("{:?}", self.format),
            false => format!("named({:?}{})", self.format, self.variables),
        }
    }

    /// The statement for a number. The usual ones have functions of their own.
    fn number(&self, sign: &str, value: &str) -> String {
        match self.format.split_once("[%u]") {
            Some((array, member)) if !member.contains('%') => {
                format!("{sign}element({array:?}{}, {member:?}, {value});\n", self.variables)
            }
            _ => format!("{sign}number({}, {value});\n", self.text()),
        }
    }

    /// A variable that no loop around has.
    fn variable(&self) -> String {
        format!("nth{}", self.format.matches('[').count())
    }
}

/// The lines of all fields of a struct but the reserved ones; `value` is its lvalue.
pub fn fields(abi: &Abi, struct_: &Struct, label: &Label, value: &str) -> String {
    let shown = struct_.fields.iter().filter(|field| field.role != Role::Reserved);
    let lines = shown.map(|one| field(abi, one, &label.member(&one.name), value));
    lines.collect()
}

/// The lines of a field of the struct `value`.
pub fn field(abi: &Abi, field: &Field, label: &Label, value: &str) -> String {
    // A view has the first member of a union only, whose bits are those of all.
    let stored = format!("{value}.{}", field.stored_name());
    match field.arms() {
        [] => self::value(abi, &field.type_, label, &stored),
        arms => {
            let lines = arms
                .iter()
                .map(|arm| self::value(abi, &arm.type_, &label.member(&arm.name), &stored));
            lines.collect()
        }
    }
}

fn value(abi: &Abi, type_: &Type, label: &Label, value: &str) -> String {
    match type_ {
        // Members of structs keep the bytes of little-endian numbers.
        Type::Int(int) if int.little_endian() => {
            label.number("", &format!("le{}toh({value})", int.size() * 8))
        }
        Type::Int(int) => label.number(sign(*int), value),
        Type::Struct(id) => fields(abi, abi.struct_(*id), label, value),
        Type::Array(element, count, _) => match **element {
            Type::Int(Int::U8) => format!("hex({}, {value}, {count});\n", label.text()),
            _ => {
                let nth = label.variable();
                let lines =
                    self::value(abi, element, &label.element(&nth), &format!("{value}[{nth}]"));
                format!("for (__u32 {nth} = 0; {nth} < {count}; {nth}++) {{\n{lines}}}\n")
            }
        },
        Type::Pointer(_) | Type::Flexible(..) | Type::Union(_) => String::new(),
    }
}
