//! Named numbers and strings, the types of flags and numbers, and the ids of capabilities.

use askama::Template;

use super::comment;
use super::names::{GoNames, int_type};
use crate::emit::document::AbiDocument;
use crate::emit::document::chains::ChainJson;
use crate::emit::document::numbers::{GroupJson, ValueJson};
use crate::emit::{escape, literal, plain_doc, render};
use crate::names;

/// All numbers.
#[derive(Template)]
#[template(path = "go/numbers.go.jinja", escape = "none")]
struct GoNumbers {
    package: String,
    types: Vec<GoNumberType>,
    blocks: Vec<GoConstBlock>,
}

/// The type of the numbers of a group.
struct GoNumberType {
    doc: String,
    name: String,
    int: &'static str,
    text: GoNumberText,
}

/// How numbers of a type are printed.
struct GoNumberText {
    function: &'static str,
    table: String,
    named: Vec<GoNamedNumber>,
}

/// A number that is printed by its name.
struct GoNamedNumber {
    constant: String,
    short: String,
}

/// Constants that belong together.
struct GoConstBlock {
    doc: String,
    constants: Vec<GoConstant>,
}

struct GoConstant {
    doc: String,
    name: String,
    /// The type with a space before it; empty without one.
    type_: String,
    value: String,
}

pub(super) fn file(document: &AbiDocument<'_>, names: &GoNames<'_>) -> String {
    let groups = document.groups.iter().map(|group| block(names, group));
    let chains = document.chains.iter().map(|chain| ids(document, chain));
    let blocks = groups.chain(chains).filter(|block| !block.constants.is_empty());
    render::file(&GoNumbers {
        package: names.package.clone(),
        types: document.groups.iter().filter_map(|group| number_type(names, group)).collect(),
        blocks: blocks.collect(),
    })
}

fn number_type(names: &GoNames<'_>, group: &GroupJson<'_>) -> Option<GoNumberType> {
    let name = names.group_type(group)?;
    let (word, function) = match group.flags {
        true => ("flags", "flagText"),
        false => ("numbers", "numberText"),
    };
    let doc = format!("{name} has the {word} of `{}`.", group.name);
    Some(GoNumberType {
        doc: comment::of("", &[doc]),
        int: int_type(group.int),
        text: GoNumberText {
            function,
            table: names::go_number_names(&name),
            named: group.named().map(named).collect(),
        },
        name,
    })
}

fn named(value: &ValueJson<'_>) -> GoNamedNumber {
    GoNamedNumber { constant: value.name.to_owned(), short: escape::string_literal(value.short) }
}

fn block(names: &GoNames<'_>, group: &GroupJson<'_>) -> GoConstBlock {
    let type_ = names.group_type(group).map(|name| [" ", &name].concat()).unwrap_or_default();
    let mut doc = vec![format!("The numbers of `{}`.", group.name)];
    doc.extend(plain_doc::item(&group.meta));
    let constants = group.values.iter().map(|value| GoConstant {
        doc: comment::of("\t", &plain_doc::part(&value.meta, &group.meta)),
        name: value.name.to_owned(),
        type_: if value.string.is_some() { String::new() } else { type_.clone() },
        value: literal::of(group, value),
    });
    GoConstBlock { doc: comment::of("", &doc), constants: constants.collect() }
}

/// The ids of a chain.
fn ids(document: &AbiDocument<'_>, chain: &ChainJson<'_>) -> GoConstBlock {
    let of_chain = document.capabilities.iter().filter(|one| one.chain == chain.name);
    let constants = of_chain.map(|one| GoConstant {
        doc: comment::of("\t", &plain_doc::part(&one.meta, &chain.meta)),
        name: one.name.to_owned(),
        type_: String::new(),
        value: one.id.to_string(),
    });
    let mut doc = vec![format!("The ids of the chain `{}`.", chain.name)];
    doc.extend(plain_doc::item(&chain.meta));
    GoConstBlock { doc: comment::of("", &doc), constants: constants.collect() }
}
