//! Structs. The names of members with integer types are aligned in one column;
//! a struct type is long and followed by one space.

use super::comment::{Comment, since_note};
use super::comment_layout::{Row, place};
use super::groups;
use super::tabs::{end_column, next_tab_stop, tabs};
use super::view::{DefineView, FieldView, MemberView, StructView};
use crate::ir::{Abi, Field, GroupId, Meta, Role, Struct, StructId, Type, UnionArm};
use crate::layout::Int;
use crate::names;
use crate::release::Since;

/// The indent of a member, and of a member of a union, in columns.
const INDENT: usize = 8;
const ARM_INDENT: usize = 2 * INDENT;

/// A struct with the comments and constants of its members.
pub(super) fn view(abi: &Abi, id: StructId) -> StructView {
    shaped(abi, id, false)
}

/// A struct without comments and without the constants of its fields. Array
/// lengths are numbers, since their constants may not be defined yet.
pub(super) fn bare(abi: &Abi, id: StructId) -> StructView {
    shaped(abi, id, true)
}

fn shaped(abi: &Abi, id: StructId, bare: bool) -> StructView {
    let struct_ = abi.struct_(id);
    let members = struct_.fields.iter().enumerate().map(|(index, field)| PrintedMember {
        name: &field.name,
        type_: &field.type_,
        comment: if bare { Comment::default() } else { field_comment(abi, field, struct_) },
        owner: (id, index),
        group: field.group.filter(|_| !bare),
        since: field.meta.since,
        bare,
    });
    StructView {
        extension: if needs_extension(struct_) { "__extension__ " } else { "" },
        name: struct_.name.clone(),
        members: member_views(abi, members.collect(), INDENT),
        attribute: if struct_.packed { " __attribute__((__packed__))" } else { "" },
    }
}

/// Whether a member has this type.
pub(super) fn have(abi: &Abi, wanted: Int) -> bool {
    fn holds(type_: &Type, wanted: Int) -> bool {
        match type_ {
            Type::Int(int) | Type::Pointer(int) => *int == wanted,
            Type::Array(element, ..) | Type::Flexible(element, _) => holds(element, wanted),
            Type::Union(arms) => arms.iter().any(|arm| holds(&arm.type_, wanted)),
            Type::Struct(_) => false,
        }
    }
    let mut fields = abi.structs.iter().flat_map(|struct_| &struct_.fields);
    fields.any(|field| holds(&field.type_, wanted))
}

/// Anonymous unions are an extension in C99, flexible arrays in C++.
fn needs_extension(struct_: &Struct) -> bool {
    let mut types = struct_.fields.iter().map(|field| &field.type_);
    types.any(|type_| matches!(type_, Type::Union(_) | Type::Flexible(..)))
}

/// A member of a struct or of an anonymous union.
struct PrintedMember<'a> {
    name: &'a str,
    type_: &'a Type,
    comment: Comment<'a>,
    /// The struct and the index of the field that this is or belongs to.
    owner: (StructId, usize),
    group: Option<GroupId>,
    since: Since,
    /// Whether it is printed without comments, constants and names of lengths.
    bare: bool,
}

fn member_views(abi: &Abi, mut members: Vec<PrintedMember<'_>>, indent: usize) -> Vec<MemberView> {
    let declarations: Vec<_> = members
        .iter()
        .map(|member| declaration(abi, member.name, member.type_, member.bare))
        .collect();
    let comments = members.iter_mut().map(|member| std::mem::take(&mut member.comment));
    let placed = placed(declarations.into_iter().zip(comments.collect::<Vec<_>>()), indent);
    let views = members.iter().zip(placed).map(|(member, (above, field))| MemberView {
        above,
        field,
        arms: arms(abi, member),
        defines: defines(abi, member),
    });
    views.collect()
}

/// The lines above each member, and its declaration with the comment on its line.
fn placed<'a>(
    members: impl Iterator<Item = (Option<MemberDeclaration>, Comment<'a>)>,
    indent: usize,
) -> Vec<(Vec<String>, Option<FieldView>)> {
    let (declarations, comments): (Vec<_>, Vec<_>) = members.unzip();
    let column = name_column(declarations.iter().flatten(), indent);
    let fields = declarations.into_iter().map(|field| Some(field?.at(column, indent)));
    let fields: Vec<_> = fields.collect();
    let rows = comments.into_iter().zip(&fields).map(|(comment, field)| Row {
        end: field.as_ref().map(|field| end(field, indent)),
        comment,
    });
    let comments = place(&rows.collect::<Vec<_>>(), indent);
    let placed = fields.into_iter().zip(comments).map(|(field, comment)| {
        let field = field.map(|field| FieldView { trailing: comment.trailing, ..field });
        (comment.above, field)
    });
    placed.collect()
}

