//! Stage 4, emission: one function per family of outputs, each from the
//! resolved ABI to finished files. Emitters touch no file and cannot fail.

mod banner;
mod c;
mod docs;
mod escape;
mod install;
mod named;
mod rust;
mod since;
mod wrap;

use std::thread;

use crate::ir::Abi;
use crate::output::OutputFile;

/// The whole C header alone.
pub fn c_header(abi: &Abi) -> OutputFile {
    c::header(abi)
}

/// The reference alone.
pub fn reference(abi: &Abi) -> Vec<OutputFile> {
    docs::emit(abi)
}

/// Outputs that belong together, all in one language.
pub struct Family {
    /// What the outputs are, for a reader.
    pub name: &'static str,
    /// Emits them.
    pub emit: fn(&Abi) -> Vec<OutputFile>,
}

/// Every family of outputs.
pub const FAMILIES: &[Family] = &[
    Family { name: "C header", emit: c::emit },
    Family { name: "installation", emit: install::emit },
    Family { name: "reference", emit: reference },
    Family { name: "Rust crate", emit: rust::emit },
];

/// Every output of the ABI, sorted by path. Families are emitted side by side.
pub fn all(abi: &Abi) -> Vec<OutputFile> {
    let mut files: Vec<_> = thread::scope(|scope| {
        let emitting: Vec<_> =
            FAMILIES.iter().map(|family| scope.spawn(|| (family.emit)(abi))).collect();
        let emitted = emitting.into_iter().map(|family| family.join().expect("no emitter fails"));
        emitted.flatten().collect()
    });
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}
