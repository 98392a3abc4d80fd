//! The members of a struct as C names them: the members of anonymous unions
//! are listed with the fields.

use super::{Abi, Field, GroupId, Meta, Role, Struct, Type, UnionArm};
use crate::layout::{Model, PerModel, Span};
use crate::reply::Direction;

/// A field, or a member of an anonymous union.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The kernel's name.
    pub name: &'a str,
    /// Documentation, releases and source.
    pub meta: &'a Meta,
    /// Its type.
    pub type_: &'a Type,
    /// Its role in the protocol.
    pub role: Role,
    /// Whether the caller sets it, the kernel, or both.
    pub direction: Option<Direction>,
    /// The flags or numbers that it holds.
    pub group: Option<GroupId>,
    /// The flag, op, feature or index under which it is valid.
    pub valid_if: Option<&'a str>,
    /// The version of the capability that added it; 1 elsewhere.
    pub version: u16,
    /// Its offset and size on each data model.
    pub spans: PerModel<Span>,
    /// The field: itself, or the anonymous union that contains it.
    pub field: &'a Field,
    /// The anonymous union that contains it.
    pub union: Option<&'a Field>,
}

impl Member<'_> {
    /// `struct.member`.
    pub fn path(&self, struct_: &Struct) -> String {
        [&struct_.name, ".", self.name].concat()
    }

    /// Its span in the bytes that a kernel reads and writes.
    pub fn kernel_span(&self) -> Span {
        self.spans[Model::KERNEL.index()]
    }

    /// Whether the caller sets it.
    pub fn is_input(&self) -> bool {
        matches!(self.direction, Some(Direction::In | Direction::InOut))
    }

    /// Whether it is a flexible array.
    pub fn is_flexible(&self) -> bool {
        matches!(self.type_, Type::Flexible(..))
    }

    /// Whether it is the header of a capability, which belongs to the chain.
    pub fn is_header(&self) -> bool {
        self.role == Role::Header
    }
}

impl Abi {
    /// The members of a struct, in order.
    pub fn members<'a>(&'a self, struct_: &'a Struct) -> Vec<Member<'a>> {
        let mut members = Vec::new();
        for (index, field) in struct_.fields.iter().enumerate() {
            let spans = struct_.spans(index);
            let itself = Member {
                name: &field.name,
                meta: &field.meta,
                type_: &field.type_,
                role: field.role,
                direction: field.direction,
                group: field.group,
                valid_if: field.valid_if.as_deref(),
                version: field.version,
                spans,
                field,
                union: None,
            };
            if field.arms().is_empty() {
                members.push(itself);
            }
            members.extend(field.arms().iter().map(|arm| {
                let UnionArm { name, meta, type_, direction, group, valid_if } = arm;
                Member {
                    name,
                    meta,
                    type_,
                    direction: direction.or(itself.direction),
                    group: *group,
                    valid_if: valid_if.as_deref().or(itself.valid_if),
                    spans: self.arm_spans(type_, spans),
                    union: Some(field),
                    ..itself
                }
            }));
        }
        members
    }

    /// The members of a struct without the header of a capability.
    pub fn own_members<'a>(&'a self, struct_: &'a Struct) -> Vec<Member<'a>> {
        let mut members = self.members(struct_);
        members.retain(|member| !member.is_header());
        members
    }

    /// The members of an argument after an offset, without reserved ones: those that a handler
    /// refuses which demands zeros from there on.
    pub fn members_from<'a>(
        &'a self,
        struct_: &'a Struct,
        offset: u64,
    ) -> impl Iterator<Item = Member<'a>> {
        let members = self.members(struct_).into_iter();
        members.filter(move |member| {
            member.role != Role::Reserved && member.kernel_span().offset >= offset
        })
    }

    /// A member of a union starts with the union and has its own size.
    fn arm_spans(&self, type_: &Type, mut union: PerModel<Span>) -> PerModel<Span> {
        for (span, model) in union.iter_mut().zip(Model::ALL) {
            span.size = self.extent(type_, model).map_or(0, |extent| extent.size);
        }
        union
    }
}
