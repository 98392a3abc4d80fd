//! The schema, the compiler and the compatibility prover for capability-chain
//! ABIs: structures that carry `argsz` and `flags`, and behind them a chain of
//! `{id, version, next}` capabilities.

#![warn(unreachable_pub)]

pub mod catalogue;
pub mod compat;
pub mod decode;
pub mod diagnostic;
pub mod drift;
pub mod embedded;
pub mod emit;
pub mod header;
pub mod import;
pub mod ir;
pub mod layout;
pub mod lint;
pub mod lower;
pub mod matrix;
pub mod model;
pub mod names;
pub mod output;
pub mod release;
pub mod reply;
pub mod spec;
pub mod sync;
pub mod validate;

use std::path::PathBuf;

use diagnostic::{Diagnostics, Sources};
use spec::load::{Loaded, Origin, load};
use validate::ValidSpec;

/// A specification that was read and checked.
#[derive(Debug)]
pub struct Opened {
    /// The specification, if nothing is wrong with it.
    pub spec: Option<ValidSpec>,
    /// Its files, for showing places.
    pub sources: Sources,
    /// What is wrong with it.
    pub problems: Diagnostics,
}

/// Reads a specification with its overlays and checks it.
pub fn open(origin: &Origin, overlays: &[PathBuf]) -> Opened {
    let Loaded { spec, sources, mut problems } = load(origin, overlays);
    let incomplete = problems.has_errors();
    let spec = spec.and_then(|spec| validate::validate(spec, incomplete, &mut problems));
    Opened { spec, sources, problems }
}

/// Every file that is generated: the outputs of the ABI, and the JSON Schema
/// of the format that it is specified in.
pub fn outputs(abi: &ir::Abi) -> Vec<output::OutputFile> {
    let mut files = emit::all(abi);
    files.extend(spec::schema::files());
    files
}

/// The folders in which every file is one of these outputs.
pub fn folders(abi: &ir::Abi) -> Vec<String> {
    let mut folders = emit::folders(abi);
    folders.push(output::SCHEMAS.to_owned());
    folders
}
