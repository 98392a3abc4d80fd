//! The ABI as a whole: package, file descriptors, sections.

use schemars::JsonSchema;
use serde::Serialize;

use super::items::NamedJson;
use super::streams::StreamJson;
use crate::ir::{Abi, FdKind, IoctlNumbers, Item, Section};
use crate::names;

/// The generated crate and header.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Package")]
pub(in crate::emit) struct PackageJson {
    /// The name of the crate.
    #[serde(rename = "crate")]
    pub(in crate::emit) crate_: String,
    /// The name of the header.
    pub(in crate::emit) header: String,
    /// Their version.
    pub(in crate::emit) version: String,
}

impl PackageJson {
    pub(in crate::emit) fn of(abi: &Abi) -> Self {
        Self {
            crate_: names::package(&abi.name),
            header: names::c_stem(&abi.name) + ".h",
            version: abi.version.clone(),
        }
    }
}

/// `_IO(type, base + number)`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IoctlNumbers")]
pub(in crate::emit) struct IoctlNumbersJson<'a> {
    /// The constant for the type.
    pub(in crate::emit) type_name: &'a str,
    /// Its value.
    pub(in crate::emit) type_value: u32,
    /// The constant for the base.
    pub(in crate::emit) base_name: &'a str,
    /// Its value.
    pub(in crate::emit) base_value: u32,
}

impl<'a> IoctlNumbersJson<'a> {
    pub(in crate::emit) fn of(numbers: &'a IoctlNumbers) -> Self {
        Self {
            type_name: &numbers.type_name,
            type_value: numbers.type_value,
            base_name: &numbers.base_name,
            base_value: numbers.base_value,
        }
    }
}

/// A kind of file descriptor.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FdKind")]
pub(in crate::emit) struct FdKindJson<'a> {
    #[serde(flatten)]
    pub(in crate::emit) name: NamedJson<'a>,
    /// Its backends.
    pub(in crate::emit) backends: Vec<NamedJson<'a>>,
    /// The error for the number of an ioctl that does not exist.
    pub(in crate::emit) unknown_command: &'a str,
    /// The records that a program reads from it.
    pub(in crate::emit) stream: Option<StreamJson<'a>>,
}

impl<'a> FdKindJson<'a> {
    pub(in crate::emit) fn of(abi: &'a Abi, kind: &'a FdKind) -> Self {
        Self {
            stream: kind.stream.as_ref().map(|stream| StreamJson::of(abi, stream)),
            name: NamedJson::of(&kind.name, &kind.doc),
            backends: kind.backends.iter().map(|(name, doc)| NamedJson::of(name, doc)).collect(),
            unknown_command: &kind.unknown_command,
        }
    }
}

/// A file of the specification.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Section")]
pub(in crate::emit) struct SectionJson<'a> {
    #[serde(flatten)]
    pub(in crate::emit) name: NamedJson<'a>,
    /// Title for a reader.
    pub(in crate::emit) title: &'a str,
    /// The kernel header that its items come from.
    pub(in crate::emit) header: &'a str,
    /// Its items in order.
    pub(in crate::emit) items: Vec<ItemJson<'a>>,
}

/// An item of a section, by the list that describes it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Item")]
pub(in crate::emit) struct ItemJson<'a> {
    /// The list.
    pub(in crate::emit) list: ItemListJson,
    /// The name in that list.
    pub(in crate::emit) name: &'a str,
}

/// The lists of items.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ItemList")]
#[serde(rename_all = "snake_case")]
pub(in crate::emit) enum ItemListJson {
    Structs,
    Groups,
    Macros,
    Ioctls,
    Chains,
    Capabilities,
}

impl<'a> SectionJson<'a> {
    pub(in crate::emit) fn of(abi: &'a Abi, section: &'a Section) -> Self {
        let item = |item: &Item| {
            let (list, name) = match *item {
                Item::Struct(id) => (ItemListJson::Structs, &abi.struct_(id).name),
                Item::Group(id) => (ItemListJson::Groups, &abi.group(id).name),
                Item::Macro(id) => (ItemListJson::Macros, &abi.macro_(id).name),
                Item::Ioctl(id) => (ItemListJson::Ioctls, &abi.ioctl(id).name),
                Item::Chain(id) => (ItemListJson::Chains, &abi.chain(id).name),
                Item::Capability(id) => (ItemListJson::Capabilities, &abi.capability(id).name),
            };
            ItemJson { list, name }
        };
        Self {
            name: NamedJson::of(&section.name, &section.doc),
            title: &section.title,
            header: &abi.headers[section.header].path,
            items: section.items.iter().map(item).collect(),
        }
    }
}
