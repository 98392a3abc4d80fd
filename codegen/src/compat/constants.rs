//! Named numbers: names that went or mean something else, numbers that two
//! names claim, and what came to a group.

use std::collections::HashMap;

use super::codes::{
    COUNT_CHANGED, INPUT_ADDED, NAME_REMOVED, NUMBER_REUSED, OUTPUT_ADDED, PAYLOAD_RESIZED,
    VALUE_CHANGED,
};
use super::matching::{Matching, same_item};
use super::report::{Affected, Class, Finding, Party};
use super::witness::{self, Maker};
use crate::diagnostic::Code;
use crate::ir::{Abi, Group, GroupKind, Literal, Meta};
use crate::reply::{Count, Direction};

/// A named number or string, wherever it is declared.
#[derive(Clone, Copy)]
pub(super) struct Constant<'a> {
    pub(super) name: &'a str,
    pub(super) meta: &'a Meta,
    pub(super) number: i128,
    literal: Option<&'a Literal>,
    count: Option<Count>,
    /// The numbers that it is one of, by name.
    pub(super) group: &'a str,
    kind: GroupKind,
    /// Whether kernels tell it to programs.
    told: bool,
    /// The struct that travels with it.
    payload: Option<&'a str>,
}

impl Constant<'_> {
    fn text(&self) -> Option<&str> {
        match self.literal {
            Some(Literal::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn is_macro(&self) -> bool {
        !matches!(self.kind, GroupKind::AnonymousEnum | GroupKind::Enum)
    }

    /// Whether kernels tell it to programs, and not the other way round.
    pub(super) fn maker(&self) -> Maker {
        if self.told { Maker::Kernel } else { Maker::Program }
    }

    fn is_mask(&self) -> bool {
        matches!(self.literal, Some(Literal::Or(_)))
    }

    /// Whether no two of its group may be the same.
    fn is_unique(&self) -> bool {
        let unique = matches!(
            self.kind,
            GroupKind::IdSpace | GroupKind::Flags | GroupKind::Enum | GroupKind::AnonymousEnum
        );
        unique && !self.is_mask() && self.count.is_none()
    }
}

/// Every constant of an ABI; a capability's id is one of its chain.
pub(super) fn constants(abi: &Abi) -> Vec<Constant<'_>> {
    let values = abi.groups.iter().flat_map(|group| {
        group.values.iter().map(|value| Constant {
            name: &value.name,
            meta: &value.meta,
            number: value.number,
            literal: Some(&value.literal),
            count: value.count,
            group: &group.name,
            kind: group.kind,
            told: is_told(abi, group),
            payload: value.payload.map(|id| abi.struct_(id).name.as_str()),
        })
    });
    let ids = abi.capabilities.iter().map(|capability| Constant {
        name: &capability.name,
        meta: &capability.meta,
        number: capability.id.into(),
        literal: None,
        count: None,
        group: &abi.chain(capability.chain).name,
        kind: GroupKind::IdSpace,
        told: true,
        payload: None,
    });
    values.chain(ids).collect()
}

/// Whether the numbers of a group stand in replies only.
fn is_told(abi: &Abi, group: &Group) -> bool {
    let field = group.field.map(|(id, field)| abi.struct_(id).fields[field].direction);
    field == Some(Some(Direction::Out))
}

pub(super) fn compare(matching: &Matching<'_>) -> Vec<Finding> {
    let abis = matching.abis();
    let (old, new) = (constants(abis.0), constants(abis.1));
    let by_name: HashMap<_, _> = new.iter().map(|constant| (constant.name, constant)).collect();
    let mut findings = Vec::new();
    for was in &old {
        match by_name.get(was.name) {
            None => findings.push(removed(was, &new)),
            Some(is) => findings.extend(changed(matching, was, is, (&old, &new))),
        }
    }
    let known: HashMap<_, _> = old.iter().map(|constant| (constant.name, constant)).collect();
    let came: Vec<_> = new.iter().filter(|one| !known.contains_key(one.name)).collect();
    findings.extend(collisions(matching, &new, &known));
    for is in &came {
        findings.extend(reused(matching, is, &old, &by_name).or_else(|| reserved(matching, is)));
    }
    findings.extend(grown(abis, &came));
    findings
}

fn removed(was: &Constant<'_>, new: &[Constant<'_>]) -> Finding {
    let mut heirs = new.iter().filter(|one| same_item((was.name, was.meta), (one.name, one.meta)));
    let message = match heirs.next() {
        Some(heir) => {
            format!("the name is gone, `{}` has its number: programs no longer compile", heir.name)
        }
        None => "the name is gone: programs that use it no longer compile".to_owned(),
    };
    let finding = Finding::new(NAME_REMOVED, Class::Source, was.name, message);
    finding.at(Party::Old, was.meta.place).help("keep the name beside the new one")
}

