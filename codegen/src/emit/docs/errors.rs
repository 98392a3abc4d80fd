//! The errors of an ioctl that follow from the rules of its handlers, as facts.

use super::page::Page;
use super::phrases::{either, list, releases};
use crate::ir::{Arg, Demand, Handler, Ioctl, Limit, RefusedNumber, Struct, TailCheck};
use crate::reply::INVALID;

/// An error other than that of a small argsz, with its cause.
#[derive(PartialEq)]
struct CallFailure<'a> {
    error: &'a str,
    cause: Cause<'a>,
}

/// What makes a call fail; fields and members by their names.
#[derive(PartialEq)]
enum Cause<'a> {
    /// A byte from this offset on is not zero.
    Tail(u64),
    /// One of these members has a fault; `conditional` ones only where they are valid.
    Members { names: Vec<&'a str>, conditional: bool, fault: MemberFault },
    /// A field is not below its limit.
    NotBelow(&'a str, &'a Limit),
    /// A field has a number that some devices refuse.
    OnSomeDevices(&'a str, &'a RefusedNumber),
    /// The device does not have the id.
    Absent,
    /// The argsz of this name has no room for the array of this name.
    NoRoom { argsz: &'a str, array: &'a str },
}

/// What is wrong with a member that is not as a handler demands.
#[derive(Clone, Copy, PartialEq)]
enum MemberFault {
    UnknownBit,
    NotZero,
    UnknownNumber,
}

impl MemberFault {
    /// All, in the order of the page: that of flags first, on which the validity of other
    /// members depends.
    const ALL: [Self; 3] = [Self::UnknownBit, Self::NotZero, Self::UnknownNumber];

    const fn of(demand: Demand) -> Self {
        match demand {
            Demand::Bits(_) => Self::UnknownBit,
            Demand::Zero => Self::NotZero,
            Demand::Number(_) => Self::UnknownNumber,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::UnknownBit => "has a bit without a meaning",
            Self::NotZero => "is not zero",
            Self::UnknownNumber => "is unknown",
        }
    }
}

/// A sentence for each cause of an error besides a small argsz, with the handlers.
pub(super) fn facts(page: &Page<'_>, ioctl: &Ioctl) -> Vec<String> {
    let Arg::Struct(id) = ioctl.arg else { return Vec::new() };
    let struct_ = page.abi.struct_(id);
    let come = ioctl.handlers.iter().filter(|handler| handler.since.covers(page.abi.release));
    let come: Vec<_> = come.collect();
    let mut failures = Vec::<(CallFailure<'_>, Vec<&Handler>)>::new();
    for handler in &come {
        for failure in failures_of(page, handler, struct_) {
            match failures.iter_mut().find(|(known, _)| *known == failure) {
                Some((_, handlers)) => handlers.push(handler),
                None => failures.push((failure, vec![handler])),
            }
        }
    }
    let sentence = |(failure, handlers): (CallFailure<'_>, Vec<&Handler>)| {
        let names = named(page, &handlers, &come);
        let word = if names.len() == 1 { "handler" } else { "handlers" };
        format!("Fails with {} ({word} {}).", failure.words(page), list(&names))
    };
    failures.into_iter().map(sentence).collect()
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

impl CallFailure<'_> {
    fn words(&self, page: &Page<'_>) -> String {
        let Self { error, cause } = self;
        match cause {
            Cause::Tail(from) => format!("`{error}` if a byte from {from} on is not zero"),
            Cause::Members { names, conditional, fault } => {
                let valid = if *conditional { "a valid " } else { "" };
                let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
                format!("`{error}` if {valid}{} {}", either(&names), fault.words())
            }
            Cause::NotBelow(field, limit) => {
                format!("`{error}` if `{field}` is not below {}", page.name(&limit.name))
            }
            Cause::OnSomeDevices(field, refused) => {
                let number = page.name(&refused.name);
                format!("`{error}` on some devices if `{field}` is {number}")
            }
            Cause::Absent => format!("`{error}` if the device does not have the id"),
            Cause::NoRoom { argsz, array } => {
                format!("`{error}` if `{argsz}` has no room for all of `{array}`")
            }
        }
    }
}

/// The failures of one handler.
fn failures_of<'a>(
    page: &'a Page<'_>,
    handler: &'a Handler,
    struct_: &'a Struct,
) -> Vec<CallFailure<'a>> {
    let field = |index: usize| struct_.fields[index].name.as_str();
    let invalid = |cause| CallFailure { error: INVALID, cause };
    let mut failures = refusals(page, handler, struct_);
    let below = handler.below.iter();
    failures.extend(below.map(|(index, limit)| invalid(Cause::NotBelow(field(*index), limit))));
    let refused = handler.may_refuse.iter();
    failures.extend(refused.map(|(index, one)| invalid(Cause::OnSomeDevices(field(*index), one))));
    let absent = handler.absent.iter();
    failures.extend(absent.map(|error| CallFailure { error, cause: Cause::Absent }));
    if let (Some(array), Some(argsz)) = (&handler.array, struct_.argsz) {
        let cause = Cause::NoRoom { argsz: field(argsz), array: field(array.field) };
        failures.push(CallFailure { error: &array.error, cause });
    }
    failures
}

/// The failures of a handler that checks its whole argument.
fn refusals<'a>(
    page: &'a Page<'_>,
    handler: &'a Handler,
    struct_: &'a Struct,
) -> Vec<CallFailure<'a>> {
    let TailCheck::ZeroAfter(end) = handler.tail else { return Vec::new() };
    let checked = page.abi.checked_members(struct_, handler);
    let mut failures = vec![CallFailure { error: &handler.errors.tail, cause: Cause::Tail(end) }];
    for fault in MemberFault::ALL {
        for conditional in [false, true] {
            let at_fault = checked.iter().filter(|one| {
                MemberFault::of(one.demand) == fault && one.member.valid_if.is_some() == conditional
            });
            let Some(first) = at_fault.clone().next() else { continue };
            let names = at_fault.map(|one| one.member.name).collect();
            let cause = Cause::Members { names, conditional, fault };
            failures.push(CallFailure { error: first.error, cause });
        }
    }
    failures
}
