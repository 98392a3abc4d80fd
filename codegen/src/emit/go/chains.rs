//! The tables by which the hand-written code walks chains, and the functions that start it.

use askama::Template;

use super::comment;
use super::names::GoNames;
use crate::emit::document::AbiDocument;
use crate::emit::document::chains::BitsJson;
use crate::emit::render;
use crate::emit::walk_tables::{DocumentedName, Spelling, WalkTables, tables};
use crate::names::{self, TableKind};

/// All chains.
#[derive(Template)]
#[template(path = "go/chains.go.jinja", escape = "none")]
struct GoChains {
    package: String,
    tables: WalkTables,
    uses_order: bool,
}

pub(super) fn file(document: &AbiDocument<'_>, names: &GoNames<'_>) -> String {
    let tables = tables(document, names);
    let uses_order = tables.chains.iter().any(|one| one.replies.is_some() || one.walk.is_some());
    render::file(&GoChains { package: names.package.clone(), tables, uses_order })
}

impl Spelling for GoNames<'_> {
    const TRUE: &'static str = "true";
    const FALSE: &'static str = "false";
    const WALK_FROM: &'static str = "newCaps";
    const WALK_BY_FIELD: &'static str = "newCapsByField";

    fn table(&self, item: &str, table: TableKind) -> String {
        names::go_table(item, table)
    }

    fn id(&self, constant: &str) -> String {
        constant.to_owned()
    }

    fn parse(&self, host: &str) -> DocumentedName {
        let type_ = self.struct_(host);
        let name = names::go_parse(&type_);
        let doc = comment::of("", &[format!("{name} reads a reply that starts with {type_}.")]);
        DocumentedName { name, doc }
    }

    fn caps(&self, chain: &str) -> DocumentedName {
        let name = names::go_caps(chain);
        let doc = comment::of("", &[format!("{name} walks the chain in these bytes.")]);
        DocumentedName { name, doc }
    }

    fn bits(&self, bits: &BitsJson<'_>) -> String {
        let BitsJson { offset, width, low, count, .. } = bits;
        format!("bits{{{}, {low}, {count}}}", self.place(*offset, *width))
    }

    fn place(&self, offset: u64, width: u64) -> String {
        format!("place{{{offset}, {width}}}")
    }

    fn array(&self, offset: u64, stride: u64, count: String) -> String {
        format!("capArray{{{offset}, {stride}, {count}}}")
    }

    fn optional(&self, value: Option<String>) -> String {
        value.map_or("nil".to_owned(), |value| ["&", &value].concat())
    }

    fn sizes(&self, sizes: impl Iterator<Item = u64>) -> String {
        let sizes: Vec<_> = sizes.map(|size| size.to_string()).collect();
        format!("[]uint64{{{}}}", sizes.join(", "))
    }

    fn places(&self, places: impl Iterator<Item = (u64, u64)>) -> String {
        let places: Vec<_> =
            places.map(|(offset, width)| format!("{{{offset}, {width}}}")).collect();
        format!("[]place{{{}}}", places.join(", "))
    }
}
