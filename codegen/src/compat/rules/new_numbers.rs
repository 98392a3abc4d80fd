//! New numbers: numbers that two names claim, and additions to groups and chains.

use std::collections::{HashMap, HashSet};

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{
    CAPABILITY_ADDED, INPUT_ADDED, ITEM_ADDED, NEED_CAN_CHANGE, NOT_JUDGED, NUMBER_REUSED,
    OUTPUT_ADDED,
};
use crate::compat::diff::{IrKey, Of, key};
use crate::compat::finding::{Affected, Class, Finding, Party, Window};
use crate::compat::matching::{
    Constant, Matched, Matching, Numbered, handlers_appending, same_item,
};
use crate::compat::witness;
use crate::diagnostic::Code;
use crate::ir::{
    Abi, Arg, Capability, Chain, Group, GroupId, GroupKind, Handler, Ioctl, StructId, Type,
};
use crate::model::{HandlerModel, sample};
use crate::reply::Direction;

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[key!(Group.values), key!(Abi.capabilities), key!(Abi.groups)];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    let matching = comparison.matching;
    let added: Vec<_> = matching.constants.iter().filter_map(|pair| pair.added()).collect();
    let mut findings = collisions(matching);
    let collided: HashSet<_> = findings.iter().map(|one| one.subject.clone()).collect();
    let alone = added.iter().filter(|one| !collided.contains(one.name));
    findings
        .extend(alone.filter_map(|one| reused(matching, one).or_else(|| reserved(matching, one))));
    let claims = comparison.claims(KEYS, |of| match of {
        Of::Constant(index) => matching.constants[index].old.is_none(),
        Of::Group(index) => matching.groups[index].old.is_none(),
        _ => false,
    });
    findings.extend(overlaps(matching, &added));
    findings.extend(grown(matching, &added));
    let capabilities = added.iter().filter_map(|one| match one.item {
        Numbered::Capability(chain, capability) => Some((chain, capability)),
        Numbered::Value(..) => None,
    });
    findings.extend(capabilities.flat_map(|(chain, cap)| came(matching, chain, cap)));
    vec![Judgement { claims, findings }]
}

/// Two names for one number, which was not so on the old side.
fn collisions(matching: &Matching<'_>) -> Vec<Finding> {
    let was_there = |one: &Constant<'_>, old: &Option<Constant<'_>>| {
        old.is_some_and(|was| was.taken() == one.taken())
    };
    let mut first: HashMap<_, (Constant<'_>, bool)> = HashMap::new();
    let mut findings = Vec::new();
    let mut new: Vec<_> =
        matching.constants.iter().filter_map(|pair| Some((pair.new?, pair.old))).collect();
    new.retain(|(one, _)| one.is_unique());
    for (one, old) in new {
        let known = was_there(&one, &old);
        let Some((other, other_known)) = first.insert(one.taken(), (one, known)) else {
            continue;
        };
        let (holder, newcomer) = match (other_known, known) {
            (true, true) => continue,
            (false, true) => (one, other),
            _ => (other, one),
        };
        let message =
            format!("{} of `{}` is the number of `{}`", one.number, one.group, holder.name);
        let witness = witness::taken_for(matching, &newcomer, &holder);
        let finding =
            Finding::new(NUMBER_REUSED, Class::Ids, newcomer.name, message).witness(witness);
        let finding = finding.affects(Affected::OldProgram).at(Party::New, newcomer.meta.place);
        findings.push(finding.help(FREE_NUMBER));
    }
    findings
}

/// New flags that share bits with older ones of the same group. It can be meant so for a mask
/// and what it covers, which only a specification says.
fn overlaps(matching: &Matching<'_>, added: &[Constant<'_>]) -> Vec<Finding> {
    let is_flag = |one: &Constant<'_>| {
        let in_mask = one.value().is_some_and(|value| value.mask.is_some());
        one.kind == GroupKind::Flags && one.is_unique() && !in_mask
    };
    let old: Vec<_> = matching.constants.iter().filter_map(|pair| pair.both()).collect();
    let finding = |is: &Constant<'_>| {
        let shares = |(was, now): &&(Constant<'_>, Constant<'_>)| {
            let (shared, both) = (was.number & is.number, now.space == is.space);
            both && is_flag(was) && was.number != is.number && shared != 0
        };
        let (was, _) = old.iter().find(shares).filter(|_| is_flag(is))?;
        let message = format!(
            "{:#x} shares bits with `{}`, {:#x}: unless one is a mask, programs take it for that",
            is.number, was.name, was.number
        );
        let finding = Finding::new(NOT_JUDGED, Class::NotJudged, is.name, message);
        let help = "take bits that no flag has, or specify the mask";
        Some(finding.at(Party::New, is.meta.place).help(help))
    };
    added.iter().filter_map(finding).collect()
}

