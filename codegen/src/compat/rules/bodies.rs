//! Capabilities of both sides whose body ends in an array on the new side only.

use super::new_numbers::varies;
use super::{Comparison, CompatRule, Judgement};
use crate::compat::matching::Numbered;

pub(super) const RULE: CompatRule = CompatRule { keys: &[], judge };

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    let abis = comparison.matching.abis();
    let findings = comparison.matching.constants.iter().filter_map(|pair| {
        let (old, new) = pair.both()?;
        let (Numbered::Capability(_, old), Numbered::Capability(_, new)) = (old.item, new.item)
        else {
            return None;
        };
        match varies(abis.0, old) {
            Some(_) => None,
            None => varies(abis.1, new),
        }
    });
    vec![Judgement { claims: Vec::new(), findings: findings.collect() }]
}
