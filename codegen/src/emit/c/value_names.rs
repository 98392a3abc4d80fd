//! The part of the header that names flags, numbers and ids, for logs: the short names of
//! the Rust types. Numbers are literals, since a kernel header can lack the constant.

use super::comment::Comment;
use super::literal;
use super::runtime;
use super::section::opening;
use super::view::{NamedGroupView, NamedValueView, ValueNamesView};
use crate::emit::render;
use crate::ir::{Abi, Chain, Group, GroupKind};
use crate::layout::Int;
use crate::names::{self, c_word};

/// The functions of all groups and chains; empty if there are none.
pub(super) fn text(abi: &Abi, stem: &str, macro_prefix: &str) -> String {
    if !present(abi) {
        return String::new();
    }
    let renamed = |text| runtime::renamed(text, stem, macro_prefix);
    let view = ValueNamesView {
        stem: stem.to_owned(),
        macro_prefix: macro_prefix.to_owned(),
        runtime: has_flags(abi).then(|| renamed(runtime::NAMES)),
        groups: groups(abi)
            .map(|(group, named)| named_group(abi, group, named))
            .chain(chains(abi).map(|chain| named_caps(abi, stem, chain)))
            .collect(),
    };
    render::text(&view)
}

/// Whether an ABI has numbers or capabilities to name.
pub(super) fn present(abi: &Abi) -> bool {
    groups(abi).next().is_some() || chains(abi).next().is_some()
}

fn has_flags(abi: &Abi) -> bool {
    groups(abi).any(|(group, _)| group.is_flags())
}

/// The groups with named numbers, and what their functions are called after.
fn groups(abi: &Abi) -> impl Iterator<Item = (&Group, &str)> {
    abi.groups.iter().filter_map(|group| Some((group, group.c_named()?)))
}

/// The chains that have capabilities.
fn chains(abi: &Abi) -> impl Iterator<Item = &Chain> {
    abi.chains.iter().filter(|chain| !chain.capabilities.is_empty())
}

/// The names of the ids of a chain; those of kinds are not among them.
fn named_caps(abi: &Abi, stem: &str, chain: &Chain) -> NamedGroupView {
    let about = format!("The name of the id of a capability in the {} chain.", chain.name);
    let caps = chain.capabilities.iter().map(|id| abi.capability(*id));
    let values = caps.filter(|cap| cap.kind.is_none()).map(|cap| NamedValueView {
        number: cap.id.to_string(),
        constant: cap.name.clone(),
        short: cap.short.clone(),
    });
    NamedGroupView {
        comment: opening(Comment::of(&[about]).above(0)),
        name: names::c_name(stem, &[&chain.name, c_word::CAP_NAME]),
        text: None,
        type_: names::c_int(Int::U32),
        values: each_number_once(values),
    }
}

fn named_group(abi: &Abi, group: &Group, named: &str) -> NamedGroupView {
    let is_flags = group.is_flags();
    let name = |word| names::c_group(&abi.name, &abi.prefix, named, word);
    NamedGroupView {
        comment: opening(Comment::of(&[about(abi, group)]).above(0)),
        name: name("name"),
        text: is_flags.then(|| name("text")),
        type_: match (is_flags, group.int) {
            (true, _) => names::c_int(Int::U64),
            (false, int) => names::c_int(int.value()),
        },
        values: values(group),
    }
}

fn about(abi: &Abi, group: &Group) -> String {
    let noun = match group.is_flags() {
        true => "flag",
        false => "number",
    };
    match group.field {
        Some((struct_, field)) => {
            let struct_ = abi.struct_(struct_);
            let field = &struct_.fields[field].name;
            format!("The name of a {noun} in the field {field} of struct {}.", struct_.name)
        }
        None if group.kind == GroupKind::Enum => {
            format!("The name of a value of enum {}.", group.name)
        }
        None => match group.values.first() {
            Some(first) => format!("The name of a {noun} such as {}.", first.name),
            None => format!("The name of a {noun}."),
        },
    }
}

/// A number as the integer holds it: unsigned integers have no negative numbers.
fn unsigned(number: i128, int: Int) -> i128 {
    match number < 0 && !int.signed() {
        true => number + (1 << (int.size() * 8)),
        false => number,
    }
}

/// The named values, each number once.
fn values(group: &Group) -> Vec<NamedValueView> {
    each_number_once(group.named().map(|value| NamedValueView {
        number: match group.is_flags() {
            true => format!("{:#x}", value.number),
            false => match unsigned(value.number, group.int) {
                number @ 0x10000.. => literal::hex(number),
                number => literal::decimal(number),
            },
        },
        constant: value.name.clone(),
        short: value.short.clone(),
    }))
}

/// The first value of each number: one switch cannot have two.
fn each_number_once(values: impl Iterator<Item = NamedValueView>) -> Vec<NamedValueView> {
    let mut views: Vec<NamedValueView> = Vec::new();
    for value in values {
        if views.iter().all(|view| view.number != value.number) {
            views.push(value);
        }
    }
    views
}
