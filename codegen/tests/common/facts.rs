//! The facts files: what real kernel headers contain.

#![allow(dead_code, reason = "every test uses a part of this")]

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

/// What the headers of one release contain.
#[derive(Debug, Deserialize)]
pub struct Facts {
    pub constants: BTreeMap<String, serde_json::Value>,
    pub function_macros: Vec<String>,
    pub enums: BTreeMap<String, Enumerator>,
    pub structs: BTreeMap<String, FactStruct>,
    pub i386_differs: BTreeMap<String, Extent>,
}

/// An enumerator and the tag of its enum.
#[derive(Debug, Deserialize)]
pub struct Enumerator {
    pub value: i64,
    #[serde(rename = "enum")]
    pub tag: String,
}

/// A struct as x86-64 lays it out.
#[derive(Debug, Deserialize)]
pub struct FactStruct {
    pub size: u64,
    pub align: u64,
    pub fields: Vec<FactField>,
}

/// A field, or an anonymous union with its members.
#[derive(Debug, Deserialize)]
pub struct FactField {
    pub name: String,
    pub offset: u64,
    pub size: u64,
    #[serde(rename = "type")]
    pub type_: String,
    pub fields: Option<Vec<FactField>>,
}

/// Size and alignment.
#[derive(Debug, Deserialize)]
pub struct Extent {
    pub size: u64,
    pub align: u64,
}

/// Every release's facts, by release.
pub fn all() -> Vec<(String, Facts)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/facts");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the facts") {
        let path = entry.expect("a facts file").path();
        let release = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a facts file");
        all.push((release, serde_json::from_str(&text).expect("facts")));
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}
