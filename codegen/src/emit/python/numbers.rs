//! Named numbers and strings, the types of flags and numbers, the ids of capabilities, and
//! the numbers of ioctls.

use askama::Template;

use super::comment;
use crate::emit::constants::{self, ConstBlock};
use crate::emit::document::AbiDocument;
use crate::emit::document::numbers::{GroupJson, ValueJson};
use crate::emit::{plain_doc, render};
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
    let blocks = constants::blocks(document).map(block);
    let types = document.groups.iter().filter_map(number_type);
    render::file(&PythonNumbers { blocks: blocks.collect(), types: types.collect() })
}

fn block(block: ConstBlock<'_>) -> PythonConstBlock {
    let constants = block.constants.into_iter().map(|constant| PythonConstant {
        doc: comment::of("", &constant.doc),
        name: names::python_item(constant.name),
        value: constant.literal,
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
        name: names::python_item(name),
        base,
        members,
    })
}

fn member(value: &ValueJson<'_>) -> PythonMember {
    PythonMember {
        name: names::python_member(value.short),
        constant: names::python_item(value.name),
    }
}

pub(super) fn ioctls(document: &AbiDocument<'_>) -> String {
    let ioctls = document.ioctls.iter().filter_map(|ioctl| {
        Some(PythonConstant {
            doc: comment::of("", &plain_doc::ioctl(ioctl, names::python_member)),
            name: names::python_item(ioctl.name),
            value: format!("{:#x}", ioctl.code?),
        })
    });
    render::file(&PythonIoctls { ioctls: ioctls.collect() })
}
