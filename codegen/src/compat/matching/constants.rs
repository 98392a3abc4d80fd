//! Pairs named numbers and strings, wherever they are declared. The ids of capabilities are
//! among them.

use std::collections::HashMap;

use super::{Matched, Matching, Renames, same_item};
use crate::ir::{Abi, Capability, Chain, Group, GroupKind, Literal, Meta, Value};
use crate::reply::{Count, Direction};

/// A named number or string.
#[derive(Clone, Copy, Debug)]
pub(in crate::compat) struct Constant<'a> {
    pub(in crate::compat) name: &'a str,
    pub(in crate::compat) meta: &'a Meta,
    pub(in crate::compat) number: i128,
    /// The name of its group or chain.
    pub(in crate::compat) group: &'a str,
    /// The name of its group or chain on the new side.
    pub(in crate::compat) space: &'a str,
    pub(in crate::compat) kind: GroupKind,
    /// Whether only kernels pass it to programs.
    pub(in crate::compat) from_kernel: bool,
    pub(in crate::compat) item: Numbered<'a>,
}

/// The item that has the number.
#[derive(Clone, Copy, Debug)]
pub(in crate::compat) enum Numbered<'a> {
    /// A value of a group.
    Value(&'a Group, &'a Value),
    /// A capability of a chain.
    Capability(&'a Chain, &'a Capability),
}

impl<'a> Constant<'a> {
    /// The value, unless it is a capability.
    pub(in crate::compat) fn value(&self) -> Option<&'a Value> {
        match self.item {
            Numbered::Value(_, value) => Some(value),
            Numbered::Capability(..) => None,
        }
    }

    pub(in crate::compat) fn count(&self) -> Option<Count> {
        self.value().and_then(|value| value.count)
    }

    /// Whether it counts others and moves as they are added: the specification declares it so,
    /// or it is an enumerator that counts by its position.
    pub(in crate::compat) fn moves(&self) -> bool {
        let is_next = self.value().is_some_and(|value| value.literal == Literal::Next);
        match self.count() {
            Some(Count::Moves) => true,
            Some(Count::Frozen) => is_next,
            None => false,
        }
    }

    pub(in crate::compat) fn text(&self) -> Option<&'a str> {
        match self.value().map(|value| &value.literal) {
            Some(Literal::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(in crate::compat) fn is_macro(&self) -> bool {
        !matches!(self.kind, GroupKind::AnonymousEnum | GroupKind::Enum)
    }

    pub(in crate::compat) fn is_mask(&self) -> bool {
        self.value().is_some_and(|value| matches!(value.literal, Literal::Or(_)))
    }

    /// Whether it is a mask, or a second name of a flag, which is a mask of one.
    pub(in crate::compat) fn is_mask_of_any(&self) -> bool {
        let Numbered::Value(group, _) = self.item else { return false };
        let mut others = group.values.iter().filter(|one| one.name != self.name);
        self.is_mask() || others.any(|one| one.number == self.number)
    }

    /// Whether it is several bits of a field with flags, side by side, and no number in the
    /// bits of a mask.
    pub(in crate::compat) fn covers_bits(&self) -> bool {
        let bits = self.number.checked_shr(self.number.trailing_zeros()).unwrap_or(0);
        let is_number = self.value().is_some_and(|value| value.mask.is_some());
        self.kind == GroupKind::Flags && !is_number && bits > 1 && bits & (bits + 1) == 0
    }

    /// Whether it is a mask whose bits hold other numbers, of which one can have all bits.
    fn holds_others(&self) -> bool {
        let Numbered::Value(group, _) = self.item else { return false };
        group.values.iter().any(|one| one.mask.as_deref() == Some(self.name))
    }

    /// Whether another name of its group has the number.
    fn is_second_name(&self) -> bool {
        self.value().is_some_and(|value| matches!(value.literal, Literal::Alias(_)))
    }

    /// The number that it takes from others: the space, the number, and for 0 the mask whose
    /// bits hold it, since numbers in different masks share no bit.
    pub(in crate::compat) fn taken(&self) -> (&'a str, i128, Option<&'a str>) {
        let mask = self.value().and_then(|value| value.mask.as_deref());
        (self.space, self.number, mask.filter(|_| self.number == 0))
    }

    /// Whether no two numbers of its group may be equal.
    pub(in crate::compat) fn is_unique(&self) -> bool {
        let unique = matches!(
            self.kind,
            GroupKind::IdSpace
                | GroupKind::Flags
                | GroupKind::Enum
                | GroupKind::AnonymousEnum
                | GroupKind::FieldValues
        );
        unique
            && !self.is_mask()
            && !self.holds_others()
            && !self.is_second_name()
            && self.count().is_none()
            && self.text().is_none()
    }
}

/// Every constant of an ABI; the id of a capability belongs to its chain.
fn constants<'a>(abi: &'a Abi, renames: &Renames<'a>) -> Vec<Constant<'a>> {
    let values = abi.groups.iter().flat_map(|group| {
        let from_kernel = is_from_kernel(abi, group);
        let space = Matching::renamed(&renames.groups, &group.name);
        group.values.iter().map(move |value| Constant {
            name: &value.name,
            meta: &value.meta,
            number: value.number,
            group: &group.name,
            space,
            kind: group.kind,
            from_kernel,
            item: Numbered::Value(group, value),
        })
    });
    let ids = abi.capabilities.iter().map(|capability| {
        let chain = abi.chain(capability.chain);
        // The ids of kinds are unique together with further values only.
        let kind = match capability.kind {
            Some(_) => GroupKind::Constants,
            None => GroupKind::IdSpace,
        };
        Constant {
            name: &capability.name,
            meta: &capability.meta,
            number: capability.id.into(),
            group: &chain.name,
            space: Matching::renamed(&renames.chains, &chain.name),
            kind,
            from_kernel: true,
            item: Numbered::Capability(chain, capability),
        }
    });
    values.chain(ids).collect()
}

/// Whether the numbers of a group are only in replies.
fn is_from_kernel(abi: &Abi, group: &Group) -> bool {
    let field = group.field.map(|(id, field)| abi.struct_(id).fields[field].direction);
    field == Some(Some(Direction::Out))
}

/// Pairs by name, whatever the group, then by former names.
pub(super) fn pairs<'a>(
    was: &'a Abi,
    is: &'a Abi,
    renames: &Renames<'a>,
) -> Vec<Matched<Constant<'a>>> {
    let (old, new) = (constants(was, renames), constants(is, &Renames::default()));
    let by_name: HashMap<_, _> =
        new.iter().enumerate().rev().map(|(index, one)| (one.name, index)).collect();
    let mut free = vec![true; new.len()];
    let mut found: Vec<Option<usize>> =
        old.iter().map(|one| by_name.get(one.name).copied()).collect();
    found.iter().flatten().for_each(|at| free[*at] = false);
    for (one, found) in old.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
        let heir = |other: &Constant<'_>| same_item((one.name, one.meta), (other.name, other.meta));
        *found = (0..new.len()).find(|at| free[*at] && heir(&new[*at]));
        found.iter().for_each(|at| free[*at] = false);
    }
    let known = old.iter().zip(found);
    let known = known.map(|(one, found)| Matched { old: Some(*one), new: found.map(|at| new[at]) });
    let added = new.iter().zip(free).filter(|(_, free)| *free);
    known.chain(added.map(|(one, _)| Matched { old: None, new: Some(*one) })).collect()
}
