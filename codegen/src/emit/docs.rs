//! Emits `docs/reference/`: Markdown that reads well on a forge, and one
//! picture of the bytes of every struct. One page for each section, one for
//! each space of ids, one for each release, a matrix of what each release has,
//! and a first page that leads to all of them.
//!
//! Each file below turns one kind of item into the finished strings of one
//! template; what may stand in Markdown is decided in [`super::prose`] alone.

mod bullets;
mod chains;
mod diagram;
mod facts;
mod fields;
mod groups;
mod handlers;
mod index;
mod ioctls;
mod links;
mod macros;
mod matrix;
mod page;
mod registry;
mod releases;
mod section;
mod story;
mod structs;
mod table;
mod types;
mod uses;
mod variants;
mod words;

use super::prose;
use crate::ir::{Abi, ChainId, GroupId, GroupKind, StructId};
use crate::output::OutputFile;
use links::{Links, registry_path, release_path, section_path};
use page::Page;
use uses::Uses;

/// The whole reference.
pub(super) fn emit(abi: &Abi) -> Vec<OutputFile> {
    let (links, uses) = (Links::new(abi), Uses::new(abi));
    let mut files = vec![index::file(&Page::new(abi, &links, "README.md"))];
    for section in &abi.sections {
        let path = section_path(&section.name);
        files.push(section::file(&Page::new(abi, &links, &path), &uses, section));
    }
    for (at, chain) in abi.chains.iter().enumerate() {
        let path = registry_path(&chain.name);
        files.push(registry::chain(&Page::new(abi, &links, &path), ChainId(at)));
    }
    for (at, group) in abi.groups.iter().enumerate() {
        if group.kind == GroupKind::IdSpace {
            let path = registry_path(&group.name);
            files.push(registry::space(&Page::new(abi, &links, &path), GroupId(at)));
        }
    }
    let stories = story::all(abi);
    files.push(matrix::file(&Page::new(abi, &links, matrix::PATH), &stories));
    let turns = story::by_release(abi, &stories);
    for release in abi.releases.iter().filter(|release| **release <= abi.release) {
        let path = release_path(*release);
        let turns = turns.get(release).map(Vec::as_slice).unwrap_or_default();
        let page = Page::new(abi, &links, &path);
        files.push(releases::file(&page, &stories, turns, *release));
    }
    let page = Page::new(abi, &links, "README.md");
    files.extend((0..abi.structs.len()).map(|at| diagram::file(&page, StructId(at))));
    files
}

/// A file of the reference, by its path below the folder of the reference.
fn output(path: &str, contents: String) -> OutputFile {
    OutputFile { path: format!("docs/reference/{path}"), contents: contents + "\n" }
}

/// Who made a page and how. Markdown does not show a reference that nothing
/// refers to, which makes it a comment without HTML.
fn banner(abi: &Abi) -> String {
    let lines = super::banner::lines(abi, "codegen/src/emit/docs.rs");
    let hidden = |line: &String| format!("[//]: # \"{}\"", prose::in_title(line));
    lines.iter().map(hidden).collect::<Vec<_>>().join("\n")
}
