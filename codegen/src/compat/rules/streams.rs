//! Records that are read from file descriptors. A reader finds the next record by the sizes
//! that it knows, so none of them can change where no field has the length.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{DATA_RESIZED, ITEM_ADDED};
use crate::compat::diff::{AbiDifference, Datum, Of, STREAM_KEYS, key};
use crate::compat::finding::{Affected, Class, Finding};
use crate::compat::witness::{self, Maker};
use crate::ir::{Abi, Stream};

pub(super) const RULE: CompatRule = CompatRule { keys: &STREAM_KEYS, judge };

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(&STREAM_KEYS, |difference| {
        let Of::Fd(index) = difference.of else { return None };
        let (old, new) = comparison.matching.fds[index].both()?;
        Some(match (&old.stream, &new.stream) {
            (Some(old), Some(new)) => changed(comparison, difference, old, new),
            // The finding about the stream is about all of it.
            _ if difference.key != key!(FdKind.stream) => Vec::new(),
            (None, _) => vec![added(difference)],
            (Some(_), None) => {
                let message = "no records are read from the descriptor any more";
                vec![broken(comparison, difference, Affected::OldProgram, message.to_owned())]
            }
        })
    })
}

fn added(difference: &AbiDifference<'_>) -> Finding {
    let message = "records can be read from the descriptor";
    let finding = Finding::new(ITEM_ADDED, Class::Growth, &difference.subject, message);
    finding.gate("programs that do not read it do not see them")
}

fn changed(
    comparison: &Comparison<'_, '_>,
    difference: &AbiDifference<'_>,
    old: &Stream,
    new: &Stream,
) -> Vec<Finding> {
    let (was, is) = difference.texts();
    let (before, now) = difference.set_values();
    let (appears, disappears) = (before.is_none(), now.is_none());
    let (affected, message) = match difference.key {
        key!(Stream.record) => (
            Affected::Both,
            format!("a record starts with {is}, {was} before: a reader finds no other record"),
        ),
        key!(Stream.type_by) => match types(comparison, old, new) {
            Some(found) => found,
            None => return Vec::new(),
        },
        key!(Stream.length) => (
            Affected::Both,
            format!(
                "the length is in {}, in {} before: a reader finds no other record",
                field_of(now),
                field_of(before)
            ),
        ),
        key!(Stream.no_data) if appears => (
            Affected::OldProgram,
            format!(
                "a record with {is} has no data: a reader that expects them finds no other record"
            ),
        ),
        key!(Stream.no_data) if disappears => (
            Affected::NewProgram,
            format!(
                "data follow a record with {was}, which did not before: a reader finds no other record"
            ),
        ),
        key!(Stream.no_data) => (
            Affected::Both,
            format!(
                "a record with {is} has no data, with {was} before: a reader finds no other record"
            ),
        ),
        key!(Stream.last) if appears => (
            Affected::NewProgram,
            format!("{is} ends a group of records: an older kernel does not set it"),
        ),
        key!(Stream.last) if disappears => (
            Affected::OldProgram,
            format!("{was} does not end a group of records any more: a program waits for it"),
        ),
        key!(Stream.last) => (
            Affected::Both,
            format!("{is} ends a group of records, {was} before: a program waits for it"),
        ),
        _ if appears => (
            Affected::OldProgram,
            format!("records are answered with {is}: an older program answers none"),
        ),
        _ if disappears => {
            (Affected::OldProgram, format!("records are not answered with {was} any more"))
        }
        _ => (Affected::Both, format!("records are answered with {is}, with {was} before")),
    };
    vec![broken(comparison, difference, affected, message)]
}

/// The words for a field, or for none.
fn field_of(datum: Option<&Datum<'_>>) -> String {
    datum.map_or_else(|| "no field".to_owned(), Datum::to_string)
}

/// What differs in the types of data: the field with the number, the size of data, or a type
/// that an older reader cannot skip. A type that a program chooses is new only for programs
/// that choose it.
fn types(
    comparison: &Comparison<'_, '_>,
    old: &Stream,
    new: &Stream,
) -> Option<(Affected, String)> {
    let (was, is) = comparison.matching.abis();
    let field = |stream: &Stream| stream.type_by.as_ref().map(|by| by.field.clone());
    let place = |stream: &Stream| (field(stream), stream.is_typed_inside());
    if place(old) != place(new) {
        let name = |stream| field(stream).map_or("no field".to_owned(), |name| format!("`{name}`"));
        let [before, now] = [old, new].map(name);
        let message = format!(
            "the type of the data is in {now}, in {before} before: a reader finds no other record"
        );
        return Some((Affected::Both, message));
    }
    if old.length.is_some() != new.length.is_some() {
        // The finding about the length is about all data.
        return None;
    }
    let (before, now) = (sizes(was, old), sizes(is, new));
    let of = |list: &[(i128, u64)], number| {
        list.iter().find(|(one, _)| *one == number).map(|(_, size)| *size)
    };
    let resized = before.iter().find_map(|(number, size)| {
        let now = of(&now, *number).filter(|now| now != size)?;
        Some((
            Affected::Both,
            format!(
                "the data of type {number} have {now} bytes, {size} before, and no field has their \
             length: a reader finds no other record"
            ),
        ))
    });
    let unknown = now.iter().find_map(|(number, _)| {
        let added = new.is_typed_inside() && of(&before, *number).is_none();
        added.then(|| (Affected::OldProgram, format!(
            "records have data of type {number}, of which an older reader does not know the \
             size: it finds no other record"
        )))
    });
    resized.or(unknown)
}

/// The sizes of data, by the number of their type.
fn sizes(abi: &Abi, stream: &Stream) -> Vec<(i128, u64)> {
    let Some(group) = stream.numbers(abi) else { return Vec::new() };
    let number = |name: &str| {
        let mut values = abi.group(group).values.iter();
        values.find(|value| value.name == name).map_or(0, |value| value.number)
    };
    stream.sizes(abi).into_iter().map(|(name, size)| (number(name), size)).collect()
}

fn broken(
    comparison: &Comparison<'_, '_>,
    difference: &AbiDifference<'_>,
    affected: Affected,
    message: String,
) -> Finding {
    let subject = &difference.subject;
    let said = format!("a record of the descriptor `{subject}`");
    let witness =
        witness::understood(comparison.matching, Maker::Kernel, subject, None, &said, None);
    let finding = Finding::new(DATA_RESIZED, Class::Wire, subject, message);
    finding.affects(affected).witness(witness).help("make another kind of descriptor for it")
}
