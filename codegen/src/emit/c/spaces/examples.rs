//! Examples of chains in a space: walk one, find a capability.

use super::{SpaceChainView, SpacesView, ordered};
use crate::emit::c::examples::ExampleWriter;
use crate::emit::example::{Example, printf};
use crate::ir::{Abi, CapabilityId, Item};

/// The examples of chains in a space, and of their capabilities.
pub(in crate::emit::c) fn examples(
    abi: &Abi,
    writer: &ExampleWriter<'_>,
    view: &SpacesView,
) -> Vec<(Item, Example)> {
    let mut examples = Vec::new();
    for ((plan, _), chain) in ordered(abi).into_iter().zip(&view.chains) {
        let print = ["\tprintf(\"id %u at %u\\n\", cap.id, cap.at);".to_owned()];
        let walked = walk(writer, chain, &[], &print);
        examples.push((Item::Chain(plan.chain), walked));
        let kinds = plan.capabilities.iter().flat_map(|id| &abi.protocol.capabilities[id.0].kinds);
        let ids: Vec<CapabilityId> =
            plan.capabilities.iter().copied().chain(kinds.map(|kind| kind.capability)).collect();
        for (id, view) in ids.into_iter().zip(chain.caps_of.iter().chain(&chain.kinds)) {
            let plan = &abi.protocol.capabilities[id.0];
            let field = plan.struct_.and_then(|id| {
                let field = plan.fields.first()?;
                let one = abi.struct_(id).fields.get(field.field)?;
                Some(printf(abi, "found", one, field.int.value()))
            });
            let print = field.unwrap_or_else(|| "printf(\"at %u\\n\", cap.at);".to_owned());
            let found = format!("struct {} found;", view.name);
            let read = format!("\tif ({}(&cap, &found) > 0)", view.read);
            let example = walk(writer, chain, &[found], &[read, ["\t\t", &print].concat()]);
            examples.push((Item::Capability(id), example));
        }
    }
    examples
}

/// Walks a chain with these statements for each capability.
fn walk(
    writer: &ExampleWriter<'_>,
    chain: &SpaceChainView,
    variables: &[String],
    each: &[String],
) -> Example {
    let stem = writer.stem;
    let mut lines = vec![
        format!("const struct {stem}_space space = {stem}_space_of(buf, len);"),
        format!("struct {stem}_space_walk walk = {}(&space);", chain.caps),
        format!("struct {stem}_space_cap cap;"),
    ];
    lines.extend(variables.iter().cloned());
    lines.extend([String::new(), format!("while ({}(&walk, &cap) > 0)", chain.next)]);
    lines.extend(each.iter().cloned());
    writer.function(&writer.bytes(), lines)
}
