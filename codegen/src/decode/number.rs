//! Numbers and their names.

use crate::ir::{Abi, Group, GroupId, Value};
use crate::layout::Int;

/// A number of a field.
#[derive(Clone, Copy, Debug)]
pub struct DecodedNumber<'a> {
    /// The signed value.
    pub value: i128,
    /// The bits of the field.
    pub bits: u64,
    /// The names that it can have.
    pub group: Option<&'a Group>,
    /// The ids that some of its bits hold together.
    pub ids: Option<&'a Group>,
    /// The enums whose numbers it can have, one for each kind of device.
    pub indexes: Option<(&'a Abi, &'a [GroupId])>,
}

impl<'a> DecodedNumber<'a> {
    /// The number of `size` bytes that is read as `int`.
    pub(super) fn new(bits: u64, int: Int, size: u64, group: Option<&'a Group>) -> Self {
        let negative = int.signed() && bits >> (size * 8).clamp(1, 64).saturating_sub(1) & 1 == 1;
        let value = match negative {
            true => i128::from(bits) - (1_i128 << (size * 8).min(64)),
            false => i128::from(bits),
        };
        Self { value, bits, group, ids: None, indexes: None }
    }

    /// The id that some of its bits hold, if it has a name.
    pub(super) fn id(&self) -> Option<&'a Value> {
        let (flags, ids) = (self.group?, self.ids?);
        let mask =
            flags.values.iter().find(|value| !is_one_bit(value, flags) && value.mask.is_none())?;
        let id = self.bits & flags.bits_of(mask);
        ids.values.iter().filter(|value| value.count.is_none()).find(|v| ids.bits_of(v) == id)
    }

    /// The number with its names, if it has some: `READ | 0x40 (0x41)`, `MSIX (2)`, `48 (0x30)`,
    /// and for an index those of each kind of device.
    pub fn text(&self) -> String {
        match self.group {
            Some(group) if group.is_flags() => self.flags(group),
            Some(group) => match self.name(group) {
                Some(name) => format!("{name} ({})", self.value),
                None => self.plain(),
            },
            None => match self.index_names().as_slice() {
                [] => self.plain(),
                names => format!("{} ({})", self.value, names.join(" or ")),
            },
        }
    }

    /// The names of an index, in the words of the kernel: one for each kind of device.
    pub fn index_names(&self) -> Vec<&'a str> {
        let (abi, indexes) = match self.indexes {
            Some((abi, indexes)) => (Some(abi), indexes),
            None => (None, &[][..]),
        };
        let groups = indexes.iter().filter_map(|id| Some(abi?.group(*id)));
        let named = groups
            .flat_map(|group| &group.values)
            .filter(|value| value.count.is_none() && value.number == self.value);
        named.map(|value| value.name.as_str()).collect()
    }

    /// The bits that no flag has.
    pub(super) fn unknown_flags(&self) -> u64 {
        let flags = self.group.filter(|group| group.is_flags());
        let known = |group: &'a Group| {
            group.values.iter().fold(0, |bits, value| bits | group.bits_of(value))
        };
        flags.map_or(0, |group| self.bits & !known(group))
    }

    /// Whether the number is none of those of its enum.
    pub(super) fn is_no_value(&self) -> bool {
        let enum_ = self.group.filter(|group| !group.is_flags());
        enum_.is_some_and(|group| self.name(group).is_none())
    }

    /// In decimal, and in hexadecimal where that is more readable.
    fn plain(&self) -> String {
        match self.value {
            value @ 0..=9 => value.to_string(),
            value => format!("{value} ({:#x})", self.bits),
        }
    }

    /// The name of a number; the count of an enum is not a name.
    fn name(&self, group: &'a Group) -> Option<&'a str> {
        // Negative numbers are compared by their bits.
        let same = |value: &&Value| value.number == self.value || group.bits_of(value) == self.bits;
        let named = group.values.iter().filter(|value| value.count.is_none());
        named.into_iter().find(same).map(|value| value.short.as_str())
    }

    /// The names of the set flags, and the remaining bits as a number.
    fn flags(&self, group: &Group) -> String {
        let (mut rest, mut parts) = (self.bits, Vec::new());
        let own = group.values.iter().filter(|value| value.mask.is_none());
        let (flags, masks): (Vec<_>, Vec<_>) = own.partition(|value| is_one_bit(value, group));
        for flag in flags {
            let bit = group.bits_of(flag);
            if rest & bit != 0 {
                parts.push(flag.short.clone());
                rest &= !bit;
            }
        }
        // Several bits that form an id are printed as one number.
        let id = self.id();
        for mask in masks {
            let part = rest & group.bits_of(mask);
            let held = |value: &&Value| {
                value.mask.as_ref() == Some(&mask.name) && group.bits_of(value) == part
            };
            if let Some(value) = group.values.iter().find(held) {
                // Where a mask has names, its 0 has one, too.
                parts.push(value.short.clone());
                rest &= !part;
                continue;
            }
            match id {
                Some(id) => parts.insert(0, id.short.clone()),
                None if part != 0 && self.ids.is_some() => {
                    parts.insert(0, format!("unknown {part}"))
                }
                None if part != 0 && mask.in_place => {
                    parts.push(format!("{}={part:#x}", mask.short));
                }
                None if part != 0 => {
                    let number = part >> group.bits_of(mask).trailing_zeros();
                    parts.push(format!("{}={number}", mask.short));
                }
                None => {}
            }
            rest &= !part;
        }
        if rest != 0 {
            parts.push(format!("{rest:#x}"));
        }
        match parts.is_empty() {
            true => "0".to_owned(),
            false => format!("{} ({:#x})", parts.join(" | "), self.bits),
        }
    }
}

/// Whether a value is a flag, not a mask of several.
fn is_one_bit(value: &Value, group: &Group) -> bool {
    group.bits_of(value).is_power_of_two()
}
