//! Lowers the handlers of ioctls: their rules in bytes.

use super::{Lowering, resolved};
use crate::diagnostic::Place;
use crate::ir::{
    ArgumentErrors, ArgumentRules, Copied, Handler, Limit, RefusedNumber, RepliesOn, ReplyArray,
    ReplyChain, Struct, TailCheck, Type,
};
use crate::release::Since;
use crate::reply::{INVALID, TailRule};
use crate::spec::handlers::CopiedWord;
use crate::spec::protocol::{AnyError, RepliesOnSpec, TailSpec, WrittenSpec};
use crate::spec::types::{Amount, ErrorName};
use crate::spec::wrappers::{List, Map, Placed, ValueOrMap, WordOrNames};
use crate::spec::{self, CopiedSpec, ErrorsSpec, ProtocolSpec};

impl<'a> Lowering<'a> {
    /// A handler's rules in bytes; none if the release lacks a field that they name.
    pub(super) fn handler(
        &self,
        (name, place, item): (&Placed<String>, Place, &'a spec::HandlerSpec),
        ioctl: &'a spec::IoctlSpec,
        since: Since,
    ) -> Option<Handler> {
        let arg = ioctl.arg.struct_name()?;
        let id = *self.structs.get(arg)?;
        let struct_ = self.abi.structs.get(id.0)?;
        let rules = ioctl.rules(item);
        let protocol = &self.spec.abi.protocol;
        let minsz = match rules.minsz {
            Some(field) => end(struct_, field)?,
            None => struct_.kernel_span(struct_.minsz?).end(),
        };
        let argument = Argument { struct_, minsz, protocol };
        let chain = match rules.chain {
            Some(chain) => Some(reply_chain(chain, struct_, self.capabilities_of(item, arg))?),
            None => None,
        };
        let array = match rules.array {
            Some(array) => Some(reply_array(array, struct_)?),
            None => None,
        };
        Some(Handler {
            name: name.value.clone(),
            source: item.source.value.clone(),
            since: item.since.as_ref().map_or(since, |since| since.value),
            until: item.until.as_ref().map(|until| until.value),
            doc: item.doc.as_ref().map(|doc| doc.paragraphs.clone()).unwrap_or_default(),
            minsz,
            reads: argument.reads(rules.reads)?,
            writes: argument.writes(rules.writes)?,
            tail: argument.tail(rules.tail)?,
            errors: argument.errors(rules.errors),
            unchecked: argument.unchecked(rules.unchecked),
            replies_on: replies_on(rules.replies_on),
            unset: rules.unset.unwrap_or_default(),
            below: self.limits(rules.below, struct_)?,
            may_refuse: self.refused(rules.may_refuse, struct_)?,
            absent: rules.absent.map(|error| error.0.clone()),
            array,
            chain,
            profile: item.profile.as_ref().map(|profile| profile.value.clone()),
            place,
        })
    }

    /// The capabilities that a handler can append: those of the release that it lists, or
    /// all that the release has in the chain of its argument.
    fn capabilities_of(&self, item: &spec::HandlerSpec, arg: &str) -> Vec<String> {
        let all = self.hosted.get(arg).map_or(&[][..], Vec::as_slice);
        if let Some(list) = &item.capabilities {
            let named = |name: &Placed<String>| {
                let found = resolved(all.iter().find(|one| one.short == name.value));
                let is_alive = found.validity.covers(self.release);
                is_alive.then(|| found.item.capability.value.clone())
            };
            return list.iter().filter_map(named).collect();
        }
        let id = |capability: &spec::CapabilitySpec| match capability.before.value_at(self.release)
        {
            Some(Amount::Number(number)) => number.value,
            _ => capability.id.value.value,
        };
        let alive = all.iter().filter(|one| one.validity.covers(self.release));
        let mut alive: Vec<_> = alive.map(|one| one.item).collect();
        alive.sort_by_key(|capability| id(capability));
        alive.into_iter().map(|capability| capability.capability.value.clone()).collect()
    }

    fn limits(
        &self,
        below: Option<&Map<Placed<String>>>,
        struct_: &Struct,
    ) -> Option<Vec<(usize, Limit)>> {
        let limits = below.into_iter().flat_map(|fields| fields.iter()).map(|(field, constant)| {
            let number = u64::try_from(*self.numbers.get(constant.as_str())?).ok()?;
            let limit = Limit { name: self.spelt(constant), number };
            Some((position(struct_, field)?, limit))
        });
        limits.collect()
    }

    fn refused(
        &self,
        refused: Option<&Map<List<Placed<String>>>>,
        struct_: &Struct,
    ) -> Option<Vec<(usize, RefusedNumber)>> {
        let fields = refused.into_iter().flat_map(|fields| fields.iter());
        let named = fields.flat_map(|(field, names)| {
            names.iter().map(move |constant| {
                let number = u64::try_from(*self.numbers.get(constant.as_str())?).ok()?;
                let refused = RefusedNumber { name: self.spelt(constant), number };
                Some((position(struct_, field)?, refused))
            })
        });
        named.collect()
    }
}

/// The argument of a handler. The protocol has the rules that the handler does not have.
struct Argument<'a> {
    struct_: &'a Struct,
    minsz: u64,
    protocol: &'a ProtocolSpec,
}

