//! The results of requests: where they are in the argument, and which of their fields a view
//! shows.

use std::collections::HashSet;

use super::fields::{aggregate, offset, stored_int};
use super::typed_data;
use crate::ir::protocol::{ByModel, ReplyField};
use crate::ir::requests::{CountedReply, ReplyStruct, RequestPlan, ResultsPlan};
use crate::ir::{Abi, Arg, IoctlId, Role, Struct, Type};
use crate::names;

/// The results of all requests, each struct at each place once. `names` has the name of
/// each ioctl's functions.
pub(super) fn results(
    abi: &Abi,
    names: &[String],
    requests: &[RequestPlan],
    counted: &[CountedReply],
) -> Vec<ResultsPlan> {
    let taken = requests.iter().map(|plan| &plan.name).chain(counted.iter().map(|plan| &plan.name));
    let mut taken: HashSet<_> = taken.cloned().collect();
    let mut planned = HashSet::new();
    let mut plans = Vec::new();
    for request in requests {
        let Some(reply) = request.reply else { continue };
        if planned.insert(reply) {
            let name = names::reply(&abi.prefix, &abi.struct_(reply.struct_).name);
            let name = names::free(&name, |name| taken.contains(name));
            taken.insert(name.clone());
            let own = &names[request.ioctl.0];
            plans.extend(results_plan(abi, (request.ioctl, own), reply, name));
        }
    }
    plans
}

fn results_plan(
    abi: &Abi,
    (ioctl, own): (IoctlId, &str),
    reply: ReplyStruct,
    name: String,
) -> Option<ResultsPlan> {
    let Arg::Struct(argument) = abi.ioctl(ioctl).arg else { return None };
    let (argument, struct_) = (abi.struct_(argument), abi.struct_(reply.struct_));
    let start = match reply.offset {
        0 => ByModel([0; 3]),
        _ => offset(argument, argument.fields.len().checked_sub(1)?),
    };
    let minsz = fixed_end(struct_);
    let minsz = ByModel([0, 1, 2].map(|model| start.0[model] + minsz.0[model]));
    let shown =
        |index: &usize| !matches!(struct_.fields[*index].role, Role::Argsz | Role::Reserved);
    let fields = (0..struct_.fields.len()).filter(shown);
    let is_output = |index: usize| struct_.fields[index].is_output();
    let integers = fields.clone().filter_map(|index| {
        let int = stored_int(struct_, index)?;
        let end = start.kernel() + int.offset.kernel() + int.int.size();
        let is_appended = end > minsz.kernel();
        Some(ReplyField { value: int, is_appended, is_output: is_output(index) })
    });
    let aggregates = fields.filter_map(|index| {
        let aggregate = aggregate(abi, struct_, index)?;
        let end = start.kernel() + aggregate.offset.kernel() + aggregate.size.kernel();
        let is_appended = end > minsz.kernel();
        Some(ReplyField { value: aggregate, is_appended, is_output: is_output(index) })
    });
    Some(ResultsPlan {
        name,
        ioctl,
        reply,
        start,
        minsz,
        argsz: argument.argsz.map(|argsz| argument.kernel_span(argsz).offset),
        fields: integers.collect(),
        aggregates: aggregates.collect(),
        data: match reply.offset {
            0 => typed_data::returned(abi, struct_, minsz.kernel(), own),
            _ => None,
        },
    })
}

/// The end of the part that every kernel writes: of the field that `minsz` names, or else
/// of the last field of fixed size.
fn fixed_end(struct_: &Struct) -> ByModel {
    let last = struct_.fields.iter().rposition(|field| !matches!(field.type_, Type::Flexible(..)));
    let last = struct_.minsz.or(last);
    ByModel(
        struct_.layouts.each_ref().map(|layout| last.map_or(0, |last| layout.fields[last].end())),
    )
}
