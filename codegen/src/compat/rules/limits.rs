//! Numbers of inputs that a handler refuses: from a limit on, or on some devices.

use super::handlers::HandlerChange;
use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{ERROR_CHANGED, ITEM_ADDED};
use crate::compat::diff::{IrKey, key};
use crate::compat::finding::{Affected, Class, Finding};
use crate::compat::witness;
use crate::ir::{Abi, Arg, Handler, Limit};
use crate::release::Release;
use crate::reply::INVALID;

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[key!(Handler.below), key!(Handler.may_refuse)];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| {
        let change = HandlerChange::of(comparison, difference.of)?;
        Some(match difference.key {
            key!(Handler.below) => change.limits(),
            _ => change.refused(),
        })
    })
}

/// The name of a field of an argument.
fn field_name(abi: &Abi, arg: Arg, at: usize) -> &str {
    match arg {
        Arg::Struct(id) => &abi.struct_(id).fields[at].name,
        _ => "",
    }
}

/// Whether a kernel of a release has a handler.
fn serves(handler: &Handler, release: Release) -> bool {
    let gone = handler.until.is_some_and(|until| release >= until.opening());
    handler.since.covers(release) && !gone
}

impl HandlerChange<'_, '_> {
    /// Numbers that some devices refuse. A number that any handler refused before is
    /// not new, and neither is one that no header of an old program has.
    fn refused(&self) -> Option<Finding> {
        let (old, new) = self.matching.abis();
        let names = old.declarations();
        let came = self.now.may_refuse.iter().find(|(at, refused)| {
            let field = field_name(new, self.new.arg, *at);
            let before = self.old.handlers.iter().filter(|one| serves(one, old.release));
            let mut before = before.flat_map(|one| &one.may_refuse);
            let known = before.any(|(at, other)| {
                field_name(old, self.old.arg, *at) == field && other.number == refused.number
            });
            !known && names.iter().any(|entry| entry.name == refused.name)
        });
        if let Some((at, refused)) = came {
            let field = field_name(new, self.new.arg, *at);
            let message = format!(
                "`{field}` of {} can fail with {INVALID} now, on some devices",
                refused.name
            );
            let witness = witness::failed(self.matching, (self.new, self.now), "nothing", INVALID);
            let finding = self.finding(ERROR_CHANGED, Class::Wire, message);
            return Some(finding.affects(Affected::OldProgram).witness(witness));
        }
        let name = &self.now.name;
        if self.now.may_refuse.len() >= self.before.may_refuse.len() {
            let message = format!("the handler `{name}` can refuse other inputs, on some devices");
            return Some(self.finding(ITEM_ADDED, Class::Note, message));
        }
        let message = format!("the handler `{name}` takes inputs that some devices refused");
        let finding = self.finding(ITEM_ADDED, Class::Growth, message);
        Some(finding.gate(format!("old kernels refuse them with {INVALID}")))
    }

    fn limits(&self) -> Option<Finding> {
        let abis = self.matching.abis();
        let before: Vec<(&str, &Limit)> = self
            .before
            .below
            .iter()
            .map(|(at, limit)| (field_name(abis.0, self.old.arg, *at), limit))
            .collect();
        let stricter = self.now.below.iter().find(|(at, limit)| {
            let name = field_name(abis.1, self.new.arg, *at);
            let old = before.iter().find(|(other, _)| *other == name);
            old.is_none_or(|(_, old)| limit.number < old.number)
        });
        let Some((_, limit)) = stricter else {
            let message =
                format!("the handler `{}` takes inputs that it refused before", self.now.name);
            let finding = self.finding(ITEM_ADDED, Class::Growth, message);
            return Some(finding.gate(format!("old kernels refuse them with {INVALID}")));
        };
        let message = format!("an input of {} and more fails with {INVALID} now", limit.name);
        let witness = witness::failed(self.matching, (self.new, self.now), "nothing", INVALID);
        let finding = self.finding(ERROR_CHANGED, Class::Wire, message);
        Some(finding.affects(Affected::OldProgram).witness(witness))
    }
}
