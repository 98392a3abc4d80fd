//! Views of structs. Names of members stand in one column behind integer types;
//! the types of structs are long, and one space follows them.

use super::comment::{Comment, since_note};
use super::comment_layout::{Row, place};
use super::groups;
use super::tabs::{end_column, next_tab_stop, tabs};
use super::view::{DefineView, FieldView, MemberView, StructView};
use crate::ir::{Abi, Field, GroupId, Meta, Role, Struct, StructId, Type, UnionArm};
use crate::names;
use crate::release::Since;

/// The columns that a member is indented by, and one of a union.
const INDENT: usize = 8;
const ARM_INDENT: usize = 2 * INDENT;

/// A struct without the comment above it.
pub(super) fn view(abi: &Abi, id: StructId) -> StructView {
    shaped(abi, id, false)
}

/// A struct without a comment, without the constants that it holds, and with
/// numbers for the lengths of its arrays, which may have no names yet.
pub(super) fn bare(abi: &Abi, id: StructId) -> StructView {
    shaped(abi, id, true)
}

fn shaped(abi: &Abi, id: StructId, bare: bool) -> StructView {
    let struct_ = abi.struct_(id);
    let members = struct_.fields.iter().enumerate().map(|(index, field)| Member {
        name: &field.name,
        type_: &field.type_,
        comment: if bare { Comment::default() } else { remark(field, struct_) },
        owner: (id, index),
        group: field.group.filter(|_| !bare),
        since: field.meta.since,
        bare,
    });
    StructView {
        extension: if needs_extension(struct_) { "__extension__ " } else { "" },
        name: struct_.name.clone(),
        members: member_views(abi, members.collect(), INDENT),
        attribute: if struct_.packed { " __attribute__((packed))" } else { "" },
    }
}

/// C99 has no anonymous unions and C++ no flexible arrays; every compiler does.
fn needs_extension(struct_: &Struct) -> bool {
    let mut types = struct_.fields.iter().map(|field| &field.type_);
    types.any(|type_| matches!(type_, Type::Union(_) | Type::Flexible(..)))
}

/// A member of a struct or of an anonymous union.
struct Member<'a> {
    name: &'a str,
    type_: &'a Type,
    comment: Comment,
    /// The struct, and which of its fields this is or belongs to.
    owner: (StructId, usize),
    group: Option<GroupId>,
    since: Since,
    /// Whether it stands without comments, constants and names of lengths.
    bare: bool,
}

fn member_views(abi: &Abi, members: Vec<Member<'_>>, indent: usize) -> Vec<MemberView> {
    let declarations: Vec<_> = members
        .iter()
        .map(|member| declaration(abi, member.name, member.type_, member.bare))
        .collect();
    let column = name_column(declarations.iter().flatten(), indent);
    let fields = declarations.into_iter().map(|field| Some(field?.at(column, indent)));
    let fields: Vec<_> = fields.collect();
    let rows = members.iter().zip(&fields).map(|(member, field)| Row {
        end: field.as_ref().map(|field| end(field, indent)),
        comment: member.comment.clone(),
    });
    let remarks = place(&rows.collect::<Vec<_>>(), indent);
    let views = members.iter().zip(fields).zip(remarks).map(|((member, field), remark)| {
        let field = field.map(|field| FieldView { beside: remark.beside, ..field });
        MemberView {
            above: remark.above,
            field,
            arms: arms(abi, member),
            defines: defines(abi, member),
        }
    });
    views.collect()
}

/// The constants that a member holds, if they are its own.
fn defines(abi: &Abi, member: &Member<'_>) -> Vec<DefineView> {
    let group = member.group.map(|group| abi.group(group));
    let own = group.filter(|group| group.field == Some(member.owner));
    own.map(groups::defines).unwrap_or_default()
}

/// The members of an anonymous union, if the member is one.
fn arms(abi: &Abi, member: &Member<'_>) -> Option<Vec<MemberView>> {
    let Type::Union(arms) = member.type_ else { return None };
    let arms = arms.iter().map(|arm| Member {
        name: &arm.name,
        type_: &arm.type_,
        comment: if member.bare { Comment::default() } else { arm_remark(arm, member.since) },
        owner: member.owner,
        group: arm.group.filter(|_| !member.bare),
        since: arm.meta.since,
        bare: member.bare,
    });
    Some(member_views(abi, arms.collect(), ARM_INDENT))
}

/// A member before its name has found its column.
struct Declaration {
    type_: String,
    /// Whether other names line up behind its type.
    aligned: bool,
    name: String,
}

/// What declares a member; nothing declares an anonymous union.
fn declaration(abi: &Abi, name: &str, type_: &Type, bare: bool) -> Option<Declaration> {
    let around = |prefix: &str, inner: &Type, suffix: &str| {
        declaration(abi, &format!("{prefix}{name}{suffix}"), inner, bare)
    };
    let (type_, aligned) = match type_ {
        Type::Int(int) => (names::c_int(*int).to_owned(), true),
        Type::Struct(id) => (format!("struct {}", abi.struct_(*id).name), false),
        Type::Pointer(int) => return around("*", &Type::Int(*int), ""),
        Type::Array(element, length, constant) => {
            let constant = constant.clone().filter(|_| !bare);
            let length = constant.unwrap_or_else(|| length.to_string());
            return around("", element, &format!("[{length}]"));
        }
        Type::Flexible(element, _) => return around("", element, "[]"),
        Type::Union(_) => return None,
    };
    Some(Declaration { type_, aligned, name: name.to_owned() })
}

impl Declaration {
    fn at(self, column: usize, indent: usize) -> FieldView {
        let end = indent + self.type_.len();
        let gap = if self.aligned { tabs(end, column) } else { " ".to_owned() };
        FieldView { type_: self.type_, gap, name: self.name, beside: String::new() }
    }
}

/// The column of the names behind integer types.
fn name_column<'a>(all: impl Iterator<Item = &'a Declaration>, indent: usize) -> usize {
    let aligned = all.filter(|declaration| declaration.aligned);
    aligned.map(|declaration| next_tab_stop(indent + declaration.type_.len())).max().unwrap_or(0)
}

/// The column behind a member.
fn end(field: &FieldView, indent: usize) -> usize {
    let margin = " ".repeat(indent);
    end_column(&format!("{margin}{}{}{};", field.type_, field.gap, field.name))
}

fn remark(field: &Field, struct_: &Struct) -> Comment {
    // What the header of a capability holds is said where its struct is declared.
    match field.role {
        Role::Header => Comment::default(),
        _ => comment(&field.meta, struct_.meta.since, field.version, field.valid_if.as_deref()),
    }
}

fn arm_remark(arm: &UnionArm, outer: Since) -> Comment {
    comment(&arm.meta, outer, 1, arm.valid_if.as_deref())
}

fn comment(meta: &Meta, outer: Since, version: u16, when: Option<&str>) -> Comment {
    let version = (version > 1).then(|| format!("version {version}"));
    let when = when.map(|when| format!("with {when}"));
    let notes: Vec<_> =
        [when, version, since_note(meta.since, outer)].into_iter().flatten().collect();
    Comment::of(&meta.doc).notes(&notes).deprecated(meta.deprecated.as_ref())
}
