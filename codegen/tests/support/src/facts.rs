//! The facts files: the contents of real kernel headers.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::fixtures;

/// The contents of the headers of one release.
#[derive(Debug, Deserialize)]
pub struct Facts {
    /// Constants: numbers, or texts.
    pub constants: BTreeMap<String, serde_json::Value>,
    /// The names of function-like macros.
    pub function_macros: Vec<String>,
    /// Enumerators.
    pub enums: BTreeMap<String, Enumerator>,
    /// Structs.
    pub structs: BTreeMap<String, FactStruct>,
    /// Size and alignment of the structs that i386 lays out differently.
    pub i386_differs: BTreeMap<String, Extent>,
}

/// An enumerator and the tag of its enum.
#[derive(Debug, Deserialize)]
pub struct Enumerator {
    /// The value.
    pub value: i64,
    /// The tag of the enum, empty if it has none.
    #[serde(rename = "enum")]
    pub tag: String,
}

/// A struct as x86-64 lays it out.
#[derive(Debug, Deserialize)]
pub struct FactStruct {
    /// The size in bytes.
    pub size: u64,
    /// The alignment in bytes.
    pub align: u64,
    /// The fields in their order.
    pub fields: Vec<FactField>,
}

/// A field, or an anonymous union with its members.
#[derive(Debug, Deserialize)]
pub struct FactField {
    /// The name, empty for an anonymous union.
    pub name: String,
    /// The offset in bytes.
    pub offset: u64,
    /// The size in bytes.
    pub size: u64,
    /// The type as C spells it.
    #[serde(rename = "type")]
    pub type_: String,
    /// The members of an anonymous union.
    pub fields: Option<Vec<FactField>>,
}

/// Size and alignment.
#[derive(Debug, Deserialize)]
pub struct Extent {
    /// The size in bytes.
    pub size: u64,
    /// The alignment in bytes.
    pub align: u64,
}

/// The facts of every release of VFIO.
pub fn all() -> Vec<(String, Facts)> {
    of_folder("codegen/tests/facts")
}

/// The facts of every release of iommufd.
pub fn of_iommufd() -> Vec<(String, Facts)> {
    of_folder("codegen/tests/iommufd")
}

fn of_folder(folder: &str) -> Vec<(String, Facts)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(fixtures::root().join(folder)).expect("the facts") {
        let path = entry.expect("a facts file").path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let release = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a facts file");
        all.push((release, serde_json::from_str(&text).expect("facts")));
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}
