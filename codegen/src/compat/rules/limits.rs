//! Inputs that a handler refuses.

use super::handlers::HandlerChange;
use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{ERROR_CHANGED, ITEM_ADDED};
use crate::compat::finding::{Affected, Class, Finding};
use crate::compat::witness;
use crate::ir::{Arg, Limit};

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[&str] = &["Handler.below"];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| {
        let change = HandlerChange::of(comparison, difference.of)?;
        Some(change.limits())
    })
}

impl HandlerChange<'_, '_> {
    fn limits(&self) -> Option<Finding> {
        let abis = self.matching.abis();
        let names = |abi: &crate::ir::Abi, arg: Arg, at: usize| match arg {
            Arg::Struct(id) => abi.struct_(id).fields[at].name.clone(),
            _ => String::new(),
        };
        let before: Vec<(String, &Limit)> = self
            .before
            .below
            .iter()
            .map(|(at, limit)| (names(abis.0, self.old.arg, *at), limit))
            .collect();
        let stricter = self.now.below.iter().find(|(at, limit)| {
            let name = names(abis.1, self.new.arg, *at);
            let old = before.iter().find(|(other, _)| *other == name);
            old.is_none_or(|(_, old)| limit.number < old.number)
        });
        let Some((_, limit)) = stricter else {
            let message =
                format!("the handler `{}` takes inputs that it refused before", self.now.name);
            let finding = self.finding(ITEM_ADDED, Class::Growth, message);
            return Some(finding.gate("old kernels refuse them with EINVAL"));
        };
        let message = format!("an input of {} and more fails with EINVAL now", limit.name);
        let witness = witness::failed(self.matching, (self.new, self.now), "nothing", "EINVAL");
        let finding = self.finding(ERROR_CHANGED, Class::Wire, message);
        Some(finding.affects(Affected::OldProgram).witness(witness))
    }
}
