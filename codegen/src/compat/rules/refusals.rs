//! The arguments that a handler does not accept: the bytes after its struct, the fields that
//! it does not check, and the errors.

use super::handlers::HandlerChange;
use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{ERROR_CHANGED, ITEM_ADDED, SHORT_REPLY_CHANGED, UNREACHABLE_INPUT};
use crate::compat::diff::{AbiDifference, IrKey, key};
use crate::compat::finding::{Affected, Class, Finding};
use crate::compat::witness;
use crate::ir::{Abi, Arg, Handler, Ioctl, RepliesOn, Role, TailCheck};

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[
    key!(Handler.tail),
    key!(Handler.unchecked),
    key!(Handler.replies_on),
    key!(ArgumentErrors.short),
    key!(ArgumentErrors.tail),
    key!(ArgumentErrors.flag),
    key!(ArgumentErrors.value),
    key!(ArgumentErrors.reserved),
];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| {
        let change = HandlerChange::of(comparison, difference.of)?;
        Some(match difference.key {
            key!(Handler.tail) => Some(change.tail()),
            key!(Handler.unchecked) => change.unchecked(),
            key!(Handler.replies_on) => Some(change.replies_on()),
            _ => change.error(difference),
        })
    })
}

impl HandlerChange<'_, '_> {
    /// The bytes after the struct.
    fn tail(&self) -> Finding {
        let name = &self.now.name;
        match (self.before.tail, self.now.tail) {
            (TailCheck::ZeroAfter(_), TailCheck::Ignored) => {
                let error = &self.before.errors.tail;
                let message = format!(
                    "the handler `{name}` ignores bytes that it does not know, {error} before: a \
                     program that relies on the error takes a field for used that is not"
                );
                self.fails(message, error, "success")
            }
            (_, TailCheck::ZeroAfter(end)) if self.unreachable(end).is_some() => {
                let error = &self.now.errors.tail;
                let fields = self.unreachable(end).unwrap_or_default();
                let first = fields.first().copied().unwrap_or_default();
                let fields = fields.join(", ");
                let message = format!(
                    "the handler `{name}` demands zeros from byte {end} on: a request that uses \
                     {fields} fails with {error}"
                );
                let affected = match self.is_closed(end) {
                    true => Affected::OldProgram,
                    false => Affected::New,
                };
                let handler = (self.new, self.now);
                let witness = witness::unreachable_field(self.matching, handler, first);
                let finding = self.finding(UNREACHABLE_INPUT, Class::Wire, message);
                let finding = finding.affects(affected).witness(witness);
                finding.help("compare the tail with the size of the struct")
            }
            (TailCheck::Ignored, TailCheck::ZeroAfter(_)) => {
                let error = &self.now.errors.tail;
                let message = format!(
                    "bytes after the struct that are not zero are {error}, and were ignored by \
                     the handler `{name}` before"
                );
                match self.now.chain.is_some() || self.now.array.is_some() {
                    true => self.fails(message, "success", error),
                    false => {
                        let condition = "safe for programs that pass the size of their struct, \
                            and zeros in reserved fields";
                        let finding = self.finding(ERROR_CHANGED, Class::Growth, message);
                        finding.condition(Some(condition.to_owned()))
                    }
                }
            }
            _ => {
                let message = format!("the handler `{name}` accepts fields that it refused before");
                self.finding(ERROR_CHANGED, Class::Growth, message)
            }
        }
    }

    /// The fields of the new struct that come after this offset. A program leaves anything in
    /// an output.
    fn unreachable(&self, end: u64) -> Option<Vec<&str>> {
        let Arg::Struct(id) = self.new.arg else { return None };
        let abi = self.matching.abis().1;
        let names: Vec<_> =
            abi.members_from(abi.struct_(id), end).map(|member| member.name).collect();
        (!names.is_empty()).then_some(names)
    }

    /// Whether fields of the old struct come after this offset.
    fn is_closed(&self, end: u64) -> bool {
        let Arg::Struct(id) = self.old.arg else { return false };
        let abi = self.matching.abis().0;
        abi.members_from(abi.struct_(id), end).next().is_some()
    }

