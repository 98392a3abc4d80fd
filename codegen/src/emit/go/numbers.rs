//! Named numbers and strings, the types of flags and numbers, and the ids of capabilities.

use askama::Template;

use super::comment;
use super::names::{GoNames, int_type};
use crate::emit::constants::{self, ConstBlock};
use crate::emit::document::AbiDocument;
use crate::emit::document::numbers::{GroupJson, ValueJson};
use crate::emit::{escape, render};
use crate::names::{self, TableKind};

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
    let blocks = constants::blocks(document).map(|one| block(names, one));
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
            table: names::go_table(&name, TableKind::Names),
            named: group.named().map(named).collect(),
        },
        name,
    })
}

fn named(value: &ValueJson<'_>) -> GoNamedNumber {
    GoNamedNumber { constant: value.name.to_owned(), short: escape::string_literal(value.short) }
}

fn block(names: &GoNames<'_>, block: ConstBlock<'_>) -> GoConstBlock {
    let constants = block.constants.into_iter().map(|constant| {
        let type_ = constant.group.and_then(|group| names.group_type(group));
        GoConstant {
            doc: comment::of("\t", &constant.doc),
            name: constant.name.to_owned(),
            type_: type_.map(|name| [" ", &name].concat()).unwrap_or_default(),
            value: constant.literal,
        }
    });
    GoConstBlock { doc: comment::of("", &block.doc), constants: constants.collect() }
}
