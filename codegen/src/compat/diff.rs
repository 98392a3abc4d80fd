//! The structural difference of two ABIs, as plain data. `facts` takes every type of the IR
//! apart by name, so that a new key does not compile until it is compared here or listed in
//! `keys` as unable to break anything.

mod capabilities;
mod datum;
mod facts;
mod ir_key;
mod items;
mod memory;
mod numbers;
mod replies;
mod streams;
mod words;

use super::matching::{Matched, Matching};
pub(super) use datum::Datum;
pub(super) use facts::Fact;
pub(super) use ir_key::{IrKey, key};
pub(super) use streams::KEYS as STREAM_KEYS;

/// One key that differs, or an item that one side lacks.
#[derive(Clone, Debug)]
pub(super) struct AbiDifference<'a> {
    /// The key of the IR, such as `Field.direction`; of a missing item, the list that it is in.
    pub(super) key: IrKey,
    /// The item, by its indexes in [`Matching`].
    pub(super) of: Of,
    /// The name of the item, or `struct.field`; that of the new side if both have it.
    pub(super) subject: String,
    /// The values; that of a missing item is absent.
    pub(super) values: Matched<Option<Datum<'a>>>,
}

/// The item that a difference is about, by its index in [`Matching`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Of {
    Abi,
    Header(usize),
    Fd(usize),
    CapHeader(usize),
    Struct(usize),
    /// A struct and one of its members.
    Member(usize, MemberOf),
    Group(usize),
    Constant(usize),
    Macro(usize),
    Ioctl(usize),
    /// An ioctl and one of its pairs of handlers.
    Handler(usize, usize),
    Chain(usize),
}

/// A member by its index in one of the lists of [`Members`](super::matching::Members).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum MemberOf {
    Both(usize),
    Removed(usize),
    Reused(usize),
    Added(usize),
}

/// The differences, in the order of the lists in [`Matching`].
pub(super) fn differences<'a>(matching: &Matching<'a>) -> Vec<AbiDifference<'a>> {
    let mut found = Collector { matching, list: Vec::new() };
    found.whole();
    found.structs();
    found.groups();
    found.constants();
    found.macros();
    found.ioctls();
    found.chains();
    found.names();
    found.list
}

struct Collector<'m, 'a> {
    matching: &'m Matching<'a>,
    list: Vec<AbiDifference<'a>>,
}

impl<'a> Collector<'_, 'a> {
    /// Compares the facts of an item that both sides have.
    fn facts<const N: usize>(
        &mut self,
        of: Of,
        subject: impl Fn() -> String,
        (old, new): ([Fact<'a>; N], [Fact<'a>; N]),
    ) {
        for (Fact(key, was), Fact(_, is)) in old.into_iter().zip(new) {
            if was != is {
                let values = Matched { old: Some(Some(was)), new: Some(Some(is)) };
                self.list.push(AbiDifference { key, of, subject: subject(), values });
            }
        }
    }

    /// An item of a list that one side lacks.
    fn listed<T>(&mut self, key: IrKey, of: Of, subject: impl Into<String>, pair: Matched<T>) {
        let Matched { old, new } = pair;
        let pair = Matched { old: old.map(|_| Datum::Listed), new: new.map(|_| Datum::Listed) };
        self.listed_as(key, of, subject, pair);
    }

    /// The same with what is listed.
    fn listed_as(
        &mut self,
        key: IrKey,
        of: Of,
        subject: impl Into<String>,
        pair: Matched<Datum<'a>>,
    ) {
        if pair.old.is_some() == pair.new.is_some() {
            return;
        }
        let values = Matched { old: Some(pair.old), new: Some(pair.new) };
        self.list.push(AbiDifference { key, of, subject: subject.into(), values });
    }

    /// A value that is not part of a matched item.
    fn value(&mut self, key: IrKey, subject: &str, old: Datum<'a>, new: Datum<'a>) {
        self.facts(Of::Abi, || subject.to_owned(), ([Fact(key, old)], [Fact(key, new)]));
    }
}

impl AbiDifference<'_> {
    /// Whether the new side has an item that the old one lacks.
    pub(super) fn is_addition(&self) -> bool {
        matches!(self.values, Matched { old: Some(None), .. })
    }

    /// Whether the old side has an item that the new one lacks.
    pub(super) fn is_removal(&self) -> bool {
        matches!(self.values, Matched { new: Some(None), .. })
    }

    /// The values of both sides that are set.
    pub(super) fn set_values(&self) -> (Option<&Datum<'_>>, Option<&Datum<'_>>) {
        let Matched { old, new } = &self.values;
        let [old, new] = [old, new].map(|value| value.as_ref()?.as_ref());
        let is_set = |datum: &&Datum<'_>| **datum != Datum::Unset;
        (old.filter(is_set), new.filter(is_set))
    }

    /// The values as texts.
    pub(super) fn texts(&self) -> (String, String) {
        let text = |value: &Option<Option<Datum<'_>>>| match value {
            Some(Some(datum)) => datum.to_string(),
            _ => "absent".to_owned(),
        };
        (text(&self.values.old), text(&self.values.new))
    }
}
