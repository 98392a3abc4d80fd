//! Chains and their capabilities: what came, and for which argsz a program that
//! never asks twice loses what it had.

use super::codes::{
    BODY_CHANGED, CAPABILITY_ADDED, CHAIN_ADDED, FIELD_MOVED, NAME_REMOVED, NEED_CAN_CHANGE,
    SHORT_REPLY_CHANGED,
};
use super::matching::{Matching, handler_returning, handlers_returning, same_item};
use super::report::{Affected, Class, Finding, Party, Window, Witness};
use super::witness::{self, Maker};
use crate::ir::{
    Abi, CapHeader, Capability, Chain, Group, Handler, Host, Ioctl, Role, Struct, StructId, Type,
    Value,
};
use crate::layout::Model;
use crate::model::{HandlerModel, sample};

pub(super) fn compare(matching: &Matching<'_>) -> Vec<Finding> {
    let abis = matching.abis();
    let mut findings = Vec::new();
    for new in &abis.1.chains {
        match abis.0.chains.iter().find(|old| old.name == new.name) {
            Some(old) => findings.extend(changed(matching, old, new)),
            None => findings.extend(added(matching, new)),
        }
    }
    let gone = |old: &&Chain| abis.1.chains.iter().all(|new| new.name != old.name);
    for old in abis.0.chains.iter().filter(gone) {
        let message = "the chain is gone, and with it all of its capabilities";
        let finding = Finding::new(NAME_REMOVED, Class::Wire, &old.name, message)
            .affects(Affected::OldProgram);
        let finding = finding.witness(replies(matching, old, old));
        findings.push(finding.at(Party::Old, old.meta.place));
    }
    findings
}

/// A chain behind a struct that had none.
fn added(matching: &Matching<'_>, new: &Chain) -> Vec<Finding> {
    let abi = matching.abis().1;
    let Some(Host { struct_, flag, .. }) = new.host() else { return Vec::new() };
    let struct_ = abi.struct_(*struct_);
    let Some(old) = matching.abis().0.structs.iter().find(|old| old.name == struct_.name) else {
        return Vec::new();
    };
    let finding = |class, message: String| {
        Finding::new(CHAIN_ADDED, class, &struct_.name, message).at(Party::New, new.meta.place)
    };
    let mut findings = Vec::new();
    if let Some(value) = with_number(matching.abis().0, old, flag) {
        let message = format!("the chain's flag was there before, as `{value}`");
        let witness = witness::understood(
            matching,
            Maker::Kernel,
            &struct_.name,
            i128::from(flag.1),
            &flag.0,
            Some(value),
        );
        findings.push(finding(Class::Wire, message).affects(Affected::OldProgram).witness(witness));
    }
    let used = new.cap_offset().map(|at| (at, &struct_.fields[at].name)).filter(|(_, name)| {
        old.fields.iter().any(|field| field.name == **name && field.role == Role::Data)
    });
    if let Some((at, name)) = used {
        let message = format!("the chain's offset stands where `{name}` was something else");
        let at = i128::from(struct_.spans(at)[Model::Lp64.index()].offset);
        let said = "the offset of the chain";
        let witness =
            witness::understood(matching, Maker::Kernel, &struct_.name, at, said, Some(name));
        findings.push(finding(Class::Wire, message).affects(Affected::Both).witness(witness));
    }
    findings.extend(
        handler_returning(abi, new)
            .and_then(|handler_returning| untold(matching, new, handler_returning)),
    );
    if findings.is_empty() {
        let message = format!("replies can have a chain of capabilities, `{}`", new.name);
        findings.push(finding(Class::Growth, message).gate(&flag.0));
    }
    findings
}

/// The name of an old flag of a struct that has the number of a new one.
fn with_number<'a>(abi: &'a Abi, old: &Struct, flag: &(String, u64)) -> Option<&'a str> {
    let own = |group: &&Group| group.field.is_some_and(|(id, _)| abi.struct_(id).name == old.name);
    let values = abi.groups.iter().filter(own).flat_map(|group| &group.values);
    let same = |value: &&Value| value.number == i128::from(flag.1) || value.name == flag.0;
    values.into_iter().find(same).map(|value| value.name.as_str())
}

/// A short reply that looks like one with a chain.
fn untold(
    matching: &Matching<'_>,
    chain: &Chain,
    handler_returning: (&Ioctl, &Handler),
) -> Option<Finding> {
    let (witness, offset) = witness::short(matching, chain, handler_returning)?;
    let message = match chain.cap_offset() {
        Some(_) => format!(
            "a buffer that is too small for the chain `{}` gets no offset of 0: \
             a program takes its own bytes for the offset",
            chain.name
        ),
        None => format!(
            "nothing tells whether the chain `{}` is there or did not fit: \
             a program takes its own bytes at {offset} for a capability",
            chain.name
        ),
    };
    let abi = matching.abis().1;
    let subject = &abi.struct_(chain.host()?.struct_).name;
    let code = if chain.cap_offset().is_some() { SHORT_REPLY_CHANGED } else { CHAIN_ADDED };
    let finding = Finding::new(code, Class::Wire, subject, message).affects(Affected::New);
    let help = "copy out as much of a zeroed reply as argsz covers, the offset included";
    Some(finding.witness(witness).help(help).at(Party::New, handler_returning.1.place))
}

