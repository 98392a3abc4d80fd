//! `capchain ids`: who holds which number, and which one is free.

use capchain::ir::{Abi, Holder, NumberSpace, NumberUse, SpaceKind};
use capchain::lower::lower;
use capchain::names::UnknownName;
use capchain::reports::Format;
use capchain::validate::ValidSpec;
use serde_json::{Value, json};

use super::specs::{self, Loaded};
use super::with_history;
use super::{CommandResult, Output, at_release, json, plural, release_and_overlays};
use crate::cli::{IdsArgs, Source};

pub(super) fn run(source: &Source, args: &IdsArgs) -> CommandResult {
    let has = |spec: &ValidSpec| {
        let abi = lower(spec, None);
        args.space.as_ref().is_none_or(|name| selected(&abi, name).is_ok())
    };
    let Loaded { spec, .. } = specs::search_at(source, args.at, has)?;
    let abi = at_release(&spec, args.at)?;
    let spaces = match &args.space {
        Some(name) => {
            selected(&abi, name).map_err(|error| with_history(&spec, abi.release, name, error))?
        }
        None => abi.number_spaces(),
    };
    if args.format == Format::Json {
        let spaces: Vec<_> = spaces.iter().map(object).collect();
        let release = abi.release.to_string();
        return json(
            &json!({ "version": 1, "release": release, "overlays": abi.overlays, "spaces": spaces }),
        );
    }
    let head = format!("numbers of {}, {}\n", abi.name, release_and_overlays(&abi));
    let text = match &args.space {
        Some(_) => spaces.iter().map(|space| "\n".to_owned() + &listed(&abi, space)).collect(),
        None => summary(&abi, &spaces),
    };
    Ok(Output::success(head + &text))
}

/// The spaces of this name, or with a number of this name.
fn selected<'a>(abi: &'a Abi, wanted: &str) -> Result<Vec<NumberSpace<'a>>, UnknownName> {
    let spaces = abi.number_spaces();
    let inside = |space: &NumberSpace<'_>| {
        let rest = space.name.strip_prefix(wanted);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', ' ']))
    };
    let holds = |space: &NumberSpace<'_>| space.uses.iter().any(|one| one.name == wanted);
    let found: Vec<_> = spaces.iter().filter(|space| inside(space)).cloned().collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let found: Vec<_> = spaces.iter().filter(|space| holds(space)).cloned().collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let uses = spaces.iter().flat_map(|space| space.uses.iter().map(|one| one.name));
    let known = spaces.iter().map(|space| space.name.as_str()).chain(uses);
    let message = format!("{} has no space of numbers `{wanted}`", abi.name);
    Err(UnknownName::among(message, wanted, known))
}

fn summary(abi: &Abi, spaces: &[NumberSpace<'_>]) -> String {
    let width = spaces.iter().map(|space| space.name.len()).max().unwrap_or(0).max(5);
    let row = |cells: [&str; 5]| {
        let [kind, name, taken, claimed, free] = cells;
        format!("{kind:<12}  {name:<width$}  {taken:>5}  {claimed:>7}  {free}\n")
    };
    let mut text = row(["kind", "space", "taken", "claimed", "next free"]);
    for space in spaces {
        let taken = space.uses.iter().filter(|one| matches!(one.holder, Holder::Abi(_))).count();
        let claimed = space.uses.iter().filter(|one| one.current_claim().is_some()).count();
        let (taken, claimed) = (taken.to_string(), claimed.to_string());
        text += &row([space.kind.word(), &space.name, &taken, &claimed, &free(abi, space)]);
    }
    let contended = spaces.iter().flat_map(|space| {
        space.contended().into_iter().map(|uses| {
            let names = uses.iter().map(|one| format!("{} ({})", one.name, status(one)));
            let number = number(abi, space.kind, uses[0].number);
            format!("  {}: {number}: {}\n", space.name, names.collect::<Vec<_>>().join(", "))
        })
    });
    let contended: Vec<_> = contended.collect();
    if !contended.is_empty() {
        text += &format!("\n{}:\n", plural(contended.len(), "number") + " in contention");
        text.extend(contended);
    }
    text
}

/// A space with all its numbers.
fn listed(abi: &Abi, space: &NumberSpace<'_>) -> String {
    let mut text = format!("{} {}\n", space.kind.word(), space.name);
    for one in &space.uses {
        let number = number(abi, space.kind, one.number);
        text += &format!("  {number:>4}  {}: {}\n", one.name, status(one));
    }
    text + &format!("  next free: {}\n", free(abi, space))
}

fn free(abi: &Abi, space: &NumberSpace<'_>) -> String {
    let free = space.next_free.map(|free| number(abi, space.kind, free));
    free.unwrap_or_else(|| "none".to_owned())
}

/// A number as the header of its space writes it.
fn number(abi: &Abi, kind: SpaceKind, number: i128) -> String {
    match (kind, &abi.ioctl_numbers) {
        (SpaceKind::Ioctls, Some(numbers)) => format!("{} + {number}", numbers.base_name),
        (SpaceKind::Flags, _) => format!("bit {number}"),
        _ => number.to_string(),
    }
}

fn status(one: &NumberUse<'_>) -> String {
    match one.holder {
        Holder::Abi(meta) => format!("since {}", meta.since),
        Holder::Tree(reserved) => format!("reserved: {}", reserved.doc.join(" ")),
        Holder::Proposal(proposal, _) => {
            let posted = proposal.posted.as_ref().map(|day| format!(", posted {day}"));
            let replaced = proposal.replaced_by.as_ref().map(|new| format!(", replaced by {new}"));
            let more = posted.into_iter().chain(replaced).collect::<String>();
            format!("claimed by {}{more}", proposal.name)
        }
    }
}

fn object(space: &NumberSpace<'_>) -> Value {
    let numbers: Vec<_> = space.uses.iter().map(use_object).collect();
    json!({
        "kind": space.kind.word(),
        "name": space.name,
        "next_free": space.next_free.map(as_json),
        "numbers": numbers,
    })
}

fn use_object(one: &NumberUse<'_>) -> Value {
    let mut object = json!({ "number": as_json(one.number), "name": one.name });
    match one.holder {
        Holder::Abi(meta) => {
            object["status"] = "taken".into();
            object["since"] = meta.since.to_string().into();
            object["doc"] = meta.doc.join(" ").into();
        }
        Holder::Tree(reserved) => {
            object["status"] = "reserved".into();
            object["doc"] = reserved.doc.join(" ").into();
        }
        Holder::Proposal(proposal, claim) => {
            object["status"] = "claimed".into();
            object["proposal"] = proposal.name.as_str().into();
            object["source"] = proposal.source.as_str().into();
            object["posted"] = proposal.posted.as_deref().into();
            object["replaced_by"] = proposal.replaced_by.as_deref().into();
            object["doc"] = claim.doc.join(" ").into();
        }
    }
    object
}

/// Numbers of the format fit 64 bits, with or without a sign.
fn as_json(number: i128) -> Value {
    match (i64::try_from(number), u64::try_from(number)) {
        (Ok(number), _) => number.into(),
        (_, Ok(number)) => number.into(),
        _ => number.to_string().into(),
    }
}
