//! Names that only the generated crate and header have.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{ITEM_ADDED, NAME_REMOVED, NOT_JUDGED};
use crate::compat::diff::{AbiDifference, Datum, IrKey, key};
use crate::compat::finding::{Class, Finding};

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[
    key!(Abi.name),
    key!(Abi.prefix),
    key!(Abi.publish),
    key!(Abi.code),
    key!(CodeFile.language),
    key!(CodeFile.text),
    key!(History.names),
    key!(History.numbers),
    key!(Handler.profile),
];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    let present = |name: &str| {
        let abi = comparison.matching.abis().1;
        abi.entries().iter().any(|entry| entry.name == name && entry.is_declaration())
    };
    comparison.each(KEYS, |difference| Some(verdict(difference, &present)))
}

fn verdict(difference: &AbiDifference<'_>, present: &dyn Fn(&str) -> bool) -> Option<Finding> {
    let (was, is) = difference.texts();
    let subject = &difference.subject;
    let gone = |message: &str| Finding::new(NAME_REMOVED, Class::Source, subject, message);
    let new =
        |message: &str| Finding::new(ITEM_ADDED, Class::Growth, subject, message).off_the_wire();
    let removal = difference.is_removal();
    Some(match difference.key {
        key!(Abi.name) => {
            gone(&format!("the crate and the header are named after {is}, {was} before"))
        }
        key!(Abi.prefix) => {
            gone(&format!("names of the crate and the header leave out {is}, {was} before"))
        }
        key!(Abi.publish) if difference.set_values().1.is_some_and(Datum::is_true) => {
            new("the crate and the header are new")
        }
        key!(Abi.publish) => gone("the crate and the header are gone"),
        key!(Abi.code) if removal => gone("the hand-written file is gone, and its names with it"),
        key!(Abi.code) => new("the hand-written file is new"),
        key!(CodeFile.language) | key!(CodeFile.text) => {
            let message = "the hand-written file is another one: its names are not compared";
            Finding::new(NOT_JUDGED, Class::NotJudged, subject, message)
        }
        // A name that is an item of its own again is no loss.
        key!(History.names) if removal && present(subject) => return None,
        key!(History.names) if removal => {
            gone("the former name is gone: programs that use it no longer compile")
        }
        key!(History.names) => return None,
        // A number that no longer has a second name may have lost its item, too.
        key!(History.numbers) if removal && present(subject) => {
            gone("the number lost its stable second name in the header").in_header_only()
        }
        key!(History.numbers) => return None,
        _ if removal => gone("the profile is gone: servers that use it no longer compile"),
        _ => new("the profile is new"),
    })
}
