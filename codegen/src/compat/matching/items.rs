//! Pairs the items of two ABIs.

use std::collections::HashMap;

use super::{IoctlPair, Matched, Matching, Members, Renames, StructPair, constants, same_item};
use crate::compat::side::Side;
use crate::compat::type_names::is_alias;
use crate::ir::{Abi, Arg, Chain, ChainStart, FdKind, Group, Handler, Ioctl, StructId};

/// Whether two items are the same although their names differ.
type Same<'s, T> = &'s dyn Fn(&T, &T) -> bool;

pub(super) fn matching<'a>(old: &'a Side, new: &'a Side) -> Matching<'a> {
    let (was, is) = (&old.abi, &new.abi);
    let structs = structs(old, new);
    let groups = pairs(
        &was.groups,
        &is.groups,
        |group| &group.name,
        &[
            &|old, new| same_item((&old.name, &old.meta), (&new.name, &new.meta)),
            &|old, new| have_same_field(was, is, &structs, old, new),
            &|old, new| old.field.is_none() && new.field.is_none() && shares_values(old, new),
        ],
    );
    let chains = known_chains(pairs(
        &was.chains,
        &is.chains,
        |chain| &chain.name,
        &[&|old, new| same_item((&old.name, &old.meta), (&new.name, &new.meta)), &|old, new| {
            same_chain((was, old), (is, new))
        }],
    ));
    let fds =
        pairs(&was.fds, &is.fds, |fd| &fd.name, &[&|old, new| same_fd((was, old), (is, new))]);
    let headers = pairs(
        &was.headers,
        &is.headers,
        |header| &header.path,
        &[&|old, new| old.guards.iter().any(|guard| new.guards.contains(guard))],
    );
    let cap_headers = pairs(
        &was.cap_headers,
        &is.cap_headers,
        |header| &header.name,
        &[&|old, new| was.struct_(old.struct_).name == is.struct_(new.struct_).name],
    );
    let mut renames = Renames {
        structs: names(structs.iter().map(|pair| pair.structs), |one| &one.name),
        groups: names(groups.iter().copied(), |one| &one.name),
        chains: names(chains.iter().copied(), |one| &one.name),
        fds: names(fds.iter().copied(), |one| &one.name),
        headers: names(headers.iter().copied(), |one| &one.path),
        cap_headers: names(cap_headers.iter().copied(), |one| &one.name),
        ..Renames::default()
    };
    let constants = constants::pairs(was, is, &renames);
    renames.constants = names(constants.iter().copied(), |one| one.name);
    renames.members = structs.iter().flat_map(member_names).collect();
    Matching {
        old,
        new,
        headers,
        fds,
        cap_headers,
        structs,
        groups,
        chains,
        constants,
        macros: pairs(
            &was.macros,
            &is.macros,
            |one| &one.name,
            &[&|old, new| same_item((&old.name, &old.meta), (&new.name, &new.meta))],
        ),
        ioctls: ioctls(was, is),
        renames,
    }
}

/// Pairs items by name, then those that are left by each of `same` in turn.
pub(super) fn pairs<'a, T>(
    old: &'a [T],
    new: &'a [T],
    name: impl Fn(&T) -> &str,
    same: &[Same<'_, T>],
) -> Vec<Matched<&'a T>> {
    let by_name: HashMap<&str, usize> =
        new.iter().enumerate().rev().map(|(index, one)| (name(one), index)).collect();
    let mut free = vec![true; new.len()];
    let mut found: Vec<Option<usize>> = old
        .iter()
        .map(|one| by_name.get(name(one)).copied().filter(|at| std::mem::take(&mut free[*at])))
        .collect();
    for same in same {
        for (one, found) in old.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
            *found = (0..new.len()).find(|at| free[*at] && same(one, &new[*at]));
            found.iter().for_each(|at| free[*at] = false);
        }
    }
    let known = old.iter().zip(found);
    let known = known.map(|(one, found)| Matched { old: Some(one), new: found.map(|at| &new[at]) });
    let added = new.iter().zip(free).filter(|(_, free)| *free);
    known.chain(added.map(|(one, _)| Matched { old: None, new: Some(one) })).collect()
}

/// The pairs whose names differ.
fn names<'a, T: Copy>(
    pairs: impl Iterator<Item = Matched<T>>,
    name: impl Fn(T) -> &'a str,
) -> HashMap<&'a str, &'a str> {
    let both = pairs.filter_map(Matched::both).map(|(old, new)| (name(old), name(new)));
    both.filter(|(old, new)| old != new).collect()
}

fn structs<'a>(before: &'a Side, now: &'a Side) -> Vec<StructPair<'a>> {
    let (was, is) = (&before.abi, &now.abi);
    let pairs = pairs(
        &was.structs,
        &is.structs,
        |one| &one.name,
        &[&|old, new| same_item((&old.name, &old.meta), (&new.name, &new.meta)), &|old, new| {
            is_alias((before, &old.name), (now, &new.name))
        }],
    );
    let ids: HashMap<&str, StructId> = is
        .structs
        .iter()
        .enumerate()
        .map(|(index, one)| (one.name.as_str(), StructId(index)))
        .collect();
    let pair = |structs: Matched<&'a crate::ir::Struct>| StructPair {
        structs,
        id: structs.new.and_then(|new| ids.get(new.name.as_str()).copied()),
        members: structs.both().map(|(old, new)| Members::new((was, old), (is, new))),
    };
    pairs.into_iter().map(pair).collect()
}

