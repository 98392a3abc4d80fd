//! Structs, with the layout of 64-bit kernels and explicit padding.

use askama::Template;

use super::comment;
use super::names::{GoNames, int_type};
use crate::emit::document::AbiDocument;
use crate::emit::document::structs::{FieldJson, StructJson, TypeJson, UnionMemberJson};
use crate::emit::padded::{StructPart, parts};
use crate::emit::{plain_doc, render};
use crate::names;

/// All structs.
#[derive(Template)]
#[template(path = "go/structs.go.jinja", escape = "none")]
struct GoStructs {
    package: String,
    structs: Vec<GoStruct>,
}

struct GoStruct {
    doc: String,
    name: String,
    size: u64,
    fields: Vec<GoField>,
    /// The array after the fields.
    array: Option<GoArrayOffset>,
}

struct GoField {
    doc: String,
    name: String,
    type_: String,
}

/// The constant for the offset of a flexible array.
struct GoArrayOffset {
    doc: String,
    name: String,
    offset: u64,
}

pub(super) fn file(document: &AbiDocument<'_>, names: &GoNames<'_>) -> String {
    let context = GoContext { document, names };
    let structs = document.structs.iter().map(|one| context.struct_(one)).collect();
    render::file(&GoStructs { package: names.package.clone(), structs })
}

/// What the types of fields refer to.
struct GoContext<'a> {
    document: &'a AbiDocument<'a>,
    names: &'a GoNames<'a>,
}

impl GoContext<'_> {
    fn struct_(&self, one: &StructJson<'_>) -> GoStruct {
        let name = self.names.struct_(one.name);
        let mut doc = vec![format!("{name} is `struct {}`.", one.name)];
        doc.extend(plain_doc::item(&one.meta));
        let fields = parts(one).into_iter().filter_map(|part| match part {
            StructPart::Field(field) if matches!(field.type_, TypeJson::Flexible { .. }) => None,
            StructPart::Field(field) => Some(self.field(one, field)),
            StructPart::Padding(_, size) => Some(padding(size)),
        });
        let fields = fields.collect();
        let array = one.fields.iter().find_map(|field| self.array(one, field));
        GoStruct { doc: comment::of("", &doc), name, size: one.size.lp64, fields, array }
    }

    fn field(&self, owner: &StructJson<'_>, field: &FieldJson<'_>) -> GoField {
        let mut doc = plain_doc::part(&field.meta, &owner.meta);
        if let TypeJson::Union { members } = &field.type_ {
            doc.extend(members.iter().map(|member| self.member(owner, member)));
        }
        doc.extend(plain_doc::version(field));
        let type_ = match self.is_unaligned(owner, field) {
            true => bytes(field.size.lp64),
            false => self.type_(&field.type_, field.group, field.size.lp64),
        };
        GoField { doc: comment::of("\t", &doc), name: names::go_field(field.name), type_ }
    }

    fn member(&self, owner: &StructJson<'_>, member: &UnionMemberJson<'_>) -> String {
        let doc = plain_doc::part(&member.meta, &owner.meta).join(" ");
        format!("As {}: {doc}", member.name)
    }

    /// Whether Go would align a field of a packed struct, or the struct, more strictly.
    fn is_unaligned(&self, owner: &StructJson<'_>, field: &FieldJson<'_>) -> bool {
        let align = match &field.type_ {
            TypeJson::Int { .. } | TypeJson::Pointer { .. } => field.size.lp64,
            TypeJson::Struct { struct_ } => match self.document.struct_(struct_) {
                Some(one) if one.packed => return true,
                Some(one) => one.align.lp64,
                None => 1,
            },
            TypeJson::Array { element, .. } => match **element {
                TypeJson::Int { int } => return owner.packed && int_type(int) != "uint8",
                _ => return owner.packed,
            },
            TypeJson::Union { .. } | TypeJson::Flexible { .. } => 1,
        };
        owner.packed && (field.offset.lp64 % align != 0 || owner.size.lp64 % align != 0)
    }

    fn type_(&self, type_: &TypeJson<'_>, group: Option<&str>, size: u64) -> String {
        match type_ {
            TypeJson::Int { int } => self.names.int(int, group),
            TypeJson::Pointer { .. } => "uint64".to_owned(),
            TypeJson::Struct { struct_ } => self.names.struct_(struct_),
            TypeJson::Array { element, length, .. } => {
                format!("[{length}]{}", self.type_(element, None, size / length.max(&1)))
            }
            TypeJson::Flexible { element, .. } => self.type_(element, None, size),
            TypeJson::Union { members } => self.union(members, size),
        }
    }

    /// The type that holds any member: that of all of them, or bytes.
    fn union(&self, members: &[UnionMemberJson<'_>], size: u64) -> String {
        let mut types = members.iter().map(|member| self.type_(&member.type_, None, size));
        let first = types.next().filter(|first| types.all(|other| other == *first));
        first.unwrap_or_else(|| bytes(size))
    }

    /// The array at the end of a struct.
    fn array(&self, owner: &StructJson<'_>, field: &FieldJson<'_>) -> Option<GoArrayOffset> {
        let TypeJson::Flexible { element, counted_by } = &field.type_ else { return None };
        let element = self.type_(element, None, 0);
        let count = counted_by.map(|count| names::go_field(count) + " ");
        let name = self.names.offset(owner.name, field.name);
        let place = format!(
            "{name} is the offset of `{}`, {}elements of type {element}.",
            field.name,
            count.unwrap_or_default()
        );
        let mut doc = vec![place];
        doc.extend(plain_doc::part(&field.meta, &owner.meta));
        Some(GoArrayOffset { doc: comment::of("", &doc), name, offset: field.offset.lp64 })
    }
}

fn padding(size: u64) -> GoField {
    let doc = comment::of("\t", &["Padding.".to_owned()]);
    GoField { doc, name: "_".to_owned(), type_: bytes(size) }
}

fn bytes(size: u64) -> String {
    format!("[{size}]byte")
}
