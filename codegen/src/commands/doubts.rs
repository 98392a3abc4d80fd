//! What nobody knows of a release: the items of which only a bracket is known,
//! a release without them and a later one with them.

use capchain::ir::{Abi, EntryKind};
use capchain::release::{Release, Since};

/// A line for each bracket that the release lies in, with what came somewhere in
/// it. `newest` knows when things came; what it has lost is not told, and nothing
/// of handlers: theirs are wide, and only `compat` looks at them.
pub(super) fn warnings(newest: &Abi, at: Release) -> Vec<String> {
    let mut brackets = Vec::<(Since, Vec<String>)>::new();
    for (since, name) in dated(newest).filter(|(since, _)| since.doubts(at)) {
        match brackets.iter_mut().find(|(known, _)| *known == since) {
            Some((_, names)) => names.push(name),
            None => brackets.push((since, vec![name])),
        }
    }
    let told = brackets.iter().map(|(since, names)| {
        let names = names.join(", ");
        format!("{at} counts as not having what came somewhere in {since}: {names}")
    });
    told.collect()
}

/// The names of the items that have a release of their own: members that came
/// with their struct have none.
fn dated(abi: &Abi) -> impl Iterator<Item = (Since, String)> {
    let entries = abi.entries().into_iter();
    entries.filter_map(|entry| {
        let name = match entry.kind {
            EntryKind::Member(id, member) => {
                let struct_ = abi.struct_(id);
                (entry.meta.since != struct_.meta.since).then(|| member.path(struct_))?
            }
            EntryKind::Enum(_) => return None,
            _ => entry.is_declaration().then(|| entry.name.to_owned())?,
        };
        Some((entry.meta.since, format!("`{name}`")))
    })
}
