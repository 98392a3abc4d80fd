//! New fields of structs, with the flags and numbers that they hold.

use std::ops::Range;

use super::values::Among;
use super::{Finder, placed, text};
use crate::amend::pieces::{Addition, NewFields};
use crate::header::conventions::{self, Way};
use crate::header::{ConstantFact, FieldFact, Spelt, StructFact, TypeFact};
use crate::ir::{self, Role, StructRole, Type};
use crate::reply::Direction;
use crate::spec;
use crate::spec::text::Number;
use crate::spec::types::{Base, RoleWord, Shape, TypeExpr};
use crate::spec::wrappers::{LineOrMap, Map, Placed};

/// What a field or a member of a union is made of.
struct FieldParts<'m> {
    name: &'m str,
    type_: &'m TypeFact,
    direction: Option<Direction>,
    role: Role,
    count: Option<String>,
    comment: &'m str,
}

impl<'f> Finder<'f> {
    /// Some fields of a new struct.
    pub(super) fn fields(
        &mut self,
        fact: &'f StructFact,
        way: Option<Way>,
        range: Range<usize>,
    ) -> NewFields {
        range.map(|index| self.field(fact, index, way)).collect()
    }

    /// The fields that a known struct lacks.
    pub(super) fn new_fields(&mut self, fact: &'f StructFact) {
        let abi = self.base.abi;
        let Some(id) = abi.find_struct(&fact.name) else { return };
        let known = abi.struct_(id);
        let Some(owner) = self.base.places.owner(&fact.name) else { return };
        let way = match known.role {
            StructRole::Argument => self.way_of(&fact.name),
            _ => None,
        };
        let version = match known.role {
            StructRole::Capability(id) => Some(abi.capability(id).version + 1),
            _ => None,
        };
        let mut after: Option<String> = None;
        for (index, field) in fact.fields.iter().enumerate() {
            if let Some(same) = known.fields.iter().find(|one| is(one, field)) {
                let arms = field.type_.arms().iter().map(|(name, _)| name);
                let new = arms.filter(|name| !same.arms().iter().any(|arm| arm.name == **name));
                for arm in new {
                    let why = "a new member of a union that is known".to_owned();
                    self.found.left.push(([&fact.name, ".", arm].concat(), why));
                }
                after = Some(same.name.clone()).filter(|_| same.role != Role::Header);
                continue;
            }
            let former = |one: &ir::Field| {
                one.meta.history.names.iter().any(|(name, _)| *name == field.name)
            };
            if known.fields.iter().any(former) {
                continue;
            }
            let (name, LineOrMap(mut new)) = self.field(fact, index, way);
            new.since = self.since(field.place);
            new.version = version.map(|version| Placed {
                value: Number { value: version.into(), hex: false },
                place: field.place,
            });
            self.guess([&fact.name, ".", &name.value].concat(), "its role follows its name");
            let next = Some(name.value.clone());
            let fields = vec![(name, LineOrMap(new))];
            self.found.pieces.push(Addition::Fields { owner, after: after.take(), fields });
            after = next;
        }
    }

    fn field(
        &mut self,
        fact: &'f StructFact,
        index: usize,
        way: Option<Way>,
    ) -> (Placed<String>, LineOrMap<spec::FieldSpec>) {
        let field = &fact.fields[index];
        let role = self.kinds.role(fact, index);
        let way_of = |role: Role, name: &str, comment: &str| {
            way.map(|way| conventions::direction(way, role, name, comment))
        };
        let direction = way_of(role, &field.name, &field.doc);
        let role = match role {
            Role::Flags if way.is_none() && !conventions::is_capability(self.base.abi, fact) => {
                Role::Data
            }
            role => role,
        };
        let count = conventions::count(&fact.fields, field);
        let count = count.map(|count| fact.fields[count].name.clone());
        self.mark_field(fact, field, role, direction, count.as_deref());
        let made = FieldParts {
            name: &field.name,
            type_: &field.type_,
            direction: direction.map(|(direction, _)| direction),
            role,
            count,
            comment: &field.doc,
        };
        let mut new = self.made(fact, &made, field);
        for (name, type_) in field.type_.arms() {
            let comment = fact.member_docs.get(name).map_or("", String::as_str);
            let direction = way_of(Role::Data, name, comment);
            if let Some((_, by)) = direction {
                let arm = [&fact.name, ".", name].concat();
                self.found.marks.add(&arm, "type", ["direction by ", by].concat());
            }
            let direction = direction.map(|(direction, _)| direction);
            let made =
                FieldParts { name, type_, direction, role: Role::Data, count: None, comment };
            let arm = self.made(fact, &made, field);
            new.union.0.push((placed(name, field.place), LineOrMap(arm)));
        }
        (placed(shown(field), field.place), LineOrMap(new))
    }

