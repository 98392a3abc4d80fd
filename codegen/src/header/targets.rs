//! Declarations that are not the same on every target, or not in C++.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use super::platform::REFERENCE;
use super::program::Reader;
use crate::ir::UnreadItem;
use crate::layout::{Model, PerModel};

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
    let is_comparable = reader.target.ioc_none == 0;
    let has_other_sizes = reader.target.model != Model::Lp64;
    for (name, numbers) in
        facts.ioctl_numbers.iter_mut().filter(|_| is_comparable && has_other_sizes)
    {
        let there = other.constant(name).map(|found| found.number);
        numbers[reader.target.model.index()] =
            there.unwrap_or(numbers[reader.target.model.index()]);
    }
    for one in &facts.constants {
        let same = other.constant(&one.name).is_none_or(|found| {
            let bits = found.number ^ one.number;
            let is_ioctl = facts.ioctl_numbers.contains_key(&one.name);
            let is_direction = !is_comparable && bits & !DIRECTION == 0;
            bits == 0 || is_ioctl && (is_direction || has_other_sizes)
        });
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

/// The numbers of the ioctls among the constants of one target.
pub(super) fn ioctl_numbers(facts: &Facts) -> BTreeMap<String, PerModel<i128>> {
    let ioctls = facts.constants.iter().filter(|one| is_ioctl(facts, &one.name));
    ioctls.map(|one| (one.name.clone(), [one.number; 3])).collect()
}

/// Whether a constant is the number of an ioctl, perhaps through macros of the header, such as
/// `DRM_IOW`, or as a second name.
fn is_ioctl(facts: &Facts, name: &str) -> bool {
    let mut name = name;
    for _ in 0..MOST_MACROS {
        let text = facts.texts.get(name).map_or("", String::as_str);
        let text = text.trim_start_matches(['(', ' ']);
        name = text.split(['(', ')']).next().unwrap_or_default().trim();
        if ["_IO", "_IOR", "_IOW", "_IOWR", "_IOC"].contains(&name) {
            return true;
        }
    }
    false
}

/// The bits of an ioctl's number that hold the direction, on powerpc in another way.
const DIRECTION: i128 = 0xe000_0000;

/// The most macros between the name of an ioctl and the macro of the kernel.
const MOST_MACROS: usize = 8;
