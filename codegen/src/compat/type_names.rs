//! The names by which programs declare variables of a type: `struct a`, or `a` if `typedef`
//! gives it. A type can have several, and each that is gone breaks the programs that use it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::codes::NAME_REMOVED;
use super::finding::{Class, Finding, Party};
use super::matching::Matching;
use super::side::Side;
use crate::ir::{Abi, Entry, EntryKind, TypeName};

/// The names that a type keeps on the old side only, and those that another type has now. A
/// type that is gone, or has another name in the specification, has a finding of its own.
pub(super) fn judge(matching: &Matching<'_>) -> Vec<Finding> {
    let (before, now) = (names(matching.old), names(matching.new));
    let judged = before.iter().filter(|(_, name)| !is_unknown(matching, name));
    let findings = judged.filter_map(|(name, was)| {
        let subject = name.rsplit(' ').next().unwrap_or(name);
        let (message, place) = match now.get(name) {
            Some(is) if same(matching, &was.of, &is.of) => return None,
            Some(is) => {
                let message = format!("`{name}` is `{}`, `{}` before", is.of, was.of);
                (message, (Party::New, is.place))
            }
            None => {
                let what = if name == subject { "name by `typedef`" } else { "tag" };
                let message =
                    format!("the {what} is gone: programs that use `{name}` no longer compile");
                (message, (Party::Old, was.place))
            }
        };
        let finding = Finding::new(NAME_REMOVED, Class::Source, subject, message);
        Some(finding.at(place.0, place.1).help("keep the name, and add others beside it"))
    });
    findings.collect()
}

/// Whether `typedef` gives a type of one side the name that it has on the other one.
pub(super) fn is_alias((old, was): (&Side, &str), (new, is): (&Side, &str)) -> bool {
    let names = |side: &Side, name: &str, type_: &str| {
        side.knowledge.type_names.get(name).is_some_and(|one| one.of == type_)
    };
    names(old, is, was) || names(new, was, is)
}

/// The names of the types of a side. Types of a specification have tags.
fn names(side: &Side) -> Cow<'_, BTreeMap<String, TypeName>> {
    if side.knowledge.headers.is_some() {
        return Cow::Borrowed(&side.knowledge.type_names);
    }
    let tagged = types(&side.abi).map(|entry| {
        let name = [entry.kind_name(), " ", entry.name].concat();
        let headers = vec![side.abi.sections[entry.section].header];
        (name, TypeName { of: entry.name.to_owned(), place: entry.meta.place, headers })
    });
    Cow::Owned(tagged.collect())
}

/// The types that headers of an ABI declare with a tag.
fn types(abi: &Abi) -> impl Iterator<Item = Entry<'_>> {
    let declares = |section: usize| abi.headers[abi.sections[section].header].structs;
    abi.entries().into_iter().filter(move |entry| match entry.kind {
        EntryKind::Struct(_) => declares(entry.section),
        kind => matches!(kind, EntryKind::Enum(_)),
    })
}

/// Whether nothing can be said of a name of the old side: its type has a finding of its own, or
/// is in a header that was not given for the new side.
fn is_unknown(matching: &Matching<'_>, name: &TypeName) -> bool {
    let Matching { old, new, .. } = matching;
    let was = base(&name.of).0;
    let not_given: Vec<_> = new.headers_not_given().collect();
    let given = |abi: &Abi, header: usize| !not_given.contains(&abi.headers[header].path.as_str());
    if !types(&old.abi).any(|entry| entry.name == was) {
        let specified = new.knowledge.headers.is_none();
        return specified || !name.headers.iter().all(|header| given(&old.abi, *header));
    }
    let renames = [&matching.renames.structs, &matching.renames.groups];
    let is = renames.iter().find_map(|names| names.get(was)).copied().unwrap_or(was);
    let now = types(&new.abi).find(|entry| entry.name == is);
    let judged = now.filter(|_| is == was || is_alias((old, was), (new, is)));
    judged.is_none_or(|entry| !given(&new.abi, new.abi.sections[entry.section].header))
}

/// Whether two types are one, which can have another name on the new side.
fn same(matching: &Matching<'_>, was: &str, is: &str) -> bool {
    let ((old, around), (new, around_new)) = (base(was), base(is));
    let renames = &matching.renames;
    let renamed = [&renames.structs, &renames.groups].map(|names| names.get(old).copied());
    let unread = |side: &Side, name| side.knowledge.unread.contains_key(name);
    let is_unread = unread(matching.old, old) && !unread(matching.new, old);
    let aliased = is_unread && is_alias((matching.old, old), (matching.new, new));
    around == around_new && (old == new || aliased || renamed.contains(&Some(new)))
}

/// The name of a type, and what is around the name that it gets.
fn base(of: &str) -> (&str, &str) {
    of.split_once(' ').unwrap_or((of, ""))
}
