//! The names of the package, and the types of integers.

use std::collections::HashMap;

use crate::emit::document::AbiDocument;
use crate::emit::document::numbers::GroupJson;
use crate::names;

/// The Go names of all types.
pub(super) struct GoNames<'a> {
    /// The package.
    pub(super) package: String,
    prefix: &'a str,
    groups: HashMap<&'a str, &'a GroupJson<'a>>,
}

impl<'a> GoNames<'a> {
    pub(super) fn of(document: &'a AbiDocument<'a>) -> Self {
        let groups = document.groups.iter().map(|group| (group.name, group)).collect();
        Self { package: names::go_package(document.name), prefix: document.prefix, groups }
    }

    /// A struct.
    pub(super) fn struct_(&self, name: &str) -> String {
        names::go_type(self.prefix, name)
    }

    /// The offset of an array in a struct.
    pub(super) fn offset(&self, struct_: &str, field: &str) -> String {
        names::go_offset(self.prefix, struct_, field)
    }

    /// The type of the numbers of a group.
    pub(super) fn group_type(&self, group: &GroupJson<'_>) -> Option<String> {
        group.rust.map(|name| names::go_type(self.prefix, name))
    }

    /// The type of an integer field: that of its group, if both have the same size.
    pub(super) fn int(&self, int: &str, group: Option<&str>) -> String {
        let plain = int_type(int);
        let group = group.and_then(|name| self.groups.get(name));
        let same = group.filter(|group| int_type(group.int) == plain);
        same.and_then(|group| self.group_type(group)).unwrap_or_else(|| plain.to_owned())
    }
}

/// An integer of the document in Go.
pub(super) fn int_type(int: &str) -> &'static str {
    match int {
        "u8" => "uint8",
        "u16" | "le16" => "uint16",
        "u32" | "le32" => "uint32",
        "s8" => "int8",
        "s16" => "int16",
        "s32" => "int32",
        "s64" => "int64",
        _ => "uint64",
    }
}
