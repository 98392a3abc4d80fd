//! The constants of the document in blocks, with the literals that Go and Python have in common.

use super::document::AbiDocument;
use super::document::chains::ChainJson;
use super::document::numbers::{GroupJson, ValueJson};
use super::{escape, plain_doc};

/// Constants that belong together.
pub(super) struct ConstBlock<'a> {
    pub(super) doc: Vec<String>,
    pub(super) constants: Vec<NamedConstant<'a>>,
}

/// A number or a string with a name.
pub(super) struct NamedConstant<'a> {
    pub(super) doc: Vec<String>,
    pub(super) name: &'a str,
    /// The group whose type it has; none of a string and of an id.
    pub(super) group: Option<&'a GroupJson<'a>>,
    pub(super) literal: String,
}

/// The numbers of all groups and the ids of all chains, without empty blocks.
pub(super) fn blocks<'a>(document: &'a AbiDocument<'a>) -> impl Iterator<Item = ConstBlock<'a>> {
    let groups = document.groups.iter().map(numbers);
    let chains = document.chains.iter().map(|chain| ids(document, chain));
    groups.chain(chains).filter(|block| !block.constants.is_empty())
}

fn numbers<'a>(group: &'a GroupJson<'a>) -> ConstBlock<'a> {
    let mut doc = vec![format!("The numbers of `{}`.", group.name)];
    doc.extend(plain_doc::item(&group.meta));
    let constants = group.values.iter().map(|value| NamedConstant {
        doc: plain_doc::part(&value.meta, &group.meta),
        name: value.name,
        group: value.string.is_none().then_some(group),
        literal: literal(group, value),
    });
    ConstBlock { doc, constants: constants.collect() }
}

fn ids<'a>(document: &'a AbiDocument<'a>, chain: &'a ChainJson<'a>) -> ConstBlock<'a> {
    let mut doc = vec![format!("The ids of the chain `{}`.", chain.name)];
    doc.extend(plain_doc::item(&chain.meta));
    let of_chain = document.capabilities.iter().filter(|one| one.chain == chain.name);
    let constants = of_chain.map(|one| NamedConstant {
        doc: plain_doc::part(&one.meta, &chain.meta),
        name: one.name,
        group: None,
        literal: one.id.to_string(),
    });
    ConstBlock { doc, constants: constants.collect() }
}

/// A value as the integer of its group: a single bit as a shift, a negative number modulo
/// the size of the integer.
fn literal(group: &GroupJson<'_>, value: &ValueJson<'_>) -> String {
    if let Some(text) = value.string {
        return escape::string_literal(text);
    }
    if let Some(bit) = value.bit {
        return format!("1 << {bit}");
    }
    let number = value.number.as_deref().and_then(|number| number.parse::<i128>().ok());
    let number = number.unwrap_or_default();
    match number {
        ..0 => format!("{:#x}", number + (1 << bits(group.int))),
        10.. if group.flags => format!("{number:#x}"),
        _ => number.to_string(),
    }
}

/// The width of an integer by its name in the document.
fn bits(int: &str) -> u32 {
    match int {
        "u8" | "s8" => 8,
        "u16" | "s16" => 16,
        "u32" | "s32" => 32,
        _ => 64,
    }
}
