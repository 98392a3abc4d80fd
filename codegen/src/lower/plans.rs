//! Derives the protocol plan from an ABI that is otherwise complete. Emitters print the plan;
//! `decode` and `model` derive their own facts, to judge the readers and the writers that are
//! printed from it.

mod bodies;
mod chains;
mod fields;
mod hosts;
mod optional_inputs;
mod records;
mod request_inputs;
mod requests;
mod results;
mod streams;
mod typed_data;

use crate::ir::{Abi, Protocol};

/// The plan of an ABI that is otherwise complete.
pub(super) fn plan(abi: &Abi) -> Protocol {
    let headers = chains::headers(abi);
    let names = requests::names_of(abi);
    let requests = requests::requests(abi, &names);
    let counted = requests::counted_replies(abi, &names);
    let results = results::results(abi, &names, &requests, &counted);
    let mut results_by_struct: Vec<_> = (0..results.len()).collect();
    results_by_struct.sort_by_key(|at| results[*at].reply.struct_);
    let chains = chains::chains(abi);
    let mut plan = Protocol {
        capabilities: chains::capability_plans(abi, &headers),
        headers,
        space_order: chains::space_order(&chains),
        chains,
        names,
        requests,
        counted,
        results,
        results_by_struct,
        streams: streams::streams(abi),
        records: Vec::new(),
    };
    plan.records = records::records(abi, &plan);
    plan
}
