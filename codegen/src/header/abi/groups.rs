//! Groups of numbers: known values keep their group and take the header's numbers;
//! new values join the group that they belong to.

use super::super::facts::{Constant, Spelt};
use super::{Teller, literal};
use crate::ir::{Group, GroupId, GroupKind, Item, Literal, StructId, Type, Value};
use crate::layout::Int;
use crate::names;

impl Teller<'_> {
    pub(super) fn groups(&mut self) {
        let mut kept = Vec::new();
        for index in 0..self.reference.groups.len() {
            let id = GroupId(index);
            if let Some(group) = self.known_group(id) {
                self.groups.insert(id, GroupId(kept.len()));
                kept.push(group);
            }
        }
        self.abi.groups = kept;
        self.held_groups();
        self.new_values();
    }

    /// A group of the reference, as the headers have it; none if it is gone.
    fn known_group(&self, id: GroupId) -> Option<Group> {
        let mut group = self.reference.group(id).clone();
        group.field = match group.field {
            None => None,
            Some(place) => Some(self.moved_field(place)?),
        };
        if !self.tells(id) {
            return Some(group);
        }
        let before = group.values.len();
        group.values.retain_mut(|value| self.retold(value));
        (before == 0 || !group.values.is_empty()).then_some(group)
    }

    /// The index of a field of the reference in the inferred ABI, if it exists there.
    fn moved_field(&self, (id, field): (StructId, usize)) -> Option<(StructId, usize)> {
        let before = self.reference.struct_(id);
        let id = *self.ids.get(&before.name)?;
        let name = &before.fields[field].name;
        let fields = &self.abi.struct_(id).fields;
        Some((id, fields.iter().position(|field| field.name == *name)?))
    }

    /// Whether the headers declare a group.
    fn tells(&self, id: GroupId) -> bool {
        let group = self.reference.group(id);
        let section = match group.field {
            Some((id, _)) => Some(self.reference.struct_(id).section),
            None => self
                .reference
                .sections
                .iter()
                .position(|section| section.items.contains(&Item::Group(id))),
        };
        section.is_some_and(|section| self.is_given(section))
    }

    /// Sets the number of a value from the headers; returns whether they declare it.
    fn retold(&self, value: &mut Value) -> bool {
        let Some(constant) = self.facts.constant(&value.name) else {
            return self.facts.unread.contains(&value.name);
        };
        let text = match (&value.literal, &constant.spelt) {
            (Literal::Text(one), Spelt::Text(other)) => one == other,
            (Literal::Text(_), _) | (_, Spelt::Text(_)) => false,
            _ => true,
        };
        if constant.number != value.number || !text {
            (value.number, value.literal) = (constant.number, literal(constant));
        }
        value.payload =
            value.payload.and_then(|id| self.ids.get(&self.reference.struct_(id).name).copied());
        true
    }

    /// Fields hold groups under their new indexes.
    fn held_groups(&mut self) {
        let moved = |id: Option<GroupId>| id.and_then(|id| self.groups.get(&id).copied());
        for field in self.abi.structs.iter_mut().flat_map(|one| &mut one.fields) {
            (field.group, field.ids) = (moved(field.group), moved(field.ids));
            if let Type::Union(arms) = &mut field.type_ {
                arms.iter_mut().for_each(|arm| arm.group = moved(arm.group));
            }
        }
    }

    /// Numbers that the reference does not have, but for ids of capabilities
    /// and ioctls.
    fn new_values(&mut self) {
        let facts = self.facts;
        let new = facts.constants.iter().filter(|one| !self.is_known(&one.name));
        let new: Vec<_> = new
            .filter(|one| !matches!(one.spelt, Spelt::Ioctl { .. }))
            .filter(|one| self.kinds.chain_of(one).is_none())
            .collect();
        for constant in new {
            let known = self.kinds.group_of(constant);
            let joined = known.and_then(|id| self.groups.get(&id).copied());
            let id = joined.unwrap_or_else(|| self.new_group(constant));
            self.guessed.insert(constant.name.clone());
            let value = self.new_value(constant);
            let values = &mut self.abi.groups[id.0].values;
            // A count stays last.
            let at = match values.last() {
                Some(last) if last.count.is_some() && value.count.is_none() => values.len() - 1,
                _ => values.len(),
            };
            values.insert(at, value);
        }
    }

    fn new_value(&self, constant: &Constant) -> Value {
        Value {
            name: constant.name.clone(),
            short: names::without_prefix(
                &self.reference.prefix.to_ascii_uppercase(),
                &constant.name,
            )
            .to_owned(),
            meta: self.meta(&constant.doc, constant.place),
            literal: literal(constant),
            number: constant.number,
            count: self.kinds.counts(constant).then_some(crate::reply::Count::Moves),
            payload: self.ids.get(&constant.name.to_ascii_lowercase()).copied(),
            gates: Vec::new(),
        }
    }

    /// The group of a number that belongs to none of the reference: that of
    /// its new field or enum, or one of its own.
    fn new_group(&mut self, constant: &Constant) -> GroupId {
        let field = constant.within.as_ref().and_then(|within| {
            let id = *self.ids.get(&within.struct_)?;
            let fields = &self.abi.struct_(id).fields;
            let at = fields.iter().position(|field| Some(&field.name) == within.field.as_ref())?;
            matches!(fields[at].type_, Type::Int(_)).then_some((id, at))
        });
        let name = match (field, &constant.tag) {
            (Some((id, at)), _) => {
                let struct_ = self.abi.struct_(id);
                [&struct_.name, ".", &struct_.fields[at].name].concat()
            }
            (None, Some(tag)) if !tag.is_empty() => tag.clone(),
            _ => constant.name.to_ascii_lowercase(),
        };
        if let Some(index) = self.abi.groups.iter().position(|group| group.name == name) {
            return GroupId(index);
        }
        let kind = match (field, &constant.tag, &constant.spelt) {
            (_, Some(tag), _) if tag.is_empty() => GroupKind::AnonymousEnum,
            (_, Some(_), _) => GroupKind::Enum,
            (Some(_), _, Spelt::Bit { .. }) => GroupKind::Flags,
            (Some(_), ..) => GroupKind::FieldValues,
            _ => GroupKind::Constants,
        };
        let id = GroupId(self.abi.groups.len());
        let rust = field.map(|(id, at)| {
            let struct_ = self.abi.struct_(id);
            names::field_type(&self.reference.prefix, &struct_.name, &struct_.fields[at].name)
        });
        let tagged = matches!(kind, GroupKind::Enum | GroupKind::AnonymousEnum);
        let rust = rust.or_else(|| tagged.then(|| names::group_type(&name)));
        let (values, reserved) = (Vec::new(), Vec::new());
        let meta = self.meta(&constant.doc, constant.place);
        let int = Int::U32;
        self.abi.groups.push(Group { name, rust, meta, kind, int, values, reserved, field });
        match field {
            Some((owner, at)) => self.abi.structs[owner.0].fields[at].group = Some(id),
            None => {
                let section = self.section_at(constant.place);
                self.abi.sections[section].items.push(Item::Group(id));
            }
        }
        id
    }
}
