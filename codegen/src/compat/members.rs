//! The named fields of a struct as a program sees them: the members of an
//! anonymous union stand beside all others.

use crate::ir::{Abi, Field, Meta, Role, Struct, Type};
use crate::layout::{Int, PerModel, Span};
use crate::reply::Direction;

/// A field, or a member of an anonymous union.
#[derive(Clone, Copy)]
pub(super) struct Member<'a> {
    pub(super) name: &'a str,
    pub(super) meta: &'a Meta,
    pub(super) type_: &'a Type,
    pub(super) role: Role,
    pub(super) direction: Option<Direction>,
    pub(super) when: Option<&'a str>,
    pub(super) version: u16,
    /// Where it lies, on each model.
    pub(super) spans: PerModel<Span>,
    /// Whether it shares its bytes with others.
    pub(super) shared: bool,
}

impl Member<'_> {
    /// What it is in `struct.field`.
    pub(super) fn of(&self, struct_: &Struct) -> String {
        [&struct_.name, ".", self.name].concat()
    }

    /// Whether the caller fills it in.
    pub(super) fn is_input(&self) -> bool {
        matches!(self.direction, Some(Direction::In | Direction::InOut))
    }

    /// Whether it is an array without a length.
    pub(super) fn is_flexible(&self) -> bool {
        matches!(self.type_, Type::Flexible(..))
    }
}

/// All of them, in their order.
pub(super) fn members<'a>(abi: &'a Abi, struct_: &'a Struct) -> Vec<Member<'a>> {
    let mut members = Vec::new();
    for (index, field) in struct_.fields.iter().enumerate() {
        let spans = struct_.spans(index);
        if field.arms().is_empty() {
            members.push(member(field, spans));
        }
        for arm in field.arms() {
            let sizes = crate::layout::Model::ALL
                .map(|model| abi.extent(&arm.type_, model).map_or(0, |extent| extent.size));
            let mut own = spans;
            own.iter_mut().zip(sizes).for_each(|(span, size)| span.size = size);
            members.push(Member {
                name: &arm.name,
                meta: &arm.meta,
                type_: &arm.type_,
                when: arm.valid_if.as_deref().or(field.valid_if.as_deref()),
                shared: true,
                ..member(field, own)
            });
        }
    }
    members
}

fn member(field: &Field, spans: PerModel<Span>) -> Member<'_> {
    Member {
        name: &field.name,
        meta: &field.meta,
        type_: &field.type_,
        role: field.role,
        direction: field.direction,
        when: field.valid_if.as_deref(),
        version: field.version,
        spans,
        shared: false,
    }
}

/// What of a type is told by its bytes: `u64` and `aligned_u64` are the same.
pub(super) fn shape(abi: &Abi, type_: &Type) -> String {
    match type_ {
        Type::Int(Int::AlignedU64) => Int::U64.name().to_owned(),
        Type::Array(element, length, _) => format!("{}[{length}]", shape(abi, element)),
        Type::Flexible(element, _) => [&shape(abi, element), "[]"].concat(),
        other => abi.type_text(other),
    }
}
