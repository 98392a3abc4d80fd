//! The handlers of an ioctl: which there are, the argsz that they demand, the bytes that they
//! do not set, and the error of a buffer that is too small for their array.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{
    ARGSZ_CAN_SHRINK, ERROR_CHANGED, IOCTL_REMOVED, ITEM_ADDED, MINSZ_CHANGED, NOT_JUDGED,
    SHORT_REPLY_CHANGED,
};
use crate::compat::diff::{AbiDifference, IrKey, Of, key};
use crate::compat::finding::{Affected, Class, Finding, Party};
use crate::compat::matching::{IoctlPair, Matching};
use crate::compat::witness::{self, Maker};
use crate::diagnostic::Code;
use crate::ir::{Abi, Arg, Handler, Ioctl};
use crate::reply::{ArgszReply, Unset};

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] = &[
    key!(Ioctl.handlers),
    key!(Handler.minsz),
    key!(Handler.unset),
    key!(ReplyArray.field),
    key!(ReplyArray.error),
    key!(ReplyArray.sets),
];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    let matching = comparison.matching;
    let mut judgements = comparison.each(KEYS, |difference| {
        let Of::Handler(index, at) = difference.of else { return None };
        let pair = &matching.ioctls[index];
        let handlers = pair.handlers[at];
        let (old, new) = pair.ioctls.both()?;
        match (handlers.old, handlers.new) {
            (Some(before), Some(now)) => {
                let change = HandlerChange { matching, old, new, before, now };
                Some(change.verdict(difference))
            }
            (Some(before), None) => Some(Some(gone(matching, pair, before)?)),
            (None, Some(now)) => Some(Some(came(new, now))),
            (None, None) => None,
        }
    });
    let ioctls = matching.ioctls.iter();
    let about_new = ioctls.flat_map(|pair| [leaking(pair), shrinking(pair)]).flatten();
    judgements.push(Judgement { claims: Vec::new(), findings: about_new.collect() });
    judgements
}

/// An ioctl that lost all of its handlers.
fn gone(matching: &Matching<'_>, pair: &IoctlPair<'_>, before: &Handler) -> Option<Finding> {
    let (old, new) = pair.ioctls.both()?;
    let minsz = |abi: &Abi, ioctl: &Ioctl| match ioctl.arg {
        Arg::Struct(id) => abi.struct_(id).minsz.is_some(),
        _ => true,
    };
    let abis = matching.abis();
    let is_served = pair.handlers.iter().any(|one| one.new.is_some());
    let (is_known, name) = (minsz(abis.1, new) || !minsz(abis.0, old), &before.name);
    let finding = |code, class, message: String| {
        Finding::new(code, class, &new.name, message).at(Party::New, new.meta.place)
    };
    if !is_known {
        let message =
            format!("what the handler `{name}` does is unknown, as `minsz` is not specified");
        return Some(finding(NOT_JUDGED, Class::NotJudged, message));
    }
    if is_served {
        let message = format!("the handler `{name}` is gone; others still serve the ioctl");
        return Some(finding(IOCTL_REMOVED, Class::Note, message));
    }
    let message = format!(
        "the handler `{name}` is gone, and no other serves the ioctl: old programs get ENOTTY"
    );
    let number = i128::from(old.number);
    let witness = witness::understood(matching, Maker::Program, "ioctls", number, &old.name, None);
    let finding = finding(IOCTL_REMOVED, Class::Wire, message).affects(Affected::OldProgram);
    Some(finding.witness(witness))
}

fn came(new: &Ioctl, now: &Handler) -> Finding {
    let message = format!("the handler `{}` is new", now.name);
    let finding = Finding::new(ITEM_ADDED, Class::Growth, &new.name, message);
    finding.at(Party::New, now.place)
}

/// A handler and the one that serves its callers now.
pub(super) struct HandlerChange<'m, 'a> {
    pub(super) matching: &'m Matching<'a>,
    pub(super) old: &'a Ioctl,
    pub(super) new: &'a Ioctl,
    pub(super) before: &'a Handler,
    pub(super) now: &'a Handler,
}

impl<'m, 'a> HandlerChange<'m, 'a> {
    /// The handlers of a difference.
    pub(super) fn of(comparison: &Comparison<'m, 'a>, of: Of) -> Option<Self> {
        let Of::Handler(index, at) = of else { return None };
        let matching = comparison.matching;
        let (old, new) = matching.ioctls[index].ioctls.both()?;
        let (before, now) = matching.ioctls[index].handlers[at].both()?;
        Some(Self { matching, old, new, before, now })
    }

    fn verdict(&self, difference: &AbiDifference<'_>) -> Option<Finding> {
        match difference.key {
            key!(Handler.minsz) => self.minsz(),
            key!(Handler.unset) => Some(self.unset()),
            key => self.array(key),
        }
    }

