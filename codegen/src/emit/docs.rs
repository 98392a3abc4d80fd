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

use std::sync::OnceLock;

use askama::Template;

use super::c::HeaderEmitter;
use super::{escape, render};
use crate::ir::{Abi, ChainId, GroupId, GroupKind, NumberSpace, StructId};
use crate::output::OutputFile;
use crate::parallel;
use changelog::ItemHistory;
use cross_refs::CrossRefs;
use examples::PageExamples;
use links::{Links, registry_path};
use page::Page;

/// A part of the reference, which one processor emits.
#[derive(Clone, Copy)]
enum ReferencePart {
    Releases,
    Names,
    StatePictures,
    ArgszPictures,
    Timeline,
    StructPictures,
    Descriptors,
    Index,
    Numbers,
    Chain(ChainId),
    IdSpace(GroupId),
    /// An index into [`Abi::sections`].
    Section(usize),
}

/// The parts of every reference.
const COMMON: [ReferencePart; 9] = [
    ReferencePart::Releases,
    ReferencePart::Names,
    ReferencePart::StatePictures,
    ReferencePart::ArgszPictures,
    ReferencePart::Timeline,
    ReferencePart::StructPictures,
    ReferencePart::Descriptors,
    ReferencePart::Index,
    ReferencePart::Numbers,
];

/// The whole reference.
pub(super) fn emit(abi: &Abi, header: &HeaderEmitter<'_>) -> Vec<OutputFile> {
    let reference = ReferenceEmitter {
        abi,
        links: Links::new(abi),
        uses: CrossRefs::new(abi),
        spaces: abi.number_spaces(),
        histories: changelog::all(abi),
        examples: OnceLock::new(),
        header,
    };
    let chains = (0..abi.chains.len()).map(|at| ReferencePart::Chain(ChainId(at)));
    let groups = (0..abi.groups.len()).map(GroupId);
    let spaces =
        groups.filter(|id| abi.group(*id).kind == GroupKind::IdSpace).map(ReferencePart::IdSpace);
    // The last ones have examples, for which they need the functions of the header.
    let sections = (0..abi.sections.len()).map(ReferencePart::Section);
    let parts: Vec<_> = COMMON.into_iter().chain(chains).chain(spaces).chain(sections).collect();
    parallel::map(&parts, |part| reference.files(*part)).into_iter().flatten().collect()
}

/// What the parts share.
struct ReferenceEmitter<'a, 'h> {
    abi: &'a Abi,
    links: Links<'a>,
    uses: CrossRefs,
    spaces: Vec<NumberSpace<'a>>,
    histories: Vec<ItemHistory<'a>>,
    examples: OnceLock<PageExamples>,
    header: &'a HeaderEmitter<'h>,
}

impl ReferenceEmitter<'_, '_> {
    fn files(&self, part: ReferencePart) -> Vec<OutputFile> {
        let Self { abi, links, uses, spaces, histories, .. } = self;
        match part {
            ReferencePart::Releases => releases::files(abi, links, histories),
            ReferencePart::Names => {
                let names = permalinks::all(abi, links);
                vec![name_index::file(&self.page(name_index::PATH), &names)]
            }
            ReferencePart::StatePictures => transitions::files(abi),
            ReferencePart::ArgszPictures => argsz::files(abi),
            ReferencePart::Timeline => Vec::from_iter(timeline::file(abi, histories)),
            ReferencePart::StructPictures => {
                let structs = (0..abi.structs.len()).map(StructId);
                structs.map(|id| diagram::file(&self.page("README.md"), id)).collect()
            }
            ReferencePart::Descriptors => Vec::from_iter(descriptors::file(abi)),
            ReferencePart::Index => vec![index::file(&self.page("README.md"))],
            ReferencePart::Numbers => vec![numbers::file(&self.page(numbers::PATH), spaces)],
            ReferencePart::Chain(id) => {
                let path = registry_path(&abi.chain(id).name);
                vec![registry::chain(&self.page(&path), spaces, id)]
            }
            ReferencePart::IdSpace(id) => {
                let path = registry_path(&abi.group(id).name);
                vec![registry::space(&self.page(&path), spaces, id)]
            }
            ReferencePart::Section(at) => {
                let examples = self.examples.get_or_init(|| PageExamples::new(self.header));
                vec![section::file(&self.page(links.page(at)), uses, examples, at)]
            }
        }
    }

    fn page<'p>(&'p self, path: &'p str) -> Page<'p> {
        Page::new(self.abi, &self.links, path)
    }
}

/// Every name of the ABI with its place.
pub(super) fn permalinks(abi: &Abi) -> Vec<Permalink> {
    permalinks::all(abi, &Links::new(abi))
}

/// A file of the reference, by its path below the folder of the reference.
fn output(path: &str, template: &impl Template) -> OutputFile {
    OutputFile { path: path.to_owned(), contents: render::file(template) }
}

/// The banner of a page. Markdown does not show an unused link reference, so it
/// serves as a comment without HTML.
pub(super) fn banner(abi: &Abi) -> String {
    ["[//]: # \"", &escape::in_title(&super::banner::line(abi)), "\""].concat()
}
