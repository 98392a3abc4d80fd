//! The structs that are read or written as they are in memory: elements of arrays,
//! data that requests have the address of, results, and structs within others.

use super::fields::{aggregates, size, stored_int};
use crate::ir::protocol::{Aggregate, ElementPlan, Protocol, RecordPlan};
use crate::ir::requests::{DataForm, InputKind};
use crate::ir::{Abi, StructId};

/// The structs that are read or written as they are in memory.
pub(super) fn records(abi: &Abi, plan: &Protocol) -> Vec<RecordPlan> {
    let caps = abi.capabilities.iter().zip(&plan.capabilities);
    // In a space, views read elements in place.
    let caps = caps.filter(|(one, _)| abi.chain(one.chain).space.is_none());
    let bodies_of_caps = caps.clone().flat_map(|(_, cap)| &cap.aggregates);
    let hosts = plan.chains.iter().filter_map(|chain| chain.host.as_ref());
    let hosts = hosts.flat_map(|host| &host.aggregates).map(|one| &one.value);
    let fixed_parts = plan.counted.iter().flat_map(|reply| &reply.aggregates);
    let inner = bodies_of_caps.chain(hosts).chain(fixed_parts).filter_map(Aggregate::struct_);
    let arrays = caps.filter_map(|(_, cap)| match cap.array.as_ref()?.element {
        ElementPlan::Struct(id, _) => Some(id),
        ElementPlan::Int(_) => None,
    });
    let inputs = plan.requests.iter().flat_map(|request| &request.inputs);
    let inputs = inputs.flat_map(|input| match &input.kind {
        InputKind::Struct { struct_, .. } => vec![*struct_],
        InputKind::Inline { element, .. } | InputKind::Memory { element, .. } => {
            element.struct_().into_iter().collect()
        }
        InputKind::Typed(data) => bodies(&data.forms),
        InputKind::Number { .. } | InputKind::Choice { .. } => Vec::new(),
    });
    let returned = plan.results.iter().filter_map(|results| results.data.as_ref());
    let returned = returned.flat_map(|data| bodies(&data.forms));
    let replies = plan.requests.iter().filter_map(|request| Some(request.reply?.struct_));
    let counted = plan.counted.iter().filter_map(|reply| reply.element.struct_());
    let streams = plan.streams.iter().flat_map(|stream| {
        [Some(stream.record), stream.answer].into_iter().flatten().chain(bodies(&stream.forms))
    });
    let all = arrays.chain(inner).chain(inputs).chain(replies).chain(counted).chain(returned);
    let mut ids: Vec<_> = all.chain(streams).collect();
    let mut outer = 0;
    while let Some(id) = ids.get(outer).copied() {
        ids.extend(aggregates(abi, abi.struct_(id), &[]).iter().filter_map(Aggregate::struct_));
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
            aggregates: aggregates(abi, struct_, &[]),
        }
    };
    ids.into_iter().map(record).collect()
}

fn bodies(forms: &[DataForm]) -> Vec<StructId> {
    forms.iter().filter_map(DataForm::struct_).collect()
}
