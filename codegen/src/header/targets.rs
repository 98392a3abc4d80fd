//! Declarations that are not the same on every target, or not in C++.

use std::collections::BTreeSet;

use super::facts::Facts;
use super::platform::REFERENCE;
use super::program::Reader;
use crate::ir::UnreadItem;

/// Takes away from the facts of a reader in C on the reference target what is different for
/// another reader.
pub(super) fn compare(facts: &mut Facts, other: &Facts, reader: Reader) {
    let difference = match reader.cplusplus {
        true => "in C++ as in C".to_owned(),
        false => format!("on {} as on {}", reader.target.name, REFERENCE.name),
    };
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
        let same = other.constant(&one.name).is_none_or(|found| found.number == one.number);
        let same = same || is_ioctl(facts, &one.name);
        different.extend((!same).then(|| one.name.clone()));
    }
    for name in different {
        let reason = format!("it is not the same {difference}");
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

/// Whether a constant is the number of an ioctl with a direction, perhaps through macros of the
/// header, such as `DRM_IOW`.
fn is_ioctl(facts: &Facts, name: &str) -> bool {
    let mut name = name;
    for _ in 0..MOST_MACROS {
        let text = facts.texts.get(name).map_or("", String::as_str);
        let Some((called, _)) = text.trim_start_matches(['(', ' ']).split_once('(') else {
            return false;
        };
        name = called.trim();
        if ["_IOR", "_IOW", "_IOWR", "_IOC"].contains(&name) {
            return true;
        }
    }
    false
}

/// The most macros between the name of an ioctl and the macro of the kernel.
const MOST_MACROS: usize = 8;
