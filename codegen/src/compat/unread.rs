//! Items that a side does not know: findings about them are dropped or replaced.

use std::collections::{BTreeSet, HashSet};

use super::codes::{FIELD_MOVED, NOT_JUDGED};
use super::finding::{Affected, Class, Finding, Party};
use super::matching::Matching;
use super::side::Side;
use super::type_names::is_alias;
use crate::ir::{Abi, Entry, EntryKind, FieldSpans, Role, UnreadItem};
use crate::layout::{Model, PerModel, Span, only_on};

/// Drops the findings about items of headers that were not given. A finding about an item that
/// was not read gives way to one that says so, unless its text is the same on both sides. A
/// struct whose fields moved breaks, although it cannot be described.
pub(super) fn apply(matching: &Matching<'_>, mut findings: Vec<Finding>) -> Vec<Finding> {
    let sides = [matching.old, matching.new];
    let absent: HashSet<_> = sides.into_iter().flat_map(|side| not_given(side, sides)).collect();
    let unread: BTreeSet<&String> =
        sides.into_iter().flat_map(|side| side.knowledge.unread.keys()).collect();
    let changed = changed(matching, &unread, &findings);
    findings.retain(|one| {
        let item = one.subject.split('.').next().unwrap_or_default();
        !absent.contains(item) && !unread.contains(&item.to_owned())
    });
    let not_judged = unread.into_iter().filter_map(|name| {
        let (old, new) = texts(matching, name);
        if !changed.contains(name.as_str()) {
            return None;
        }
        let (party, item) = match new {
            Some(new) => (Party::New, new),
            None => (Party::Old, old?),
        };
        let finding = moved(matching, name).unwrap_or_else(|| {
            let message = format!("the item was not read: {}", item.reason);
            Finding::new(NOT_JUDGED, Class::NotJudged, name, message)
        });
        Some(finding.at(party, item.place))
    });
    findings.extend(not_judged);
    findings
}

/// The names of what changed: items with a finding, and items that were not read and whose text
/// is another one, or names something that changed.
fn changed<'a>(
    matching: &Matching<'a>,
    unread: &BTreeSet<&'a String>,
    findings: &[Finding],
) -> HashSet<String> {
    let items = findings.iter().filter_map(|one| one.subject.split('.').next());
    let mut changed: HashSet<String> = items.map(str::to_owned).collect();
    let mut same = Vec::new();
    for name in unread {
        match texts(matching, name) {
            (Some(old), Some(new)) if old.text == new.text => {
                changed.remove(name.as_str());
                same.push((name.as_str(), &old.text));
            }
            _ => changed.extend([name.to_string()]),
        }
    }
    loop {
        let names_one = |(name, text): &&(&str, &String)| {
            let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            !changed.contains(*name) && words.into_iter().any(|word| changed.contains(word))
        };
        let Some((name, _)) = same.iter().find(names_one) else { return changed };
        changed.insert(name.to_string());
    }
}

/// The finding about a struct whose fields are elsewhere or gone on some model.
fn moved(matching: &Matching<'_>, name: &str) -> Option<Finding> {
    let (before, now) = (spans(matching.old, name)?, spans(matching.new, name)?);
    let used = before.iter().filter(|(field, _)| !is_reserved(matching, name, field));
    let used: Vec<_> = used.collect();
    let (model, changes) = Model::ALL.into_iter().find_map(|model| {
        let change = |(field, before): &&(String, _)| change(field, before, &now, model);
        let changes: Vec<_> = used.iter().filter_map(change).collect();
        (!changes.is_empty()).then_some((model, changes.join(", ")))
    })?;
    let on = only_on(model);
    let finding = Finding::wire(FIELD_MOVED, model, name, format!("{changes}{on}"));
    Some(finding.affects(Affected::Both).help("leave every old byte where it is, and append"))
}

/// The change of a field on a model.
fn change(field: &str, before: &PerModel<Span>, now: &FieldSpans, model: Model) -> Option<String> {
    let before = before[model.index()];
    let Some((_, now)) = now.iter().find(|(name, _)| name == field) else {
        return Some(format!("`{field}` is gone"));
    };
    let now = now[model.index()];
    if before.offset != now.offset {
        return Some(format!("`{field}` moves from {} to {}", before.offset, now.offset));
    }
    let message = format!("`{field}` has {} bytes, {} before", now.size, before.size);
    (before.size != now.size).then_some(message)
}

