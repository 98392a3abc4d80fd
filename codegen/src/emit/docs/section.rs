//! The page of one section: its documentation, a table of its items, and the items
//! in the order of the specification.

use std::collections::HashSet;

use askama::Template;

use super::cross_refs::CrossRefs;
use super::examples::PageExamples;
use super::page::Page;
use super::phrases::{first_sentence, since};
use super::table::{Align, Table};
use super::{chains, groups, ioctls, macros, regions, structs};
use crate::ir::{GroupKind, Item, Meta, Section, StructId};
use crate::output::OutputFile;

/// The data of the template.
#[derive(Template)]
#[template(path = "section.md.jinja", escape = "none")]
struct SectionDocView {
    banner: String,
    home: String,
    title: String,
    doc: String,
    header: String,
    contents: Option<String>,
    blocks: Vec<String>,
}

/// The page of a section, an index into `Abi::sections`.
pub(super) fn file(
    page: &Page<'_>,
    uses: &CrossRefs,
    examples: &PageExamples,
    at: usize,
) -> OutputFile {
    let section = &page.abi.sections[at];
    let columns = [
        ("kind", Align::Left),
        ("name", Align::Left),
        ("since", Align::Whole),
        ("description", Align::Left),
    ];
    let (mut contents, mut blocks) = (Table::new(columns), Vec::new());
    let own = own_structs(section);
    for item in &section.items {
        let (line, block) = entry(page, uses, *item);
        contents.row(line);
        blocks.push(block);
        blocks.extend(examples.block(page.abi, *item));
        if let Item::Capability(at) = *item {
            let one = page.abi.capability(at);
            let declared = one.struct_.filter(|id| one.inline && !own.contains(id));
            blocks.extend(declared.map(|id| structs::inline(page, uses, id)));
        }
    }
    for region in page.abi.regions.iter().filter(|region| region.section == section.name) {
        blocks.push(regions::block(page, region));
    }
    let view = SectionDocView {
        banner: super::banner(page.abi),
        home: page.to(&page.text(&page.abi.title), "README.md"),
        title: page.text(&section.title),
        doc: page.doc(&section.doc),
        header: page.abi.headers[section.header].path.clone(),
        contents: contents.finish(),
        blocks,
    };
    super::output(page.of_section(at), &view)
}

/// The structs that are items of their own.
fn own_structs(section: &Section) -> HashSet<StructId> {
    let items = section.items.iter();
    let structs = items.filter_map(|item| match item {
        Item::Struct(id) => Some(*id),
        _ => None,
    });
    structs.collect()
}

/// An item's line in the table of contents, and its part of the page.
fn entry(page: &Page<'_>, uses: &CrossRefs, item: Item) -> ([String; 4], String) {
    let abi = page.abi;
    let (kind, name, meta, block) = match item {
        Item::Struct(id) => {
            let struct_ = abi.struct_(id);
            ("struct", page.name(&struct_.name), &struct_.meta, structs::block(page, uses, id))
        }
        Item::Group(id) => {
            let group = abi.group(id);
            let kind = match group.kind {
                GroupKind::IdSpace => "id space",
                GroupKind::Enum | GroupKind::AnonymousEnum => "enum",
                _ => "constants",
            };
            (kind, page.group(id), &group.meta, groups::block(page, uses, id))
        }
        Item::Macro(at) => {
            let macro_ = abi.macro_(at);
            ("macro", page.name(&macro_.name), &macro_.meta, macros::block(page, at))
        }
        Item::Ioctl(at) => {
            let ioctl = abi.ioctl(at);
            ("ioctl", page.name(&ioctl.name), &ioctl.meta, ioctls::block(page, at))
        }
        Item::Chain(id) => ("chain", page.chain(id), &abi.chain(id).meta, chains::chain(page, id)),
        Item::Capability(at) => {
            let one = abi.capability(at);
            ("capability", page.name(&one.name), &one.meta, chains::capability(page, at))
        }
    };
    (line(page, kind, name, meta), block)
}

/// An item's line in the table of contents.
fn line(page: &Page<'_>, kind: &str, name: String, meta: &Meta) -> [String; 4] {
    [kind.to_owned(), name, since(page.abi, meta.since), summary(page, &meta.doc)]
}

/// The first sentence of a documentation.
pub(super) fn summary(page: &Page<'_>, doc: &[String]) -> String {
    let first = doc.first().map(|paragraph| first_sentence(paragraph));
    page.text(first.unwrap_or_default())
}
