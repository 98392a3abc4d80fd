//! Named numbers as headers declare them.

use super::Editor;
use crate::amend::additions::c_type;
use crate::diagnostic::Place;
use crate::header::{ConstantFact, Spelt};
use crate::ir::Literal;
use crate::reply::Count;
use crate::spec::text::Number;
use crate::spec::types::{Amount, Base};
use crate::spec::wrappers::{LineOrMap, List, Map, Placed};
use crate::spec::{self, CapabilitySpec, FieldSpec, ItemSpec, ValueSpec};

/// The list of a number, which decides how it can be written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ListKind {
    Group,
    Enum,
    Flags,
    Numbers,
}

impl Editor<'_> {
    pub(super) fn values(&mut self, group: &mut spec::Values, is_enum: bool) {
        let kind = if is_enum { ListKind::Enum } else { ListKind::Group };
        self.list(&mut group.values, kind);
        let number = |value: &ValueSpec| match value.value {
            Some(Amount::Number(number)) => number.value,
            _ => 0,
        };
        let most = group.values.iter().map(|(_, value)| number(value)).max().unwrap_or(0);
        if group.type_.is_none() && most > u32::MAX.into() {
            let place = group.name.place;
            group.type_ = Some(Placed { value: "u64".to_owned(), place });
        }
    }

    /// The numbers of a list, those that the headers lack left out.
    pub(super) fn list(&mut self, values: &mut Map<LineOrMap<ValueSpec>>, kind: ListKind) {
        let all = std::mem::take(&mut values.0);
        for (name, LineOrMap(mut value)) in all {
            let spelt = value.before.name_at(self.release, &name).to_owned();
            let is_enum = kind == ListKind::Enum;
            let stays = match self.facts.constant(&spelt) {
                // A macro that became an enumerator, or the reverse, is another item.
                Some(constant) if constant.enum_index.is_some() != is_enum => {
                    let stays = self.stays(&spelt, name.place);
                    if !stays {
                        self.moved.insert(spelt);
                    }
                    stays
                }
                Some(constant) => {
                    self.value(&name, &spelt, &mut value, (constant, kind));
                    true
                }
                None => self.stays(&spelt, name.place),
            };
            if stays {
                values.0.push((name, LineOrMap(value)));
            }
        }
        self.resolve_masks(values);
        self.resolve_aliases(values);
    }

    /// Masks of flags that are gone get their numbers, and numbers in a mask that is gone are
    /// numbers by themselves.
    fn resolve_masks(&self, values: &mut Map<LineOrMap<ValueSpec>>) {
        let names: Vec<_> = values.iter().map(|(name, _)| name.value.clone()).collect();
        for (name, LineOrMap(value)) in &mut values.0 {
            let mask = value.mask.take_if(|mask| !names.contains(&mask.value));
            let number = self.number(name, value);
            if mask.is_some() && is_flag(number) {
                (value.value, value.bit) = (None, Some(bit(number, name.place)));
            }
            if value.of.iter().all(|flag| names.contains(&flag.value)) {
                continue;
            }
            let number = Number { value: self.number(name, value), hex: true };
            value.of.0.clear();
            value.value = Some(Amount::Number(number));
        }
    }

    /// Second names of a number that is gone, or is another one now, get their numbers.
    fn resolve_aliases(&self, values: &mut Map<LineOrMap<ValueSpec>>) {
        let numbers: Vec<_> =
            values.iter().map(|(name, one)| (name.value.clone(), self.number(name, one))).collect();
        for (index, (_, LineOrMap(value))) in values.0.iter_mut().enumerate() {
            let Some(target) = &value.alias else { continue };
            let (_, number) = numbers[index];
            let target = numbers[..index].iter().find(|(name, _)| *name == target.value);
            if target.is_none_or(|(_, other)| *other != number) {
                value.alias = None;
                value.value = Some(Amount::Number(Number { value: number, hex: true }));
            }
        }
    }

    /// The number that the headers have, or else the specification.
    fn number(&self, name: &str, value: &ValueSpec) -> i128 {
        let spelt = value.before.name_at(self.release, name);
        let number = self.facts.constant(spelt).map(|constant| constant.number);
        number.or_else(|| self.values.get(spelt).map(|value| value.number)).unwrap_or(0)
    }

    /// The numbers of the fields of a capability that is gone.
    pub(super) fn bare_numbers(&self, item: &CapabilitySpec) -> Vec<ItemSpec> {
        let fields = item.fields.iter().filter(|(_, field)| !field.bits.is_empty());
        let groups = fields.map(|(name, field)| {
            let values = field.bits.iter().map(|(name, value)| {
                let number = Number { value: self.number(name, value), hex: true };
                let given = Some(Amount::Number(number));
                let LineOrMap(value) = value.clone();
                let value =
                    ValueSpec { value: given, bit: None, mask: None, of: List::default(), ..value };
                (name.clone(), LineOrMap(value))
            });
            let of = item.struct_.as_ref().unwrap_or(&item.capability);
            let name = Placed { value: format!("{}_{}", of.value, name.value), place: name.place };
            let values = Map(values.collect());
            ItemSpec::Constants(spec::Values {
                name,
                doc: field.doc.clone(),
                values,
                ..spec::Values::default()
            })
        });
        groups.collect()
    }

    fn value(
        &mut self,
        name: &Placed<String>,
        spelt: &str,
        value: &mut ValueSpec,
        (constant, kind): (&ConstantFact, ListKind),
    ) {
        let Some(known) = self.values.get(spelt).copied() else { return };
        let same_text = match (&known.literal, &constant.spelt) {
            (Literal::Text(one), Spelt::Text(other)) => one == other,
            (Literal::Text(_), _) | (_, Spelt::Text(_)) => false,
            _ => true,
        };
        // A count that is written as a number no longer moves; a macro has no other form.
        let counts = value.count.is_some() && kind == ListKind::Enum;
        let moves = constant.spelt == Spelt::Position;
        let was_moving = known.literal == Literal::Next;
        if known.number == constant.number && same_text && (!counts || moves == was_moving) {
            return;
        }
        if known.number != constant.number || !same_text {
            let message = format!("the overlay has {} for `{spelt}`", known.number);
            self.conflict(name, constant.place, message);
        }
        let place = constant.place;
        (value.value, value.bit, value.string, value.signed) = (None, None, None, false);
        value.alias = None;
        value.of.0.clear();
        if counts {
            value.count = Some(if moves { Count::Moves } else { Count::Frozen });
        }
        let number = Number {
            value: constant.number,
            hex: constant.spelt == Spelt::Hex && constant.number >= 0,
        };
        match &constant.spelt {
            Spelt::Text(text) if kind == ListKind::Group => {
                value.string = Some(Placed { value: text.clone(), place });
            }
            Spelt::Position if kind == ListKind::Enum => value.value = Some(Amount::Next),
            Spelt::Bit { bit, signed } if matches!(kind, ListKind::Group | ListKind::Flags) => {
                let bit = Number { value: (*bit).into(), hex: false };
                value.bit = Some(Placed { value: bit, place });
                value.signed = *signed && kind == ListKind::Group;
            }
            _ if kind == ListKind::Flags && is_flag(constant.number) => {
                value.bit = Some(bit(constant.number, place));
            }
            _ => value.value = Some(Amount::Number(number)),
        }
        value.c_type = c_type(value, constant);
    }
}

