//! Stage 4, emission: one function per family of outputs, each from the
//! resolved ABI to finished files. Emitters touch no file and cannot fail.

mod banner;
mod c;
mod docs;
mod escape;
mod install;
mod package;
mod rust;
mod since;
mod wrap;

use std::thread;

use crate::ir::Abi;
use crate::names;
use crate::output::OutputFile;

/// The whole C header alone.
pub fn c_header(abi: &Abi) -> OutputFile {
    c::header(abi).below(&crate_folder(abi))
}

/// The reference alone.
pub fn reference(abi: &Abi) -> Vec<OutputFile> {
    let folder = reference_folder(abi);
    docs::emit(abi).into_iter().map(|file| file.below(&folder)).collect()
}

/// Outputs that belong together, all in one language.
pub struct Family {
    /// Name for progress messages and benchmarks.
    pub name: &'static str,
    /// The folder that the paths of `emit` are relative to.
    folder: fn(&Abi) -> String,
    emitter: fn(&Abi) -> Vec<OutputFile>,
}

impl Family {
    /// Emits the files, with paths relative to the root of the tree.
    pub fn emit(&self, abi: &Abi) -> Vec<OutputFile> {
        let folder = (self.folder)(abi);
        (self.emitter)(abi).into_iter().map(|file| file.below(&folder)).collect()
    }
}

/// Every family of outputs.
pub const FAMILIES: &[Family] = &[
    Family { name: "C header", folder: crate_folder, emitter: c::emit },
    Family { name: "installation", folder: crate_folder, emitter: install::emit },
    Family { name: "package", folder: crate_folder, emitter: package::emit },
    Family { name: "reference", folder: reference_folder, emitter: docs::emit },
    Family { name: "Rust crate", folder: crate_folder, emitter: rust::emit },
];

/// The folder of the generated crate, which also holds the C header.
pub fn crate_folder(abi: &Abi) -> String {
    ["generated/", &names::package(&abi.name)].concat()
}

/// The folder of the reference.
fn reference_folder(abi: &Abi) -> String {
    ["docs/reference/", &abi.name].concat()
}

/// The folders in which every file is an output of this ABI.
pub fn folders(abi: &Abi) -> Vec<String> {
    vec![crate_folder(abi), reference_folder(abi)]
}

/// Every output of the ABI, sorted by path; none if it is not published.
/// Families are emitted in parallel.
pub fn all(abi: &Abi) -> Vec<OutputFile> {
    if !abi.publish {
        return Vec::new();
    }
    let mut files: Vec<_> = thread::scope(|scope| {
        let emitting: Vec<_> =
            FAMILIES.iter().map(|family| scope.spawn(|| family.emit(abi))).collect();
        let emitted = emitting.into_iter().map(|family| family.join().expect("no emitter fails"));
        emitted.flatten().collect()
    });
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}
