//! Stage 4, emission: one function per family of outputs, each from the
//! resolved ABI to finished files. Emitters touch no file and cannot fail.

mod banner;
mod c;
mod docs;
mod prose;
mod rust;

use crate::ir::Abi;
use crate::output::OutputFile;

/// The C header alone.
pub fn c_header(abi: &Abi) -> OutputFile {
    c::emit(abi)
}

/// Every output of the ABI, sorted by path.
pub fn all(abi: &Abi) -> Vec<OutputFile> {
    let mut files = rust::emit(abi);
    files.push(c::emit(abi));
    files.extend(docs::emit(abi));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}
