//! Names that are taken: no release may have two things of one name, and the
//! name that something had once counts for its time.

use super::Check;
use super::claims::{ALWAYS, Claim, clashes};
use super::index::{Index, Kind, Target};
use super::parts::Struct;
use super::refs::span;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::spec::Item;
use crate::spec::wrappers::Placed;

pub(super) const V011: Code = Code("V011"); // a name taken twice

pub(super) fn check(check: &mut Check<'_>) {
    idents(check);
    titles(check);
    profiles(check);
    lists(check);
    let index = check.index;
    for struct_ in &index.structs {
        fields(check, struct_);
    }
}

/// Names that C and Rust see.
fn idents(check: &mut Check<'_>) {
    let index = check.index;
    let seen = |kind: Kind| {
        !matches!(kind, Kind::Chain | Kind::Constants | Kind::IdSpace | Kind::Anonymous)
    };
    let mut claims = Vec::new();
    for (key, targets) in index.all() {
        let targets = targets.iter().filter(|target| seen(target.kind));
        claims.extend(targets.map(|target| Claim {
            key,
            life: target.life,
            place: target.place,
            owner: target.order,
        }));
    }
    let former = index.former.iter().filter(|former| seen(former.kind));
    claims.extend(former.map(|former| Claim {
        key: former.name.as_str(),
        life: former.life,
        place: former.name.place,
        owner: former.order,
    }));
    let twins: Vec<_> = twins(index).collect();
    claims.extend(twins.iter().map(|(key, target)| Claim {
        key: key.as_str(),
        life: target.life,
        place: target.place,
        owner: target.order,
    }));
    let guards = check.spec.abi.headers.iter().flat_map(|(_, header)| header.guards.iter());
    // Orders count from 1, so that no item is one of these.
    claims.extend(guards.map(|guard| always(guard, 0)));
    report(check, &claims);
}

/// The names of the Rust functions of macros.
fn twins<'b>(index: &'b Index<'_>) -> impl Iterator<Item = (String, &'b Target)> {
    index.all().flat_map(|(name, targets)| {
        let macros = targets.iter().filter(|target| target.kind == Kind::Macro);
        macros.map(move |target| (name.to_lowercase(), target))
    })
}

/// Names of ours: groups and chains, each of which gets a page.
fn titles(check: &mut Check<'_>) {
    let index = check.index;
    let ours = |kind: Kind| {
        matches!(kind, Kind::Chain | Kind::Constants | Kind::IdSpace | Kind::Enum | Kind::Anonymous)
    };
    let claims = index.all().flat_map(|(key, targets)| {
        let targets = targets.iter().filter(|target| ours(target.kind));
        targets.map(move |target| Claim {
            key,
            life: target.life,
            place: target.place,
            // Enums with the same tag have been reported already.
            owner: if target.kind == Kind::Enum { 0 } else { target.order },
        })
    });
    report(check, &claims.collect::<Vec<_>>());
}

/// Names of reply rules; those of one handler follow each other in time.
fn profiles(check: &mut Check<'_>) {
    let mut claims = Vec::new();
    for (ioctl, life) in check.spec.ioctls() {
        for (.., handler) in ioctl.handlers() {
            let since = handler.since.as_ref().map(|since| &since.value);
            let life = life.within(since, handler.until.as_ref().map(|until| &until.value));
            let owner = claims.len();
            let profile = handler.profile.as_ref();
            claims.extend(profile.map(|name| Claim { life, ..always(name, owner) }));
        }
    }
    report(check, &claims);
}

/// Lists without duplicates.
fn lists(check: &mut Check<'_>) {
    let abi = &check.spec.abi;
    let overlays = check.spec.files.iter().filter(|file| file.overlay);
    let overlays = overlays.map(|file| (file.name.as_str(), file.title.place));
    let files = abi.files.iter().map(|name| (name.as_str(), name.place));
    once(check, files.chain(overlays));
    let paths = abi.headers.iter().map(|(_, header)| (header.path.as_str(), header.path.place));
    once(check, paths);
    for file in &check.spec.files {
        for item in file.items.iter() {
            match item {
                Item::Macro(item) => once(check, placed(&item.args)),
                Item::Ioctl(item) => {
                    once(check, placed(&item.backends));
                    let lists = item.handlers().filter_map(|(.., one)| one.capabilities.as_ref());
                    lists.for_each(|list| once(check, placed(list)));
                }
                _ => {}
            }
        }
    }
}

fn placed(names: &[Placed<String>]) -> impl Iterator<Item = (&str, Place)> {
    names.iter().map(|name| (name.as_str(), name.place))
}

fn once<'b>(check: &mut Check<'_>, names: impl Iterator<Item = (&'b str, Place)>) {
    let claims = names.enumerate();
    let claims = claims.map(|(owner, (key, place))| Claim { key, life: ALWAYS, place, owner });
    report(check, &claims.collect::<Vec<_>>());
}

/// Fields and the members of anonymous unions, which share a scope in C.
fn fields(check: &mut Check<'_>, struct_: &Struct<'_>) {
    let mut claims = Vec::new();
    for (owner, member) in struct_.members().enumerate() {
        let (key, place) = (member.name.as_str(), member.name.place);
        claims.push(Claim { key, life: member.life, place, owner });
        let former = member.names().filter(|(_, name)| *name != member.name.as_str());
        claims.extend(former.map(|(life, key)| Claim { key, life, place, owner }));
    }
    report(check, &claims);
    for claim in &claims {
        constant(check, claim);
        if struct_.capability.is_some() && claim.key == "header" {
            let problem = Diagnostic::error(V011, "the name `header` is taken");
            let problem = problem.at(claim.place, "again here");
            check.problems.push(problem.and(struct_.name.place, "this starts with its header"));
        }
    }
}

/// The preprocessor would put a constant's value in the place of the field.
fn constant(check: &mut Check<'_>, claim: &Claim<&str>) {
    let replaced = |kind: Kind| {
        matches!(kind, Kind::Number | Kind::Text | Kind::Ioctl | Kind::Macro | Kind::Capability)
    };
    let targets = check.index.targets(claim.key).iter();
    let mut targets = targets.filter(|target| replaced(target.kind));
    if let Some(target) = targets.find(|target| target.life.meets(claim.life)) {
        let message = format!("the field `{}` is called like a constant", claim.key);
        let problem =
            Diagnostic::error(V011, message).at(claim.place, "C would see its value here");
        check.problems.push(problem.and(target.place, "the constant"));
    }
}

fn report(check: &mut Check<'_>, claims: &[Claim<&str>]) {
    for (one, other) in clashes(claims, |_, _| false) {
        let (one, other) = (&claims[one], &claims[other]);
        let (first, again) = if other.place < one.place { (other, one) } else { (one, other) };
        let message = format!("the name `{}` is taken", again.key);
        let problem = Diagnostic::error(V011, message).at(again.place, "again here");
        let there = match first.life {
            ALWAYS => "first here".to_owned(),
            life => format!("first here, {}", span(life)),
        };
        check.problems.push(problem.and(first.place, there));
    }
}

fn always(name: &Placed<String>, owner: usize) -> Claim<&str> {
    Claim { key: &name.value, life: ALWAYS, place: name.place, owner }
}
