//! Types as the kernel's headers spell them, linked to what they name.

use super::links::Page;
use crate::ir::{Field, Type};
use crate::layout::Int;

/// The kernel's name of an integer type.
pub(super) fn int(int: Int) -> &'static str {
    match int {
        Int::U8 => "__u8",
        Int::U16 => "__u16",
        Int::U32 => "__u32",
        Int::U64 => "__u64",
        Int::S8 => "__s8",
        Int::S16 => "__s16",
        Int::S32 => "__s32",
        Int::S64 => "__s64",
        Int::AlignedU64 => "__aligned_u64",
    }
}

/// A type as C spells it, without links; `fields` are those around it.
pub(super) fn plain(page: &Page<'_>, type_: &Type, fields: &[Field]) -> String {
    match type_ {
        Type::Int(of) => int(*of).to_owned(),
        Type::Struct(id) => format!("struct {}", page.abi.struct_(*id).name),
        Type::Pointer(to) => format!("{} *", int(*to)),
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

/// A type as code, linked where it names a struct.
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
