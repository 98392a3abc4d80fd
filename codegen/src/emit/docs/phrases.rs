//! Shared phrases of the reference: releases, ranges, lists, directions.

use crate::emit::since::since_text;
use crate::ir::{Abi, Bits, BitsOf, Field, Presence, Quantity, Struct};
use crate::release::{Release, Since};
use crate::reply::Direction;

/// A release as a reader knows it: `Linux 4.6`.
pub(super) fn linux(release: Release) -> String {
    ["Linux ", &release.bare()].concat()
}

/// The first release of an item: `Linux 4.1`, or `Linux 4.1, maybe 3.19`.
pub(super) fn since(abi: &Abi, since: Since) -> String {
    ["Linux ", &since_text(&abi.releases, since)].concat()
}

/// The releases from `since` up to, not including, `until`.
pub(super) fn span(abi: &Abi, from: Since, until: Option<Release>) -> String {
    let from = since(abi, from);
    let last = until.and_then(|until| abi.releases.iter().rev().find(|release| **release < until));
    match last {
        Some(last) if linux(*last) == from => from,
        Some(last) => format!("{from} to {}", last.bare()),
        None => format!("since {from}"),
    }
}

/// The same after the name of something: `of Linux 6.17 to 6.18`.
pub(super) fn releases(abi: &Abi, from: Since, until: Option<Release>) -> String {
    let span = span(abi, from, until);
    if until.is_some() { ["of ", &span].concat() } else { span }
}

/// The direction of a field.
pub(super) fn direction(direction: Option<Direction>) -> &'static str {
    match direction {
        None => "",
        Some(Direction::In) => "in",
        Some(Direction::Out) => "out",
        Some(Direction::InOut) => "in, out",
    }
}

/// The directions of all fields of a struct together.
pub(super) fn directions(fields: &[Field]) -> &'static str {
    let has = |one: Direction| {
        fields
            .iter()
            .any(|field| field.direction == Some(one) || field.direction == Some(Direction::InOut))
    };
    match (has(Direction::In), has(Direction::Out)) {
        (true, true) => "in and out",
        (true, false) => "in",
        (false, true) => "out",
        (false, false) => "",
    }
}

/// A list with `and` before its last.
pub(super) fn list(words: &[String]) -> String {
    listed(words, "and")
}

/// A list with `or` before its last.
pub(super) fn either(words: &[String]) -> String {
    listed(words, "or")
}

fn listed(words: &[String], before_last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => [&first.join(", "), " ", before_last, " ", last].concat(),
    }
}

/// The text up to the end of its first sentence.
pub(crate) fn first_sentence(paragraph: &str) -> &str {
    let ends = paragraph.match_indices(". ").map(|(at, _)| at);
    let is_end = |at: &usize| {
        let quoted = paragraph[..*at].matches('`').count() % 2 == 1;
        let goes_on = paragraph[at + 2..].starts_with(|next: char| next.is_lowercase());
        !quoted && !goes_on
    };
    let end = ends.into_iter().find(is_end).map_or(paragraph.len(), |at| at + 1);
    &paragraph[..end]
}

/// Some bits of a field: `` `flags` `` or `` bits 4 to 7 of `flags` ``.
fn bits_of(struct_: &Struct, bits: Bits) -> String {
    let Bits { field, low, count } = bits;
    let (name, span) = (&struct_.fields[field].name, struct_.spans(field)[0]);
    match count {
        count if u64::from(count) == span.size * 8 => format!("`{name}`"),
        1 => format!("bit {low} of `{name}`"),
        _ => format!("bits {low} to {} of `{name}`", low + count - 1),
    }
}

/// The conditions under which a field exists.
pub(super) fn exists_if(abi: &Abi, struct_: &Struct, field: &Field) -> Option<String> {
    let conditions = field.exists_if.iter().map(|Presence { of, bits, numbers }| {
        let whose = match of {
            BitsOf::Body => String::new(),
            BitsOf::Start(_) => " of the space".to_owned(),
            BitsOf::Companion(id, _) => format!(" of `{}`", abi.capability(*id).name),
        };
        let numbers = numbers.iter().map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first} to {last}"),
        });
        let numbers = numbers.collect::<Vec<_>>();
        let are = if bits.count == 1 { "is" } else { "are" };
        format!(
            "{}{whose} {are} {}",
            bits_of(of.struct_of(abi, struct_), *bits),
            numbers.join(" or ")
        )
    });
    let conditions = conditions.collect::<Vec<_>>();
    (!conditions.is_empty()).then(|| format!("exists if {}", conditions.join(" and ")))
}

/// The number of elements of an array in bits.
pub(super) fn count(abi: &Abi, struct_: &Struct, field: &Field) -> Option<String> {
    let count = quantity(abi, struct_, field.count.as_ref()?);
    Some(format!("as many elements as {count}"))
}

/// A number in bits.
pub(super) fn quantity(abi: &Abi, struct_: &Struct, quantity: &Quantity) -> String {
    let Quantity { element, bits, plus, unit } = quantity;
    let held = match element {
        Some((_, element)) => {
            format!("{} of the first one", bits_of(abi.struct_(*element), *bits))
        }
        None => bits_of(struct_, *bits),
    };
    let sum = if *plus == 0 { held } else { format!("{held}, plus {plus}") };
    if *unit == 1 { sum } else { format!("{sum}, times {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_read_as_kernels() {
        let release = |text: &str| text.parse::<Release>().expect("a release");
        assert_eq!(linux(release("v5.8-rc2")), "Linux 5.8-rc2");
    }

    #[test]
    fn a_sentence_ends_before_the_next_and_not_in_code_or_at_an_abbreviation() {
        assert_eq!(first_sentence("One, e.g. this. Two."), "One, e.g. this.");
        assert_eq!(first_sentence("Quotes `a. B` here. More."), "Quotes `a. B` here.");
        assert_eq!(first_sentence("no full stop"), "no full stop");
    }

    #[test]
    fn lists_end_in_and() {
        let words = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(list(&words), "a, b and c");
        assert_eq!(either(&words), "a, b or c");
        assert_eq!(list(&words[..1]), "a");
        assert_eq!(list(&[]), "");
    }
}
