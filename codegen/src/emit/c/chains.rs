//! The part of the header that walks and writes chains: the runtime from
//! `codegen/runtime/c` under the names of the ABI, then what the protocol plan
//! adds. An ABI without chains has neither.

mod capability;
mod examples;
mod fields;
mod host;
mod profile;
mod view;

use super::comment::Comment;
use super::emitter::Emitter;
use super::literal::literal;
use super::part_text::PartText;
use super::tables::bit_field;
use super::unique_names::UniqueNames;
use super::{runtime, section};
use crate::ir::Chain;
use crate::ir::protocol::{ChainPlan, FirstPlan, HeaderFormat};
use crate::names::c_word;
pub(super) use view::ChainsView;
pub(in crate::emit::c) use view::HostView;
use view::{ChainView, FormatView, SourceView, StartView};

impl<'a> Emitter<'_, 'a> {
    /// The chains that are in no space.
    pub(super) fn chains(&self, before: &[&PartText]) -> ChainsView<'a> {
        let plan = &self.abi.protocol;
        let hosted = plan.chains.iter().any(|chain| chain.host.is_some());
        let parts = runtime::WALK.iter().chain(runtime::REPLY.iter().filter(|_| hosted));
        let renamed = |part: &&str| runtime::renamed(part, self.stem, self.macro_prefix);
        let runtime: Vec<_> = parts.map(renamed).collect();
        let own = runtime.iter().map(String::as_str);
        let mut names = UniqueNames::after(before, self.starts, own);
        let plans = || plan.chains.iter().filter(|chain| chain.space.is_none());
        let used = |index: &usize| plans().any(|chain| chain.header == *index);
        let formats = self.abi.cap_headers.iter().zip(&plan.headers).enumerate();
        let formats = formats.filter(|(index, _)| used(index));
        let formats = formats.map(|(index, (header, format))| {
            let name = self.internal(&mut names, &[&header.name, "format"]);
            let struct_ = self.abi.struct_(header.struct_).name.clone();
            (index, Self::format(name, struct_, format))
        });
        let (indexes, formats): (Vec<_>, Vec<_>) = formats.unzip();
        let chains = plans().filter_map(|chain| {
            let format = indexes.iter().position(|index| *index == chain.header)?;
            Some(self.chain(chain, &formats[format].name, &mut names))
        });
        let chains: Vec<_> = chains.collect();
        let profiles = plans().zip(&chains);
        let profiles = profiles.flat_map(|(plan, view)| self.profiles(plan, view, &mut names));
        let profiles = profiles.collect();
        ChainsView {
            stem: self.stem.to_owned(),
            macro_prefix: self.macro_prefix.to_owned(),
            runtime,
            formats,
            chains,
            profiles,
        }
    }

    fn format(name: String, struct_: String, format: &HeaderFormat) -> FormatView {
        FormatView {
            name,
            struct_,
            size: format.size,
            min_size: format.min_size,
            id: bit_field(Some(format.id)),
            version: bit_field(format.version),
            next: bit_field(Some(format.next)),
            end: literal(format.end),
            from_reply: u32::from(format.from_reply),
        }
    }

    fn chain(&self, plan: &'a ChainPlan, format: &str, names: &mut UniqueNames) -> ChainView<'a> {
        let chain = self.abi.chain(plan.chain);
        let host = plan.host.as_ref().map(|host| self.host(&chain.name, host, names));
        let writes = host.is_some();
        let [caps, next, find] = [c_word::CAPS, c_word::NEXT, c_word::FIND]
            .map(|word| self.name(names, &[&chain.name, word]));
        let tails = writes.then(|| self.internal(names, &[&chain.name, "arrays"]));
        let capabilities = plan.capabilities.iter();
        let capabilities = capabilities.map(|id| self.capability(chain, *id, writes, names));
        ChainView {
            comment: self.comment(chain),
            caps,
            next,
            find,
            source: self.source(host.as_ref()),
            format: format.to_owned(),
            host,
            start: Self::start(plan),
            tails,
            capabilities: capabilities.collect(),
        }
    }

    /// The reply before a chain; without one, the bytes in which the chain starts.
    fn source(&self, host: Option<&HostView<'_>>) -> SourceView {
        match host {
            Some(host) => SourceView {
                parameters: format!("const struct {} *info", host.name),
                arguments: "info",
            },
            None => SourceView {
                parameters: format!("const void *buf, {}_size len", self.stem),
                arguments: "buf, len",
            },
        }
    }

    /// The comment of the function that starts a walk.
    fn comment(&self, chain: &Chain) -> Vec<String> {
        let text = match chain.offset_host() {
            Some(host) => format!(
                "Starts a walk over the {} chain after struct {}; empty if the reply is \
                 short or has no chain.",
                chain.name,
                self.abi.struct_(host.struct_).name
            ),
            None => format!("Starts a walk over the {} chain in len bytes.", chain.name),
        };
        section::opening(Comment::of(&[text]).above(0))
    }

    /// The start of a chain to which no `cap_offset` leads.
    fn start(plan: &ChainPlan) -> Option<StartView> {
        let (offset, held) = match plan.first.as_ref()? {
            FirstPlan::At(offset) => (*offset, None),
            FirstPlan::In(offset, held) => (*offset, Some(*held)),
            FirstPlan::Chosen { .. } => return None,
        };
        let held = held.map(|held| (held.width, literal(held.end)));
        Some(StartView { offset, held, bound: plan.bound })
    }
}