    /// Marks what no header states about a field.
    fn mark_field(
        &mut self,
        fact: &StructFact,
        field: &FieldFact,
        role: Role,
        direction: Option<(Direction, &str)>,
        count: Option<&str>,
    ) {
        let name = [&fact.name, ".", &shown(field)].concat();
        let marks = &mut self.found.marks;
        match (role, direction) {
            // The protocol says which way the size goes.
            (Role::Argsz, _) => {}
            (Role::Reserved, _) => marks.add(&name, "type", "reserved by its name"),
            (_, Some(_)) if !field.type_.arms().is_empty() => {}
            (_, Some((_, by))) => marks.add(&name, "type", ["direction by ", by].concat()),
            _ => {}
        }
        let TypeFact::Flexible(_, counted_by) = &field.type_ else { return };
        if let (Some(count), None) = (count, counted_by) {
            marks.add(&name, "type", ["`", count, "` counts its elements"].concat());
        }
    }

    fn made(
        &mut self,
        fact: &'f StructFact,
        made: &FieldParts<'_>,
        field: &FieldFact,
    ) -> spec::FieldSpec {
        let place = field.place;
        let (mut bits, mut values) = (Vec::new(), Vec::new());
        if matches!(made.type_, TypeFact::Int(_)) && made.role != Role::Reserved {
            let held = self.held_by(&fact.name, made.name);
            let (flags, listed) = self.split(held, made.role);
            for constant in listed {
                let among = if flags { Among::Flags } else { Among::Numbers };
                let value = self.value(constant, among);
                let list = if flags { &mut bits } else { &mut values };
                list.push((placed(&constant.name, constant.place), LineOrMap(value)));
            }
        }
        let names = bits.iter().chain(&values).map(|(name, _): &(Placed<String>, _)| name.as_str());
        let prefix = text::common_prefix(names);
        spec::FieldSpec {
            type_: self.type_expr(fact, made),
            doc: text::draft(made.comment, place),
            prefix: (!prefix.is_empty()).then(|| placed(prefix, place)),
            bits: Map(bits),
            values: Map(values),
            ..spec::FieldSpec::default()
        }
    }

    fn type_expr(&self, fact: &StructFact, made: &FieldParts<'_>) -> Option<TypeExpr> {
        let (base, shape) = expression(made.type_, made.count.clone())?;
        let role = match made.role {
            Role::Argsz => Some(RoleWord::Argsz),
            Role::Flags => Some(RoleWord::Flags),
            Role::CapOffset if self.hosts(fact) => Some(RoleWord::CapOffset),
            Role::Reserved => Some(RoleWord::Reserved),
            _ => None,
        };
        let shape = match shape {
            Shape::Named(length) if !self.is_before(&length, fact) => {
                let TypeFact::Array(_, count, _) = made.type_ else { return None };
                Shape::Fixed(*count)
            }
            shape => shape,
        };
        Some(TypeExpr { direction: made.direction, role, base, shape })
    }

    /// Whether a struct has a chain.
    fn hosts(&self, fact: &StructFact) -> bool {
        let known = self.base.abi.find_struct(&fact.name);
        known.and_then(|id| self.base.abi.chain_of(id)).is_some()
            || fact.fields.first().is_some_and(|first| first.name == "argsz")
    }

    /// Whether the constant of an array's length can be declared before a struct.
    fn is_before(&self, length: &str, fact: &StructFact) -> bool {
        let places = self.base.places;
        let lower = length.bytes().any(|byte| byte.is_ascii_lowercase());
        match (places.owner(length), places.owner(&fact.name)) {
            _ if lower => false,
            (Some(length), Some(struct_)) => length < struct_,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => {
                let constant = self.facts.constant(length);
                constant.is_some_and(|one| one.within.is_none() && self.group_of(one).is_none())
            }
        }
    }

