//! The rules. Each claims differences and judges them; a difference that no rule claims is not
//! judged, and the comparison says so.

mod added_fields;
mod alignment;
mod bodies;
mod chains;
mod checked_bytes;
mod conditions;
mod constants;
mod copied;
mod data_lengths;
mod data_uses;
mod descriptors;
mod elements;
mod gates;
mod groups;
mod handlers;
mod helper_names;
mod ioctl_numbers;
mod ioctls;
mod layouts;
mod limits;
mod macros;
mod members;
mod memory;
mod minsz;
mod new_numbers;
mod refusals;
mod reply_chains;
mod requests;
mod streams;
mod structs;

use super::codes::NOT_JUDGED;
use super::diff::{AbiDifference, IrKey, Of};
use super::finding::{Class, Finding};
use super::matching::Matching;

/// Two ABIs with their differences.
pub(super) struct Comparison<'m, 'a> {
    pub(super) matching: &'m Matching<'a>,
    pub(super) differences: &'m [AbiDifference<'a>],
}

/// Differences by their indexes, with the verdict on them. A judgement without a finding
/// claims differences that a finding of the same or another rule is about.
pub(super) struct Judgement {
    pub(super) claims: Vec<usize>,
    pub(super) findings: Vec<Finding>,
}

/// A rule, with the keys of the differences that it can claim.
pub(super) struct CompatRule {
    pub(super) keys: &'static [IrKey],
    judge: fn(&Comparison<'_, '_>) -> Vec<Judgement>,
}

/// All rules, in the order of their findings.
pub(super) const RULES: &[CompatRule] = &[
    structs::RULE,
    members::RULE,
    memory::RULE,
    layouts::RULE,
    alignment::RULE,
    minsz::RULE,
    constants::RULE,
    new_numbers::RULE,
    groups::RULE,
    ioctls::RULE,
    macros::RULE,
    handlers::RULE,
    copied::RULE,
    refusals::RULE,
    limits::RULE,
    reply_chains::RULE,
    chains::RULE,
    bodies::RULE,
    conditions::RULE,
    descriptors::RULE,
    streams::RULE,
    helper_names::RULE,
    requests::RULE,
];

/// The findings about all differences.
pub(super) fn judge(comparison: &Comparison<'_, '_>) -> Vec<Finding> {
    let mut claimed = vec![false; comparison.differences.len()];
    let mut findings = Vec::new();
    for rule in RULES {
        for judgement in (rule.judge)(comparison) {
            for claim in judgement.claims {
                let key = comparison.differences[claim].key;
                debug_assert!(rule.keys.contains(&key), "{key} is no key of the rule");
                claimed[claim] = true;
            }
            findings.extend(judgement.findings);
        }
    }
    let unclaimed = comparison.differences.iter().zip(claimed).filter(|(_, claimed)| !claimed);
    findings.extend(unclaimed.map(|(difference, _)| not_judged(difference)));
    findings
}

/// The finding about a difference that no rule claims.
fn not_judged(difference: &AbiDifference<'_>) -> Finding {
    let (old, new) = difference.texts();
    let message = format!("{} is {new}, {old} before, and no rule judges this", difference.key);
    Finding::new(NOT_JUDGED, Class::NotJudged, &difference.subject, message)
}

impl Judgement {
    fn of(claim: usize, findings: impl IntoIterator<Item = Finding>) -> Self {
        Self { claims: vec![claim], findings: findings.into_iter().collect() }
    }
}

impl<'a> Comparison<'_, 'a> {
    /// The differences of some keys, with their indexes.
    fn with(&self, keys: &[IrKey]) -> impl Iterator<Item = (usize, &AbiDifference<'a>)> {
        let differences = self.differences.iter().enumerate();
        differences.filter(|(_, one)| keys.contains(&one.key))
    }

    /// The differences of an item in some keys.
    fn claims(&self, keys: &[IrKey], of: impl Fn(Of) -> bool) -> Vec<usize> {
        self.with(keys).filter(|(_, one)| of(one.of)).map(|(index, _)| index).collect()
    }

    /// Judges each difference of some keys by itself; `None` leaves it to other rules.
    fn each<F: IntoIterator<Item = Finding>>(
        &self,
        keys: &[IrKey],
        judge: impl Fn(&AbiDifference<'a>) -> Option<F>,
    ) -> Vec<Judgement> {
        let judged = self.with(keys).filter_map(|(index, difference)| {
            judge(difference).map(|findings| Judgement::of(index, findings))
        });
        judged.collect()
    }
}
