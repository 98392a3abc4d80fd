//! The structs before chains: their fields, of which callers set some and servers the others.

use super::fields::{aggregate, int_field, stored_int};
use crate::ir::protocol::{HostPlan, InputPlan, ReplyField};
use crate::ir::{Abi, Field, Host, Role, Struct, Type};
use crate::layout::Span;
use crate::lower::resolved;
use crate::reply::Direction;

/// The plan of the host of a chain.
pub(super) fn plan(abi: &Abi, host: &Host, cap_offset: usize) -> HostPlan {
    let struct_ = abi.struct_(host.struct_);
    let size = struct_.kernel_layout().size;
    let argsz = resolved(struct_.argsz);
    let minsz = struct_.minsz.map_or(size, |minsz| struct_.kernel_span(minsz).end());
    let all = struct_.fields.iter().enumerate();
    // Padding has no meaning, and the view handles `cap_offset`.
    let hidden = |field: &Field| matches!(field.role, Role::Reserved | Role::CapOffset);
    let shown = all.clone().filter(|(_, field)| !hidden(field)).map(|(index, _)| index);
    let fields: Vec<_> = shown
        .clone()
        .filter_map(|index| Some(reply_field(struct_, index, stored_int(struct_, index)?)))
        .collect();
    let offset = struct_.kernel_span(cap_offset).offset;
    let own = (offset >= minsz).then(|| int_field(struct_, cap_offset)).flatten();
    let later = fields.iter().filter(|field| field.is_appended).map(|field| field.value.clone());
    HostPlan {
        struct_: host.struct_,
        size,
        minsz,
        argsz: (argsz, struct_.kernel_span(argsz).offset),
        flags: struct_.kernel_span(host.flags).offset,
        caps_flag: host.flag.clone(),
        cap_offset: offset,
        inputs: all.filter_map(|(index, field)| input(struct_, index, field)).collect(),
        appended: own.into_iter().chain(later).collect(),
        fields,
        aggregates: shown
            .filter_map(|index| Some(reply_field(struct_, index, aggregate(abi, struct_, index)?)))
            .collect(),
    }
}

fn input(struct_: &Struct, index: usize, field: &Field) -> Option<InputPlan> {
    let is_output = match field.direction? {
        Direction::In => false,
        Direction::InOut => true,
        Direction::Out => return None,
    };
    let Span { offset, size } = struct_.kernel_span(index);
    let int = match field.type_ {
        Type::Int(int) => Some(int),
        _ => None,
    };
    let is_input = field.role != Role::Argsz && size > 0;
    is_input.then_some(InputPlan { field: index, offset, size, int, is_output })
}

fn reply_field<T>(struct_: &Struct, index: usize, field: T) -> ReplyField<T> {
    let (is_appended, is_output) = (is_appended(struct_, index), is_output(struct_, index));
    ReplyField { value: field, is_appended, is_output }
}

/// Whether later kernels appended a field.
fn is_appended(struct_: &Struct, index: usize) -> bool {
    struct_.minsz.is_some_and(|minsz| index > minsz)
}

/// Whether a server sets a field.
fn is_output(struct_: &Struct, index: usize) -> bool {
    let field = &struct_.fields[index];
    field.is_output() && field.role != Role::Argsz
}
