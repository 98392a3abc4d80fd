//! Named numbers: their form, the payloads of ids, and the groups that new ones join.

use std::collections::HashMap;

use super::{Finder, placed, subspaces, text};
use crate::amend::pieces::Addition;
use crate::header::conventions::{self, Way};
use crate::header::{ConstantFact, Spelt, StructFact};
use crate::ir::{Group, GroupId, GroupKind};
use crate::layout::LiteralType;
use crate::names::counts_others;
use crate::reply::Count;
use crate::spec;
use crate::spec::text::Number;
use crate::spec::types::Amount;
use crate::spec::types::{Base, Shape, TypeExpr};
use crate::spec::wrappers::{LineOrMap, List, Placed};

/// Where a number is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Among {
    /// In a group of the file level.
    Group,
    /// Among the flags of a field.
    Flags,
    /// Among the numbers of a field.
    Numbers,
}

/// The type of a macro, if its literal does not have it by itself.
pub(in crate::amend) fn c_type(
    value: &spec::ValueSpec,
    constant: &ConstantFact,
) -> Option<Placed<LiteralType>> {
    let bit = value.bit.and_then(|bit| u32::try_from(bit.value.value).ok());
    let given = bit.is_some() || matches!(value.value, Some(Amount::Number(_)));
    let type_ = constant.c_type.filter(|type_| type_.holds(constant.number));
    let type_ = type_.filter(|_| given && !value.signed && constant.tag.is_none());
    let type_ = type_.filter(|type_| Some(*type_) != LiteralType::needed(bit, constant.number));
    type_.map(|value| Placed { value, place: constant.place })
}

impl<'f> Finder<'f> {
    /// The number of a constant.
    pub(super) fn number(&self, constant: &ConstantFact) -> Placed<Number> {
        let hex = matches!(constant.spelt, Spelt::Hex | Spelt::Encoded(_)) && constant.number >= 0;
        Placed { value: Number { value: constant.number, hex }, place: constant.place }
    }

    /// A named number.
    pub(super) fn value(&mut self, constant: &'f ConstantFact, among: Among) -> spec::ValueSpec {
        let place = constant.place;
        let payload =
            self.payloads.get(constant.name.as_str()).map(|fact| placed(&fact.name, place));
        if payload.is_some() {
            self.found.marks.add(&constant.name, "payload", "payload by its name");
        }
        let payload = payload.map(|name| {
            let reason = format!("`{}` counts as its payload, by its name", name.value);
            self.guess(&constant.name, reason);
            struct_type(name)
        });
        let mut value = spec::ValueSpec {
            doc: text::draft(&constant.doc, place),
            payload,
            ..spec::ValueSpec::default()
        };
        self.spell(&mut value, constant, among);
        value.c_type = c_type(&value, constant);
        value
    }

    /// Writes the number of a value as the header does, as far as its list allows.
    fn spell(&self, value: &mut spec::ValueSpec, constant: &ConstantFact, among: Among) {
        let place = constant.place;
        let bit =
            |bit: u32| Some(Placed { value: Number { value: bit.into(), hex: false }, place });
        let number = self.number(constant);
        let single = constant.number > 0 && constant.number.count_ones() == 1;
        match &constant.spelt {
            Spelt::Text(text) if among == Among::Group => value.string = Some(placed(text, place)),
            Spelt::Bit { bit: at, signed } if among != Among::Numbers && constant.tag.is_none() => {
                value.bit = bit(*at);
                value.signed = *signed && among == Among::Group;
            }
            _ if among == Among::Flags && single => {
                value.bit = bit(constant.number.trailing_zeros());
            }
            Spelt::Position if among == Among::Group && self.kinds.counts(constant) => {
                value.value = Some(Amount::Next);
                value.count = Some(Count::Moves);
            }
            Spelt::Or(names)
                if among == Among::Group
                    && !self.kinds.counts(constant)
                    && self.first_name(names, constant).is_some() =>
            {
                value.alias = self.first_name(names, constant).map(|name| placed(name, place));
            }
            Spelt::Or(names)
                if among == Among::Flags && names.len() > 1 && self.are_flags(names, constant) =>
            {
                value.of = List(names.iter().map(|name| placed(name, place)).collect());
            }
            _ => {
                value.value = Some(Amount::Number(number.value));
                value.count = self.count(constant).filter(|_| among == Among::Group);
            }
        }
    }

