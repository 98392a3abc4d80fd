//! What the kernel's handlers do to a buffer, on both sides.

use std::collections::HashSet;

use super::codes::{
    ARGSZ_CAN_SHRINK, ERROR_CHANGED, MINSZ_CHANGED, PLACEMENT_CHANGED, SHORT_REPLY_CHANGED,
};
use super::matching::Matching;
use super::report::{Affected, Class, Finding, Party};
use super::witness;
use crate::diagnostic::Code;
use crate::ir::{Abi, Arg, Copied, Handler, Ioctl};
use crate::layout::Model;
use crate::reply::{ArgszReply, Unset, WhenTooSmall};

pub(super) fn compare(matching: &Matching<'_>) -> Vec<Finding> {
    let abis = matching.abis();
    let mut findings = Vec::new();
    for old in &abis.0.ioctls {
        let Some(new) = matching.ioctl(old) else { continue };
        let before: Vec<_> = old.served_at(abis.0.release).collect();
        let now: Vec<_> = new.served_at(abis.1.release).collect();
        for handler in &before {
            for heir in heirs(handler, &before, &now) {
                findings.extend(
                    HandlerDiff { matching, old, new, before: handler, now: heir }.compare(),
                );
            }
        }
        findings.extend(shrinking(new, &before, &now));
        findings.extend(leaking(new, &before, &now));
    }
    let mut told = HashSet::new();
    findings.retain(|one| told.insert((one.code, one.subject.clone(), one.message.clone())));
    findings
}

/// Who serves the callers of a handler on the new side: the one of the same
/// name or, where that is gone, those that came.
fn heirs<'a>(
    handler: &Handler,
    before: &[&Handler],
    now: &[&'a Handler],
) -> impl Iterator<Item = &'a Handler> {
    let named = now.iter().copied().find(|one| one.name == handler.name);
    let came = now.iter().copied().filter(|one| before.iter().all(|old| old.name != one.name));
    let came: Vec<_> = if named.is_none() { came.collect() } else { Vec::new() };
    named.into_iter().chain(came)
}

/// A handler and the one that serves its callers now.
struct HandlerDiff<'a> {
    matching: &'a Matching<'a>,
    old: &'a Ioctl,
    new: &'a Ioctl,
    before: &'a Handler,
    now: &'a Handler,
}

