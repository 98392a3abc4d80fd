//! A struct on its page: its documentation, its diagram, a table of its fields and
//! holes, and the numbers that its fields hold.

use askama::Template;

use super::bullet_list::BulletList;
use super::code_names;
use super::cross_refs::CrossRefs;
use super::fields;
use super::groups;
use super::layout_variants::{cell, layouts};
use super::metadata;
use super::page::Page;
use super::phrases;
use crate::emit::render;
use crate::ir::{EntryKind, Struct, StructId};
use crate::layout::{self, ModelGroup, Span, label};

/// The data of the template.
#[derive(Template)]
#[template(path = "struct.md.jinja", escape = "none")]
struct StructDocView {
    heading: &'static str,
    name: String,
    doc: Option<String>,
    warning: Option<String>,
    facts: Option<BulletList>,
    image: String,
    numbers: Option<String>,
    fields: Option<String>,
    groups: Vec<String>,
}

/// The struct's part of its page.
pub(super) fn block(page: &Page<'_>, uses: &CrossRefs, id: StructId) -> String {
    let struct_ = page.abi.struct_(id);
    let facts = facts(page, uses, id);
    let view = StructDocView {
        heading: "##",
        doc: Some(page.doc(&struct_.meta.doc)),
        warning: metadata::warning(page, &struct_.meta),
        facts: metadata::of_item(page, &struct_.meta, facts),
        ..bare(page, uses, id)
    };
    render::text(&view)
}

/// A struct that a capability declares: the capability above has its documentation already.
pub(super) fn inline(page: &Page<'_>, uses: &CrossRefs, id: StructId) -> String {
    let facts = BulletList::new(facts(page, uses, id));
    render::text(&StructDocView { heading: "###", facts, ..bare(page, uses, id) })
}

/// The common parts of a struct on its page.
fn bare(page: &Page<'_>, uses: &CrossRefs, id: StructId) -> StructDocView {
    let struct_ = page.abi.struct_(id);
    StructDocView {
        heading: "",
        name: struct_.name.clone(),
        doc: None,
        warning: None,
        facts: None,
        image: page.to(&format!("Layout of struct {}", struct_.name), &svg_path(&struct_.name)),
        numbers: numbers(struct_),
        fields: fields::table(page, struct_),
        groups: local_groups(page, uses, id),
    }
}

/// The diagram of a struct, below the folder of the reference.
pub(super) fn svg_path(name: &str) -> String {
    format!("svg/{name}.svg")
}

/// The facts that only structs have.
fn facts(page: &Page<'_>, uses: &CrossRefs, id: StructId) -> Vec<String> {
    let struct_ = page.abi.struct_(id);
    let mut facts = vec![size(struct_)];
    if struct_.compact {
        facts.push("Fields that do not exist take no room: those after them move.".to_owned());
    }
    facts.extend(struct_.length.as_ref().map(|length| {
        format!("Bytes of an element: {}.", phrases::quantity(page.abi, struct_, length))
    }));
    facts.extend(code_names::fact(page, EntryKind::Struct(id)));
    facts.extend(uses.of_struct(page, id));
    if let (Some(argsz), Some(minsz)) = (struct_.argsz, struct_.minsz) {
        let ends: Vec<u64> = struct_.spans(minsz).map(Span::end).to_vec();
        let (argsz, minsz) = (&struct_.fields[argsz].name, &struct_.fields[minsz].name);
        facts.push(format!("`{argsz}` must reach the end of `{minsz}`: {} bytes.", cell(&ends)));
    }
    facts
}

/// Size and alignment, by target if they differ.
fn size(struct_: &Struct) -> String {
    let extents = struct_.layouts.each_ref().map(|layout| (layout.size, layout.align));
    let text = |group: &ModelGroup<(u64, u64)>| {
        let ((size, align), label) = (group.value, label(&group.models));
        let on = if label.is_empty() { String::new() } else { format!(" on {label}") };
        format!("{size} bytes, aligned to {align}{on}")
    };
    let sizes: Vec<String> = layout::groups(extents).iter().map(text).collect();
    let packed = if struct_.packed { "; packed" } else { "" };
    format!("{}{packed}.", sizes.join("; "))
}

/// The meaning of two numbers in one cell, if there are any.
fn numbers(struct_: &Struct) -> Option<String> {
    let labels: Vec<&str> = layouts(struct_).iter().map(|group| label(&group.models)).collect();
    let more = labels.len() > 1;
    more.then(|| format!("Where offset or size differ: {}.", labels.join(" / ")))
}

/// The tables of the numbers that are declared inside the struct.
fn local_groups(page: &Page<'_>, uses: &CrossRefs, id: StructId) -> Vec<String> {
    let struct_ = page.abi.struct_(id);
    let groups = uses.declared_in(id).iter();
    groups.filter_map(|group| groups::inside(page, struct_, *group)).collect()
}