const FREE_NUMBER: &str = "take the next number that was never used";

/// A new name with a number that another one gave up.
fn reused(matching: &Matching<'_>, is: &Constant<'_>) -> Option<Finding> {
    let gone = |pair: &&Matched<Constant<'_>>| {
        let Some(was) = pair.old else { return false };
        let had = was.taken() == is.taken();
        let still = pair.new.is_some_and(|now| now.taken() == was.taken());
        let same = same_item((was.name, was.meta), (is.name, is.meta));
        had && was.is_unique() && is.is_unique() && !still && !same
    };
    let was = matching.constants.iter().find(gone)?.old?;
    if counts_as_renamed(&was, is) {
        return Some(renamed(&was, is));
    }
    let message = format!("{} of `{}` was the number of `{}`", is.number, is.group, was.name);
    let witness = witness::taken_for(matching, is, &was);
    let finding =
        Finding::new(NUMBER_REUSED, Class::Ids, is.name, message).affects(Affected::OldProgram);
    Some(finding.witness(witness).at(Party::New, is.meta.place).help(FREE_NUMBER))
}

/// Whether a name without a payload is a former one with more words, or with fewer.
fn counts_as_renamed(was: &Constant<'_>, is: &Constant<'_>) -> bool {
    let plain = |one: &Constant<'_>| one.value().is_some_and(|value| value.payload.is_none());
    let within = |some: &str, all: &str| {
        let mut all = all.split('_');
        some.split('_').all(|word| all.any(|other| other == word))
    };
    plain(was) && plain(is) && (within(was.name, is.name) || within(is.name, was.name))
}

fn renamed(was: &Constant<'_>, is: &Constant<'_>) -> Finding {
    let message = format!("it has the number of `{}`, and counts as its new name", was.name);
    let condition = format!("an id collision if it means anything else than `{}` did", was.name);
    let finding = Finding::new(NUMBER_REUSED, Class::Note, is.name, message);
    finding.at(Party::New, is.meta.place).condition(Some(condition))
}

/// A new name with a number that belongs to others.
fn reserved(matching: &Matching<'_>, is: &Constant<'_>) -> Option<Finding> {
    let groups = matching
        .groups
        .iter()
        .filter_map(|pair| Some((&pair.old?.reserved, pair.new?.name.as_str())));
    let chains = matching
        .chains
        .iter()
        .filter_map(|pair| Some((&pair.old?.reserved, pair.new?.name.as_str())));
    let mut lists = groups.chain(chains).filter(|(_, name)| *name == is.space);
    let taken = lists.find_map(|(list, _)| {
        list.iter().find(|taken| taken.value == is.number && taken.name != is.name)
    })?;
    let message = format!("{} of `{}` is in use as `{}`", is.number, is.group, taken.name);
    let witness = witness::understood(
        matching,
        witness::maker(is),
        is.group,
        is.number,
        is.name,
        Some(&taken.name),
    );
    let finding =
        Finding::new(NUMBER_REUSED, Class::Ids, is.name, message).affects(Affected::OldProgram);
    let help = "take the next number that is free and not reserved";
    Some(finding.witness(witness).at(Party::New, is.meta.place).help(help))
}