    /// The constants after a field that it can hold.
    fn held_by(&self, struct_: &str, field: &str) -> Vec<&'f ConstantFact> {
        let here = |one: &&ConstantFact| {
            let within = one.within.as_ref();
            within.is_some_and(|at| at.struct_ == struct_ && at.field.as_deref() == Some(field))
        };
        let constants = self.facts.constants.iter().filter(here);
        let number = |one: &&ConstantFact| {
            !matches!(one.spelt, Spelt::Text(_)) && !self.kinds.is_length(&one.name)
        };
        constants.filter(number).filter(|one| !self.base.known.has(&one.name)).collect()
    }

    /// Whether constants are flags, and those that the field lists. Numbers below a
    /// mask are no flags, and the place of its bits is neither a flag nor a value.
    fn split(&mut self, held: Vec<&'f ConstantFact>, role: Role) -> (bool, Vec<&'f ConstantFact>) {
        let (shifts, held): (Vec<_>, Vec<_>) =
            held.into_iter().partition(|one| conventions::is_shift(one));
        for one in shifts {
            self.leave_over(one);
        }
        let bits = |one: &ConstantFact| one.number.count_ones();
        let is_bit = |one: &&&ConstantFact| {
            bits(one) == 1 && one.number > 0 || matches!(one.spelt, Spelt::Bit { .. })
        };
        let written = held.iter().any(|one| matches!(one.spelt, Spelt::Bit { .. }));
        let flags = written || role == Role::Flags && held.iter().any(|one| is_bit(&one));
        if !flags {
            return (false, held);
        }
        let masks = held.iter().filter(|one| bits(one) > 1 && one.number > 0);
        let of_numbers = |mask: &i128| {
            let below = held.iter().filter(|one| is_bit(one) && one.number & mask != 0);
            let covered = below.fold(0, |all, one| all | one.number);
            covered != *mask && covered != 0
        };
        let masks: Vec<_> = masks.map(|mask| mask.number).filter(of_numbers).collect();
        let number = |one: &&ConstantFact| {
            bits(one) == 0
                || masks.iter().any(|mask| one.number != *mask && one.number & !mask == 0)
                || one.number < 0 && !matches!(one.spelt, Spelt::Bit { .. })
        };
        let (numbers, listed): (Vec<_>, Vec<_>) = held.iter().copied().partition(number);
        if !listed.iter().any(|one| is_bit(&one)) {
            return (false, held);
        }
        for one in numbers {
            self.leave_over(one);
        }
        (true, listed)
    }

    /// Puts a constant inside of a struct into a group of its own.
    fn leave_over(&mut self, constant: &'f ConstantFact) {
        let within = constant.within.as_ref().map_or("", |within| within.struct_.as_str());
        self.held.insert(&constant.name, within);
    }

    /// Constants inside of structs that no field lists, as groups of their own.
    pub(super) fn leftovers(&mut self) {
        let held = std::mem::take(&mut self.held);
        let mut structs: Vec<_> = held.values().copied().collect();
        structs.dedup();
        for struct_ in structs {
            let all = self.facts.constants.iter();
            let constants: Vec<_> =
                all.filter(|one| held.get(one.name.as_str()) == Some(&struct_)).collect();
            if constants.is_empty() {
                continue;
            }
            let near = self.base.places.owner(struct_);
            let near = near.unwrap_or(self.base.places.last());
            self.constants(&constants, near);
        }
    }

    /// Whether a constant is listed by the field that holds it, which is new.
    pub(super) fn is_held_by_new_field(&self, constant: &ConstantFact) -> bool {
        let Some(within) = &constant.within else { return false };
        let Some(fact) = self.facts.struct_(&within.struct_) else { return false };
        let id = self.base.abi.find_struct(&fact.name);
        let known = id.map(|id| self.base.abi.struct_(id));
        let new = fact.fields.iter().filter(|field| {
            known.is_none_or(|known| !known.fields.iter().any(|one| is(one, field)))
        });
        let named = |name: &str, type_: &TypeFact| {
            Some(name) == within.field.as_deref()
                && matches!(type_, TypeFact::Int(_))
                && !matches!(constant.spelt, Spelt::Text(_))
                && !self.kinds.is_length(&constant.name)
                && !conventions::is_reserved(name)
        };
        let listed = new.flat_map(|field| {
            let own = (field.name.as_str(), &field.type_);
            std::iter::once(own)
                .chain(field.type_.arms().iter().map(|(name, type_)| (name.as_str(), type_)))
        });
        listed.into_iter().any(|(name, type_)| named(name, type_))
    }
}

/// The base and the form of a type; `None` for a union.
pub(in crate::amend) fn expression(
    type_: &TypeFact,
    count: Option<String>,
) -> Option<(Base, Shape)> {
    let base = |element: &TypeFact| match element {
        TypeFact::Int(int) => Some(Base::Int(*int)),
        TypeFact::Struct(name) => Some(Base::Struct(name.clone())),
        _ => None,
    };
    Some(match type_ {
        TypeFact::Int(_) | TypeFact::Struct(_) => (base(type_)?, Shape::One),
        TypeFact::Pointer(int) => (Base::Int(*int), Shape::Pointer),
        TypeFact::Array(element, _, Some(length)) => (base(element)?, Shape::Named(length.clone())),
        TypeFact::Array(element, length, None) => (base(element)?, Shape::Fixed(*length)),
        TypeFact::Flexible(element, _) => (base(element)?, Shape::Flexible(count)),
        TypeFact::BigEndian(_) | TypeFact::Long(_) | TypeFact::Union(_) => return None,
    })
}

/// The name of a field; an anonymous union is named after its first member.
pub(in crate::amend) fn shown(field: &FieldFact) -> String {
    match (field.name.as_str(), field.type_.arms().first()) {
        ("", Some((name, _))) => ["either_", name].concat(),
        (name, _) => name.to_owned(),
    }
}

/// Whether a field of the ABI is one of a header: by name or, of an anonymous union, by
/// some of its members.
fn is(known: &ir::Field, found: &FieldFact) -> bool {
    match &known.type_ {
        Type::Union(arms) => {
            let named = |name: &String| arms.iter().any(|arm| arm.name == *name);
            named(&found.name) || found.type_.arms().iter().any(|(name, _)| named(name))
        }
        _ => known.name == found.name,
    }
}
