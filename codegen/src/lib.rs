//! The schema, the compiler and the compatibility prover for capability-chain
//! ABIs: structs that start with `argsz` and `flags`, followed by a chain of
//! `{id, version, next}` capabilities.
//!
//! ```text
//! spec/*/*.yaml -> load -> validate -> lower -> ir -> emit -> sync -> generated/, docs/reference/
//!                                               |
//!                                               +---> lint, compat, drift, decode, layout
//! ```
//!
//! - [`open`] reads the YAML files ([`spec`]) and checks them ([`mod@validate`]). Every
//!   error is reported, with its place. After this step nothing fails.
//! - [`lower`](mod@lower) makes the resolved ABI of one kernel release ([`ir`]).
//! - [`outputs`] turns it into files ([`emit`]); [`sync`] writes them.
//! - The other modules compare, check and decode with the same resolved ABI.
//!
//! `docs/architecture.md` has the map of the modules and the steps to add an ABI,
//! an output, a rule or a command.

#![warn(unreachable_pub)]

pub mod amend;
pub mod catalogue;
pub mod compat;
pub mod decode;
pub mod diagnostic;
pub mod drift;
pub mod dump;
pub mod embedded;
pub mod emit;
pub mod header;
pub mod hex;
pub mod import;
pub mod ir;
pub mod layout;
pub mod lint;
pub mod lower;
pub mod model;
pub mod names;
pub mod numbering;
pub mod output;
pub mod parallel;
pub mod read;
pub mod release;
pub mod reply;
pub mod runtime;

pub mod reports;
pub mod review;
pub mod site;
pub mod spec;
#[cfg(feature = "program")]
pub mod sync;
pub mod validate;
pub mod view;

use std::path::PathBuf;

use diagnostic::{Diagnostics, Sources};
use release::Release;
use spec::load::{LoadedSpec, Origin, load};
use validate::ValidSpec;

/// The result of reading and checking a specification.
#[derive(Debug)]
pub struct Opened {
    /// The specification, if it has no errors.
    pub spec: Option<ValidSpec>,
    /// The texts of its files, which places refer to.
    pub sources: Sources,
    /// Errors and warnings.
    pub problems: Diagnostics,
}

/// Reads a specification with its overlays and checks it. Items of overlays came
/// with the newest release by default.
pub fn open(origin: &Origin, overlays: &[PathBuf]) -> Opened {
    open_at(origin, overlays, None)
}

/// Reads a specification with its overlays and checks it. Items of overlays came
/// with release `at` by default.
pub fn open_at(origin: &Origin, overlays: &[PathBuf], at: Option<Release>) -> Opened {
    let LoadedSpec { spec, sources, mut problems } = load(origin, overlays, at);
    let incomplete = problems.has_errors();
    let spec = spec.and_then(|spec| validate::validate(spec, incomplete, &mut problems));
    Opened { spec, sources, problems }
}

/// The outputs of one ABI.
pub fn outputs(abi: &ir::Abi) -> Vec<output::OutputFile> {
    emit::all(abi)
}

/// The folders that contain nothing but these outputs.
pub fn folders(abi: &ir::Abi) -> Vec<String> {
    emit::folders(abi)
}

/// The JSON Schemas of the specification format and of `abi.json`, which are the same for
/// all ABIs.
pub fn schemas() -> Vec<output::OutputFile> {
    let mut files = spec::schema::files();
    files.push(emit::document_schema());
    files
}