/// Additions to groups, one finding for each group. The groups of a new struct are part of
/// the finding about the struct.
fn grown(matching: &Matching<'_>, added: &[Constant<'_>]) -> Vec<Finding> {
    let abi = matching.abis().1;
    let of_new_struct = |group: &Group| {
        let owner = group.field.map(|(id, _)| &abi.struct_(id).name);
        owner.is_some_and(|name| {
            matching.struct_named(name).is_some_and(|pair| pair.structs.old.is_none())
        })
    };
    let mut findings = Vec::new();
    for pair in &matching.groups {
        let Some(group) = pair.new.filter(|group| !of_new_struct(group)) else { continue };
        let here = |one: &&Constant<'_>| one.value().is_some() && one.group == group.name;
        let new: Vec<_> = added.iter().filter(here).collect();
        let names: Vec<_> = new.iter().map(|one| format!("`{}`", one.name)).collect();
        let place = new.first().map_or(group.meta.place, |first| first.meta.place);
        let names = names.join(", ");
        let (message, (code, protection)) = match (pair.old, new.is_empty()) {
            (Some(_), true) => continue,
            (None, _) if matching.old.cannot_have(group) => continue,
            (Some(_), false) => (format!("{names} came to `{}`", group.name), kind(abi, group)),
            (None, true) => ("the numbers are new".to_owned(), kind(abi, group)),
            (None, false) => (format!("the numbers are new: {names}"), kind(abi, group)),
        };
        let code = if pair.old.is_none() && group.field.is_none() { ITEM_ADDED } else { code };
        let finding = Finding::new(code, Class::Growth, &group.name, message).at(Party::New, place);
        let finding = match protection {
            Protection::Gate(gate) => finding.gate(gate),
            Protection::Condition(condition) => finding.condition(Some(condition.to_owned())),
        };
        findings.push(match group.kind {
            GroupKind::Constants => finding.off_the_wire(),
            _ => finding,
        });
    }
    findings
}