/// Where the fields of a struct lie on a side; `None` if that is not known.
fn spans(side: &Side, name: &str) -> Option<FieldSpans> {
    match find(side, name) {
        Some(item) => (!item.spans.is_empty()).then(|| item.spans.clone()),
        None => {
            let struct_ = side.abi.struct_(side.abi.find_struct(name)?);
            let members = side.abi.members(struct_).into_iter();
            Some(members.map(|member| (member.name.to_owned(), member.spans)).collect())
        }
    }
}

/// Whether the specification of a side reserves a field.
fn is_reserved(matching: &Matching<'_>, struct_: &str, field: &str) -> bool {
    [matching.old, matching.new].into_iter().any(|side| {
        let struct_ = side.abi.find_struct(struct_).map(|id| side.abi.struct_(id));
        let members = struct_.map(|struct_| side.abi.members(struct_)).unwrap_or_default();
        members.iter().any(|member| member.name == field && member.role == Role::Reserved)
    })
}

/// What both sides have of an item, which can have another name on the other side.
fn texts<'a>(
    matching: &Matching<'a>,
    name: &str,
) -> (Option<&'a UnreadItem>, Option<&'a UnreadItem>) {
    let (old, new) = (matching.old, matching.new);
    let aliased = |side: &'a Side, is_alias: &dyn Fn(&str) -> bool| {
        find(side, name).or_else(|| {
            let mut items = side.knowledge.unread.iter();
            items.find(|(other, _)| is_alias(other)).map(|(_, item)| item)
        })
    };
    let before = aliased(old, &|other| is_alias((old, other), (new, name)));
    (before, aliased(new, &|other| is_alias((old, name), (new, other))))
}

fn find<'a>(side: &'a Side, name: &str) -> Option<&'a UnreadItem> {
    side.knowledge.unread.get(name)
}

/// The names on both sides of what only headers declare that were not given for a side.
fn not_given<'a>(side: &Side, sides: [&'a Side; 2]) -> HashSet<&'a str> {
    let headers: Vec<_> = side.headers_not_given().collect();
    match headers.is_empty() {
        true => HashSet::new(),
        false => sides.into_iter().flat_map(|side| names_in(&side.abi, &headers)).collect(),
    }
}

/// The names of the items of some headers, and of what none of the other headers uses.
fn names_in<'a>(abi: &'a Abi, headers: &[&str]) -> HashSet<&'a str> {
    let is_in = |section: usize| {
        let path = &abi.headers[abi.sections[section].header].path;
        headers.contains(&path.as_str())
    };
    let is_item =
        |entry: &Entry<'_>| !matches!(entry.kind, EntryKind::Member(..) | EntryKind::Union(..));
    let items = abi.entries().into_iter().filter(is_item);
    let (items, others): (Vec<_>, Vec<_>) = items.partition(|entry| is_in(entry.section));
    let ioctls = others.iter().filter_map(|entry| match entry.kind {
        EntryKind::Ioctl(id) => Some(id),
        _ => None,
    });
    let ioctls: Vec<_> = ioctls.collect();
    let has_ioctl = |fd: usize| ioctls.iter().any(|id| abi.ioctl(*id).fd == fd);
    let fds = abi.fds.iter().enumerate().filter(|(at, _)| !has_ioctl(*at));
    let profiles = abi.protocol.chains.iter().flat_map(|plan| &plan.profiles);
    let profiles = profiles.filter(|profile| !ioctls.contains(&profile.handler.0));
    let formats = abi.cap_headers.iter().filter(|one| is_in(abi.struct_(one.struct_).section));
    let names = fds.map(|(_, fd)| fd.name.as_str());
    let names = names.chain(profiles.map(|profile| profile.name.as_str()));
    let names = names.chain(formats.map(|format| format.name.as_str()));
    let names = names.chain(items.iter().map(|entry| entry.name));
    // An item of a given header can be called like something of another one.
    let given: HashSet<_> = others.iter().map(|entry| entry.name).collect();
    names.filter(|name| !given.contains(name)).collect()
}