/// A name that is on both sides.
fn changed(
    matching: &Matching<'_>,
    was: &Constant<'_>,
    is: &Constant<'_>,
    (old, new): (&[Constant<'_>], &[Constant<'_>]),
) -> Option<Finding> {
    let finding = |code: Code, class: Class, message: String| {
        Finding::new(code, class, is.name, message).at(Party::New, is.meta.place)
    };
    if was.text() != is.text() {
        let (before, now) = (was.text().unwrap_or_default(), is.text().unwrap_or_default());
        let message = format!("the string is {now:?}, {before:?} before");
        let witness =
            witness::understood(matching, Maker::Kernel, is.group, None, before, Some(now));
        return Some(
            finding(VALUE_CHANGED, Class::Wire, message).affects(Affected::Both).witness(witness),
        );
    }
    if was.payload.is_some() && was.payload != is.payload {
        let with = |payload: Option<&str>| payload.unwrap_or("nothing").to_owned();
        let (before, now) = (with(was.payload), with(is.payload));
        let message = format!("{now} travels with it, {before} before");
        let witness = witness::understood(
            matching,
            Maker::Program,
            is.group,
            was.number,
            &before,
            Some(&now),
        );
        return Some(
            finding(PAYLOAD_RESIZED, Class::Wire, message).affects(Affected::Both).witness(witness),
        );
    }
    if was.number == is.number && was.literal.is_none() && was.group != is.group {
        let message = format!("the capability is one of `{}`, of `{}` before", is.group, was.group);
        let witness =
            witness::understood(matching, Maker::Kernel, is.group, is.number, is.name, None);
        return Some(
            finding(VALUE_CHANGED, Class::Wire, message).affects(Affected::Both).witness(witness),
        );
    }
    if was.number == is.number {
        let message = "an enumerator now, which `#ifdef` does not see".to_owned();
        let hidden = was.is_macro() && !is.is_macro();
        return hidden.then(|| finding(VALUE_CHANGED, Class::Note, message));
    }
    if was.count.is_some() || is.count.is_some() {
        let message = format!("the count is {}, {} before", is.number, was.number);
        let finding = finding(COUNT_CHANGED, Class::Note, message);
        return Some(finding.help("take counts from the kernel's replies, not from the header"));
    }
    if is.is_mask() && was.number & is.number == was.number {
        let message = format!("the mask is {:#x}, {:#x} before", is.number, was.number);
        return Some(finding(VALUE_CHANGED, Class::Note, message));
    }
    let message = format!("the name means {}, {} before", is.number, was.number);
    if was.group != is.group {
        let message = message + ": programs compile, and say something else";
        return Some(finding(VALUE_CHANGED, Class::Source, message));
    }
    let (said, heard) = if was.told { (is, old) } else { (was, new) };
    let understood = heard.iter().find(|one| one.group == said.group && one.number == said.number);
    let understood = understood.map(|one| one.name).filter(|name| *name != said.name);
    let witness =
        witness::understood(matching, was.maker(), was.group, said.number, said.name, understood);
    Some(finding(VALUE_CHANGED, Class::Wire, message).affects(Affected::Both).witness(witness))
}

/// Two names for one number, which was not so on the old side.
fn collisions(
    matching: &Matching<'_>,
    new: &[Constant<'_>],
    known: &HashMap<&str, &Constant<'_>>,
) -> Vec<Finding> {
    let was_there = |one: &Constant<'_>| {
        known.get(one.name).is_some_and(|was| was.number == one.number && was.group == one.group)
    };
    let mut first: HashMap<_, &Constant<'_>> = HashMap::new();
    let mut findings = Vec::new();
    for one in new.iter().filter(|one| one.is_unique()) {
        let Some(other) = first.insert((one.group, one.number), one) else { continue };
        let (holder, newcomer) = match (was_there(other), was_there(one)) {
            (true, true) => continue,
            (false, true) => (one, other),
            _ => (other, one),
        };
        let message = format!("{} of `{}` is that of `{}`", one.number, one.group, holder.name);
        let witness = witness::taken_for(matching, newcomer, holder);
        let finding =
            Finding::new(NUMBER_REUSED, Class::Ids, newcomer.name, message).witness(witness);
        let finding = finding.affects(Affected::OldProgram).at(Party::New, newcomer.meta.place);
        findings.push(finding.help("take the next number that nobody had"));
    }
    findings
}

