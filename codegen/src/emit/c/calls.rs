//! The part of the header that writes requests and, if the program asks for it, makes
//! calls: one function for each request of the protocol plan.

mod calling;
mod counted;
mod examples;
mod puts;
mod request;
mod typed;
mod view;

use super::chains::ChainsView;
use super::emitter::Emitter;
use super::part_text::PartText;
use super::runtime;
use super::unique_names::UniqueNames;
use crate::ir::requests::{InputKind, RequestPlan};
use crate::reply::TailRule;
pub(super) use view::CallsView;

impl Emitter<'_, '_> {
    /// Requests and calls of the ABI; `before` are the parts before this one, and
    /// `chains` is one of them if the ABI has any.
    pub(super) fn calls(&self, before: &[&PartText], chains: &ChainsView<'_>) -> CallsView {
        let plan = &self.abi.protocol;
        let hosts: Vec<_> = chains.hosts().collect();
        let renamed = |part: &str| runtime::renamed(part, self.stem, self.macro_prefix);
        let mut needed = self.runtime();
        let typed = |plan: &RequestPlan| {
            let mut inputs = plan.inputs.iter();
            inputs.any(|input| matches!(&input.kind, InputKind::Typed(data) if data.is_trimmed()))
        };
        if plan.requests.iter().any(typed) {
            needed.push(runtime::TYPED);
        }
        if self.abi.argument_rules.tail == TailRule::Zero {
            needed.push(runtime::RECEIVE);
        }
        let runtime = needed.into_iter().map(renamed);
        let runtime: Vec<_> = runtime.filter(|text| !chains.runtime().contains(text)).collect();
        let mut call_runtime = vec![renamed(runtime::CALL)];
        if !hosts.is_empty() || !plan.counted.is_empty() {
            call_runtime.push(renamed(runtime::GROW));
        }
        let own = runtime.iter().chain(&call_runtime).map(String::as_str);
        let mut names = UniqueNames::after(before, self.starts, own);
        let requests = plan.requests.iter().map(|plan| self.request(plan, &mut names)).collect();
        let counted: Vec<_> =
            plan.counted.iter().map(|plan| self.counted_reply(plan, &mut names)).collect();
        CallsView {
            stem: self.stem.to_owned(),
            macro_prefix: self.macro_prefix.to_owned(),
            runtime,
            requests,
            plain: self.plain_calls(&mut names),
            growing: self.growing_calls(&hosts, &counted, &mut names),
            counted,
            call_runtime,
        }
    }

    /// The files of the runtime that the part uses.
    fn runtime(&self) -> Vec<&'static str> {
        let plan = &self.abi.protocol;
        let [number, ..] = runtime::WALK;
        match (plan.requests.is_empty(), plan.counted.is_empty()) {
            (true, true) => Vec::new(),
            (false, true) => vec![number, runtime::REQUEST],
            (_, false) => {
                let mut all = runtime::WALK.to_vec();
                all.extend(runtime::REPLY);
                all.extend([runtime::REQUEST, runtime::COUNTED]);
                all
            }
        }
    }
}
