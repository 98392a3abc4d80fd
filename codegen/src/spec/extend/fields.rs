//! Fields that an extension adds to a struct, all at one place. No other extension
//! can add fields at the same place.

use super::super::FieldSpec;
use super::super::codes::EXTENSION_CONFLICT;
use super::super::wrappers::{LineOrMap, Map, Placed};
use super::Extension;
use super::merge::{Anchor, Merge};
use super::target::{self, At};
use crate::diagnostic::Diagnostic;

/// A place among the fields of a struct, where only one extension can add fields.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Slot {
    /// After a field, or before all.
    After(Option<String>),
    /// Before a field that an extension added.
    Before(String),
}

impl Merge<'_> {
    pub(super) fn fields(&mut self, at: At, extension: Extension) {
        let Extension { since, source, extend, after, before, fields: new, .. } = extension;
        let anchor = (after, before);
        let added = self.added.entry(at).or_default();
        let Some(fields) = target::fields(&mut self.files[at.0].items.0[at.1]) else { return };
        let Some(index) = position(fields, &anchor) else {
            let known = target::field_names(fields);
            return self.refuse_anchor(&anchor, at, &known);
        };
        let slot = slot(fields, index, &anchor, added);
        let first = new.first().map_or(extend.place, |(name, _)| name.place);
        added.extend(new.iter().map(|(name, _)| name.value.clone()));
        let new = new.0.into_iter().map(|(name, LineOrMap(field))| {
            let since = field.since.or(since);
            let source = field.source.clone().or(source.clone());
            (name, LineOrMap(FieldSpec { since, source, ..field }))
        });
        fields.0.splice(index..index, new);
        if let Some(other) = self.slots.insert((at, slot), first) {
            let message =
                format!("another extension adds fields to `{}` at this place", extend.value);
            let problem = Diagnostic::error(EXTENSION_CONFLICT, message).at(first, "again here");
            let help = "name one of its fields in `after` or `before`";
            self.problems.push(problem.and(other, "first here").help(help));
        }
    }
}

/// The place at `index`: after the nearest field that is the struct's own,
/// unless the extension names one that another has added.
fn slot(
    fields: &Map<LineOrMap<FieldSpec>>,
    index: usize,
    anchor: &Anchor,
    added: &[String],
) -> Slot {
    let own = |name: &Placed<String>| !added.contains(&name.value);
    match anchor {
        (None, Some(before)) if !own(before) => Slot::Before(before.value.clone()),
        (Some(after), None) if !own(after) => Slot::After(Some(after.value.clone())),
        _ => {
            let mut earlier = fields[..index].iter().rev().map(|(name, _)| name);
            Slot::After(earlier.find(|name| own(name)).map(|name| name.value.clone()))
        }
    }
}

/// The index for new entries; none if `after` or `before` names no entry.
pub(super) fn position<T>(entries: &Map<T>, anchor: &Anchor) -> Option<usize> {
    let find = |name: &str| entries.iter().position(|(own, _)| own.value == name);
    match anchor {
        (None, None) => Some(entries.len()),
        (Some(after), None) => find(after).map(|index| index + 1),
        (None, Some(before)) => find(before),
        (Some(_), Some(_)) => None,
    }
}