    /// The first name of the number of an enumerator that is defined as another one.
    fn first_name(&self, names: &[String], constant: &ConstantFact) -> Option<&'f str> {
        let [name] = names else { return None };
        let target = self.facts.constant(name)?;
        let alike = constant.enum_index.is_some() && target.enum_index == constant.enum_index;
        let other = match &target.spelt {
            Spelt::Or(names) if alike => self.first_name(names, target),
            _ => None,
        };
        other.or((alike && target.place < constant.place).then_some(target.name.as_str()))
    }

    /// Whether a number that the header writes counts others: it moves if the header gives it
    /// as that of another name, or if it counts the ids of a chain.
    fn count(&self, constant: &ConstantFact) -> Option<Count> {
        if self.counts_ids(constant) {
            return Some(Count::Moves);
        }
        let counts = constant.enum_index.is_some() && counts_others(&constant.name);
        let text = self.facts.texts.get(&constant.name).map_or("", String::as_str);
        let is_number =
            text.trim_start_matches(['(', '-', ' ']).starts_with(|c: char| c.is_ascii_digit());
        let count = if is_number { Count::Frozen } else { Count::Moves };
        counts.then_some(count)
    }

    /// Whether names are flags of the field of a mask, declared before it.
    fn are_flags(&self, names: &[String], mask: &ConstantFact) -> bool {
        let group = self.kinds.group_of(mask).map(|id| self.base.abi.group(id));
        names.iter().all(|name| {
            let here = self.facts.constant(name).is_some_and(|one| {
                one.place < mask.place && one.within == mask.within && one.number.count_ones() == 1
            });
            here || group.is_some_and(|group| group.values.iter().any(|value| value.name == *name))
        })
    }

    /// Finds the new structs that are passed together with new ids: called like them, up to
    /// abbreviations in a space whose ids have payloads.
    pub(super) fn new_payloads(&mut self) {
        let (facts, known) = (self.facts, self.base.known);
        let free = |fact: &&StructFact| {
            !known.has(&fact.name) && !conventions::is_capability(self.base.abi, fact)
        };
        let structs: Vec<_> = facts.structs.iter().filter(free).collect();
        let ids = facts.constants.iter();
        let ids = ids.filter(|id| id.within.is_none() && !known.has(&id.name));
        let mut payloads = HashMap::new();
        for id in ids.filter(|id| !matches!(id.spelt, Spelt::Ioctl { .. } | Spelt::Encoded(_))) {
            let lower = id.name.to_ascii_lowercase();
            let exact = structs.iter().find(|fact| fact.name == lower);
            let near = || {
                let group = self.kinds.group_of(id).map(|id| self.base.abi.group(id))?;
                group.values.iter().find(|value| value.payload.is_some())?;
                let head = prefix(group)?.to_ascii_lowercase();
                let own = lower.strip_prefix(&head).filter(|own| own.len() > 2)?;
                structs.iter().find(|fact| {
                    let other = fact.name.strip_prefix(&head).filter(|other| other.len() > 2);
                    other.is_some_and(|other| own.starts_with(other) || other.starts_with(own))
                })
            };
            if let Some(fact) = exact.copied().or_else(|| near().copied()) {
                if !self.ways.contains_key(&fact.name) {
                    payloads.insert(id.name.as_str(), fact);
                }
            }
        }
        self.payloads = payloads;
    }

    /// The direction of the payload of an id; `None` for other structs.
    pub(super) fn payload_way(&self, fact: &StructFact) -> Option<Way> {
        let is_payload = self.payloads.values().any(|payload| payload.name == fact.name);
        is_payload.then_some(Way::Both)
    }

    /// A number that belongs to a known group; whether it does.
    pub(super) fn joins(&mut self, constant: &'f ConstantFact) -> bool {
        if self.held.contains_key(constant.name.as_str()) {
            return true;
        }
        let Some(id) = self.group_of(constant) else { return false };
        let abi = self.base.abi;
        let group = abi.group(id);
        let among = match group.kind {
            GroupKind::Flags => Among::Flags,
            GroupKind::FieldValues => Among::Numbers,
            _ => Among::Group,
        };
        if among == Among::Flags && !self.is_flag(constant, group) {
            return false;
        }
        let place = constant.place;
        let mut value = self.value(constant, among);
        value.since = self.since(place);
        if !matches!(group.kind, GroupKind::Enum | GroupKind::AnonymousEnum)
            && value.value == Some(Amount::Next)
        {
            value.value = Some(Amount::Number(self.number(constant).value));
        }
        let after = self.before(constant, group);
        let values = vec![(placed(&constant.name, place), LineOrMap(value))];
        let reason = format!("it counts as one of `{}`, by its place or its name", group.name);
        self.guess(&constant.name, reason);
        self.found.marks.add(&constant.name, "value", ["one of `", &group.name, "`"].concat());
        let piece = match group.field {
            None => {
                let at = group.values.first().and_then(|value| self.base.places.owner(&value.name));
                at.map(|group| Addition::Values { group, after, values })
            }
            Some((owner, field)) => {
                let struct_ = abi.struct_(owner);
                let field = &struct_.fields[field];
                let arm = field.arms().iter().find(|arm| arm.group == Some(id));
                self.base.places.owner(&struct_.name).map(|owner| Addition::Held {
                    owner,
                    field: field.name.clone(),
                    arm: arm.map(|arm| arm.name.clone()),
                    flags: among == Among::Flags,
                    after,
                    values,
                })
            }
        };
        let there = piece.is_some();
        self.found.pieces.extend(piece);
        there
    }

    /// The known group of a constant. Sub-types of different types are different groups.
    pub(super) fn group_of(&self, constant: &ConstantFact) -> Option<GroupId> {
        let space = subspaces::of(self.facts, self.base.abi, &constant.name);
        match space.filter(|_| constant.enum_index.is_none() && constant.within.is_none()) {
            None => self.kinds.group_of(constant),
            Some(space) => {
                let found = subspaces::group(self.facts, self.base.abi, &space);
                found.map(|(index, _)| GroupId(index))
            }
        }
    }

    /// Whether a number can be among flags: a single bit outside of masks without flags, or
    /// several bits.
    fn is_flag(&self, constant: &ConstantFact, group: &Group) -> bool {
        if conventions::is_shift(constant) {
            return false;
        }
        let number = constant.number;
        let bits = |one: i128| one.count_ones();
        let flags = group.values.iter().map(|value| value.number).filter(|one| bits(*one) == 1);
        let flags = flags.fold(0, |all, flag| all | flag);
        match bits(number) {
            0 => false,
            1 => {
                let masks = group.values.iter().map(|value| value.number);
                let mut masks = masks.filter(|one| bits(*one) > 1 && one & flags == 0);
                !masks.any(|mask| mask & number != 0)
            }
            _ => true,
        }
    }

    /// The number of a group directly before a constant, or the new one there.
    fn before(&self, constant: &ConstantFact, group: &Group) -> Option<String> {
        let same = |one: &&ConstantFact| {
            group.values.iter().any(|value| value.name == one.name)
                || !self.base.known.has(&one.name)
                    && self
                        .group_of(one)
                        .is_some_and(|id| std::ptr::eq(self.base.abi.group(id), group))
        };
        let earlier = self.facts.constants.iter().filter(|one| one.place < constant.place);
        earlier.rev().find(same).map(|one| one.name.clone())
    }
}

/// The part of the names of a group that their short names drop.
fn prefix(group: &Group) -> Option<&str> {
    let value = group.values.first()?;
    value.name.strip_suffix(&value.short)
}

/// A struct as a type.
fn struct_type(name: Placed<String>) -> Placed<TypeExpr> {
    let value =
        TypeExpr { direction: None, role: None, base: Base::Struct(name.value), shape: Shape::One };
    Placed { value, place: name.place }
}
