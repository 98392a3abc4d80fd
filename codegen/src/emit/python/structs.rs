//! Structs, with the layout of 64-bit kernels and explicit padding.

use askama::Template;

use super::comment;
use crate::emit::document::AbiDocument;
use crate::emit::document::structs::{FieldJson, StructJson, TypeJson, UnionMemberJson};
use crate::emit::padded::{StructPart, parts};
use crate::emit::{escape, plain_doc, render};
use crate::names;

/// All structs.
#[derive(Template)]
#[template(path = "python/structs.py.jinja", escape = "none")]
struct PythonStructs {
    structs: Vec<PythonStruct>,
}

struct PythonStruct {
    doc: String,
    name: String,
    packed: bool,
    unions: Vec<PythonUnion>,
    /// The names of fields that are unions, as a tuple; empty without one.
    anonymous: String,
    hints: Vec<PythonHint>,
    fields: Vec<PythonField>,
}

struct PythonUnion {
    name: String,
    fields: Vec<PythonField>,
}

/// A field for readers and type checkers.
struct PythonHint {
    doc: String,
    name: String,
    type_: &'static str,
}

/// A field for ctypes.
struct PythonField {
    name: String,
    type_: String,
}

pub(super) fn file(document: &AbiDocument<'_>) -> String {
    render::file(&PythonStructs { structs: document.structs.iter().map(struct_).collect() })
}

fn struct_(one: &StructJson<'_>) -> PythonStruct {
    let fields = parts(one).into_iter().map(|part| match part {
        StructPart::Field(field) => {
            PythonField { name: names::python_member(field.name), type_: field_type(field) }
        }
        StructPart::Padding(offset, size) => PythonField {
            name: format!("_padding_{offset}"),
            type_: format!("ctypes.c_uint8 * {size}"),
        },
    });
    let unions = one.fields.iter().filter(|field| is_union(field));
    PythonStruct {
        doc: comment::docstring("    ", &plain_doc::item(&one.meta)),
        name: names::python_item(one.name),
        packed: one.packed,
        anonymous: unions.clone().map(|field| escape::string_literal(field.name) + ", ").collect(),
        unions: unions.filter_map(union).collect(),
        hints: one.fields.iter().flat_map(|field| hints(one, field)).collect(),
        fields: fields.collect(),
    }
}

fn is_union(field: &FieldJson<'_>) -> bool {
    matches!(field.type_, TypeJson::Union { .. })
}

fn field_type(field: &FieldJson<'_>) -> String {
    match is_union(field) {
        true => names::python_union(field.name),
        false => ctype(&field.type_),
    }
}

fn union(field: &FieldJson<'_>) -> Option<PythonUnion> {
    let TypeJson::Union { members } = &field.type_ else { return None };
    let of = |member: &UnionMemberJson<'_>| PythonField {
        name: names::python_member(member.name),
        type_: ctype(&member.type_),
    };
    Some(PythonUnion {
        name: names::python_union(field.name),
        fields: members.iter().map(of).collect(),
    })
}

fn hints(owner: &StructJson<'_>, field: &FieldJson<'_>) -> Vec<PythonHint> {
    if let TypeJson::Union { members } = &field.type_ {
        let hint = |member: &UnionMemberJson<'_>| PythonHint {
            doc: comment::of("    ", &plain_doc::part(&member.meta, &owner.meta)),
            name: names::python_member(member.name),
            type_: hint_type(&member.type_),
        };
        return members.iter().map(hint).collect();
    }
    let mut doc = plain_doc::part(&field.meta, &owner.meta);
    doc.extend(plain_doc::version(field));
    if let TypeJson::Flexible { counted_by: Some(count), .. } = field.type_ {
        doc.push(format!("Has `{count}` elements, which come after the struct."));
    }
    vec![PythonHint {
        doc: comment::of("    ", &doc),
        name: names::python_member(field.name),
        type_: hint_type(&field.type_),
    }]
}

fn hint_type(type_: &TypeJson<'_>) -> &'static str {
    match type_ {
        TypeJson::Int { .. } | TypeJson::Pointer { .. } => "int",
        _ => "Any",
    }
}

/// A type of ctypes. Flexible arrays have no elements.
fn ctype(type_: &TypeJson<'_>) -> String {
    match type_ {
        TypeJson::Int { int } => int_type(int).to_owned(),
        TypeJson::Pointer { .. } => int_type("u64").to_owned(),
        TypeJson::Struct { struct_ } => names::python_item(struct_),
        TypeJson::Array { element, length, .. } => format!("{} * {length}", ctype(element)),
        TypeJson::Flexible { element, .. } => format!("{} * 0", ctype(element)),
        TypeJson::Union { .. } => "ctypes.c_uint8".to_owned(),
    }
}

fn int_type(int: &str) -> &'static str {
    match int {
        "u8" => "ctypes.c_uint8",
        "u16" => "ctypes.c_uint16",
        "u32" => "ctypes.c_uint32",
        "s8" => "ctypes.c_int8",
        "s16" => "ctypes.c_int16",
        "s32" => "ctypes.c_int32",
        "s64" => "ctypes.c_int64",
        "le16" => "ctypes.c_uint16.__ctype_le__",
        "le32" => "ctypes.c_uint32.__ctype_le__",
        "le64" | "aligned_le64" => "ctypes.c_uint64.__ctype_le__",
        _ => "ctypes.c_uint64",
    }
}