/// A new name with a number that another one gave up.
fn reused(
    matching: &Matching<'_>,
    is: &Constant<'_>,
    old: &[Constant<'_>],
    by_name: &HashMap<&str, &Constant<'_>>,
) -> Option<Finding> {
    let had = |was: &&Constant<'_>| {
        was.group == is.group && was.number == is.number && was.is_unique() && is.is_unique()
    };
    let gone = |was: &&Constant<'_>| {
        let now = by_name.get(was.name).map(|now| (now.group, now.number));
        now != Some((was.group, was.number)) && !same_item((was.name, was.meta), (is.name, is.meta))
    };
    let was = old.iter().filter(had).find(gone)?;
    let message = format!("{} of `{}` was that of `{}`", is.number, is.group, was.name);
    let witness = witness::taken_for(matching, is, was);
    let finding =
        Finding::new(NUMBER_REUSED, Class::Ids, is.name, message).affects(Affected::OldProgram);
    let finding = finding.witness(witness);
    Some(finding.at(Party::New, is.meta.place).help("take the next number that nobody had"))
}

/// A new name with a number that somebody else is known to use.
fn reserved(matching: &Matching<'_>, is: &Constant<'_>) -> Option<Finding> {
    let old = matching.abis().0;
    let of_groups = old.groups.iter().map(|group| (&group.name, &group.reserved));
    let of_chains = old.chains.iter().map(|chain| (&chain.name, &chain.reserved));
    let mut lists = of_groups.chain(of_chains).filter(|(name, _)| *name == is.group);
    let taken = lists.find_map(|(_, list)| {
        list.iter().find(|taken| taken.value == is.number && taken.name != is.name)
    })?;
    let message = format!("{} of `{}` is in use as `{}`", is.number, is.group, taken.name);
    let witness =
        witness::understood(matching, is.maker(), is.group, is.number, is.name, Some(&taken.name));
    let finding =
        Finding::new(NUMBER_REUSED, Class::Ids, is.name, message).affects(Affected::OldProgram);
    let finding = finding.witness(witness);
    Some(finding.at(Party::New, is.meta.place).help("take the next number that nobody has"))
}

/// What came to groups that were there, one finding for each group.
fn grown(abis: (&Abi, &Abi), came: &[&Constant<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for group in &abis.1.groups {
        let there = abis.0.groups.iter().any(|old| old.name == group.name);
        let unique = matches!(group.kind, GroupKind::IdSpace | GroupKind::Flags | GroupKind::Enum);
        let here =
            |one: &&&Constant<'_>| one.group == group.name && one.meta.history.names.is_empty();
        let new: Vec<_> = came.iter().filter(here).collect();
        if let ([first, ..], true, true) = (&new[..], there, unique) {
            let list: Vec<_> = new.iter().map(|one| format!("`{}`", one.name)).collect();
            let message = format!("{} came to `{}`", list.join(", "), group.name);
            let (code, gate) = kind(abis.1, group);
            let finding = Finding::new(code, Class::Growth, &group.name, message).gate(gate);
            findings.push(finding.at(Party::New, first.meta.place));
        }
    }
    findings
}

/// The rule that new numbers of a group are about, and what keeps old programs from them.
fn kind(abi: &Abi, group: &Group) -> (Code, &'static str) {
    let field = group.field.map(|(id, field)| &abi.struct_(id).fields[field]);
    match field.and_then(|field| field.direction) {
        _ if group.kind != GroupKind::Flags => {
            (NUMBER_REUSED, "who does not ask for them does not get them")
        }
        Some(Direction::In | Direction::InOut) => {
            (INPUT_ADDED, "old kernels refuse flags they do not know")
        }
        _ => (OUTPUT_ADDED, "old programs pass over flags they do not know"),
    }
}
