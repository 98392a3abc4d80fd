//! The pages and the data of the site that no file of the repository has: the index of
//! names that the search reads, the index of headings, pages of codes, of the generated code
//! and of changes since a release, comparisons of all pairs of releases, and the list of all
//! pages. Everything is derived from resolved ABIs, their outputs and the catalogue;
//! `codegen/site` puts it together with the pages of `docs/` and runs mdBook.

mod c_api;
mod changes;
mod codes;
mod comparisons;
mod contents;
mod names;
mod prose;
mod rust_api;

use crate::ir::Abi;
use crate::output::OutputFile;

/// A page in Markdown, by its path below the root of the repository.
#[derive(Clone, Debug)]
pub struct SourcePage {
    /// The path.
    pub path: String,
    /// The text.
    pub text: String,
}

/// A specification as of each of its releases, from the oldest to the newest.
#[derive(Clone, Debug)]
pub struct AbiHistory {
    releases: Vec<Abi>,
    newest: Abi,
}

impl AbiHistory {
    /// The history of one ABI; none without releases.
    pub fn new(releases: Vec<Abi>) -> Option<Self> {
        let newest = releases.last()?.clone();
        Some(Self { releases, newest })
    }

    /// The name of the ABI.
    pub fn name(&self) -> &str {
        &self.newest.name
    }
}

/// Something that generated code declares.
#[derive(Clone, Debug)]
struct ApiItem {
    /// Its name, after that of its type if it is a part of one.
    name: String,
    /// The word for its kind.
    kind: &'static str,
    /// The file that declares it, below the folder of the crate.
    file: String,
    /// The first sentence of its documentation.
    summary: String,
    /// How programs use it: the example of its documentation, or the declaration of a function;
    /// empty for others.
    usage: String,
}

/// All pages and data of the site besides `pages`.
pub fn files(histories: &[AbiHistory], pages: &[SourcePage]) -> Vec<OutputFile> {
    let mut files = codes::pages();
    let mut apis = Vec::new();
    for history in histories {
        let abi = &history.newest;
        for (language, declared) in [("rust", rust_api::list(abi)), ("c", c_api::list(abi))] {
            let page = names::api_page(abi, language, &declared);
            apis.push((page.path.clone(), declared));
            files.push(page);
        }
        files.extend(changes::files(history));
    }
    let distinct: Vec<_> =
        histories.iter().map(|history| (history, comparisons::distinct(history))).collect();
    files.extend(distinct.iter().flat_map(|(_, releases)| comparisons::files(releases)));
    files.push(comparisons::releases(&distinct));
    files.push(names::data(histories, &apis));
    files.push(prose::data(pages));
    files.push(contents::file(histories, pages, &files));
    files
}

/// A script that hands data to the site's own script. Scripts, unlike requests for data, work
/// in a copy of the site that is opened as a file.
fn script(path: &str, function: &str, data: &serde_json::Value) -> OutputFile {
    let contents = format!("capchain.{function}({data});\n");
    OutputFile { path: path.to_owned(), contents }
}