fn changed(matching: &Matching<'_>, old: &Chain, new: &Chain) -> Vec<Finding> {
    let abis = matching.abis();
    let mut findings = Vec::new();
    let (before, now) = (&abis.0.cap_headers[old.header], &abis.1.cap_headers[new.header]);
    if !same_header(before, now) {
        let message = "the header of the capabilities is read otherwise";
        let finding =
            Finding::new(FIELD_MOVED, Class::Wire, &new.name, message).affects(Affected::Both);
        let finding = finding.witness(replies(matching, old, new));
        findings.push(finding.at(Party::New, new.meta.place));
    }
    let flag = |chain: &Chain| chain.offset_host().map(|host| host.flag.0.clone());
    if let (Some(was), Some(is)) = (flag(old), flag(new)) {
        if was != is {
            let message = format!("the flag of the chain is {is}, {was} before");
            let finding =
                Finding::new(CHAIN_ADDED, Class::Wire, &new.name, message).affects(Affected::Both);
            let witness =
                witness::understood(matching, Maker::Kernel, &new.name, None, &is, Some(&was));
            findings.push(finding.witness(witness).at(Party::New, new.meta.place));
        }
    }
    for cap in abis.1.capabilities_of(new) {
        let mut olds = abis.0.capabilities_of(old);
        let known = |old: &&Capability| same_item((&old.name, &old.meta), (&cap.name, &cap.meta));
        match olds.find(known) {
            None => findings.extend(came(matching, new, cap)),
            Some(was) => findings.extend(version(matching, was, (new, cap))),
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
fn came(matching: &Matching<'_>, chain: &Chain, cap: &Capability) -> Vec<Finding> {
    let message = format!(
        "the capability {} came to the chain `{}`: readers pass over ids they do not know",
        cap.id, chain.name
    );
    let finding = Finding::new(CAPABILITY_ADDED, Class::Growth, &cap.name, message).gate("its id");
    let window = window(matching, chain, cap);
    let finding = finding.window(window).at(Party::New, cap.meta.place);
    let mut findings = vec![match window {
        Some(_) => finding.help("read argsz back, and ask again with a buffer of that size"),
        None => finding,
    }];
    findings.extend(varies(matching.abis().1, cap));
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
    let finding = Finding::new(NEED_CAN_CHANGE, Class::Note, &cap.name, message)
        .at(Party::New, cap.meta.place);
    Some(finding.help("ask again a few times, not just once"))
}

/// A capability that is on both sides.
fn version(
    matching: &Matching<'_>,
    old: &Capability,
    (now, new): (&Chain, &Capability),
) -> Option<Finding> {
    let abis = matching.abis();
    let name = |abi: &Abi, id: Option<StructId>| id.map(|id| abi.struct_(id).name.clone());
    let finding = |class, message: String| {
        Finding::new(BODY_CHANGED, class, &new.name, message).at(Party::New, new.meta.place)
    };
    if new.version < old.version {
        let message = format!("the version is {}, {} before", new.version, old.version);
        let of = |version: u16| format!("version {version} of {}", new.name);
        let (said, taken_for) = (of(old.version), of(new.version));
        let witness =
            witness::understood(matching, Maker::Kernel, &now.name, None, &said, Some(&taken_for));
        return Some(finding(Class::Wire, message).affects(Affected::Both).witness(witness));
    }
    if name(abis.0, old.struct_) != name(abis.1, new.struct_) {
        let message = "the body is another struct";
        let with = |body: Option<String>| {
            format!("{} with {}", new.name, body.as_deref().unwrap_or("no body"))
        };
        let (said, taken_for) = (with(name(abis.0, old.struct_)), with(name(abis.1, new.struct_)));
        let witness = witness::understood(
            matching,
            Maker::Kernel,
            &now.name,
            i128::from(new.id),
            &said,
            Some(&taken_for),
        );
        return Some(
            finding(Class::Wire, message.to_owned()).affects(Affected::Both).witness(witness),
        );
    }
    match varies(abis.0, old) {
        Some(_) => None,
        None => varies(abis.1, new),
    }
}

/// The needs without and with a capability, of a handler that gives all that it
/// knows: one that gives this one or, where none does yet, the first with a chain.
fn window(matching: &Matching<'_>, chain: &Chain, cap: &Capability) -> Option<Window> {
    let abi = matching.abis().1;
    let handlers_returning = handlers_returning(abi, chain);
    let gives = |handler: &Handler, cap: &Capability| {
        let gives = handler.chain.as_ref().map(|chain| &chain.capabilities);
        gives.is_some_and(|gives| gives.is_empty() || gives.contains(&cap.name))
    };
    let handler_returning = handlers_returning
        .iter()
        .find(|(_, handler)| gives(handler, cap))
        .or(handlers_returning.first())?;
    let model = HandlerModel::new(abi, handler_returning.0, handler_returning.1)?;
    let known = |other: &&Capability| {
        let mut old = matching.abis().0.capabilities.iter();
        old.any(|old| same_item((&old.name, &old.meta), (&other.name, &other.meta)))
    };
    let caps = abi.capabilities_of(chain);
    let old = caps.filter(|cap| gives(handler_returning.1, cap)).filter(known);
    let mut caps: Vec<_> = old.map(|one| sample::cap(abi, one, 1)).collect();
    let from = model.need(&caps);
    caps.push(sample::cap(abi, cap, 1));
    Some(Window { from, to: model.need(&caps) })
}

/// How replies with a chain differ, of the first handlers that give them.
fn replies(matching: &Matching<'_>, old: &Chain, new: &Chain) -> Option<Witness> {
    let abis = matching.abis();
    let old = handler_returning(abis.0, old)?;
    let new = handler_returning(abis.1, new).or_else(|| {
        let ioctl = matching.ioctl(old.0)?;
        Some((ioctl, ioctl.served_at(abis.1.release).next()?))
    });
    witness::answered(matching, old, new?)
}
