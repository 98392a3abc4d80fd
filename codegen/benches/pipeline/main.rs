//! The time of the stages of `generate`, compared with bindgen, and its growth with
//! the specification: `cargo bench -p capchain`.
//!
//! Stages are timed in the process as `generate` runs them: one after the other,
//! outputs in parallel. The median of many runs counts.

#![allow(missing_docs, reason = "a benchmark has no users")]

mod growth;
mod peer;
mod scale;
mod stages;

use std::error::Error;
use std::path::{Path, PathBuf};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let spec = root().join("spec/vfio");
    let total = stages::print(&spec)?;
    peer::print(&root(), total)?;
    growth::print(&spec)
}

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
