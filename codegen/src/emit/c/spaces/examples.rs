//! Examples of chains in a space: walk one, find a capability.

use super::view::SpaceCapView;
use super::{SpaceChainView, SpacesView};
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
    for ((plan, _), chain) in abi.protocol.spaces().zip(&view.chains) {
        examples.push((Item::Chain(plan.chain), walk(writer, chain)));
        let kinds = plan.capabilities.iter().flat_map(|id| &abi.protocol.capabilities[id.0].kinds);
        let ids: Vec<CapabilityId> =
            plan.capabilities.iter().copied().chain(kinds.map(|kind| kind.capability)).collect();
        for (id, view) in ids.into_iter().zip(chain.caps.iter().chain(&chain.kinds)) {
            let plan = &abi.protocol.capabilities[id.0];
            let field = plan.struct_.and_then(|id| {
                let field = plan.fields.first()?;
                let one = abi.struct_(id).fields.get(field.field)?;
                Some(printf(abi, "found", one, field.int.value()))
            });
            let print =
                field.unwrap_or_else(|| format!("printf(\"at %u\\n\", found.{}.at);", view.place));
            examples.push((Item::Capability(id), find(writer, view, &print)));
        }
    }
    examples
}

/// Walks a chain.
fn walk(writer: &ExampleWriter<'_>, chain: &SpaceChainView) -> Example {
    let stem = writer.stem;
    let lines = vec![
        space(stem),
        format!("struct {stem}_space_walk walk = {}(&space);", chain.start.name),
        format!("struct {stem}_space_cap cap;"),
        String::new(),
        format!("while ({}(&walk, &cap) > 0)", chain.next),
        "\tprintf(\"id %u at %u\\n\", cap.id, cap.at);".to_owned(),
    ];
    writer.function(&writer.bytes(), lines)
}

/// Finds a capability, and prints a value.
fn find(writer: &ExampleWriter<'_>, cap: &SpaceCapView, print: &str) -> Example {
    let lines = vec![
        space(writer.stem),
        format!("struct {} found;", cap.name),
        String::new(),
        format!("if ({}(&space, &found) > 0)", cap.find),
        ["\t", print].concat(),
    ];
    writer.function(&writer.bytes(), lines)
}

fn space(stem: &str) -> String {
    format!("const struct {stem}_space space = {stem}_space_of(buf, len);")
}
