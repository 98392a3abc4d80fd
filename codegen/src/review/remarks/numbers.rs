//! Numbers that others claim or reserve, and counts that stop to count.

use super::{Asked, Before};
use crate::ir::{Holder, Literal, NumberUse};
use crate::review::codes::{COUNT_FROZEN, NUMBER_CLAIMED};
use crate::review::report::Effect;

/// New numbers that a proposal claims or another tree uses.
pub(super) fn claimed(before: &Before<'_>) -> Vec<Asked> {
    let mut asked = Vec::new();
    for space in before.new.number_spaces() {
        let new =
            |one: &&NumberUse<'_>| matches!(one.holder, Holder::Abi(_)) && before.is_new(one.name);
        for one in space.uses.iter().filter(new) {
            let others = space
                .uses
                .iter()
                .filter(|other| other.number == one.number && other.name != one.name);
            for other in others {
                let holder = match other.holder {
                    // A number of the ABI itself is taken: `compat` and `lint` say so.
                    Holder::Abi(_) => continue,
                    Holder::Tree(reserved) => {
                        format!("used for `{}`: {}", other.name, reserved.doc.join(" "))
                    }
                    Holder::Proposal(proposal, _) => {
                        format!("claimed for `{}`: {}", other.name, proposal.source)
                    }
                };
                let free = space.next_free.map(|free| format!("{free} is the next free number"));
                let free = free.unwrap_or_else(|| "no number is free".to_owned());
                asked.push(Asked {
                    code: NUMBER_CLAIMED,
                    effect: Effect::Question,
                    subject: one.name.to_owned(),
                    message: format!("{} of `{}` is {holder}", one.number, space.name),
                    help: format!(
                        "agree with the author of the other change, or take another: {free}"
                    ),
                });
            }
        }
    }
    asked
}

/// Counts that were the next enumerator and are a number now.
pub(super) fn frozen(before: &Before<'_>) -> Vec<Asked> {
    let values = before.new.groups.iter().flat_map(|group| &group.values);
    let old = before.old.groups.iter().flat_map(|group| &group.values);
    let mut asked = Vec::new();
    for value in values.filter(|value| value.literal != Literal::Next) {
        let Some(was) = old.clone().find(|one| one.name == value.name) else { continue };
        if was.count.is_none() || was.literal != Literal::Next {
            continue;
        }
        let number = value.number;
        let change = match was.number == number {
            true => format!("the count stays {number} from now on"),
            false => format!("the count changes from {} to {number} and stays so", was.number),
        };
        asked.push(Asked {
            code: COUNT_FROZEN,
            effect: Effect::Note,
            subject: value.name.clone(),
            message: format!("{change}, whatever is added: programs can size arrays by it"),
            help: format!(
                "new numbers from {number} on are beyond the count; say how a program finds them"
            ),
        });
    }
    asked
}
