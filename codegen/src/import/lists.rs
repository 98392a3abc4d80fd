//! Additions to existing lists: fields of known structs, and numbers of known groups.

use super::Importer;
use super::yaml::{Block, Piece};
use crate::header::{Constant, FieldFact, StructFact};
use crate::ir::{Field, Group, GroupKind, Struct, StructRole, Type};

impl Importer<'_> {
    /// The fields that a known struct lacks.
    pub(super) fn new_fields(&mut self, fact: &StructFact) {
        let id = self.abi.structs.iter().position(|one| one.name == fact.name);
        let Some(known) = id.map(|id| &self.abi.structs[id]) else { return };
        let way = (known.role == StructRole::Argument).then(|| self.kinds.way_of(&fact.name));
        let mut more = vec![("since", self.since.to_string())];
        if let StructRole::Capability(index) = known.role {
            let version = self.abi.capability(index).version + 1;
            more.push(("version", version.to_string()));
        }
        let mut before = None;
        for (index, field) in fact.fields.iter().enumerate() {
            if !has(known, field) {
                let block = self.field(fact, index, way.flatten(), Some(more.clone()));
                let place = self.places.in_struct(&fact.name, before.as_deref());
                self.push(place, block.indented(6));
                before = Some(field.name.clone());
            }
            let same = known.fields.iter().find(|one| is(one, field));
            for (arm, _) in same.iter().flat_map(|_| field.type_.arms()) {
                if same.is_some_and(|one| !one.arms().iter().any(|known| known.name == *arm)) {
                    let name = [&fact.name, ".", arm].concat();
                    self.left.push((name, "a new member of a union that is known".to_owned()));
                }
            }
            before = same.map(|one| one.name.clone()).or(before);
        }
    }

    /// A number that belongs to a known group; whether it does.
    pub(super) fn joins(&mut self, constant: &Constant) -> bool {
        let Some(id) = self.kinds.group_of(constant) else { return false };
        let group = self.abi.group(id);
        let (flags, field) = (group.kind == GroupKind::Flags, group.field.is_some());
        let indent = if field { 10 } else { 6 };
        let since = self.since.to_string();
        let block = self.value(constant, flags, Some(&since), indent);
        let before = self.before(constant, group);
        let place = self.places.among(id, before.as_deref());
        self.push(place, block.indented(indent));
        true
    }

    /// The number of a group directly before a constant, or the new one there.
    fn before(&self, constant: &Constant, group: &Group) -> Option<String> {
        let same = |one: &&Constant| {
            group.values.iter().any(|value| value.name == one.name)
                || (!self.knows(&one.name)
                    && self
                        .kinds
                        .group_of(one)
                        .is_some_and(|id| std::ptr::eq(self.abi.group(id), group)))
        };
        let earlier = self.facts.constants.iter().filter(|one| one.place < constant.place);
        earlier.rev().find(same).map(|one| one.name.clone())
    }

    pub(super) fn push(&mut self, place: Option<String>, block: Block) {
        let place = place.unwrap_or_else(|| self.places.somewhere());
        self.pieces.push(Piece { place, lines: block.lines, things: 1 });
    }
}

/// Whether a struct has a field, or had it under this name.
pub(super) fn has(known: &Struct, field: &FieldFact) -> bool {
    let former = |one: &Field| one.meta.history.names.iter().any(|(name, _)| *name == field.name);
    known.fields.iter().any(|one| is(one, field) || former(one))
}

/// Whether two fields are the same: by name or, for unions, by a member. A member
/// can have been a field of its own in older releases.
fn is(known: &Field, field: &FieldFact) -> bool {
    match &known.type_ {
        Type::Union(arms) => {
            let named = |name: &String| arms.iter().any(|arm| arm.name == *name);
            named(&field.name) || field.type_.arms().iter().any(|(name, _)| named(name))
        }
        _ => known.name == field.name,
    }
}

/// The words that all names start with; of one name, all but its last.
pub(super) fn common_prefix<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let common = names.map(|name| name.to_owned() + "\0").reduce(|one, other| {
        let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
        same.map(|(a, _)| a).collect()
    });
    let common = common.unwrap_or_default();
    common.rfind('_').map_or("", |end| &common[..=end]).to_owned()
}
