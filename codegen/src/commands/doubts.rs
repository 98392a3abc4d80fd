//! What nobody knows of a release: the items of which only a bracket is known,
//! a release without them and a later one with them.

use capchain::ir::{Abi, Meta};
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

/// Everything that has a release of its own, by name.
fn dated(abi: &Abi) -> impl Iterator<Item = (Since, String)> {
    let structs = abi.structs.iter().map(|one| (&one.name, &one.meta));
    let values = abi.groups.iter().flat_map(|group| &group.values);
    let values = values.map(|one| (&one.name, &one.meta));
    let macros = abi.macros.iter().map(|one| (&one.name, &one.meta));
    let ioctls = abi.ioctls.iter().map(|one| (&one.name, &one.meta));
    let capabilities = abi.capabilities.iter().map(|one| (&one.name, &one.meta));
    let items = structs.chain(values).chain(macros).chain(ioctls).chain(capabilities);
    items.map(named).chain(fields(abi))
}

fn named((name, meta): (&String, &Meta)) -> (Since, String) {
    (meta.since, format!("`{name}`"))
}

/// Fields that came at another time than their struct.
fn fields(abi: &Abi) -> impl Iterator<Item = (Since, String)> {
    abi.structs.iter().flat_map(|struct_| {
        let later = struct_.fields.iter().filter(|field| field.meta.since != struct_.meta.since);
        later.map(|field| (field.meta.since, format!("`{}.{}`", struct_.name, field.name)))
    })
}
