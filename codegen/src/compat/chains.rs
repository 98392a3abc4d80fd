//! Chains and their capabilities: what came, and for which argsz a program that
//! never asks twice loses what it had.

use super::finding::{C2, C6, C11, C13, C15, C18, Class, Finding, Party, Victim, Window};
use super::pairs::{Pairs, alive, names};
use super::witness::{self, Witness};
use crate::ir::{Abi, Arg, CapHeader, Capability, Chain, Handler, Ioctl, StructId, Type};
use crate::layout::Model;
use crate::model::{Handling, sample};

pub(super) fn compare(pairs: &Pairs<'_>) -> Vec<Finding> {
    let abis = pairs.abis();
    let mut findings = Vec::new();
    for new in &abis.1.chains {
        match abis.0.chains.iter().find(|old| old.name == new.name) {
            Some(old) => findings.extend(changed(pairs, old, new)),
            None => findings.extend(added(pairs, new)),
        }
    }
    let gone = |old: &&Chain| abis.1.chains.iter().all(|new| new.name != old.name);
    for old in abis.0.chains.iter().filter(gone) {
        let message = "the chain is gone, and with it all of its capabilities";
        let finding = Finding::new(C11, Class::Wire, &old.name, message).hurts(Victim::OldProgram);
        let finding = finding.witness(replies(pairs, old, old));
        findings.push(finding.at(Party::Old, old.meta.place));
    }
    findings
}

/// A chain behind a struct that had none.
fn added(pairs: &Pairs<'_>, new: &Chain) -> Option<Finding> {
    let abis = pairs.abis();
    let id = new.host.as_ref().map(|host| host.struct_)?;
    let name = &abis.1.struct_(id).name;
    let old = abis.0.structs.iter().find(|old| old.name == *name)?;
    let host = new.host.as_ref()?;
    let before = |field: &str| old.fields.iter().find(|one| one.name == field);
    let flag = abis
        .0
        .groups
        .iter()
        .filter(|group| group.field.is_some_and(|(id, _)| abis.0.struct_(id).name == *name));
    let taken = flag
        .flat_map(|group| &group.values)
        .find(|value| value.number == i128::from(host.flag.1) && value.name != host.flag.0);
    let offset = &abis.1.struct_(id).fields[host.cap_offset];
    let used = before(&offset.name).is_some_and(|old| old.role == crate::ir::Role::Data);
    let finding = |class, message: String| {
        Finding::new(C6, class, name, message).at(Party::New, new.meta.place)
    };
    if let Some(value) = taken {
        let message = format!("the chain's flag has the number of `{}`", value.name);
        let flag = (host.flag.1.into(), host.flag.0.as_str());
        let witness = witness::understood(pairs, name, flag.0, flag.1, Some(&value.name));
        return Some(finding(Class::Wire, message).hurts(Victim::OldProgram).witness(witness));
    }
    if used {
        let message =
            format!("the chain's offset stands where `{}` was something else", offset.name);
        let at = abis.1.struct_(id).spans(host.cap_offset)[Model::Lp64.index()].offset;
        let witness =
            witness::understood(pairs, name, at.into(), "the chain's offset", Some(&offset.name));
        return Some(finding(Class::Wire, message).hurts(Victim::Both).witness(witness));
    }
    let message = format!("replies can have a chain of capabilities, `{}`", new.name);
    Some(finding(Class::Growth, message).gate(&host.flag.0))
}

fn changed(pairs: &Pairs<'_>, old: &Chain, new: &Chain) -> Vec<Finding> {
    let abis = pairs.abis();
    let mut findings = Vec::new();
    let (before, now) = (&abis.0.cap_headers[old.header], &abis.1.cap_headers[new.header]);
    if !same_header(before, now) {
        let message = "the header of the capabilities is read otherwise";
        let finding = Finding::new(C2, Class::Wire, &new.name, message).hurts(Victim::Both);
        let finding = finding.witness(replies(pairs, old, new));
        findings.push(finding.at(Party::New, new.meta.place));
    }
    for index in &new.capabilities {
        let cap = &abis.1.capabilities[*index];
        let mut olds = old.capabilities.iter().map(|index| &abis.0.capabilities[*index]);
        let known = |old: &&Capability| names(&cap.name, &cap.meta).any(|name| name == old.name);
        match olds.find(known) {
            None => findings.extend(came(pairs, new, cap)),
            Some(was) => findings.extend(version(pairs, (old, was), (new, cap))),
        }
    }
    findings
}

fn same_header(old: &CapHeader, new: &CapHeader) -> bool {
    let parts = |header: &CapHeader| {
        (header.id, header.version, header.next, header.from_reply, header.end)
    };
    parts(old) == parts(new)
}

