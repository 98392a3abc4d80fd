//! Examples of chains: read the reply before a chain, walk it, find a capability.

use super::{ChainView, ChainsView};
use crate::emit::c::emitter::Emitter;
use crate::emit::c::examples::ExampleWriter;
use crate::emit::example::{Example, printf};
use crate::ir::protocol::{ChainPlan, IntField, ReplyField};
use crate::ir::{Item, StructId};

impl Emitter<'_, '_> {
    /// The examples of chains that are in no space, of the structs before them, and of their
    /// capabilities.
    pub(in crate::emit::c) fn chain_examples(
        &self,
        writer: &ExampleWriter<'_>,
        view: &ChainsView<'_>,
    ) -> Vec<(Item, Example)> {
        let plans = self.abi.protocol.chains.iter().filter(|chain| chain.space.is_none());
        let mut examples = Vec::new();
        for (plan, chain) in plans.zip(&view.chains) {
            if let Some(host) = &plan.host {
                let mut parse = parse(chain);
                parse.extend(self.host_values(host.struct_, &host.fields));
                let example = writer.function(&writer.bytes(), parse);
                examples.push((Item::Struct(host.struct_), example));
            }
            let mut walk = walk(writer, chain);
            walk.extend([
                format!("while ({}(&walk, &cap) > 0)", chain.next),
                "\tprintf(\"id %u at %u\\n\", cap.id, cap.at);".to_owned(),
            ]);
            examples.push((Item::Chain(plan.chain), writer.function(&writer.bytes(), walk)));
            examples.extend(self.capabilities(writer, plan, chain));
        }
        examples
    }

    fn capabilities(
        &self,
        writer: &ExampleWriter<'_>,
        plan: &ChainPlan,
        chain: &ChainView<'_>,
    ) -> Vec<(Item, Example)> {
        let found = plan.capabilities.iter().zip(&chain.capabilities).map(|(id, view)| {
            let mut walk = walk(writer, chain);
            walk.insert(0, format!("struct {} found;", view.name));
            walk.extend([
                format!("while ({}(&walk, &cap) > 0)", chain.next),
                format!("\tif ({}(&cap, &found) > 0)", view.read),
            ]);
            let first = view.plan.struct_.and_then(|id| self.member(id, view.plan.fields.first()?));
            walk.push(["\t\t", &first.unwrap_or_else(|| AT.to_owned())].concat());
            (Item::Capability(*id), writer.function(&writer.bytes(), walk))
        });
        found.collect()
    }

    /// Prints a field of `found`.
    fn member(&self, id: StructId, field: &IntField) -> Option<String> {
        let one = self.abi.struct_(id).fields.get(field.field)?;
        Some(printf(self.abi, "found", one, field.int.value()))
    }

    /// Prints fields of `info`.
    fn host_values(&self, id: StructId, fields: &[ReplyField<IntField>]) -> Vec<String> {
        let fields = fields.iter().filter(|field| field.is_output).map(|field| {
            let one = &self.abi.struct_(id).fields[field.value.field];
            printf(self.abi, "info", one, field.value.int.value())
        });
        fields.collect()
    }
}

/// Prints the place of a capability that is only a header.
const AT: &str = "printf(\"at %u\\n\", cap.at);";

/// Reads the reply before a chain.
fn parse(chain: &ChainView<'_>) -> Vec<String> {
    let Some(host) = &chain.host else { return Vec::new() };
    vec![
        format!("struct {} info;", host.name),
        String::new(),
        format!("if ({}(buf, len, &info))", host.parse),
        "\treturn -1;".to_owned(),
    ]
}

/// Starts a walk.
fn walk(writer: &ExampleWriter<'_>, chain: &ChainView<'_>) -> Vec<String> {
    let stem = writer.stem;
    let mut lines = parse(chain);
    let variables = [format!("struct {stem}_walk walk;"), format!("struct {stem}_cap cap;")];
    match &chain.host {
        Some(_) => {
            lines.splice(1..1, variables);
            lines.push(format!("walk = {}(&info);", chain.caps));
        }
        None => {
            lines.extend(variables);
            lines.push(String::new());
            lines.push(format!("walk = {}(buf, len);", chain.caps));
        }
    }
    lines
}
