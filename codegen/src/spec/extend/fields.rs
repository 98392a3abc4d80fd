//! Fields that an extension adds to a struct: all of them at one place, which
//! no other extension has.

use super::super::Field;
use super::super::text::{Named, Placed, Short};
use super::merge::{Anchor, Merge};
use super::target::{self, At};
use super::{Extension, V026};
use crate::diagnostic::Diagnostic;

/// A place among the fields of a struct that only one extension can have.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Slot {
    /// Behind a field, or in front of all.
    Behind(Option<String>),
    /// In front of a field that an extension added itself.
    InFrontOf(String),
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
        let new = new.0.into_iter().map(|(name, Short(field))| {
            let since = field.since.or(since);
            let source = field.source.clone().or(source.clone());
            (name, Short(Field { since, source, ..field }))
        });
        fields.0.splice(index..index, new);
        if let Some(other) = self.slots.insert((at, slot), first) {
            let message = format!("`{}` is extended at this place already", extend.value);
            let problem = Diagnostic::error(V026, message).at(first, "again here");
            let help = "name one of the other's fields as `after` or `before`";
            self.problems.push(problem.and(other, "first here").help(help));
        }
    }
}

/// The place at `index`: behind the nearest field that is the struct's own,
/// unless the extension names one that another has added.
fn slot(fields: &Named<Short<Field>>, index: usize, anchor: &Anchor, added: &[String]) -> Slot {
    let own = |name: &Placed<String>| !added.contains(&name.value);
    match anchor {
        (None, Some(before)) if !own(before) => Slot::InFrontOf(before.value.clone()),
        (Some(after), None) if !own(after) => Slot::Behind(Some(after.value.clone())),
        _ => {
            let mut in_front = fields[..index].iter().rev().map(|(name, _)| name);
            Slot::Behind(in_front.find(|name| own(name)).map(|name| name.value.clone()))
        }
    }
}

/// Where an entry goes; none where what it should stand beside is not there.
pub(super) fn position<T>(entries: &Named<T>, anchor: &Anchor) -> Option<usize> {
    let find = |name: &str| entries.iter().position(|(own, _)| own.value == name);
    match anchor {
        (None, None) => Some(entries.len()),
        (Some(after), None) => find(after).map(|index| index + 1),
        (None, Some(before)) => find(before),
        (Some(_), Some(_)) => None,
    }
}
