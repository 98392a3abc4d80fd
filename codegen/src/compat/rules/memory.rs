//! The memory that a field has the address of: who writes it, its type and its length.

use super::members::MemberChange;
use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{FIELD_MOVED, NOT_JUDGED};
use crate::compat::diff::{AbiDifference, Datum, IrKey, key};
use crate::compat::finding::{Affected, Class, Finding};
use crate::reply::{WhenLonger, WhenShorter};

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[
    key!(Payload.direction),
    key!(Payload.element),
    key!(Payload.type_by),
    key!(Payload.length),
    key!(Payload.shorter),
    key!(Payload.longer),
    key!(Payload.returns),
    key!(Payload.too_small),
    key!(Payload.lasting),
];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison
        .each(KEYS, |difference| Some(MemberChange::of(comparison, difference)?.memory(difference)))
}

impl MemberChange<'_, '_> {
    /// The verdict on one key. Memory of which a side says nothing has one finding for all.
    fn memory(&self, difference: &AbiDifference<'_>) -> Option<Finding> {
        let noted =
            |code, class, message: &str| Some(self.finding(code, class, message.to_owned()));
        let (was, is) = match (difference.key, difference.set_values()) {
            (key!(Payload.direction), (None, _)) => {
                return noted(
                    FIELD_MOVED,
                    Class::Note,
                    "the memory at its address is specified now",
                );
            }
            (key!(Payload.direction), (_, None)) => {
                let message = "the memory at its address was specified, and is unknown now";
                return noted(NOT_JUDGED, Class::NotJudged, message);
            }
            (_, (Some(was), Some(is))) => (was, is),
            _ => return None,
        };
        let turned = |affected, words: &dyn Fn(&Datum<'_>) -> String| {
            let address = |datum| ["the address of ", &words(datum)].concat();
            Some(self.turned(FIELD_MOVED, affected, address(was), address(is)))
        };
        // No old program relies on memory of a size that was refused.
        let sized = |size: &str, was_refused: bool| match was_refused {
            true => {
                let message = format!("memory that is {size} than the data is {} now", is.bare());
                noted(FIELD_MOVED, Class::Note, &message)
            }
            false => turned(Affected::OldProgram, &|rule| {
                format!("memory that is {} if it is {size}", rule.bare())
            }),
        };
        match difference.key {
            key!(Payload.direction) => {
                turned(Affected::Both, &|way| format!("memory that is passed {way}"))
            }
            key!(Payload.element) => {
                turned(Affected::Both, &|type_| format!("elements of type {type_}"))
            }
            key!(Payload.type_by) => {
                turned(Affected::Both, &|field| format!("memory that is typed by {field}"))
            }
            key!(Payload.shorter) => {
                let rule = self.old.field.payload.as_ref().and_then(|payload| payload.shorter);
                sized("shorter", rule.unwrap_or(WhenShorter::Refused) == WhenShorter::Refused)
            }
            key!(Payload.longer) => {
                let rule = self.old.field.payload.as_ref().and_then(|payload| payload.longer);
                sized("longer", rule.unwrap_or(WhenLonger::Refused) == WhenLonger::Refused)
            }
            key!(Payload.returns) => turned(Affected::Both, &|length| {
                format!("memory of which the call returns {}", length.bare())
            }),
            key!(Payload.too_small) => {
                turned(Affected::Both, &|error| format!("memory that gives {error} if too small"))
            }
            key!(Payload.lasting) => turned(Affected::OldProgram, &|lasting| {
                let when =
                    if lasting.is_true() { "after the call too" } else { "during the call only" };
                format!("memory that is accessed {when}")
            }),
            _ => turned(Affected::Both, &|length| format!("memory with a length of {length}")),
        }
    }
}
