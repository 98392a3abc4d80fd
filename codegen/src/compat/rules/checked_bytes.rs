//! Fields in bytes that the kernels of the old side check: bytes after their struct, and
//! reserved fields, must be zero. A request that uses such a field fails on these kernels, and
//! a reply leaves it zero.

use super::Comparison;
use super::gates::{self, Gate};
use crate::compat::codes::{REFUSED_BY_OLD, ZERO_REPLY};
use crate::compat::finding::{Affected, Class, Finding, Party};
use crate::compat::matching::StructPair;
use crate::compat::witness;
use crate::ir::{Abi, Arg, Demand, Handler, Ioctl, Member, Struct, TailCheck, Type};
use crate::layout::Span;

/// The verdict on a member whose bytes every handler of the old side checks; none if one of
/// them does not.
pub(super) fn judge(
    comparison: &Comparison<'_, '_>,
    pair: &StructPair<'_>,
    new: &Member<'_>,
) -> Option<Finding> {
    let (old, now) = pair.structs.both()?;
    let abis = comparison.matching.abis();
    let span = new.kernel_span();
    let handlers = handlers(abis.0, &old.name);
    let (ioctl, handler) = *handlers.first()?;
    let errors = handlers.iter().map(|(_, handler)| error(abis.0, old, handler, span));
    let errors = errors.collect::<Option<Vec<_>>>()?;
    let error = errors.first()?;
    let matching = comparison.matching;
    let subject = new.path(now);
    let finding = match new.is_input() {
        true => {
            let message = format!("an older kernel refuses a request that uses the field: {error}");
            let finding = Finding::new(REFUSED_BY_OLD, Class::Growth, subject, message);
            let finding = finding.gate(gate(comparison, pair, new));
            let witness = witness::refused_field(matching, (ioctl, handler), new, error);
            finding.witness(witness).help(format!("on {error}, try again without the field"))
        }
        false => {
            let message = match meaning_of_zero(abis.1, now, new) {
                Some(meaning) => format!("an older kernel leaves the field zero: {meaning}"),
                None => "an older kernel leaves the field zero".to_owned(),
            };
            let finding = Finding::new(ZERO_REPLY, Class::Growth, subject, message);
            let witness = witness::zero_reply(matching, (ioctl, handler), new);
            let is_appended = span.offset >= old.kernel_layout().size;
            let gate = match is_appended {
                true => "the size of the argument",
                false => "old programs do not read reserved bytes",
            };
            finding.gate(gate).witness(witness)
        }
    };
    Some(finding.affects(Affected::NewProgram).at(Party::New, new.meta.place))
}

/// Every handler of the release whose argument is a struct.
fn handlers<'a>(abi: &'a Abi, struct_: &str) -> Vec<(&'a Ioctl, &'a Handler)> {
    let takes = |ioctl: &&Ioctl| match ioctl.arg {
        Arg::Struct(id) => abi.struct_(id).name == struct_,
        _ => false,
    };
    let ioctls = abi.ioctls.iter().filter(takes);
    let served = |ioctl: &'a Ioctl| ioctl.served_at(abi.release).map(move |one| (ioctl, one));
    ioctls.flat_map(served).collect()
}

/// The error of a handler for bytes that are not zero, if it checks all of them.
fn error<'a>(abi: &'a Abi, old: &'a Struct, handler: &'a Handler, span: Span) -> Option<&'a str> {
    let TailCheck::ZeroAfter(end) = handler.tail else { return None };
    if span.offset >= end {
        return Some(&handler.errors.tail);
    }
    let mut checked = abi.checked_members(old, handler);
    checked.retain(|one| one.demand == Demand::Zero && one.member.valid_if.is_none());
    let error_at = |at: u64| {
        let covers = |span: Span| (span.offset..span.end()).contains(&at);
        let found = checked.iter().find(|one| covers(one.member.kernel_span()));
        found.map(|one| one.error)
    };
    let errors = (span.offset..span.end()).map(error_at).collect::<Option<Vec<_>>>()?;
    errors.first().copied()
}

/// The condition under which new kernels read an input.
fn gate(comparison: &Comparison<'_, '_>, pair: &StructPair<'_>, new: &Member<'_>) -> String {
    match gates::gate(comparison, pair, new) {
        Gate::Sound(gate) => gate,
        Gate::Unsound(_) | Gate::Missing => {
            "a value other than zero, which means the same as before".to_owned()
        }
    }
}

/// The belief of a program that reads zero.
fn meaning_of_zero(abi: &Abi, struct_: &Struct, new: &Member<'_>) -> Option<String> {
    let named = struct_.fields.iter().find(|field| field.name == new.name)?;
    if !matches!(named.type_, Type::Int(_)) {
        return None;
    }
    let group = abi.group(named.group?);
    if group.is_flags() {
        return Some("a program finds none of its flags".to_owned());
    }
    let zero = group.named().find(|value| value.number == 0)?;
    Some(format!("a program takes it for `{}`", zero.name))
}
