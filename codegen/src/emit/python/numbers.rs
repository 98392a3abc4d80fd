//! Named numbers and strings, the types of flags and numbers, the ids of capabilities, and
//! the numbers of ioctls.

use askama::Template;

use super::comment;
use crate::emit::document::AbiDocument;
use crate::emit::document::chains::ChainJson;
use crate::emit::document::numbers::{GroupJson, ValueJson};
use crate::emit::{literal, plain_doc, render};
use crate::names;

/// All numbers.
#[derive(Template)]
#[template(path = "python/numbers.py.jinja", escape = "none")]
struct PythonNumbers {
    blocks: Vec<PythonConstBlock>,
    types: Vec<PythonNumberType>,
}

/// Constants that belong together.
struct PythonConstBlock {
    constants: Vec<PythonConstant>,
}

struct PythonConstant {
    doc: String,
    name: String,
    value: String,
}

/// The type of the numbers of a group.
struct PythonNumberType {
    doc: String,
    name: String,
    base: &'static str,
    members: Vec<PythonMember>,
}

/// A number of a type, by its constant.
struct PythonMember {
    name: String,
    constant: String,
}

/// The numbers of ioctls.
#[derive(Template)]
#[template(path = "python/ioctls.py.jinja", escape = "none")]
struct PythonIoctls {
    ioctls: Vec<PythonConstant>,
}

pub(super) fn file(document: &AbiDocument<'_>) -> String {
    let groups = document.groups.iter().map(block);
    let chains = document.chains.iter().map(|chain| ids(document, chain));
    let blocks = groups.chain(chains).filter(|block| !block.constants.is_empty());
    let types = document.groups.iter().filter_map(number_type);
    render::file(&PythonNumbers { blocks: blocks.collect(), types: types.collect() })
}

fn block(group: &GroupJson<'_>) -> PythonConstBlock {
    let constants = group.values.iter().map(|value| PythonConstant {
        doc: comment::of("", &plain_doc::part(&value.meta, &group.meta)),
        name: names::python(value.name),
        value: literal::of(group, value),
    });
    PythonConstBlock { constants: constants.collect() }
}

/// The ids of a chain.
fn ids(document: &AbiDocument<'_>, chain: &ChainJson<'_>) -> PythonConstBlock {
    let of_chain = document.capabilities.iter().filter(|one| one.chain == chain.name);
    let constants = of_chain.map(|one| PythonConstant {
        doc: comment::of("", &plain_doc::part(&one.meta, &chain.meta)),
        name: names::python(one.name),
        value: one.id.to_string(),
    });
    PythonConstBlock { constants: constants.collect() }
}

fn number_type(group: &GroupJson<'_>) -> Option<PythonNumberType> {
    let name = group.rust?;
    let (word, base) = match group.flags {
        true => ("flags", "enum.IntFlag"),
        false => ("numbers", "enum.IntEnum"),
    };
    let mut doc = vec![format!("The {word} of `{}`.", group.name)];
    doc.extend(plain_doc::item(&group.meta));
    let members: Vec<_> = group.values.iter().map(member).collect();
    Some(PythonNumberType {
        doc: comment::docstring("    ", &doc),
        name: names::python(name),
        base,
        members,
    })
}

fn member(value: &ValueJson<'_>) -> PythonMember {
    PythonMember { name: names::python(value.short), constant: names::python(value.name) }
}

pub(super) fn ioctls(document: &AbiDocument<'_>) -> String {
    let ioctls = document.ioctls.iter().filter_map(|ioctl| {
        Some(PythonConstant {
            doc: comment::of("", &plain_doc::ioctl(ioctl, names::python)),
            name: names::python(ioctl.name),
            value: format!("{:#x}", ioctl.code?),
        })
    });
    render::file(&PythonIoctls { ioctls: ioctls.collect() })
}
