//! Types in the spelling of the kernel's headers, linked to their structs.

use super::page::Page;
use crate::ir::{Field, Type};
use crate::names::c_int;

/// A type as C spells it, without links; `fields` are those of its struct.
pub(super) fn plain(page: &Page<'_>, type_: &Type, fields: &[Field]) -> String {
    match type_ {
        Type::Int(of) => c_int(*of).to_owned(),
        Type::Struct(id) => format!("struct {}", page.abi.struct_(*id).name),
        Type::Pointer(to) => format!("{} *", c_int(*to)),
        Type::Union(_) => "union".to_owned(),
        Type::Array(of, length, name) => {
            let length = name.clone().unwrap_or_else(|| length.to_string());
            format!("{}[{length}]", plain(page, of, fields))
        }
        Type::Flexible(of, count) => {
            let count = count.and_then(|at| fields.get(at)).map_or("", |field| field.name.as_str());
            format!("{}[{count}]", plain(page, of, fields))
        }
    }
}

/// A type as code, linked if it names a struct.
pub(super) fn linked(page: &Page<'_>, type_: &Type, fields: &[Field]) -> String {
    let label = plain(page, type_, fields);
    let mut innermost = type_;
    while let Type::Array(of, ..) | Type::Flexible(of, _) = innermost {
        innermost = of;
    }
    match innermost {
        Type::Struct(id) => page.struct_as(&label, *id),
        _ => format!("`{label}`"),
    }
}
