//! Requests that take other inputs than before. No byte changes for programs that exist, but
//! those that make the request by the functions of the crate or the header do not compile again.

mod in_c;
mod in_rust;

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::NAME_REMOVED;
use crate::compat::finding::{Bump, Class, Finding, VersionImpact};
use crate::ir::protocol::HostPlan;
use crate::ir::requests::{InputKind, RequestPlan};
use crate::ir::{Abi, Arg, Ioctl};

pub(super) const RULE: CompatRule = CompatRule { keys: &[], judge };

/// A header does not say which fields are inputs.
fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    let matching = comparison.matching;
    if matching.has_header() {
        return Vec::new();
    }
    let (before, now) = matching.abis();
    let findings = requests(before, now).chain(replies(before, now));
    findings.map(|finding| Judgement { claims: Vec::new(), findings: vec![finding] }).collect()
}

/// Findings about the requests of the plan.
fn requests<'a>(before: &'a Abi, now: &'a Abi) -> impl Iterator<Item = Finding> + 'a {
    before.protocol.requests.iter().flat_map(move |old| {
        let ioctl = &before.ioctl(old.ioctl).name;
        let reasons = match now.protocol.requests.iter().find(|new| new.name == old.name) {
            Some(new) => Reasons {
                rust: in_rust::request((before, old), (now, new)),
                c: in_c::request((before, old), (now, new)),
            },
            // Another finding is about an ioctl that is gone.
            None if now.ioctls.iter().all(|one| one.name != *ioctl) => Reasons::default(),
            None => {
                let gone = vec![format!("`{}` is gone", old.name)];
                Reasons { rust: gone.clone(), c: gone }
            }
        };
        reasons.findings(ioctl)
    })
}

/// Findings about requests for a reply with a chain.
fn replies<'a>(before: &'a Abi, now: &'a Abi) -> impl Iterator<Item = Finding> + 'a {
    hosts(before).flat_map(move |(chain, old)| {
        let has_host = |ioctl: &&Ioctl| matches!(ioctl.arg, Arg::Struct(id) if id == old.struct_);
        let ioctl = before.ioctls.iter().find(has_host);
        let new = hosts(now).find(|(name, _)| *name == chain);
        let findings = ioctl.zip(new).map(|(ioctl, (_, new))| {
            let reasons = Reasons {
                rust: in_rust::reply((before, old), (now, new)),
                c: in_c::reply((before, old), (now, new)),
            };
            reasons.findings(&ioctl.name)
        });
        findings.into_iter().flatten()
    })
}

/// The structs before chains, with the names of the chains.
fn hosts(abi: &Abi) -> impl Iterator<Item = (&str, &HostPlan)> {
    let plans = abi.protocol.chains.iter();
    plans.filter_map(|plan| Some((abi.chain(plan.chain).name.as_str(), plan.host.as_ref()?)))
}

/// Why programs that make a request do not compile, or do something else, in each language.
#[derive(Default)]
struct Reasons {
    rust: Vec<String>,
    c: Vec<String>,
}

impl Reasons {
    /// One finding for each language, or one for both if they have the same reasons.
    fn findings(self, ioctl: &str) -> Vec<Finding> {
        let finding = |languages: &str, reasons: &[String], [in_rust, in_c]: [bool; 2]| {
            let step = |breaks| if breaks { Bump::Major } else { Bump::Patch };
            let versions =
                VersionImpact { crate_: step(in_rust), header: step(in_c), wire: Bump::Patch };
            let reasons = reasons.join(", ");
            let message = format!("functions for the request in {languages} are others: {reasons}");
            let finding = Finding::new(NAME_REMOVED, Class::Note, ioctl, message);
            (!reasons.is_empty()).then(|| finding.versions(versions))
        };
        let findings = match self.rust == self.c {
            true => vec![finding("Rust and C", &self.c, [true, true])],
            false => vec![
                finding("Rust", &self.rust, [true, false]),
                finding("C", &self.c, [false, true]),
            ],
        };
        findings.into_iter().flatten().collect()
    }
}

/// The types of data for which both languages had a form that they lack now, or that takes
/// another struct.
fn forms((before, old): (&Abi, &RequestPlan), (now, new): (&Abi, &RequestPlan)) -> Vec<String> {
    let (old, new) = (forms_of(before, old), forms_of(now, new));
    let others = old.iter().filter(|form| !new.contains(form));
    others.map(|(name, _)| format!("the data of `{name}` are others")).collect()
}

/// The number and the struct of each form that data of a request can have.
fn forms_of<'a>(abi: &'a Abi, plan: &'a RequestPlan) -> Vec<(&'a str, Option<&'a str>)> {
    let data = plan.inputs.iter().filter_map(|input| match &input.kind {
        InputKind::Typed(data) => Some(data),
        _ => None,
    });
    let forms = data.flat_map(|data| &data.forms).map(|form| {
        let struct_ = form.struct_().map(|id| abi.struct_(id).name.as_str());
        (form.value(abi).name.as_str(), struct_)
    });
    forms.collect()
}
