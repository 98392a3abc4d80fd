//! Stage 4, emission: one function per family of outputs, each from the
//! resolved ABI to finished files. Emitters touch no file and cannot fail.

mod banner;
mod docs;
mod prose;

/// A file to be written, by its path below the output folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// The path, with forward slashes.
    pub path: String,
    /// The whole text.
    pub contents: String,
}

/// The reference.
pub fn docs(abi: &crate::ir::Abi) -> Vec<OutputFile> {
    docs::emit(abi)
}
