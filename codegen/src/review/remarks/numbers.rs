//! Numbers that others claim or reserve, and counts that stop to count.

use super::{AbiChange, Asked};
use crate::ir::{Holder, Literal, NumberUse};
use crate::review::codes::{COUNT_FROZEN, NUMBER_CLAIMED};
use crate::review::report::Effect;

/// New numbers that a later release or another tree uses, or a proposal claims.
pub(super) fn claimed(change: &AbiChange<'_>) -> Vec<Asked> {
    let known = change.newest.number_spaces();
    let mut asked = Vec::new();
    for space in change.new.number_spaces() {
        let Some(newest) =
            known.iter().find(|one| one.kind == space.kind && one.name == space.name)
        else {
            continue;
        };
        let new =
            |one: &&NumberUse<'_>| matches!(one.holder, Holder::Abi(_)) && change.is_new(one.name);
        for one in space.uses.iter().filter(new) {
            let others = newest
                .uses
                .iter()
                .filter(|other| other.number == one.number && other.name != one.name);
            for holder in others.filter_map(|other| held(change, other)) {
                let free = newest.next_free.map(|free| format!("{free} is the next free number"));
                let free = free.unwrap_or_else(|| "no number is free".to_owned());
                asked.push(Asked {
                    code: NUMBER_CLAIMED,
                    effect: Effect::Question,
                    subject: one.name.to_owned(),
                    message: format!("{} of `{}` is {holder}", one.number, space.name),
                    help: format!("agree with the other author, or take another number: {free}"),
                });
            }
        }
    }
    asked
}

/// Who holds a number; `compat` and `lint` find those that the base already has.
fn held(change: &AbiChange<'_>, other: &NumberUse<'_>) -> Option<String> {
    match other.holder {
        Holder::Abi(_) if !change.is_new(other.name) => None,
        Holder::Abi(meta) => Some(format!("`{}` since {}", other.name, meta.since.first())),
        Holder::Tree(reserved) => {
            Some(format!("used for `{}`: {}", other.name, reserved.doc.join(" ")))
        }
        Holder::Proposal(..) => other
            .current_claim()
            .map(|(proposal, _)| format!("claimed for `{}`: {}", other.name, proposal.source)),
    }
}

/// Counts that were the next enumerator and are a number now.
pub(super) fn frozen(change: &AbiChange<'_>) -> Vec<Asked> {
    let values = change.new.groups.iter().flat_map(|group| &group.values);
    let old = change.old.groups.iter().flat_map(|group| &group.values);
    let mut asked = Vec::new();
    for value in values.filter(|value| value.literal != Literal::Next) {
        let Some(was) = old.clone().find(|one| one.name == value.name) else { continue };
        if was.count.is_none() || was.literal != Literal::Next {
            continue;
        }
        let number = value.number;
        let effect = match was.number == number {
            true => format!("the count stays {number} from now on"),
            false => format!("the count changes from {} to {number} and stays so", was.number),
        };
        asked.push(Asked {
            code: COUNT_FROZEN,
            effect: Effect::Note,
            subject: value.name.clone(),
            message: format!("{effect}, whatever is added: programs can size arrays by it"),
            help: format!(
                "new numbers from {number} on are beyond the count; say how a program finds them"
            ),
        });
    }
    asked
}
