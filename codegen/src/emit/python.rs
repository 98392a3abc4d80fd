//! The Python package, from the document of the ABI. `docs/exports.md` describes it, and
//! how another language is added.

mod bodies;
mod chains;
mod comment;
mod numbers;
mod spaces;
mod structs;

use askama::Template;

use super::document::AbiDocument;
use super::{OutputFile, banner, escape, render, walk_tables};
use crate::ir::Abi;
use crate::names;

/// The hand-written modules: of replies, and of spaces.
const WALK: &str = include_str!("../../runtime/python/walk.py");
const SPACE: &str = include_str!("../../runtime/python/space.py");

/// The description of the package for installers.
#[derive(Template)]
#[template(path = "python/pyproject.toml.jinja", escape = "none")]
struct PythonProject {
    banner: String,
    package: String,
    module: String,
    version: String,
    description: String,
}

/// The package itself.
#[derive(Template)]
#[template(path = "python/init.py.jinja", escape = "none")]
struct PythonPackage {
    doc: String,
    has_chains: bool,
    has_spaces: bool,
}

/// Every file of the package.
pub(super) fn emit(abi: &Abi, document: &AbiDocument<'_>) -> Vec<OutputFile> {
    let banner = &banner::line(abi);
    let module = names::c_stem(document.name);
    let project = PythonProject {
        banner: banner.clone(),
        package: names::package(document.name),
        module: module.clone(),
        version: document.package.version.clone(),
        description: escape::in_toml(&format!("{}: types and constants", document.title)),
    };
    let package = PythonPackage {
        doc: comment::docstring("", &doc(document)),
        has_chains: walk_tables::present(document),
        has_spaces: spaces::present(document),
    };
    let mut modules = vec![
        ("__init__.py", render::file(&package)),
        ("ioctls.py", numbers::ioctls(document)),
        ("numbers.py", numbers::file(document)),
        ("structs.py", structs::file(document)),
        ("py.typed", String::new()),
    ];
    if walk_tables::present(document) {
        modules.push(("chains.py", chains::file(document)));
        modules.push(("walk.py", WALK.to_owned()));
    }
    if spaces::present(document) {
        modules.push(("space.py", SPACE.to_owned()));
        modules.push(("spaces.py", spaces::file(document)));
    }
    let files = modules.into_iter().map(|(name, text)| OutputFile {
        path: [&module, "/", name].concat(),
        contents: comment::banner(banner) + &text,
    });
    let project =
        OutputFile { path: "pyproject.toml".to_owned(), contents: render::file(&project) };
    files.chain([project]).collect()
}

fn doc(document: &AbiDocument<'_>) -> Vec<String> {
    let release = document.release.trim_start_matches('v');
    let first = format!("Types and constants of {}, as of Linux {release}.", document.title);
    let layout = "Structs have the layout of 64-bit kernels, which 32-bit programs use as well. \
        Padding is explicit.";
    let mut doc = vec![first];
    doc.extend_from_slice(document.doc);
    doc.push(layout.to_owned());
    doc
}
