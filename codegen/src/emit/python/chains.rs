//! The tables by which the hand-written code walks chains, and the functions that start it.

use askama::Template;

use super::comment;
use crate::emit::document::AbiDocument;
use crate::emit::document::chains::BitsJson;
use crate::emit::render;
use crate::emit::walk_tables::{DocumentedName, Spelling, WalkTables, tables};
use crate::names::{self, TableKind};

/// All chains.
#[derive(Template)]
#[template(path = "python/chains.py.jinja", escape = "none")]
struct PythonChains {
    tables: WalkTables,
    names: Vec<String>,
}

pub(super) fn file(document: &AbiDocument<'_>) -> String {
    let tables = tables(document, &PythonSpelling { prefix: document.prefix });
    let replies = tables.chains.iter().filter_map(|one| Some(&one.replies.as_ref()?.function));
    let walks = tables.chains.iter().filter_map(|one| Some(&one.walk.as_ref()?.function));
    let mut names: Vec<_> = replies.chain(walks).map(|function| function.name.clone()).collect();
    names.sort();
    render::file(&PythonChains { tables, names })
}

pub(super) fn tuple(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    let comma = if items.len() == 1 { "," } else { "" };
    format!("({}{comma})", items.join(", "))
}

struct PythonSpelling<'a> {
    prefix: &'a str,
}

impl Spelling for PythonSpelling<'_> {
    const TRUE: &'static str = "True";
    const FALSE: &'static str = "False";
    const WALK_FROM: &'static str = "walk_from";
    const WALK_BY_FIELD: &'static str = "walk_by_field";

    fn table(&self, item: &str, table: TableKind) -> String {
        names::python_table(item, table)
    }

    fn id(&self, constant: &str) -> String {
        names::python_item(constant)
    }

    fn parse(&self, host: &str) -> DocumentedName {
        let doc = format!("Reads a reply that starts with `{host}`.");
        let doc = comment::docstring("    ", &[doc]);
        DocumentedName { name: names::python_parse(self.prefix, host), doc }
    }

    fn caps(&self, chain: &str) -> DocumentedName {
        let doc = format!("Walks the chain `{chain}` in these bytes.");
        let doc = comment::docstring("    ", &[doc]);
        DocumentedName { name: names::python_caps(chain), doc }
    }

    fn bits(&self, bits: &BitsJson<'_>) -> String {
        let BitsJson { offset, width, low, count, .. } = bits;
        format!("walk.Bits({}, {low}, {count})", self.place(*offset, *width))
    }

    fn place(&self, offset: u64, width: u64) -> String {
        format!("walk.Place({offset}, {width})")
    }

    fn array(&self, offset: u64, stride: u64, count: String) -> String {
        format!("walk.CapArray({offset}, {stride}, {count})")
    }

    fn optional(&self, value: Option<String>) -> String {
        value.unwrap_or_else(|| "None".to_owned())
    }

    fn sizes(&self, sizes: impl Iterator<Item = u64>) -> String {
        tuple(sizes.map(|size| size.to_string()))
    }

    fn places(&self, places: impl Iterator<Item = (u64, u64)>) -> String {
        tuple(places.map(|(offset, width)| self.place(offset, width)))
    }
}
