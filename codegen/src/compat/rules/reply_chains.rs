//! How a handler appends its chain: what a short buffer sees, and the offsets of capabilities.

use super::handlers::HandlerChange;
use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{ARGSZ_CAN_SHRINK, PLACEMENT_CHANGED, SHORT_REPLY_CHANGED};
use crate::compat::diff::{AbiDifference, IrKey, key};
use crate::compat::finding::{Affected, Class, Finding};
use crate::ir::{Abi, Arg, Ioctl, ReplyChain};
use crate::reply::{ArgszReply, WhenTooSmall};

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[
    key!(ReplyChain.offset),
    key!(ReplyChain.align),
    key!(ReplyChain.when_too_small),
    key!(ReplyChain.padding),
    key!(ReplyChain.argsz),
    key!(ReplyChain.writes),
    key!(ReplyChain.capabilities),
];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| {
        let change = HandlerChange::of(comparison, difference.of)?;
        match (&change.before.chain, &change.now.chain) {
            (Some(before), Some(now)) if difference.key != key!(ReplyChain.writes) => {
                Some(change.chain(difference, before, now))
            }
            // The rule about copied bytes judges them.
            (Some(_), Some(_)) => None,
            // One finding for all keys of a chain that one side lacks.
            _ if difference.key != key!(ReplyChain.offset) => Some(Vec::new()),
            (Some(_), None) => {
                let message =
                    format!("the handler `{}` appends no chain any more", change.now.name);
                Some(vec![change.finding(PLACEMENT_CHANGED, Class::Note, message)])
            }
            (None, _) => Some(change.chain_came().into_iter().collect()),
        }
    })
}

impl HandlerChange<'_, '_> {
    /// The first chain of a host has a finding as a chain.
    fn chain_came(&self) -> Option<Finding> {
        bound(self.matching.abis().0, self.old)?;
        let message = format!("the handler `{}` appends the chain too", self.now.name);
        Some(self.finding(PLACEMENT_CHANGED, Class::Note, message))
    }

    fn chain(
        &self,
        difference: &AbiDifference<'_>,
        before: &ReplyChain,
        now: &ReplyChain,
    ) -> Vec<Finding> {
        match difference.key {
            key!(ReplyChain.offset) => vec![self.offset(before, now)],
            key!(ReplyChain.align) => {
                let message = format!(
                    "capabilities start at multiples of {}, of {} before",
                    now.align, before.align
                );
                vec![self.finding(PLACEMENT_CHANGED, Class::Note, message)]
            }
            key!(ReplyChain.when_too_small) => vec![self.short(before, now)],
            key!(ReplyChain.padding) => {
                let message = "the bytes between capabilities are set in another way".to_owned();
                vec![self.finding(PLACEMENT_CHANGED, Class::Note, message)]
            }
            key!(ReplyChain.argsz) => vec![match now.argsz {
                ArgszReply::Always => {
                    let message = "argsz can come back smaller than it was passed, which it never \
                        did before";
                    self.broken(ARGSZ_CAN_SHRINK, message.to_owned())
                }
                ArgszReply::WhenTooSmall => {
                    let message = "argsz never comes back smaller than it was passed any more";
                    self.finding(ARGSZ_CAN_SHRINK, Class::Note, message.to_owned())
                }
            }],
            _ => self.capabilities(before, now),
        }
    }

    /// The offset of the first capability is no part of the ABI, as long as readers accept it.
    fn offset(&self, before: &ReplyChain, now: &ReplyChain) -> Finding {
        let message = format!("the chain starts at {}, {} before", now.offset, before.offset);
        match bound(self.matching.abis().0, self.old).filter(|bound| now.offset < *bound) {
            Some(bound) => {
                let message = format!(
                    "{message}: programs refuse an offset below {bound} as one inside of the \
                     fixed part"
                );
                self.broken(PLACEMENT_CHANGED, message).affects(Affected::OldProgram)
            }
            None => self.finding(PLACEMENT_CHANGED, Class::Note, message),
        }
    }

    /// What a buffer sees that is too small for the chain.
    fn short(&self, before: &ReplyChain, now: &ReplyChain) -> Finding {
        let words = |short: WhenTooSmall| match short {
            WhenTooSmall::OffsetZero => "the flag and an offset of 0",
            WhenTooSmall::Partial => "the flag, an offset of 0 and some capabilities",
            WhenTooSmall::FlagClear => "no flag",
            WhenTooSmall::OffsetSet => "the flag and the offset of the full reply",
        };
        let (was, is) = (words(before.when_too_small), words(now.when_too_small));
        let message = format!("a short buffer sees {is}, {was} before");
        self.broken(SHORT_REPLY_CHANGED, message)
    }

    /// Neither the presence nor the order of capabilities is part of the ABI.
    fn capabilities(&self, before: &ReplyChain, now: &ReplyChain) -> Vec<Finding> {
        let renames = &self.matching.renames.constants;
        let old: Vec<&str> = before
            .capabilities
            .iter()
            .map(|name| renames.get(name.as_str()).copied().unwrap_or(name))
            .collect();
        let new: Vec<&str> = now.capabilities.iter().map(String::as_str).collect();
        let is_known = |name: &str| {
            let mut pairs = self.matching.constants.iter();
            pairs.any(|pair| pair.both().is_some_and(|(_, one)| one.name == name))
        };
        let only = |one: &[&str], other: &[&str]| -> Vec<String> {
            let rest = one.iter().filter(|name| !other.contains(name));
            rest.map(|name| (*name).to_owned()).collect()
        };
        let common = |one: &[&str], other: &[&str]| -> Vec<String> {
            let both = one.iter().filter(|name| other.contains(name));
            both.map(|name| (*name).to_owned()).collect()
        };
        let note = |message: String| self.finding(PLACEMENT_CHANGED, Class::Note, message);
        let mut findings = Vec::new();
        let same_handler = self.before.name == self.now.name;
        let lost = only(&old, &new);
        if !lost.is_empty() && same_handler {
            findings.push(note(format!(
                "the handler `{}` no longer appends {}",
                self.now.name,
                lost.join(", ")
            )));
        }
        // A capability that is new in the chain has a finding of its own.
        let mut came = only(&new, &old);
        came.retain(|name| is_known(name));
        if !came.is_empty() && same_handler {
            let names = came.join(", ");
            findings.push(note(format!("the handler `{}` appends {names} too", self.now.name)));
        }
        if common(&old, &new) != common(&new, &old) {
            findings.push(note("capabilities come in another order than before".to_owned()));
        }
        findings
    }
}

/// The offset before which readers of a chain accept no capability.
fn bound(abi: &Abi, ioctl: &Ioctl) -> Option<u64> {
    let Arg::Struct(id) = ioctl.arg else { return None };
    abi.hosted_chain(id).map(|chain| chain.bound)
}