fn member_names<'p, 'a>(
    pair: &'p StructPair<'a>,
) -> impl Iterator<Item = ((&'a str, &'a str), &'a str)> + 'p {
    let name = pair.structs.new.map_or("", |new| &new.name);
    let kept = pair.members.iter().flat_map(|members| &members.both);
    let renamed = kept.filter(|(old, new)| old.name != new.name);
    renamed.map(move |(old, new)| ((name, old.name), new.name))
}

/// Whether two groups belong to the same field.
fn have_same_field(
    was: &Abi,
    is: &Abi,
    structs: &[StructPair<'_>],
    old: &Group,
    new: &Group,
) -> bool {
    let (Some((old_struct, old_field)), Some((new_struct, new_field))) = (old.field, new.field)
    else {
        return false;
    };
    let (before, now) = (was.struct_(old_struct), is.struct_(new_struct));
    let pair =
        structs.iter().find(|pair| pair.structs.old.is_some_and(|one| one.name == before.name));
    let same_struct = pair.is_some_and(|pair| pair.id == Some(new_struct));
    let fields = pair.and_then(|pair| pair.members.as_ref()).is_some_and(|members| {
        members.both.iter().any(|(one, other)| {
            one.name == before.fields[old_field].name && other.name == now.fields[new_field].name
        })
    });
    same_struct && fields
}

fn shares_values(old: &Group, new: &Group) -> bool {
    let named = |name: &str| new.values.iter().any(|value| value.name == name);
    old.values.iter().any(|value| named(&value.name))
}

/// A side has no chain whose host it lacks.
fn known_chains(pairs: Vec<Matched<&Chain>>) -> Vec<Matched<&Chain>> {
    let known = |chain: &&Chain| !matches!(chain.start, ChainStart::Unknown);
    let pairs = pairs
        .into_iter()
        .map(|pair| Matched { old: pair.old.filter(known), new: pair.new.filter(known) });
    pairs.filter(|pair| pair.old.is_some() || pair.new.is_some()).collect()
}

/// Whether two chains of other names have the same host, or a capability in common.
fn same_chain((was, old): (&Abi, &Chain), (is, new): (&Abi, &Chain)) -> bool {
    let host = |abi: &Abi, chain: &Chain| {
        chain.host().map(|host| (abi.struct_(host.struct_).name.clone(), host.flag.1))
    };
    let named = |name: &str| is.capabilities_of(new).any(|cap| cap.name == name);
    (host(was, old).is_some() && host(was, old) == host(is, new))
        || was.capabilities_of(old).any(|cap| named(&cap.name))
}

/// Whether two kinds of file descriptors of other names have an ioctl in common.
fn same_fd((was, old): (&Abi, &FdKind), (is, new): (&Abi, &FdKind)) -> bool {
    let own = |abi: &Abi, ioctl: &Ioctl, fd: &FdKind| abi.fds[ioctl.fd].name == fd.name;
    let of_new =
        |name: &str| is.ioctls.iter().any(|ioctl| ioctl.name == name && own(is, ioctl, new));
    let unknown = !is.fds.iter().any(|fd| fd.name == old.name);
    unknown && was.ioctls.iter().any(|ioctl| own(was, ioctl, old) && of_new(&ioctl.name))
}

fn ioctls<'a>(was: &'a Abi, is: &'a Abi) -> Vec<IoctlPair<'a>> {
    let pairs = pairs(
        &was.ioctls,
        &is.ioctls,
        |one| &one.name,
        &[&|old, new| same_item((&old.name, &old.meta), (&new.name, &new.meta))],
    );
    let pair = |ioctls: Matched<&'a Ioctl>| IoctlPair {
        ioctls,
        handlers: ioctls.both().map_or(Vec::new(), |(old, new)| {
            let before: Vec<_> = old.served_at(was.release).collect();
            let now: Vec<_> = new.served_at(is.release).collect();
            let comparable = matches!((old.arg, new.arg), (Arg::Struct(_), Arg::Struct(_)));
            if comparable { handlers(&before, &now) } else { Vec::new() }
        }),
    };
    pairs.into_iter().map(pair).collect()
}

/// The handlers of one ioctl: by name, and each that is gone with each that is new.
fn handlers<'a>(before: &[&'a Handler], now: &[&'a Handler]) -> Vec<Matched<&'a Handler>> {
    let named =
        |list: &[&'a Handler], name: &str| list.iter().copied().find(|one| one.name == name);
    let came: Vec<_> =
        now.iter().copied().filter(|one| named(before, &one.name).is_none()).collect();
    let mut pairs = Vec::new();
    let mut succeeded = false;
    for old in before {
        match named(now, &old.name) {
            Some(new) => pairs.push(Matched { old: Some(*old), new: Some(new) }),
            None if came.is_empty() => pairs.push(Matched { old: Some(*old), new: None }),
            None => {
                succeeded = true;
                pairs.extend(came.iter().map(|new| Matched { old: Some(*old), new: Some(*new) }));
            }
        }
    }
    if !succeeded {
        pairs.extend(came.into_iter().map(|new| Matched { old: None, new: Some(new) }));
    }
    pairs
}
