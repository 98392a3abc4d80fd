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

/// The outputs of one ABI.
pub fn outputs(abi: &ir::Abi) -> Vec<output::OutputFile> {
    emit::all(abi)
}

/// The folders that contain nothing but these outputs.
pub fn folders(abi: &ir::Abi) -> Vec<String> {
    emit::folders(abi)
}

/// The JSON Schema of the specification format, which is the same for all ABIs.
pub fn schemas() -> Vec<output::OutputFile> {
    spec::schema::files()
}