    /// The struct states its minsz itself, and has a finding then.
    fn minsz(&self) -> Option<Finding> {
        let (before, now) = (self.before.minsz, self.now.minsz);
        let Arg::Struct(id) = self.new.arg else { return None };
        if self.is_minsz_of_struct() {
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

    /// Whether the minsz of the struct changed in the same way.
    fn is_minsz_of_struct(&self) -> bool {
        let abis = self.matching.abis();
        let end = |abi: &Abi, arg: Arg| {
            let Arg::Struct(id) = arg else { return None };
            let struct_ = abi.struct_(id);
            Some(struct_.spans(struct_.minsz?)[0].end())
        };
        let ends = (end(abis.0, self.old.arg), end(abis.1, self.new.arg));
        ends == (Some(self.before.minsz), Some(self.now.minsz))
    }

    /// Bytes that programs could take for zero.
    fn unset(&self) -> Finding {
        let words = |unset: Unset| match unset {
            Unset::Stack => "bytes of the kernel's stack",
            Unset::Echo => "the caller's own bytes",
            Unset::Zero => "0",
        };
        let (was, is) = (words(self.before.unset), words(self.now.unset));
        let message = format!(
            "bytes that the handler `{}` does not set are {is}, {was} before",
            self.now.name
        );
        match self.before.unset {
            Unset::Zero => {
                self.broken(SHORT_REPLY_CHANGED, message).help("start from a zeroed reply")
            }
            Unset::Echo | Unset::Stack => self.finding(SHORT_REPLY_CHANGED, Class::Note, message),
        }
    }

    /// The error of a call without room for the array, in one finding.
    fn array(&self, key: IrKey) -> Option<Finding> {
        let Some(before) = self.before.array.as_ref() else {
            let message = "the array is appended to the reply".to_owned();
            let finding = self.finding(ITEM_ADDED, Class::Growth, message);
            return (key == key!(ReplyArray.field)).then(|| finding.gate("argsz"));
        };
        let now = self.now.array.as_ref();
        let error = now.map_or("nothing", |array| &array.error);
        let message = match (key, now) {
            (key!(ReplyArray.field), Some(_)) => {
                "another array is appended to the reply".to_owned()
            }
            (key!(ReplyArray.error), _) => format!(
                "without room for the array the call fails with {error}, {} before",
                before.error
            ),
            (key!(ReplyArray.sets), Some(now)) if now.error == before.error => {
                if self.sets_all_of_before() {
                    let message = "without room for the array more fields are set than before";
                    return Some(self.finding(ERROR_CHANGED, Class::Note, message.to_owned()));
                }
                "without room for the array fewer fields are set than before".to_owned()
            }
            _ => return None,
        };
        let witness = witness::failed(self.matching, (self.new, self.now), &before.error, error);
        let finding =
            self.finding(ERROR_CHANGED, Class::Wire, message).affects(Affected::OldProgram);
        Some(finding.witness(witness).help("keep the error, and what is set with it"))
    }

    /// Whether a buffer without room for the array gets every field that it got before.
    fn sets_all_of_before(&self) -> bool {
        let abis = self.matching.abis();
        let names = |abi: &Abi, ioctl: &Ioctl, handler: &Handler| -> Option<Vec<String>> {
            let Arg::Struct(id) = ioctl.arg else { return None };
            let sets = handler.array.as_ref()?.sets.as_ref()?;
            Some(sets.iter().map(|at| abi.struct_(id).fields[*at].name.clone()).collect())
        };
        let before = names(abis.0, self.old, self.before);
        let now = names(abis.1, self.new, self.now);
        match (before, now) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(before), Some(now)) => before.iter().all(|name| now.contains(name)),
        }
    }

    /// A break that can be seen in a reply.
    pub(super) fn broken(&self, code: Code, message: String) -> Finding {
        let handlers = ((self.old, self.before), (self.new, self.now));
        let witness = witness::answered(self.matching, handlers.0, handlers.1);
        let witness = witness.unwrap_or_else(|| {
            let (name, said) = (&self.new.name, format!("a reply of {}", self.new.name));
            witness::understood(self.matching, Maker::Kernel, name, None, &said, None)
        });
        self.finding(code, Class::Wire, message).affects(Affected::OldProgram).witness(witness)
    }

    pub(super) fn finding(&self, code: Code, class: Class, message: String) -> Finding {
        Finding::new(code, class, &self.new.name, message).at(Party::New, self.now.place)
    }
}

/// A new handler that leaks bytes that were never set.
fn leaking(pair: &IoctlPair<'_>) -> Option<Finding> {
    let (_, new) = pair.ioctls.both()?;
    let leaks = |handler: &&Handler| handler.unset == Unset::Stack;
    if pair.handlers.iter().filter_map(|one| one.old).any(|one| leaks(&one)) {
        return None;
    }
    let handler = pair.handlers.iter().filter_map(|one| one.added()).find(leaks)?;
    let message = format!(
        "bytes that the handler `{}` does not set are those of the kernel's stack",
        handler.name
    );
    let finding = Finding::new(SHORT_REPLY_CHANGED, Class::Note, &new.name, message);
    Some(finding.at(Party::New, handler.place).help("start from a zeroed reply"))
}

/// A new handler that can lower argsz, where none could before.
fn shrinking(pair: &IoctlPair<'_>) -> Option<Finding> {
    let (_, new) = pair.ioctls.both()?;
    let shrinks = |handler: &&Handler| {
        handler.chain.as_ref().is_some_and(|chain| chain.argsz == ArgszReply::Always)
    };
    if pair.handlers.iter().filter_map(|one| one.old).any(|one| shrinks(&one)) {
        return None;
    }
    let came = pair.handlers.iter().filter(|one| one.old.is_none_or(|old| old.chain.is_none()));
    let handler = came.filter_map(|one| one.new).find(shrinks)?;
    let message =
        format!("with the handler `{}`, argsz can come back smaller than it was", handler.name);
    let finding = Finding::new(ARGSZ_CAN_SHRINK, Class::Note, &new.name, message);
    Some(finding.at(Party::New, handler.place))
}
