//! What joins a list that is there already: fields of known structs, and
//! numbers of known groups.

use super::Importer;
use super::yaml::{Block, Piece};
use crate::header::{Constant, StructFact};
use crate::ir::{Group, GroupKind, StructRole, Type};

impl Importer<'_> {
    /// The fields that a known struct lacks.
    pub(super) fn new_fields(&mut self, fact: &StructFact) {
        let id = self.abi.structs.iter().position(|one| one.name == fact.name);
        let Some(known) = id.map(|id| &self.abi.structs[id]) else { return };
        let way = (known.role == StructRole::Argument).then(|| self.kinds.way_of(&fact.name));
        let mut before = None;
        for (index, field) in fact.fields.iter().enumerate() {
            let arms = field.type_.arms();
            let same = known.fields.iter().find(|one| match &one.type_ {
                Type::Union(_) => {
                    one.arms().iter().any(|arm| arms.iter().any(|it| it.0 == arm.name))
                }
                _ => one.name == field.name,
            });
            let former = known
                .fields
                .iter()
                .any(|one| one.meta.former.iter().any(|(name, _)| *name == field.name));
            if same.is_none() && !former {
                let since = self.since.to_string();
                let block = self.field(fact, index, way.flatten(), Some(&since));
                let place = self.places.in_struct(&fact.name, before.as_deref());
                self.push(place, block.indented(6));
                before = Some(field.name.clone());
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

    /// The number of a group that stands right in front of a constant, or the
    /// new one that does.
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

/// The words that all names start with; of one name, all but its last.
pub(super) fn common_prefix<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let common = names.map(|name| name.to_owned() + "\0").reduce(|one, other| {
        let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b);
        same.map(|(a, _)| a).collect()
    });
    let common = common.unwrap_or_default();
    common.rfind('_').map_or("", |end| &common[..=end]).to_owned()
}
