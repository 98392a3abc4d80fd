//! The first page: an introduction, the list of pages, tables of all ioctls,
//! structs and id spaces, and how to read the tables of the other pages.

use askama::Template;

use super::bullet_list::BulletList;
use super::descriptors;
use super::ioctls::value;
use super::links::registry_path;
use super::page::Page;
use super::phrases::{linux, since};
use super::section::summary;
use super::streams;
use super::table::{Align, Table};
use crate::ir::{Arg, Doc, FdKind, GroupKind, Ioctl, StructId};
use crate::layout::Model;
use crate::names;
use crate::output::OutputFile;

/// The data of the template.
#[derive(Template)]
#[template(path = "index.md.jinja", escape = "none")]
struct IndexView {
    banner: String,
    title: String,
    doc: String,
    release: String,
    releases: String,
    overlays: Option<String>,
    pages: Option<String>,
    picture: Option<String>,
    fds: Vec<FdView>,
    structs: Option<String>,
    spaces: Option<String>,
    package: String,
    header: String,
    /// Whether there are ioctls.
    calls: bool,
}

/// A kind of file descriptor.
struct FdView {
    name: String,
    doc: String,
    backends: Option<BulletList>,
    ioctls: Option<String>,
    records: Option<String>,
}

/// The first page.
pub(super) fn file(page: &Page<'_>) -> OutputFile {
    let abi = page.abi;
    let view = IndexView {
        banner: super::banner(abi),
        title: page.text(&abi.title),
        doc: page.doc(&abi.doc),
        release: linux(abi.release),
        releases: releases(page),
        overlays: (!abi.overlays.is_empty()).then(|| page.text(&abi.overlays.join(", "))),
        pages: pages(page),
        picture: (!abi.ioctls.is_empty())
            .then(|| page.to("Kinds of file descriptors and their ioctls", descriptors::PATH)),
        fds: abi.fds.iter().enumerate().map(|(at, kind)| fd(page, at, kind)).collect(),
        structs: structs(page),
        spaces: spaces(page),
        package: names::package(&abi.name),
        header: names::c_stem(&abi.name) + ".h",
        calls: !abi.ioctls.is_empty(),
    };
    super::output("README.md", &view)
}

/// The releases that the specification describes.
fn releases(page: &Page<'_>) -> String {
    match page.abi.releases.as_slice() {
        [first, .., last] => format!("{} to {}", linux(*first), last.bare()),
        _ => linux(page.abi.release),
    }
}

/// The pages, in the order of the specification.
fn pages(page: &Page<'_>) -> Option<String> {
    let mut table = Table::new([("page", Align::Left), ("about", Align::Left)]);
    for (at, section) in page.abi.sections.iter().enumerate() {
        let link = page.to(&page.text(&section.title), page.of_section(at));
        table.row([link, summary(page, &section.doc)]);
    }
    table.finish()
}

/// A kind of file descriptor with its ioctls by number.
fn fd(page: &Page<'_>, at: usize, kind: &FdKind) -> FdView {
    let mut ioctls: Vec<&Ioctl> = page.abi.ioctls.iter().filter(|ioctl| ioctl.fd == at).collect();
    ioctls.sort_by_key(|ioctl| ioctl.number);
    let mut table = Table::new([
        ("number", Align::Right),
        ("value", Align::Left),
        ("name", Align::Left),
        ("backends", Align::Left),
        ("argument", Align::Left),
        ("since", Align::Whole),
    ]);
    for ioctl in ioctls {
        let numbers = page.abi.ioctl_numbers.as_ref();
        let value = numbers.map(|numbers| format!("`{}`", value(numbers, ioctl.number, 0)));
        table.row([
            ioctl.number.to_string(),
            value.unwrap_or_default(),
            page.name(&ioctl.name),
            ioctl.backends.join(", "),
            argument(page, ioctl),
            since(page.abi, ioctl.meta.since),
        ]);
    }
    let backend = |(name, doc): &(String, Doc)| format!("`{name}`: {}", page.cell(doc));
    FdView {
        name: kind.name.clone(),
        doc: page.doc(&kind.doc),
        backends: BulletList::new(kind.backends.iter().map(backend)),
        ioctls: table.finish(),
        records: kind.stream.as_ref().map(|stream| streams::text(page, stream)),
    }
}

/// The word for the argument of an ioctl.
fn argument(page: &Page<'_>, ioctl: &Ioctl) -> String {
    match ioctl.arg {
        Arg::None => "none".to_owned(),
        Arg::Int => "integer".to_owned(),
        Arg::Fd => "`int *`, a file descriptor".to_owned(),
        Arg::U32 => "`__u32 *`".to_owned(),
        Arg::Text => "string".to_owned(),
        Arg::Struct(id) => page.struct_as(&page.abi.struct_(id).name, id),
    }
}

/// All structs, in the order of the specification.
fn structs(page: &Page<'_>) -> Option<String> {
    let mut table = Table::new([
        ("struct", Align::Left),
        ("64-bit", Align::Right),
        ("i386", Align::Right),
        ("since", Align::Whole),
        ("description", Align::Left),
    ]);
    for (at, struct_) in page.abi.structs.iter().enumerate() {
        let size = |model: Model| struct_.layouts[model.index()].size.to_string();
        table.row([
            page.struct_as(&struct_.name, StructId(at)),
            size(Model::Lp64),
            size(Model::Ilp32),
            since(page.abi, struct_.meta.since),
            summary(page, &struct_.meta.doc),
        ]);
    }
    table.finish()
}

/// All registries: chains first, then the other id spaces.
fn spaces(page: &Page<'_>) -> Option<String> {
    let mut table = Table::new([
        ("registry", Align::Left),
        ("kind", Align::Left),
        ("held", Align::Right),
        ("reserved", Align::Right),
        ("description", Align::Left),
    ]);
    for chain in &page.abi.chains {
        table.row([
            page.to(&format!("`{}`", chain.name), &registry_path(&chain.name)),
            "chain".to_owned(),
            chain.capabilities.len().to_string(),
            chain.reserved.len().to_string(),
            summary(page, &chain.meta.doc),
        ]);
    }
    for group in &page.abi.groups {
        if group.kind == GroupKind::IdSpace {
            table.row([
                page.to(&format!("`{}`", group.name), &registry_path(&group.name)),
                "ids".to_owned(),
                group.values.len().to_string(),
                group.reserved.len().to_string(),
                summary(page, &group.meta.doc),
            ]);
        }
    }
    table.finish()
}