/// A capability that is new in a chain that was there.
fn came(pairs: &Pairs<'_>, chain: &Chain, cap: &Capability) -> Vec<Finding> {
    let message = format!(
        "the capability {} came to the chain `{}`: readers pass over ids they do not know",
        cap.id, chain.name
    );
    let finding = Finding::new(C15, Class::Growth, &cap.name, message).gate("its id");
    let window = window(pairs, chain, cap);
    let finding = finding.window(window).at(Party::New, cap.meta.place);
    let mut findings = vec![match window {
        Some(_) => finding.help("read argsz back, and ask again with a buffer of that size"),
        None => finding,
    }];
    findings.extend(varies(pairs.abis().1, cap));
    findings
}

/// A body of several lengths: the need is another one in the next call.
fn varies(abi: &Abi, cap: &Capability) -> Option<Finding> {
    let fields = &abi.struct_(cap.struct_?).fields;
    let array = fields.iter().find(|field| matches!(field.type_, Type::Flexible(..)))?;
    let message = format!(
        "`{}` has as many elements as there are at the time: the need can grow between two calls",
        array.name
    );
    let finding = Finding::new(C18, Class::Note, &cap.name, message).at(Party::New, cap.meta.place);
    Some(finding.help("ask again a few times, not just once"))
}

/// A capability that is on both sides.
fn version(
    pairs: &Pairs<'_>,
    (before, old): (&Chain, &Capability),
    (now, new): (&Chain, &Capability),
) -> Option<Finding> {
    let abis = pairs.abis();
    let name = |abi: &Abi, id: Option<StructId>| id.map(|id| abi.struct_(id).name.clone());
    let finding = |class, message: String| {
        Finding::new(C13, class, &new.name, message).at(Party::New, new.meta.place)
    };
    if new.version < old.version {
        let message = format!("the version is {}, {} before", new.version, old.version);
        let witness = replies(pairs, before, now);
        return Some(finding(Class::Wire, message).hurts(Victim::Both).witness(witness));
    }
    if name(abis.0, old.struct_) != name(abis.1, new.struct_) {
        let message = "the body is another struct";
        let witness = replies(pairs, before, now);
        return Some(finding(Class::Wire, message.to_owned()).hurts(Victim::Both).witness(witness));
    }
    let flexible = |abi: &Abi, id: Option<StructId>| {
        id.is_some_and(|id| {
            abi.struct_(id).fields.iter().any(|field| matches!(field.type_, Type::Flexible(..)))
        })
    };
    if flexible(abis.1, new.struct_) && !flexible(abis.0, old.struct_) {
        return varies(abis.1, new);
    }
    None
}

/// The needs without and with a capability, where one handler gives all that
/// are known.
fn window(pairs: &Pairs<'_>, chain: &Chain, cap: &Capability) -> Option<Window> {
    let abi = pairs.abis().1;
    let host = chain.host.as_ref()?;
    let hosted = |ioctl: &&Ioctl| ioctl.arg == Arg::Struct(host.struct_);
    abi.ioctls.iter().filter(hosted).find_map(|ioctl| {
        let gives = |handler: &&Handler| {
            handler
                .chain
                .as_ref()
                .is_some_and(|chain| chain.gives.is_empty() || chain.gives.contains(&cap.name))
        };
        let handler = alive(abi, ioctl).into_iter().find(gives)?;
        let handling = Handling::new(abi, ioctl, handler)?;
        let given = |other: &&Capability| {
            let gives = &handler.chain.as_ref().expect("it gives capabilities").gives;
            gives.is_empty() || gives.contains(&other.name)
        };
        let known = |other: &&Capability| {
            let mut old = pairs.abis().0.capabilities.iter();
            old.any(|old| names(&other.name, &other.meta).any(|name| name == old.name))
        };
        let caps = chain.capabilities.iter().map(|index| &abi.capabilities[*index]);
        let old: Vec<_> =
            caps.filter(given).filter(known).map(|one| sample::cap(abi, one, 1)).collect();
        let mut new = old.clone();
        new.push(sample::cap(abi, cap, 1));
        Some(Window { from: handling.need(&old), to: handling.need(&new) })
    })
}

/// How replies with a chain differ, of the first handlers that give them.
fn replies(pairs: &Pairs<'_>, old: &Chain, new: &Chain) -> Option<Witness> {
    let abis = pairs.abis();
    let old = giver(abis.0, old)?;
    let new = giver(abis.1, new).or_else(|| {
        let ioctl = pairs.ioctl(old.0)?;
        Some((ioctl, alive(abis.1, ioctl).into_iter().next()?))
    });
    witness::answered(pairs, old, new?)
}

/// A handler that gives a chain.
fn giver<'a>(abi: &'a Abi, chain: &Chain) -> Option<(&'a Ioctl, &'a Handler)> {
    let host = abi.chains.iter().find(|one| one.name == chain.name)?.host.as_ref()?;
    let hosted = |ioctl: &&Ioctl| ioctl.arg == Arg::Struct(host.struct_);
    abi.ioctls.iter().filter(hosted).find_map(|ioctl| {
        let handler = alive(abi, ioctl).into_iter().find(|one| one.chain.is_some())?;
        Some((ioctl, handler))
    })
}
