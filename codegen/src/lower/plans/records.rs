//! The structs that are read or written as they are in memory: elements of arrays,
//! data that requests have the address of, and results.

use super::fields::{int_field, offset, size};
use crate::ir::protocol::{ByModel, ElementPlan, IntField, Protocol, RecordPlan};
use crate::ir::requests::{DataForm, InputKind, RequestElement};
use crate::ir::{Abi, Struct, StructId, Type};

/// The structs that are read or written as they are in memory.
pub(super) fn records(abi: &Abi, plan: &Protocol) -> Vec<RecordPlan> {
    let struct_of = |element: RequestElement| match element {
        RequestElement::Struct(id, _) => Some(id),
        RequestElement::Int(_) => None,
    };
    let caps = abi.capabilities.iter().zip(&plan.capabilities);
    // In a space, views read elements in place.
    let caps = caps.filter(|(one, _)| abi.chain(one.chain).space.is_none());
    let arrays = caps.filter_map(|(_, cap)| match cap.array.as_ref()?.element {
        ElementPlan::Struct(id, _) => Some(id),
        ElementPlan::Int(_) => None,
    });
    let inputs = plan.requests.iter().flat_map(|request| &request.inputs);
    let inputs = inputs.flat_map(|input| match &input.kind {
        InputKind::Struct { struct_, .. } => vec![*struct_],
        InputKind::Inline { element, .. } | InputKind::Memory { element, .. } => {
            struct_of(*element).into_iter().collect()
        }
        InputKind::Typed(data) => bodies(&data.forms),
        InputKind::Number { .. } | InputKind::Choice { .. } => Vec::new(),
    });
    let returned = plan.results.iter().filter_map(|results| results.data.as_ref());
    let returned = returned.flat_map(|data| bodies(&data.forms));
    let replies = plan.requests.iter().filter_map(|request| Some(request.reply?.struct_));
    let counted = plan.counted.iter().filter_map(|reply| struct_of(reply.element));
    let streams = plan.streams.iter().flat_map(|stream| {
        [Some(stream.record), stream.answer].into_iter().flatten().chain(bodies(&stream.forms))
    });
    let all = arrays.chain(inputs).chain(replies).chain(counted).chain(returned).chain(streams);
    let mut ids: Vec<_> = all.collect();
    let mut outer = 0;
    while let Some(id) = ids.get(outer).copied() {
        ids.extend(structs(abi.struct_(id)).map(|(_, inner, _)| inner));
        outer += 1;
    }
    ids.sort_unstable();
    ids.dedup();
    let record = |id| {
        let struct_ = abi.struct_(id);
        RecordPlan {
            struct_: id,
            size: size(struct_),
            fields: (0..struct_.fields.len()).filter_map(|at| stored_int(struct_, at)).collect(),
            structs: structs(struct_).collect(),
            arrays: (0..struct_.fields.len()).filter_map(|at| int_array(struct_, at)).collect(),
        }
    };
    ids.into_iter().map(record).collect()
}

fn bodies(forms: &[DataForm]) -> Vec<StructId> {
    forms.iter().filter_map(DataForm::struct_).collect()
}

/// The fields of a struct that are structs: their index, struct and offset.
fn structs(struct_: &Struct) -> impl Iterator<Item = (usize, StructId, ByModel)> {
    let fields = struct_.fields.iter().enumerate();
    fields.filter_map(|(index, field)| match field.type_ {
        Type::Struct(id) => Some((index, id, offset(struct_, index))),
        _ => None,
    })
}

/// An integer field, or a union that is stored as an integer.
pub(super) fn stored_int(struct_: &Struct, index: usize) -> Option<IntField> {
    let field = &struct_.fields[index];
    let Some(arm) = field.arms().first() else { return int_field(struct_, index) };
    let Type::Int(int) = arm.type_ else { return None };
    Some(IntField { field: index, int, offset: offset(struct_, index), version: field.version })
}

/// An array of integers, as its first element.
fn int_array(struct_: &Struct, index: usize) -> Option<IntField> {
    let field = &struct_.fields[index];
    let Type::Array(element, ..) = &field.type_ else { return None };
    let Type::Int(int) = **element else { return None };
    Some(IntField { field: index, int, offset: offset(struct_, index), version: field.version })
}