/// Whether a number has one bit.
fn is_flag(number: i128) -> bool {
    number > 0 && number.count_ones() == 1
}

/// The bit of a flag.
fn bit(flag: i128, place: Place) -> Placed<Number> {
    Placed { value: Number { value: flag.trailing_zeros().into(), hex: false }, place }
}

/// Fields that list no flag any more list numbers.
pub(in crate::amend) fn fix_flags(item: &mut ItemSpec) {
    let fields = crate::amend::pieces::fields_mut(item).into_iter().flatten();
    for (_, LineOrMap(field)) in fields {
        let arms = field.union.0.iter_mut().map(|(_, arm)| &mut arm.0);
        arms.for_each(list_numbers);
        list_numbers(field);
    }
}

fn list_numbers(field: &mut FieldSpec) {
    let base = field.type_.as_ref().map(|expr| &expr.base);
    // A register can consist of fields of several bits.
    let is_register = matches!(base, Some(Base::Int(int)) if int.little_endian());
    let has_flag = field.bits.iter().any(|(_, value)| value.bit.is_some());
    if field.bits.is_empty() || is_register || has_flag || field.holds.is_some() {
        return;
    }
    field.values.0.append(&mut field.bits.0);
    for (_, LineOrMap(value)) in &mut field.values.0 {
        value.of.0.clear();
        value.mask = None;
    }
}

/// Enumerators that are no longer one more than the one before them get their numbers.
pub(in crate::amend) fn fix_positions(
    group: &mut spec::Values,
    numbers: impl Fn(&str) -> Option<i128>,
) {
    let mut next = 0;
    for (name, LineOrMap(value)) in &mut group.values.0 {
        let number = numbers(name);
        match (value.value, number) {
            (Some(Amount::Next), Some(number)) if number != next => {
                value.value = Some(Amount::Number(Number { value: number, hex: false }));
            }
            _ => {}
        }
        let written = match value.value {
            Some(Amount::Number(number)) => Some(number.value),
            _ => None,
        };
        next = number.or(written).unwrap_or(next) + 1;
    }
}