/// A struct of the header's own, whose members have these comments.
pub(super) fn own<'a>(
    name: String,
    members: impl Iterator<Item = (MemberDeclaration, Comment<'a>)>,
) -> StructView {
    let members = members.map(|(declaration, comment)| (Some(declaration), comment));
    let members = placed(members, INDENT).into_iter().map(|(above, field)| MemberView {
        above,
        field,
        arms: None,
        defines: Vec::new(),
    });
    StructView { extension: "", name, members: members.collect(), attribute: "" }
}

/// The constants that are declared for the values of a member.
fn defines(abi: &Abi, member: &PrintedMember<'_>) -> Vec<DefineView> {
    let group = member.group.map(|group| abi.group(group));
    let own = group.filter(|group| group.field == Some(member.owner));
    own.map(|group| groups::defines(abi, group)).unwrap_or_default()
}

/// The members of an anonymous union.
fn arms(abi: &Abi, member: &PrintedMember<'_>) -> Option<Vec<MemberView>> {
    let Type::Union(arms) = member.type_ else { return None };
    let arms = arms.iter().map(|arm| PrintedMember {
        name: &arm.name,
        type_: &arm.type_,
        comment: if member.bare { Comment::default() } else { arm_comment(abi, arm, member.since) },
        owner: member.owner,
        group: arm.group.filter(|_| !member.bare),
        since: arm.meta.since,
        bare: member.bare,
    });
    Some(member_views(abi, arms.collect(), ARM_INDENT))
}

/// A member without a column for its name.
pub(super) struct MemberDeclaration {
    pub(super) type_: String,
    /// Whether its name is aligned with others.
    pub(super) aligned: bool,
    pub(super) name: String,
}

/// The declaration of a member; none for an anonymous union.
fn declaration(abi: &Abi, name: &str, type_: &Type, bare: bool) -> Option<MemberDeclaration> {
    let around = |prefix: &str, inner: &Type, suffix: &str| {
        declaration(abi, &[prefix, name, suffix].concat(), inner, bare)
    };
    let (type_, aligned) = match type_ {
        Type::Int(int) => (names::c_int(*int).to_owned(), true),
        Type::Struct(id) => (["struct ", &abi.struct_(*id).name].concat(), false),
        Type::Pointer(int) => return around("*", &Type::Int(*int), ""),
        Type::Array(element, length, constant) => {
            let constant = constant.clone().filter(|_| !bare);
            let length = constant.unwrap_or_else(|| length.to_string());
            return around("", element, &["[", &length, "]"].concat());
        }
        Type::Flexible(element, _) => return around("", element, "[]"),
        Type::Union(_) => return None,
    };
    Some(MemberDeclaration { type_, aligned, name: name.to_owned() })
}

impl MemberDeclaration {
    fn at(self, column: usize, indent: usize) -> FieldView {
        let end = indent + self.type_.len();
        let gap = if self.aligned { tabs(end, column) } else { " ".to_owned() };
        FieldView { type_: self.type_, gap, name: self.name, trailing: String::new() }
    }
}

/// The column of the names after integer types.
fn name_column<'a>(all: impl Iterator<Item = &'a MemberDeclaration>, indent: usize) -> usize {
    let aligned = all.filter(|declaration| declaration.aligned);
    aligned.map(|declaration| next_tab_stop(indent + declaration.type_.len())).max().unwrap_or(0)
}

/// The column after a member.
fn end(field: &FieldView, indent: usize) -> usize {
    let margin = " ".repeat(indent);
    end_column(&[&margin, &field.type_, &field.gap, &field.name, ";"].concat())
}

pub(super) fn field_comment<'a>(abi: &Abi, field: &'a Field, struct_: &Struct) -> Comment<'a> {
    // The header of a capability is documented at its own struct.
    match field.role {
        Role::Header => Comment::default(),
        _ => {
            let when = field.valid_if.as_deref();
            comment(abi, &field.meta, struct_.meta.since, field.version, when)
        }
    }
}

fn arm_comment<'a>(abi: &Abi, arm: &'a UnionArm, outer: Since) -> Comment<'a> {
    comment(abi, &arm.meta, outer, 1, arm.valid_if.as_deref())
}

fn comment<'a>(
    abi: &Abi,
    meta: &'a Meta,
    outer: Since,
    version: u16,
    when: Option<&str>,
) -> Comment<'a> {
    let when = when.map(|when| format!("with {when}"));
    let version = (version > 1).then(|| format!("version {version}"));
    let since = since_note(&abi.releases, meta.since, outer);
    let notes: Vec<_> = [when, version, since].into_iter().flatten().collect();
    Comment::of(&meta.doc).notes(&notes).deprecated(meta.deprecated.as_deref())
}
