//! The facts of handlers and chains.

use std::borrow::Cow;

use super::capabilities::bits_text;
use super::datum::{Datum, list, text};
use super::facts::{Fact, SideNames};
use super::key;
use super::words::{argsz_word, padding_word, unset_word, when_too_small_word};
use crate::compat::matching::Matching;
use crate::ir::{
    Arg, ArgumentErrors, Chain, ChainStart, Copied, Handler, Host, Ioctl, Limit, RefusedNumber,
    RepliesOn, ReplyArray, ReplyChain, Space, Struct, TailCheck,
};

impl<'a> SideNames<'_, 'a> {
    pub(super) fn handler(&self, ioctl: &'a Ioctl, handler: &'a Handler) -> [Fact<'a>; 24] {
        let Handler {
            name: _,
            source: _,
            since: _,
            until: _,
            doc: _,
            minsz,
            reads,
            writes,
            tail,
            errors,
            unchecked,
            replies_on,
            unset,
            below,
            may_refuse,
            absent: _,
            array,
            chain,
            profile: _,
            place: _,
        } = handler;
        let struct_ = match ioctl.arg {
            Arg::Struct(id) => Some(self.abi.struct_(id)),
            _ => None,
        };
        let field = |index: usize| struct_.map_or("", |struct_| self.member(struct_, index));
        let [tail_rule, short, tail_error, flag, value, reserved] =
            self.refusals(struct_, (*tail, errors));
        let below = below.iter().map(|(index, Limit { name: _, number })| {
            Cow::Owned(format!("{} below {number}", field(*index)))
        });
        let refused = may_refuse.iter().map(|(index, RefusedNumber { name: _, number })| {
            Cow::Owned(format!("{} of {number}", field(*index)))
        });
        let [array_field, error, sets] = match array {
            None => [Datum::Unset, Datum::Unset, Datum::Unset],
            Some(ReplyArray { field: at, error, sets }) => {
                let sets = sets.as_ref().map(|sets| list(sets.iter().map(|at| field(*at))));
                [text(field(*at)), text(error), sets.unwrap_or(Datum::Unset)]
            }
        };
        let [offset, align, when_too_small, padding, argsz, chain_writes, capabilities] =
            self.reply_chain(chain.as_ref());
        [
            Fact(key!(Handler.minsz), Datum::Number((*minsz).into())),
            Fact(key!(Handler.reads), copied(reads, field)),
            Fact(key!(Handler.writes), copied(writes, field)),
            Fact(key!(Handler.tail), tail_rule),
            Fact(key!(ArgumentErrors.short), short),
            Fact(key!(ArgumentErrors.tail), tail_error),
            Fact(key!(ArgumentErrors.flag), flag),
            Fact(key!(ArgumentErrors.value), value),
            Fact(key!(ArgumentErrors.reserved), reserved),
            Fact(key!(Handler.unchecked), list(unchecked.iter().map(|at| field(*at)))),
            Fact(key!(Handler.replies_on), replies(replies_on)),
            Fact(key!(Handler.unset), text(unset_word(*unset))),
            Fact(key!(Handler.below), Datum::List(below.collect())),
            Fact(key!(Handler.may_refuse), Datum::List(refused.collect())),
            Fact(key!(ReplyArray.field), array_field),
            Fact(key!(ReplyArray.error), error),
            Fact(key!(ReplyArray.sets), sets),
            Fact(key!(ReplyChain.offset), offset),
            Fact(key!(ReplyChain.align), align),
            Fact(key!(ReplyChain.when_too_small), when_too_small),
            Fact(key!(ReplyChain.padding), padding),
            Fact(key!(ReplyChain.argsz), argsz),
            Fact(key!(ReplyChain.writes), chain_writes),
            Fact(key!(ReplyChain.capabilities), capabilities),
        ]
    }

    /// The treatment of the tail, and the errors. Only a handler that reads the tail checks
    /// flags, numbers and reserved fields.
    fn refusals(
        &self,
        struct_: Option<&'a Struct>,
        (tail, errors): (TailCheck, &'a ArgumentErrors),
    ) -> [Datum<'a>; 6] {
        let ArgumentErrors { short, tail: tail_error, flag, value, reserved } = errors;
        let rule = match (tail, struct_) {
            (TailCheck::Ignored, _) | (_, None) => {
                let [rule, tail, flag, value, reserved] = [const { Datum::Unset }; 5];
                return [rule, text(short), tail, flag, value, reserved];
            }
            (TailCheck::ZeroAfter(end), Some(struct_)) => {
                let spans = &struct_.kernel_layout().fields;
                let last = spans.iter().rposition(|span| span.end() <= end);
                let last = last.filter(|last| last + 1 < struct_.fields.len());
                last.map_or(text("all"), |last| text(self.member(struct_, last)))
            }
        };
        [rule, text(short), text(tail_error), text(flag), text(value), text(reserved)]
    }

    fn reply_chain(&self, chain: Option<&'a ReplyChain>) -> [Datum<'a>; 7] {
        let Some(chain) = chain else { return [const { Datum::Unset }; 7] };
        let ReplyChain { offset, align, when_too_small, padding, argsz, writes, capabilities } =
            chain;
        [
            Datum::Number((*offset).into()),
            Datum::Number((*align).into()),
            text(when_too_small_word(*when_too_small)),
            text(padding_word(*padding)),
            text(argsz_word(*argsz)),
            numbers(writes),
            list(capabilities.iter().map(|name| self.constant(name))),
        ]
    }

    pub(super) fn chain(&self, chain: &'a Chain) -> [Fact<'a>; 10] {
        let Chain {
            name,
            meta: _,
            section: _,
            header,
            start,
            bound,
            space,
            prefix: _,
            reserved: _,
            capabilities: _,
        } = chain;
        let header = self.abi.cap_headers[*header].name.as_str();
        let (start, host) = match start {
            ChainStart::AtOffsetField { host, cap_offset } => {
                let field = self.member(self.abi.struct_(host.struct_), *cap_offset);
                (Cow::Owned(format!("at the offset in {field}")), Some(host))
            }
            ChainStart::After { host, offset } => {
                (Cow::Owned(format!("at {offset}, under a flag")), Some(host))
            }
            ChainStart::Fixed { offset } => (Cow::Owned(format!("at {offset}")), None),
            ChainStart::FieldAt { offset, int } => {
                (Cow::Owned(format!("at the offset in the {} at {offset}", int.name())), None)
            }
            ChainStart::Chosen { by, offsets, int } => {
                let place = space.as_ref().and_then(|space| space.struct_);
                let place = place.map(|id| bits_text(self.abi.struct_(id), *by));
                let places = offsets.iter().map(|(_, number, at)| format!("{number}: {at}"));
                let (int, places) = (int.name(), places.collect::<Vec<_>>().join(", "));
                let by = place.unwrap_or_default();
                (Cow::Owned(format!("at the offset in the {int} at {{{places}}} by {by}")), None)
            }
            ChainStart::Unknown => (Cow::Borrowed("unknown"), None),
        };
        let (host, flag) = self.host(host);
        let [end, struct_, space_flag, requires] = self.space(space.as_ref());
        [
            Fact(key!(Chain.name), text(name)),
            Fact(key!(Chain.header), text(Matching::renamed(&self.renames.cap_headers, header))),
            Fact(key!(Chain.start), Datum::Text(start)),
            Fact(key!(Host.struct_), host),
            Fact(key!(Host.flag), flag),
            Fact(key!(Chain.bound), Datum::Number((*bound).into())),
            Fact(key!(Space.end), end),
            Fact(key!(Space.struct_), struct_),
            Fact(key!(Space.flag), space_flag),
            Fact(key!(Space.requires), requires),
        ]
    }

    fn space(&self, space: Option<&'a Space>) -> [Datum<'a>; 4] {
        let Some(space) = space else { return [const { Datum::Unset }; 4] };
        let Space { end, struct_, flag, requires, companion: _ } = space;
        let struct_ = struct_.map(|id| self.abi.struct_(id));
        let flag = flag.as_ref().map_or(Datum::Unset, |(_, name, _)| text(self.constant(name)));
        let requires = requires.iter().map(|id| self.constant(&self.abi.capability(*id).name));
        [
            Datum::Number((*end).into()),
            struct_.map_or(Datum::Unset, |struct_| text(self.struct_(&struct_.name))),
            flag,
            list(requires),
        ]
    }

    fn host(&self, host: Option<&'a Host>) -> (Datum<'a>, Datum<'a>) {
        let Some(Host { struct_, flags: _, flag: (name, _) }) = host else {
            return (Datum::Unset, Datum::Unset);
        };
        (text(self.struct_(&self.abi.struct_(*struct_).name)), text(self.constant(name)))
    }
}

fn numbers<'a>(numbers: &[u64]) -> Datum<'a> {
    Datum::List(numbers.iter().map(|number| Cow::Owned(number.to_string())).collect())
}

fn replies<'a>(replies_on: &'a RepliesOn) -> Datum<'a> {
    match replies_on {
        RepliesOn::Any => text("any"),
        RepliesOn::Errors(errors) => list(errors.iter().map(String::as_str)),
    }
}

fn copied<'a>(copied: &Copied, field: impl Fn(usize) -> &'a str) -> Datum<'a> {
    match copied {
        Copied::Only(fields) => list(fields.iter().map(|at| field(*at))),
        Copied::Ends(ends) => numbers(ends),
        Copied::Fitting => text("fitting"),
    }
}