/// Why programs and kernels that do not know a number are not harmed.
enum Protection {
    /// They do not meet it.
    Gate(&'static str),
    /// What has to be so.
    Condition(&'static str),
}

/// The rule about new numbers of a group, and what protects from them.
fn kind(abi: &Abi, group: &Group) -> (Code, Protection) {
    let holders = Holders::of(abi, group);
    match (group.is_flags(), group.kind) {
        (true, _) if holders.arguments => {
            (INPUT_ADDED, Protection::Gate("old kernels refuse flags they do not know"))
        }
        // Drivers read a payload, each with its own checks or with none.
        (true, _) if holders.inputs => (
            INPUT_ADDED,
            Protection::Condition("safe if old drivers refuse flags they do not know"),
        ),
        (true, _) => (OUTPUT_ADDED, Protection::Gate("old programs ignore flags they do not know")),
        // The kernel puts them into a reply, whatever the program has asked for.
        (_, GroupKind::IdSpace | GroupKind::Enum) if holders.outputs => {
            (NUMBER_REUSED, Protection::Gate("old programs pass over numbers they do not know"))
        }
        (_, GroupKind::IdSpace | GroupKind::Enum) => {
            (NUMBER_REUSED, Protection::Gate("programs that do not ask for them do not get them"))
        }
        (_, _) => (ITEM_ADDED, Protection::Gate("programs that do not use them do not see them")),
    }
}

/// The fields, and the members of unions, that hold the numbers of a group.
#[derive(Default)]
struct Holders {
    /// Whether the caller sets one of them.
    inputs: bool,
    /// Whether the caller sets one in the argument of an ioctl.
    arguments: bool,
    /// Whether the kernel alone sets one.
    outputs: bool,
}

impl Holders {
    fn of(abi: &Abi, group: &Group) -> Self {
        let holds =
            |held: Option<GroupId>| held.is_some_and(|id| std::ptr::eq(abi.group(id), group));
        let mut holders = Self::default();
        for (index, struct_) in abi.structs.iter().enumerate() {
            let own = struct_.fields.iter().filter(|field| holds(field.group));
            let arms = struct_.fields.iter().flat_map(|field| {
                let arms = field.arms().iter().filter(|arm| holds(arm.group));
                arms.map(|arm| arm.direction.or(field.direction))
            });
            for direction in own.map(|field| field.direction).chain(arms).flatten() {
                let is_input = direction != Direction::Out;
                let takes = |one: &Ioctl| one.arg == Arg::Struct(StructId(index));
                holders.inputs |= is_input;
                holders.arguments |= is_input && abi.ioctls.iter().any(takes);
                holders.outputs |= !is_input;
            }
        }
        holders
    }
}

/// A capability that is new.
fn came(matching: &Matching<'_>, chain: &Chain, cap: &Capability) -> Vec<Finding> {
    let abi = matching.abis().1;
    let body = cap.struct_.filter(|_| cap.inline).map(|id| &abi.struct_(id).name);
    let body = body.map(|name| format!(", with `{name}`")).unwrap_or_default();
    let message = format!(
        "the capability {} came to the chain `{}`{body}: readers skip ids they do not know",
        cap.id, chain.name
    );
    let finding = Finding::new(CAPABILITY_ADDED, Class::Growth, &cap.name, message).gate("its id");
    let window = window(matching, chain, cap);
    let finding = finding.window(window).at(Party::New, cap.meta.place);
    let mut findings = vec![match window {
        Some(_) => finding.help("read argsz back, and ask again with a buffer of that size"),
        None => finding,
    }];
    findings.extend(varies(abi, cap));
    findings
}

/// A body of several lengths, so that the need can change between two calls.
pub(super) fn varies(abi: &Abi, cap: &Capability) -> Option<Finding> {
    let fields = &abi.struct_(cap.struct_?).fields;
    let array = fields.iter().find(|field| matches!(field.type_, Type::Flexible(..)))?;
    let message = format!(
        "`{}` has as many elements as exist at the time: the need can grow between two calls",
        array.name
    );
    let finding = Finding::new(NEED_CAN_CHANGE, Class::Note, &cap.name, message)
        .at(Party::New, cap.meta.place);
    Some(finding.help("ask again a few times, not just once"))
}

/// The needs without and with a capability, of a handler that appends all capabilities that it
/// knows: one that appends this one or, if none does yet, the first with a chain.
fn window(matching: &Matching<'_>, chain: &Chain, cap: &Capability) -> Option<Window> {
    let abi = matching.abis().1;
    let is_old = |pair: &&Matched<&Chain>| pair.new.is_some_and(|new| new.name == chain.name);
    matching.chains.iter().find(is_old)?.old?;
    let handlers_appending = handlers_appending(abi, chain);
    let gives = |handler: &Handler, cap: &Capability| {
        let gives = handler.chain.as_ref().map(|chain| &chain.capabilities);
        gives.is_some_and(|gives| gives.is_empty() || gives.contains(&cap.name))
    };
    let handler_appending = handlers_appending
        .iter()
        .find(|(_, handler)| gives(handler, cap))
        .or(handlers_appending.first())?;
    let model = HandlerModel::new(abi, handler_appending.0, handler_appending.1)?;
    let is_known = |other: &&Capability| {
        let mut pairs = matching.constants.iter();
        pairs.any(|pair| pair.both().is_some_and(|(_, new)| new.name == other.name))
    };
    let caps = abi.capabilities_of(chain);
    let old = caps.filter(|cap| gives(handler_appending.1, cap)).filter(is_known);
    let mut caps: Vec<_> = old.map(|one| sample::cap(abi, one, 1)).collect();
    let from = model.need(&caps);
    caps.push(sample::cap(abi, cap, 1));
    Some(Window { from, to: model.need(&caps) })
}
