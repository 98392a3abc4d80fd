//! Flags and numbers that an extension adds to a field or a group, and numbers
//! that it reserves.

use super::super::ValueSpec;
use super::super::codes::BAD_EXTENSION;
use super::super::wrappers::{LineOrMap, Map, Placed};
use super::Extension;
use super::fields::position;
use super::merge::{Anchor, Merge, hint};
use super::target::{self, At};
use crate::diagnostic::Diagnostic;
use crate::release::Since;

impl Merge<'_> {
    /// Numbers of constants, an enum or an id space.
    pub(super) fn group(&mut self, at: At, extension: Extension) {
        let Some(group) = target::group(&mut self.files[at.0].items.0[at.1]) else { return };
        group.reserved.0.extend(extension.reserved.0);
        if extension.values.is_empty() {
            return;
        }
        let anchor = (extension.after, extension.before);
        let new = dated(extension.values, extension.since, &extension.source);
        if !insert(&mut group.values, new, &anchor) {
            let known: Vec<_> = names(&group.values).collect();
            self.refuse_anchor(&anchor, at, &known);
        }
    }

    /// Flags or numbers of a field.
    pub(super) fn numbers_of_field(&mut self, at: At, name: &str, extension: Extension) {
        let item = &mut self.files[at.0].items.0[at.1];
        let declared = item.name().place;
        let Some(fields) = target::fields(item) else { return };
        let fields_known = target::field_names(fields);
        let Some(field) = target::field(fields, name) else {
            let message = format!("no field `{name}` to extend");
            let problem = Diagnostic::error(BAD_EXTENSION, message).at(extension.extend.place, "");
            let hint = hint(name, fields_known.iter().map(String::as_str));
            self.problems.push(problem.and(declared, "declared here").maybe_help(hint));
            return;
        };
        let anchor = (extension.after, extension.before);
        let known: Vec<_> = names(&field.bits).chain(names(&field.values)).collect();
        let mut found = true;
        for (list, new) in
            [(&mut field.bits, extension.bits), (&mut field.values, extension.values)]
        {
            if !new.is_empty() {
                found &= insert(list, dated(new, extension.since, &extension.source), &anchor);
            }
        }
        if !found {
            self.refuse_anchor(&anchor, at, &known);
        }
    }
}

fn names(values: &Map<LineOrMap<ValueSpec>>) -> impl Iterator<Item = String> + '_ {
    values.iter().map(|(name, _)| name.value.clone())
}

/// Values with the release and the source of their extension.
fn dated(
    values: Map<LineOrMap<ValueSpec>>,
    since: Option<Placed<Since>>,
    source: &Option<Placed<String>>,
) -> Vec<(Placed<String>, LineOrMap<ValueSpec>)> {
    let dated = values.0.into_iter().map(|(name, LineOrMap(value))| {
        let since = value.since.or(since);
        let source = value.source.clone().or(source.clone());
        (name, LineOrMap(ValueSpec { since, source, ..value }))
    });
    dated.collect()
}

/// Inserts values; an enumerator that counts the others stays last. False if
/// `after` or `before` names no value.
fn insert(
    values: &mut Map<LineOrMap<ValueSpec>>,
    new: Vec<(Placed<String>, LineOrMap<ValueSpec>)>,
    anchor: &Anchor,
) -> bool {
    let Some(mut index) = position(values, anchor) else { return false };
    if let (None, None) = anchor {
        let counts = values.iter().rev().take_while(|(_, value)| value.count.is_some());
        index -= counts.count();
    }
    values.0.splice(index..index, new);
    true
}
