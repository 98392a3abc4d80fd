//! The numbers of ioctls as headers compute them. In a number that is not that of `_IO`, the size
//! of the argument is a part, so that it changes whenever the argument grows.

use std::collections::BTreeSet;

use crate::compat::Side;
use crate::compat::codes::{IOCTL_REMOVED, ITEM_ADDED};
use crate::compat::finding::{Affected, Class, Finding, Party};
use crate::compat::matching::Matching;
use crate::compat::witness::{self, Maker};
use crate::diagnostic::Place;
use crate::layout::{Model, PerModel, only_on};

/// Whether a header of a side declares an ioctl.
pub(super) fn has(side: &Side, name: &str) -> bool {
    side.knowledge.ioctls.contains_key(name)
}

/// Whether headers of both sides declare an ioctl.
pub(super) fn are_compared(matching: &Matching<'_>, name: &str) -> bool {
    has(matching.old, name) && has(matching.new, name)
}

/// The findings about ioctls that a header declares. Those that both ABIs have with different
/// numbers, and those that one ABI lacks, have findings of their own.
pub(super) fn judge(matching: &Matching<'_>) -> Vec<Finding> {
    let sides = [matching.old, matching.new];
    let names: BTreeSet<_> = sides.iter().flat_map(|side| side.knowledge.ioctls.keys()).collect();
    names.into_iter().filter_map(|name| verdict(matching, name)).collect()
}

fn verdict(matching: &Matching<'_>, name: &str) -> Option<Finding> {
    let (old, new) = (matching.old, matching.new);
    match (number(old, name), number(new, name)) {
        (Some(before), Some(now)) => {
            let is_renumbered = |(old, new): (u32, Option<u32>)| new != Some(old);
            let judged = specified(old, name).map(|old| (old, specified(new, name)));
            match judged.is_some_and(is_renumbered) {
                true => None,
                false => changed(matching, name, before, now),
            }
        }
        (Some([before, ..]), None) if !is_named(old, name) => Some(removed(matching, name, before)),
        (None, Some(_)) if !is_named(new, name) => {
            let finding = Finding::new(ITEM_ADDED, Class::Growth, name, "the ioctl is new");
            Some(finding.gate("old kernels refuse it").at(Party::New, place(new, name)))
        }
        _ => None,
    }
}

/// The number of an ioctl in C on each model.
fn number(side: &Side, name: &str) -> Option<PerModel<i128>> {
    let declared = side.knowledge.ioctls.get(name).map(|one| one.numbers);
    declared.or_else(|| {
        let numbers = side.abi.ioctl_numbers.as_ref()?;
        let number = numbers.base_value + specified(side, name)?;
        Some([i128::from(numbers.type_value << 8 | number); 3])
    })
}

/// The number of an ioctl of the ABI, counted from the base.
fn specified(side: &Side, name: &str) -> Option<u32> {
    side.abi.ioctls.iter().find(|ioctl| ioctl.name == name).map(|ioctl| ioctl.number)
}

/// Whether the ABI of a side has a name as an ioctl or a constant.
fn is_named(side: &Side, name: &str) -> bool {
    let mut values = side.abi.groups.iter().flat_map(|group| &group.values);
    specified(side, name).is_some() || values.any(|value| value.name == name)
}

fn changed(
    matching: &Matching<'_>,
    name: &str,
    before: PerModel<i128>,
    now: PerModel<i128>,
) -> Option<Finding> {
    let model = Model::ALL.into_iter().find(|model| before[model.index()] != now[model.index()])?;
    let (was, is) = (before[model.index()], now[model.index()]);
    let why = match (was ^ is) & !SIZE {
        0 => format!(", as its argument has {} bytes, {} before", size(is), size(was)),
        _ => String::new(),
    };
    let message =
        format!("the number of the ioctl is {is:#x}, {was:#x} before{}{why}", only_on(model));
    let finding = Finding::wire(IOCTL_REMOVED, model, name, message).affects(Affected::Both);
    let finding = finding.at(Party::New, place(matching.new, name));
    let finding = finding.witness(passed(matching, name, was));
    Some(finding.help("take a new ioctl for the longer argument, or use `_IO` and argsz"))
}

fn removed(matching: &Matching<'_>, name: &str, was: i128) -> Finding {
    let message = "the ioctl is gone: old programs get ENOTTY, and programs that name it no longer \
        compile";
    let finding = Finding::new(IOCTL_REMOVED, Class::Wire, name, message);
    let finding = finding.at(Party::Old, place(matching.old, name));
    finding.affects(Affected::OldProgram).witness(passed(matching, name, was))
}

/// Where a header declares an ioctl.
fn place(side: &Side, name: &str) -> Place {
    side.knowledge.ioctls.get(name).map(|one| one.place).unwrap_or_default()
}

/// What the new kernel takes an old number for.
fn passed(matching: &Matching<'_>, name: &str, number: i128) -> crate::compat::evidence::Witness {
    let mut known = matching.new.knowledge.ioctls.iter();
    let meant = known.find(|(_, one)| one.numbers.contains(&number));
    let meant = meant.map(|(name, _)| name.as_str());
    witness::understood(matching, Maker::Program, "ioctls", number, name, meant)
}

/// The bits of a number that hold the size of the argument.
const SIZE: i128 = 0x3fff << 16;

fn size(number: i128) -> i128 {
    (number & SIZE) >> 16
}
