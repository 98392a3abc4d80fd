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

use super::escape;
use crate::ir::{Abi, ChainId, GroupId, GroupKind, StructId};
use crate::output::OutputFile;
use cross_refs::CrossRefs;
use examples::PageExamples;
use links::{Links, registry_path, section_path};
use page::Page;

/// The whole reference.
pub(super) fn emit(abi: &Abi) -> Vec<OutputFile> {
    let (links, uses) = (Links::new(abi), CrossRefs::new(abi));
    let (spaces, examples) = (abi.number_spaces(), &PageExamples::new(abi));
    let mut files = vec![index::file(&Page::new(abi, &links, "README.md"))];
    for section in &abi.sections {
        let path = section_path(&section.name);
        files.push(section::file(&Page::new(abi, &links, &path), &uses, examples, section));
    }
    for (at, chain) in abi.chains.iter().enumerate() {
        let path = registry_path(&chain.name);
        files.push(registry::chain(&Page::new(abi, &links, &path), &spaces, ChainId(at)));
    }
    for (at, group) in abi.groups.iter().enumerate() {
        if group.kind == GroupKind::IdSpace {
            let path = registry_path(&group.name);
            files.push(registry::space(&Page::new(abi, &links, &path), &spaces, GroupId(at)));
        }
    }
    let histories = changelog::all(abi);
    let (pages, changed) = releases::files(abi, &links, &histories);
    files.push(matrix::file(&Page::new(abi, &links, matrix::PATH), &histories, &changed));
    files.extend(pages);
    files.push(numbers::file(&Page::new(abi, &links, numbers::PATH), &spaces));
    files.extend(transitions::files(abi));
    files.extend(argsz::files(abi));
    files.extend(descriptors::file(abi));
    files.extend(timeline::file(abi, &histories));
    let names = permalinks::all(abi, &links);
    files.push(name_index::file(&Page::new(abi, &links, name_index::PATH), &names));
    let page = Page::new(abi, &links, "README.md");
    files.extend((0..abi.structs.len()).map(|at| diagram::file(&page, StructId(at))));
    files
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