impl HandlerDiff<'_> {
    fn compare(&self) -> Vec<Finding> {
        let findings = [
            self.minsz(),
            self.written(),
            self.unset(),
            self.short(),
            self.argsz(),
            self.error(),
            self.limits(),
        ];
        findings.into_iter().flatten().chain(self.places()).collect()
    }

    /// Unless the struct says so itself, which is told there.
    fn minsz(&self) -> Option<Finding> {
        let (before, now) = (self.before.minsz, self.now.minsz);
        let Arg::Struct(id) = self.new.arg else { return None };
        if before == now || self.struct_minsz_changed() {
            return None;
        }
        let affected = if now > before { Affected::OldProgram } else { Affected::NewProgram };
        let message =
            format!("the handler `{}` demands an argsz of {now}, {before} before", self.now.name);
        let struct_ = &self.matching.abis().1.struct_(id).name;
        let witness =
            witness::refused(self.matching, struct_, affected, before.min(now), before.max(now));
        let finding =
            self.finding(MINSZ_CHANGED, Class::Wire, message).affects(affected).witness(witness);
        Some(finding.help("leave minsz at the end of the first version"))
    }

    fn struct_minsz_changed(&self) -> bool {
        let abis = self.matching.abis();
        let end = |abi: &Abi, arg: Arg| {
            let Arg::Struct(id) = arg else { return None };
            let struct_ = abi.struct_(id);
            struct_.minsz.map(|field| struct_.spans(field)[Model::Lp64.index()].end())
        };
        end(abis.0, self.old.arg) != end(abis.1, self.new.arg)
    }

    /// Fields that no longer come back.
    fn written(&self) -> Option<Finding> {
        let size = |abi: &Abi, arg: Arg| match arg {
            Arg::Struct(id) => abi.struct_(id).layouts[Model::Lp64.index()].size,
            _ => 0,
        };
        let most = |handler: &Handler, size: u64| match &handler.writes {
            Copied::Ends(ends) => ends.iter().copied().max().unwrap_or(0),
            Copied::Fitting => size,
        };
        let abis = self.matching.abis();
        let before = most(self.before, size(abis.0, self.old.arg));
        let now = most(self.now, size(abis.1, self.new.arg));
        if now >= before {
            return None;
        }
        let message =
            format!("the handler `{}` writes {now} bytes, {before} before", self.now.name);
        Some(self.broken(SHORT_REPLY_CHANGED, message))
    }

    /// Bytes that programs could take for zero.
    fn unset(&self) -> Option<Finding> {
        let was_zero = self.before.unset == Unset::Zero;
        let now = match self.now.unset {
            Unset::Stack => "bytes of the kernel's stack",
            Unset::Echo => "the caller's own bytes",
            Unset::Zero => return None,
        };
        let message =
            format!("what the handler `{}` does not set is {now}, 0 before", self.now.name);
        was_zero
            .then(|| self.broken(SHORT_REPLY_CHANGED, message).help("start from a zeroed reply"))
    }

    /// What a buffer sees that is too small for the chain.
    fn short(&self) -> Option<Finding> {
        let (before, now) = (self.before.chain.as_ref()?, self.now.chain.as_ref()?);
        let words = |short: WhenTooSmall| match short {
            WhenTooSmall::OffsetZero => "the flag and an offset of 0",
            WhenTooSmall::Partial => "the flag, an offset of 0 and some capabilities",
            WhenTooSmall::FlagClear => "no flag",
        };
        if before.when_too_small == now.when_too_small {
            return None;
        }
        let (was, is) = (words(before.when_too_small), words(now.when_too_small));
        let message = format!("a short buffer sees {is}, {was} before");
        Some(self.broken(SHORT_REPLY_CHANGED, message))
    }

    fn argsz(&self) -> Option<Finding> {
        let (before, now) = (self.before.chain.as_ref()?, self.now.chain.as_ref()?);
        let shrinks = before.argsz == ArgszReply::WhenTooSmall && now.argsz == ArgszReply::Always;
        let message = "argsz comes back smaller than it was passed, where it stayed before";
        shrinks.then(|| self.broken(ARGSZ_CAN_SHRINK, message.to_owned()))
    }

    /// What a call fails with that has no room for the array.
    fn error(&self) -> Option<Finding> {
        let before = self.before.array.as_ref()?;
        let now = self.now.array.as_ref();
        let error = now.map_or("nothing", |array| &array.error);
        let message = match now {
            _ if before.error != error => format!(
                "without room for the array the call fails with {error}, {} before",
                before.error
            ),
            Some(now) if before.sets != now.sets => {
                "without room for the array other fields are set than before".to_owned()
            }
            _ => return None,
        };
        let witness = witness::failed(self.matching, (self.new, self.now), &before.error, error);
        let finding =
            self.finding(ERROR_CHANGED, Class::Wire, message).affects(Affected::OldProgram);
        Some(finding.witness(witness).help("leave the error what it was, and what comes with it"))
    }

    /// Inputs that are refused now.
    fn limits(&self) -> Option<Finding> {
        let stricter = self.now.below.iter().find(|(field, limit)| {
            let old = self.before.below.iter().find(|(other, _)| other == field);
            old.is_none_or(|(_, old)| limit.number < old.number)
        });
        let (_, limit) = stricter?;
        let message = format!("an input of {} and more fails with EINVAL now", limit.name);
        let witness = witness::failed(self.matching, (self.new, self.now), "nothing", "EINVAL");
        let finding =
            self.finding(ERROR_CHANGED, Class::Wire, message).affects(Affected::OldProgram);
        Some(finding.witness(witness))
    }

    /// Where capabilities lie, which is no part of the ABI.
    fn places(&self) -> Vec<Finding> {
        let Some(before) = &self.before.chain else { return Vec::new() };
        let Some(now) = &self.now.chain else {
            let message = format!("the handler `{}` gives no chain any more", self.now.name);
            return vec![self.finding(PLACEMENT_CHANGED, Class::Note, message)];
        };
        let mut findings = Vec::new();
        let lost: Vec<_> = before
            .capabilities
            .iter()
            .filter(|name| !now.capabilities.contains(name))
            .cloned()
            .collect();
        if !lost.is_empty() && self.before.name == self.now.name {
            let message = format!("{} is no longer among what it gives", lost.join(", "));
            findings.push(self.finding(PLACEMENT_CHANGED, Class::Note, message));
        }
        let order = |one: &[String], other: &[String]| -> Vec<String> {
            one.iter().filter(|name| other.contains(name)).cloned().collect()
        };
        if order(&before.capabilities, &now.capabilities)
            != order(&now.capabilities, &before.capabilities)
        {
            let message = "capabilities come in another order than before".to_owned();
            findings.push(self.finding(PLACEMENT_CHANGED, Class::Note, message));
        }
        if before.offset != now.offset {
            let message = format!("the chain starts at {}, {} before", now.offset, before.offset);
            findings.push(self.finding(PLACEMENT_CHANGED, Class::Note, message));
        }
        if before.align != now.align {
            let message = format!(
                "capabilities start at multiples of {}, of {} before",
                now.align, before.align
            );
            findings.push(self.finding(PLACEMENT_CHANGED, Class::Note, message));
        }
        findings
    }

    /// A break that can be seen in a reply.
    fn broken(&self, code: Code, message: String) -> Finding {
        let witness =
            witness::answered(self.matching, (self.old, self.before), (self.new, self.now));
        self.finding(code, Class::Wire, message).affects(Affected::OldProgram).witness(witness)
    }

    fn finding(&self, code: Code, class: Class, message: String) -> Finding {
        Finding::new(code, class, &self.new.name, message).at(Party::New, self.now.place)
    }
}

/// Handlers that came, and give away bytes that nobody set.
fn leaking(ioctl: &Ioctl, before: &[&Handler], now: &[&Handler]) -> Option<Finding> {
    let leaks = |handler: &&&Handler| handler.unset == Unset::Stack;
    if before.iter().any(|handler| leaks(&handler)) {
        return None;
    }
    let handler = now.iter().find(leaks)?;
    let message = format!(
        "what the handler `{}` does not set is whatever was on the kernel's stack",
        handler.name
    );
    let finding = Finding::new(SHORT_REPLY_CHANGED, Class::Note, &ioctl.name, message)
        .at(Party::New, handler.place);
    Some(finding.help("start from a zeroed reply"))
}

/// Handlers that came, and lower argsz where none did before.
fn shrinking(ioctl: &Ioctl, before: &[&Handler], now: &[&Handler]) -> Option<Finding> {
    let shrinks = |handler: &&&Handler| {
        handler.chain.as_ref().is_some_and(|chain| chain.argsz == ArgszReply::Always)
    };
    if before.iter().any(|handler| shrinks(&handler)) {
        return None;
    }
    let handler =
        now.iter().find(|one| shrinks(one) && before.iter().all(|old| old.name != one.name))?;
    let message =
        format!("with the handler `{}`, argsz can come back smaller than it was", handler.name);
    Some(
        Finding::new(ARGSZ_CAN_SHRINK, Class::Note, &ioctl.name, message)
            .at(Party::New, handler.place),
    )
}
