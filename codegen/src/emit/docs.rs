//! Emits the reference: Markdown for a forge, and one picture of the bytes of every
//! struct. One page for each section, id space and release, a matrix of all items
//! by release, and a first page that links to all of them.
//!
//! Each file in this folder turns one kind of item into the finished strings of one
//! template. Only [`super::escape`] decides which text is valid in Markdown.

mod argsz;
mod bullet_list;
mod chains;
mod changelog;
mod code_names;
mod cross_refs;
mod descriptors;
mod diagram;
mod errors;
mod examples;
mod fields;
mod groups;
mod handlers;
mod index;
mod ioctls;
mod layout_variants;
mod links;
mod macros;
mod matrix;
mod metadata;
mod name_index;
mod numbers;
mod page;
mod permalinks;
mod phrases;
mod picture;
mod regions;
mod registry;
mod releases;
mod section;
mod streams;
mod structs;
mod table;
mod timeline;
mod transitions;
mod types;

pub use permalinks::Permalink;
pub(super) use phrases::first_sentence;

use std::sync::LazyLock;

use super::c::HeaderEmitter;
use super::escape;
use crate::ir::{Abi, ChainId, GroupId, GroupKind, StructId};
use crate::output::OutputFile;
use crate::parallel;
use cross_refs::CrossRefs;
use examples::PageExamples;
use links::{Links, registry_path, section_path};
use page::Page;

/// Some pages or pictures, which are emitted while other processors emit others.
type Pages<'a> = Box<dyn Fn() -> Vec<OutputFile> + Send + Sync + 'a>;

/// The whole reference.
pub(super) fn emit(abi: &Abi, header: &HeaderEmitter<'_>) -> Vec<OutputFile> {
    let (links, uses) = (&Links::new(abi), &CrossRefs::new(abi));
    let (spaces, histories) = (&abi.number_spaces(), &changelog::all(abi));
    let examples = &LazyLock::new(|| PageExamples::new(header));
    let page = move |path| Page::new(abi, links, path);
    let mut all: Vec<Pages<'_>> = vec![
        Box::new(move || releases::files(abi, links, histories)),
        Box::new(move || {
            let names = permalinks::all(abi, links);
            vec![name_index::file(&page(name_index::PATH), &names)]
        }),
        Box::new(move || transitions::files(abi)),
        Box::new(move || argsz::files(abi)),
        Box::new(move || Vec::from_iter(timeline::file(abi, histories))),
        Box::new(move || {
            let structs = (0..abi.structs.len()).map(StructId);
            structs.map(|id| diagram::file(&page("README.md"), id)).collect()
        }),
        Box::new(move || Vec::from_iter(descriptors::file(abi))),
        Box::new(move || vec![index::file(&page("README.md"))]),
        Box::new(move || vec![numbers::file(&page(numbers::PATH), spaces)]),
    ];
    for (at, chain) in abi.chains.iter().enumerate() {
        all.push(Box::new(move || {
            let path = registry_path(&chain.name);
            vec![registry::chain(&Page::new(abi, links, &path), spaces, ChainId(at))]
        }));
    }
    for (at, group) in abi.groups.iter().enumerate() {
        if group.kind == GroupKind::IdSpace {
            all.push(Box::new(move || {
                let path = registry_path(&group.name);
                vec![registry::space(&Page::new(abi, links, &path), spaces, GroupId(at))]
            }));
        }
    }
    // The last ones have examples, for which they need the functions of the header.
    for section in &abi.sections {
        all.push(Box::new(move || {
            let path = section_path(&section.name);
            vec![section::file(&Page::new(abi, links, &path), uses, examples, section)]
        }));
    }
    parallel::map(&all, |pages| pages()).into_iter().flatten().collect()
}

/// Every name of the ABI with its place.
pub(super) fn permalinks(abi: &Abi) -> Vec<Permalink> {
    permalinks::all(abi, &Links::new(abi))
}

/// A file of the reference, by its path below the folder of the reference.
fn output(path: &str, contents: String) -> OutputFile {
    OutputFile { path: path.to_owned(), contents: contents + "\n" }
}

/// The banner of a page. Markdown does not show an unused link reference, so it
/// serves as a comment without HTML.
pub(super) fn banner(abi: &Abi) -> String {
    format!("[//]: # \"{}\"", escape::in_title(&super::banner::line(abi)))
}