impl Argument<'_> {
    fn reads(&self, rule: Option<&CopiedSpec>) -> Option<Copied> {
        match rule {
            Some(copied) => self.copied(copied),
            None => Some(self.copied_word(self.protocol.reply.reads.unwrap_or(CopiedWord::Minsz))),
        }
    }

    fn writes(&self, rule: Option<&WrittenSpec>) -> Option<Copied> {
        match rule {
            Some(ValueOrMap::Value(copied)) => self.copied(copied),
            Some(ValueOrMap::Map(only)) => Some(Copied::Only(positions(self.struct_, &only.only)?)),
            None => {
                Some(self.copied_word(self.protocol.reply.writes.unwrap_or(CopiedWord::Nothing)))
            }
        }
    }

    fn copied(&self, rule: &CopiedSpec) -> Option<Copied> {
        match rule {
            WordOrNames::Names(names) => Some(Copied::Ends(ends(self.struct_, names)?)),
            WordOrNames::Word(word) => Some(self.copied_word(*word)),
        }
    }

    fn copied_word(&self, word: CopiedWord) -> Copied {
        match word {
            CopiedWord::Nothing => Copied::Ends(Vec::new()),
            CopiedWord::Minsz => Copied::Ends(vec![self.minsz]),
            CopiedWord::Fitting => Copied::Fitting,
        }
    }

    /// Up to where the bytes after the struct are checked.
    fn tail(&self, rule: Option<&TailSpec>) -> Option<TailCheck> {
        let word = match rule {
            Some(ValueOrMap::Map(tail)) => {
                return Some(TailCheck::ZeroAfter(end(self.struct_, &tail.zero_after)?));
            }
            Some(ValueOrMap::Value(word)) => word.value,
            None => self.protocol.tail,
        };
        Some(match word {
            TailRule::Ignored => TailCheck::Ignored,
            TailRule::Zero => TailCheck::ZeroAfter(self.struct_.kernel_layout().size),
        })
    }

    fn errors(&self, rule: Option<&ErrorsSpec>) -> ArgumentErrors {
        match rule {
            Some(own) => errors(&own.or(&self.protocol.errors)),
            None => errors(&self.protocol.errors),
        }
    }

    /// Of the fields that are not checked, those that the release has.
    fn unchecked(&self, rule: Option<&List<Placed<String>>>) -> Vec<usize> {
        let fields = rule.into_iter().flat_map(|fields| fields.iter());
        fields.filter_map(|field| position(self.struct_, field)).collect()
    }
}

fn replies_on(rule: Option<&RepliesOnSpec>) -> RepliesOn {
    match rule {
        Some(WordOrNames::Word(AnyError::Any)) => RepliesOn::Any,
        Some(WordOrNames::Names(errors)) => {
            RepliesOn::Errors(errors.iter().map(|error| error.value.clone()).collect())
        }
        None => RepliesOn::Errors(Vec::new()),
    }
}

fn position(struct_: &Struct, field: &str) -> Option<usize> {
    struct_.fields.iter().position(|candidate| candidate.name == field)
}

/// The end of a field.
fn end(struct_: &Struct, field: &str) -> Option<u64> {
    Some(struct_.kernel_span(position(struct_, field)?).end())
}

/// The rules of a protocol, with the default of every key that it does not have.
pub(super) fn argument_rules(protocol: &ProtocolSpec) -> ArgumentRules {
    let command = protocol.unknown_command.as_ref();
    ArgumentRules {
        start: protocol.start,
        tail: protocol.tail,
        errors: errors(&protocol.errors),
        unknown_command: command.map_or_else(|| "ENOTTY".to_owned(), |error| error.0.clone()),
    }
}

fn errors(errors: &ErrorsSpec) -> ArgumentErrors {
    let ErrorsSpec { short, tail, flag, value, reserved } = errors;
    let name = |error: &Option<ErrorName>, default: &str| match error {
        Some(error) => error.0.clone(),
        None => default.to_owned(),
    };
    ArgumentErrors {
        short: name(short, INVALID),
        tail: name(tail, "E2BIG"),
        flag: name(flag, INVALID),
        value: name(value, INVALID),
        reserved: name(reserved, INVALID),
    }
}

fn positions(struct_: &Struct, fields: &[Placed<String>]) -> Option<Vec<usize>> {
    fields.iter().map(|field| position(struct_, field)).collect()
}

/// The ends of fields. That of an array without a fixed length is there twice, because the
/// array has no bytes of its own in the struct.
fn ends(struct_: &Struct, fields: &[Placed<String>]) -> Option<Vec<u64>> {
    let is_array = |field: &&Placed<String>| {
        let at = position(struct_, field);
        at.is_some_and(|at| matches!(struct_.fields[at].type_, Type::Flexible(..)))
    };
    let all: Option<Vec<_>> = fields.iter().map(|field| end(struct_, field)).collect();
    let arrays = fields.iter().filter(is_array).filter_map(|field| end(struct_, field));
    let mut all = all?;
    all.dedup();
    all.extend(arrays);
    Some(all)
}

fn reply_array(item: &spec::ReplyArraySpec, struct_: &Struct) -> Option<ReplyArray> {
    let rules = &item.when_too_small;
    let sets = positions(struct_, &rules.sets)?;
    Some(ReplyArray {
        field: position(struct_, &item.field)?,
        error: rules.error.0.clone(),
        sets: (!sets.is_empty()).then_some(sets),
    })
}

fn reply_chain(
    item: &spec::ReplyChainSpec,
    struct_: &Struct,
    capabilities: Vec<String>,
) -> Option<ReplyChain> {
    Some(ReplyChain {
        offset: resolved(u64::try_from(item.offset.value.value).ok()),
        align: resolved(u64::try_from(item.align.value.value).ok()),
        when_too_small: item.when_too_small,
        padding: item.padding,
        argsz: item.argsz,
        writes: ends(struct_, &item.writes)?,
        capabilities,
    })
}
