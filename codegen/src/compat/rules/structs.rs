//! Structs that one side lacks, and structs with another name.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{ITEM_ADDED, NAME_REMOVED};
use crate::compat::diff::{AbiDifference, IrKey, Of, key};
use crate::compat::finding::{Class, Finding, Party};
use crate::compat::type_names::is_alias;
use crate::ir::{Abi, Struct, StructRole};

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[key!(Abi.structs), key!(Struct.name)];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| verdict(comparison, difference))
}

fn verdict(
    comparison: &Comparison<'_, '_>,
    difference: &AbiDifference<'_>,
) -> Option<Option<Finding>> {
    let Of::Struct(index) = difference.of else { return None };
    let pair = comparison.matching.structs[index].structs;
    Some(match (pair.old, pair.new) {
        (Some(old), None) => Some(removed(old)),
        (Some(old), Some(new)) => {
            let sides = (comparison.matching.old, comparison.matching.new);
            let aliased = is_alias((sides.0, &old.name), (sides.1, &new.name));
            // Each of its names is judged.
            (!aliased).then(|| renamed(old, new))
        }
        (None, Some(new)) => added(comparison.matching.abis().1, new),
        (None, None) => None,
    })
}

fn removed(old: &Struct) -> Finding {
    let message = "the struct is gone: programs that use it no longer compile";
    let finding = Finding::new(NAME_REMOVED, Class::Source, &old.name, message);
    finding.at(Party::Old, old.meta.place).help("keep it, and specify since when it is deprecated")
}

fn renamed(old: &Struct, new: &Struct) -> Finding {
    let message = format!("the struct is called `{}` now: programs no longer compile", new.name);
    Finding::new(NAME_REMOVED, Class::Source, &old.name, message).at(Party::New, new.meta.place)
}

/// The body of a capability that is declared with it is part of the finding about the capability.
fn added(abi: &Abi, new: &Struct) -> Option<Finding> {
    let inline = match new.role {
        StructRole::Capability(id) => abi.capability(id).inline,
        _ => false,
    };
    let finding = Finding::new(ITEM_ADDED, Class::Growth, &new.name, "the struct is new");
    (!inline).then(|| finding.off_the_wire().at(Party::New, new.meta.place))
}
