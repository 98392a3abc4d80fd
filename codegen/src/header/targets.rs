//! Declarations that are not the same on every target.

use std::collections::BTreeSet;

use super::facts::Facts;
use crate::ir::UnreadItem;
use crate::layout::Target;

/// Takes away from the facts of the reference target what is different on another one.
pub(super) fn compare(facts: &mut Facts, other: &Facts, target: &Target) {
    let mut different = BTreeSet::new();
    let names = |facts: &Facts| {
        let structs = facts.structs.iter().map(|one| one.name.clone());
        let constants = facts.constants.iter().map(|one| one.name.clone());
        structs.chain(constants).collect::<BTreeSet<_>>()
    };
    different.extend(names(facts).symmetric_difference(&names(other)).cloned());
    for one in &facts.structs {
        let same = other.struct_(&one.name).is_none_or(|found| {
            let fields = one.fields.iter().map(|field| (&field.name, &field.type_));
            let others = found.fields.iter().map(|field| (&field.name, &field.type_));
            fields.eq(others) && one.layouts == found.layouts
        });
        different.extend((!same).then(|| one.name.clone()));
    }
    for one in &facts.constants {
        // The numbers of such ioctls have direction bits, which differ on powerpc.
        let text = facts.texts.get(&one.name).map_or("", String::as_str);
        let ioctl = ["_IOR", "_IOW", "_IOC"].iter().any(|word| text.starts_with(word));
        let same = other.constant(&one.name).is_none_or(|found| found.number == one.number);
        let same = same || ioctl;
        different.extend((!same).then(|| one.name.clone()));
    }
    for name in different {
        let reason = format!("it is not the same on {} as on x86_64", target.name);
        let there = other.texts.get(&name).cloned().unwrap_or_default();
        if !facts.unread.contains_key(&name) {
            facts.forget(&name, reason);
        }
        // The text of every target counts.
        if let Some(UnreadItem { text, .. }) = facts.unread.get_mut(&name) {
            text.push_str(" | ");
            text.push_str(&there);
        }
    }
}
