//! The errors of an ioctl that follow from the rules of its handlers, as facts.

use super::page::Page;
use super::phrases::{either, list, releases};
use crate::ir::{Arg, Demand, Handler, Ioctl, Struct, TailCheck};
use crate::reply::INVALID;

/// A sentence for each cause of an error besides a small argsz, with the handlers.
pub(super) fn facts(page: &Page<'_>, ioctl: &Ioctl) -> Vec<String> {
    let Arg::Struct(id) = ioctl.arg else { return Vec::new() };
    let struct_ = page.abi.struct_(id);
    let come = ioctl.handlers.iter().filter(|handler| handler.since.covers(page.abi.release));
    let come: Vec<_> = come.collect();
    let mut causes = Vec::<(String, Vec<&Handler>)>::new();
    for handler in &come {
        for cause in causes_of(page, handler, struct_) {
            match causes.iter_mut().find(|(known, _)| *known == cause) {
                Some((_, handlers)) => handlers.push(handler),
                None => causes.push((cause, vec![handler])),
            }
        }
    }
    let sentence = |(cause, handlers): (String, Vec<&Handler>)| {
        let names = named(page, &handlers, &come);
        let word = if names.len() == 1 { "handler" } else { "handlers" };
        format!("Fails with {cause} ({word} {}).", list(&names))
    };
    causes.into_iter().map(sentence).collect()
}

/// Handlers by their names. If others have the same name, the releases distinguish them.
fn named(page: &Page<'_>, handlers: &[&Handler], all: &[&Handler]) -> Vec<String> {
    let of_name =
        |list: &[&Handler], name: &str| list.iter().filter(|handler| handler.name == name).count();
    let mut names = Vec::new();
    for handler in handlers {
        let name = &handler.name;
        let releases = match of_name(handlers, name) == of_name(all, name) {
            true => String::new(),
            false => [" ", &releases(page.abi, handler.since, handler.until)].concat(),
        };
        let named = format!("`{name}`{releases}");
        if !names.contains(&named) {
            names.push(named);
        }
    }
    names
}

/// The faults of members, in the order of the page: those of flags first, on which the validity
/// of other members depends.
const FAULTS: [&str; 3] = ["has a bit without a meaning", "is not zero", "is unknown"];

/// What is wrong with a member that is not as a handler demands.
const fn fault(demand: Demand) -> &'static str {
    let [bits, zero, number] = FAULTS;
    match demand {
        Demand::Bits(_) => bits,
        Demand::Zero => zero,
        Demand::Number(_) => number,
    }
}

/// The errors for arguments that a handler checks whole, each with its cause.
fn refusals(page: &Page<'_>, handler: &Handler, struct_: &Struct) -> Vec<String> {
    let TailCheck::ZeroAfter(end) = handler.tail else { return Vec::new() };
    let checked = page.abi.checked_members(struct_, handler);
    let mut causes = vec![format!("`{}` if a byte from {end} on is not zero", handler.errors.tail)];
    for of_kind in FAULTS {
        for (has_condition, valid) in [(false, ""), (true, "a valid ")] {
            let mut members = checked.iter().filter(|one| {
                fault(one.demand) == of_kind && one.member.valid_if.is_some() == has_condition
            });
            let names = members.clone().map(|one| format!("`{}`", one.member.name));
            let names = either(&names.collect::<Vec<_>>());
            let cause = |error| format!("`{error}` if {valid}{names} {of_kind}");
            causes.extend(members.next().map(|one| cause(one.error)));
        }
    }
    causes
}

/// The errors of one handler, each with its cause.
fn causes_of(page: &Page<'_>, handler: &Handler, struct_: &Struct) -> Vec<String> {
    let field = |index: usize| format!("`{}`", struct_.fields[index].name);
    let mut causes = refusals(page, handler, struct_);
    for (index, limit) in &handler.below {
        let limit = page.name(&limit.name);
        causes.push(format!("`{INVALID}` if {} is not below {limit}", field(*index)));
    }
    for (index, refused) in &handler.may_refuse {
        let refused = page.name(&refused.name);
        causes.push(format!("`{INVALID}` on some devices if {} is {refused}", field(*index)));
    }
    if let Some(error) = &handler.absent {
        causes.push(format!("`{error}` if the device does not have the id"));
    }
    if let (Some(array), Some(argsz)) = (&handler.array, struct_.argsz) {
        let (array_name, argsz) = (field(array.field), field(argsz));
        causes.push(format!("`{}` if {argsz} has no room for all of {array_name}", array.error));
    }
    causes
}
