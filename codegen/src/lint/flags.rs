//! The flags of a field.

use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::{Abi, Group, GroupKind, Literal, Value};

/// L13: a flag is one bit, and a mask covers existing flags, or bits without flags.
pub(super) fn single_bits_and_exact_masks(abi: &Abi) -> Vec<Violation<'_>> {
    let groups = abi.groups.iter().filter(|group| group.kind == GroupKind::Flags);
    let values = groups.flat_map(|group| group.values.iter().map(move |value| (group, value)));
    values.filter_map(|(group, value)| wrong(abi, group, value)).collect()
}

fn wrong<'a>(abi: &'a Abi, group: &'a Group, value: &'a Value) -> Option<Violation<'a>> {
    let finding = |message| Violation::new(LintSubject::of_value(abi, group, value), message);
    if let Literal::Or(names) = &value.literal {
        let known = |name: &&String| group.values.iter().all(|value| value.name != **name);
        let foreign: Vec<_> = names.iter().filter(known).map(String::as_str).collect();
        let message = format!("`{}` is made of flags of another field", value.name);
        let hint = "a mask covers flags of its own field";
        let label = format!("{} belong to another field", quoted(foreign.iter().copied()));
        return (!foreign.is_empty()).then(|| finding(message).label(label).help(hint));
    }
    let bits = bits(value);
    // The bits of a mask with names for its numbers are no flags.
    if value.mask.is_some() || group.values.iter().any(|one| one.mask.as_ref() == Some(&value.name))
    {
        return None;
    }
    if bits == 0 {
        let message = format!("`{}` is not a flag: it has no bit", value.name);
        return Some(
            finding(message).label("is 0").help("a flag is one bit; a test for 0 is always true"),
        );
    }
    if bits.is_power_of_two() {
        return None;
    }
    let flags = group.values.iter().filter(|flag| self::bits(flag).is_power_of_two());
    let covered = flags.fold(0, |covered, flag| covered | self::bits(flag)) & bits;
    if covered == 0 || covered == bits {
        return None;
    }
    let message = format!("`{}` covers bits that are not flags", value.name);
    let label = format!("{:#x} of {bits:#x} have no flag", bits & !covered);
    Some(finding(message).label(label).help("list the flags it covers under `of`"))
}

/// The bits of a value as the field holds them.
fn bits(value: &Value) -> u64 {
    // Flags are not negative, except for bit 31 of an `int`, of which the low 32 bits count.
    u64::try_from(value.number)
        .or(u32::try_from(value.number & 0xffff_ffff).map(u64::from))
        .unwrap_or(0)
}

/// Names in backticks with commas between.
fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names = names.into_iter().map(|name| format!("`{name}`"));
    names.collect::<Vec<_>>().join(", ")
}
