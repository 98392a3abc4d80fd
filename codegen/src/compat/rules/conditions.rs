//! Fields of a space that need not exist, and numbers in bits: with another rule, the same bytes
//! mean something else.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::BODY_CHANGED;
use crate::compat::diff::{AbiDifference, IrKey, MemberOf, Of, key};
use crate::compat::finding::{Affected, Class, Finding, Party};
use crate::compat::witness;

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] =
    &[key!(Field.exists_if), key!(Field.count), key!(Struct.compact), key!(Struct.length)];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| verdict(comparison, difference).map(Some))
}

/// The verdict on a struct or a field that both sides have.
fn verdict(comparison: &Comparison<'_, '_>, difference: &AbiDifference<'_>) -> Option<Finding> {
    let structs = &comparison.matching.structs;
    let (subject, place, name) = match difference.of {
        Of::Member(index, MemberOf::Both(at)) => {
            let (_, struct_) = structs[index].structs.both()?;
            let (_, member) = structs[index].members.as_ref()?.both[at];
            (member.path(struct_), member.meta.place, &struct_.name)
        }
        Of::Struct(index) => {
            let (_, struct_) = structs[index].structs.both()?;
            (struct_.name.clone(), struct_.meta.place, &struct_.name)
        }
        _ => return None,
    };
    let (was, is) = difference.texts();
    let what = match difference.key {
        key!(Field.exists_if) => "the field exists with",
        key!(Field.count) => "the number of elements is",
        key!(Struct.compact) => "that the fields move is",
        _ => "the length of an element is",
    };
    let message = format!("{what} {is}, {was} before");
    let witness = witness::understood(
        comparison.matching,
        witness::Maker::Kernel,
        name,
        None,
        &is,
        Some(&was),
    );
    let finding = Finding::new(BODY_CHANGED, Class::Wire, subject, message);
    Some(finding.at(Party::New, place).affects(Affected::Both).witness(witness))
}