    /// Fields that are checked now, although programs could leave anything there.
    fn unchecked(&self) -> Option<Finding> {
        let abis = self.matching.abis();
        let before = unchecked(abis.0, self.old, self.before);
        let now = unchecked(abis.1, self.new, self.now);
        let name = &self.now.name;
        let newly: Vec<_> = before.iter().filter(|field| !now.contains(field)).collect();
        // A field that is put to use has a finding of its own.
        let is_reserved = |field: &&str| {
            let Arg::Struct(id) = self.new.arg else { return false };
            let mut fields = abis.1.struct_(id).fields.iter();
            fields.any(|one| one.name == *field && one.role == Role::Reserved)
        };
        if let Some(field) = newly.iter().find(|field| is_reserved(field)) {
            let error = &self.now.errors.reserved;
            let message = format!(
                "the handler `{name}` checks `{field}`, which old programs could leave as it was: \
                 they get {error}"
            );
            return Some(self.fails(message, "success", error));
        }
        let is_old = |field: &&str| {
            let Arg::Struct(id) = self.old.arg else { return false };
            abis.0.struct_(id).fields.iter().any(|one| one.name == *field)
        };
        let mut open = now.into_iter().filter(|field| !before.contains(field));
        let field = open.find(|field| is_old(field))?;
        let message = format!("the handler `{name}` no longer checks `{field}`");
        Some(self.finding(ERROR_CHANGED, Class::Note, message))
    }

    /// The errors with which the reply is written nevertheless.
    fn replies_on(&self) -> Finding {
        let name = &self.now.name;
        let lost = match (&self.before.replies_on, &self.now.replies_on) {
            (_, RepliesOn::Any) => None,
            (RepliesOn::Any, RepliesOn::Errors(_)) => Some("every error".to_owned()),
            (RepliesOn::Errors(before), RepliesOn::Errors(now)) => {
                before.iter().find(|error| !now.contains(error)).cloned()
            }
        };
        match lost {
            Some(error) => {
                let message =
                    format!("the handler `{name}` no longer writes its reply with {error}");
                self.broken(SHORT_REPLY_CHANGED, message)
            }
            None => {
                let message = format!("the handler `{name}` writes its reply with more errors");
                self.finding(ITEM_ADDED, Class::Growth, message)
            }
        }
    }

    /// Another error. That of a check which only one side makes has a finding already.
    fn error(&self, difference: &AbiDifference<'_>) -> Option<Finding> {
        let (before, now) = (&self.before.errors, &self.now.errors);
        let (cause, was, is) = match difference.key {
            key!(ArgumentErrors.short) => ("a size below minsz", &before.short, &now.short),
            key!(ArgumentErrors.tail) => {
                ("an unknown byte that is not zero", &before.tail, &now.tail)
            }
            key!(ArgumentErrors.flag) => ("an unknown flag", &before.flag, &now.flag),
            key!(ArgumentErrors.value) => ("an unknown number", &before.value, &now.value),
            _ => ("a reserved field that is not zero", &before.reserved, &now.reserved),
        };
        let tails = [self.before.tail, self.now.tail];
        if difference.key != key!(ArgumentErrors.short) && tails.contains(&TailCheck::Ignored) {
            return None;
        }
        let name = &self.now.name;
        let message = format!("{cause} is {is} for the handler `{name}`, {was} before");
        Some(self.fails(message, was, is).help("keep the error: programs probe with it"))
    }

    fn fails(&self, message: String, was: &str, is: &str) -> Finding {
        let witness = witness::failed(self.matching, (self.new, self.now), was, is);
        let finding = self.finding(ERROR_CHANGED, Class::Wire, message);
        finding.affects(Affected::OldProgram).witness(witness)
    }
}

/// The names of the fields that a handler does not check.
fn unchecked<'a>(abi: &'a Abi, ioctl: &Ioctl, handler: &Handler) -> Vec<&'a str> {
    let Arg::Struct(id) = ioctl.arg else { return Vec::new() };
    let struct_ = abi.struct_(id);
    handler.unchecked.iter().map(|at| struct_.fields[*at].name.as_str()).collect()
}
