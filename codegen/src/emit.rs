//! Stage 4, emission: one function per family of outputs, each from the
//! resolved ABI to finished files. [`FAMILIES`] lists every file. Emitters access
//! no files and cannot fail.

mod banner;
mod c;
mod constants;
mod docs;
mod document;
mod escape;
mod example;
mod gdb;
mod go;
mod install;
mod json;
mod package;
mod padded;
mod plain_doc;
mod python;
mod render;
mod rust;
mod sentence;
mod since;
mod walk_tables;
mod wrap;

pub use docs::Permalink;

use std::sync::OnceLock;

use c::HeaderEmitter;
use document::AbiDocument;

use crate::ir::Abi;
use crate::names;
use crate::output::OutputFile;
use crate::parallel;

/// Only the whole C header.
pub fn c_header(abi: &Abi) -> OutputFile {
    c::header(&HeaderEmitter::new(abi)).below(&crate_folder(abi))
}

/// The declarations of a kernel header, an index into [`Abi::headers`], as plain C:
/// what a reader of headers reads as the same ABI.
pub fn kernel_header(abi: &Abi, header: usize) -> String {
    c::kernel_header(abi, header)
}

/// Only the reference.
pub fn reference(abi: &Abi) -> Vec<OutputFile> {
    let folder = reference_folder(abi);
    let files = docs::emit(abi, &HeaderEmitter::new(abi)).into_iter();
    files.map(|file| file.below(&folder)).collect()
}

/// Every name of the ABI with its place in the reference, from the root of the tree.
pub fn permalinks(abi: &Abi) -> Vec<Permalink> {
    let folder = reference_folder(abi);
    let places = docs::permalinks(abi).into_iter();
    places.map(|one| Permalink { target: [&folder, "/", &one.target].concat(), ..one }).collect()
}

/// Text with names in backticks as Markdown, for pages of other modules. `link` gives the link
/// of a name that has a place.
pub fn markdown(text: &str, link: impl Fn(&str) -> Option<String>) -> String {
    escape::in_markdown(text, link)
}

/// The same within a cell of a table.
pub fn cell(text: &str, link: impl Fn(&str) -> Option<String>) -> String {
    escape::in_cell(text, link)
}

/// A fragment of a specification as a block of code in Markdown.
pub fn fenced(text: &str) -> String {
    escape::fenced("yaml", text)
}

/// The text up to the end of its first sentence.
pub fn first_sentence(paragraph: &str) -> &str {
    docs::first_sentence(paragraph)
}

/// A group of outputs in one language, which one function emits.
pub struct Family {
    /// Name for progress messages and benchmarks.
    pub name: &'static str,
    /// The folder of the files, relative to the root of the tree.
    pub folder: fn(&Abi) -> String,
    /// Every file: its path below the folder, and its contents. `*` stands for a
    /// name of the ABI.
    pub files: &'static [(&'static str, &'static str)],
    emitter: fn(&Emission<'_>) -> Vec<OutputFile>,
}

impl Family {
    /// Emits the files, with paths relative to the root of the tree.
    pub fn emit(&self, abi: &Abi) -> Vec<OutputFile> {
        self.part_of(&Emission::new(abi))
    }

    /// Emits the files as a part of several families.
    fn part_of(&self, emission: &Emission<'_>) -> Vec<OutputFile> {
        let folder = (self.folder)(emission.abi);
        (self.emitter)(emission).into_iter().map(|file| file.below(&folder)).collect()
    }
}

/// What families have in common: the first one that needs it makes it.
struct Emission<'a> {
    abi: &'a Abi,
    header: OnceLock<HeaderEmitter<'a>>,
    document: OnceLock<AbiDocument<'a>>,
}

impl<'a> Emission<'a> {
    fn new(abi: &'a Abi) -> Self {
        Self { abi, header: OnceLock::new(), document: OnceLock::new() }
    }

    fn header(&self) -> &HeaderEmitter<'a> {
        self.header.get_or_init(|| HeaderEmitter::new(self.abi))
    }

    fn document(&self) -> &AbiDocument<'a> {
        self.document.get_or_init(|| AbiDocument::of(self.abi))
    }
}

/// Every output of an ABI. A test compares this table with the emitted files.
pub const FAMILIES: &[Family] = &[
    Family {
        name: "package",
        folder: crate_folder,
        files: &[
            ("Cargo.toml", "name, version and features of the crate"),
            ("README.md", "the front page, with an example"),
            ("LICENSE-APACHE", "the same for every ABI"),
            ("LICENSE-MIT", "the same for every ABI"),
        ],
        emitter: |emission| package::emit(emission.abi),
    },
    Family {
        name: "Rust crate",
        folder: crate_folder,
        files: &[
            ("src/lib.rs", "the documentation, the modules, the release"),
            ("src/uapi.rs", "all names of the kernel"),
            ("src/uapi/*.rs", "the items of one section"),
            ("src/bindings.rs", "the modules with the items as bindgen declares them"),
            ("src/bindings/*.rs", "the items of one kernel header"),
            ("src/ioctls.rs", "the table of ioctl numbers"),
            ("src/views.rs", "all views, and the formats of capability headers"),
            ("src/views/*.rs", "the views and builders of one chain"),
            ("src/calls.rs", "the kinds of file descriptors, with a method for each ioctl"),
            ("src/records.rs", "the structs that are read and written as they are in memory"),
            ("src/requests.rs", "all requests"),
            ("src/requests/*.rs", "the requests of one section"),
            ("src/history/items.rs", "the first release of every item"),
            ("src/*.rs", "files of codegen/runtime, as far as the ABI needs them"),
        ],
        emitter: |emission| rust::emit(emission.abi),
    },
    Family {
        name: "C header",
        folder: crate_folder,
        files: &[
            ("include/*.h", "the whole: types, constants, and functions for chains"),
            ("include/*/*.h", "the parts of the whole"),
        ],
        emitter: |emission| c::emit(emission.header()),
    },
    Family {
        name: "installation",
        folder: crate_folder,
        files: &[
            ("Makefile", "installs the header and the files below"),
            ("install/*.pc.in", "for pkg-config"),
            ("install/*-config.cmake.in", "for CMake"),
            ("install/*-config-version.cmake.in", "for CMake"),
        ],
        emitter: |emission| install::emit(emission.abi),
    },
    Family {
        name: "hand-written code",
        folder: crate_folder,
        files: &[
            ("src/*.rs", "copies of code/rust of the specification"),
            ("src/bin/*/*.rs", "the programs in code/rust/bin"),
            ("include/*/*.h", "copies of code/c of the specification"),
        ],
        emitter: |emission| package::code(emission.abi),
    },
    Family {
        name: "document",
        folder: crate_folder,
        files: &[("abi.json", "everything that is known about the release, for other programs")],
        emitter: |emission| json::emit(emission.document()),
    },
    Family {
        name: "Go package",
        folder: go_folder,
        files: &[
            ("go.mod", "the module"),
            ("doc.go", "the documentation of the package"),
            ("numbers.go", "constants, and types of flags and numbers"),
            ("structs.go", "structs, with their sizes"),
            ("ioctls.go", "the numbers of ioctls"),
            ("chains.go", "a function for each kind of reply"),
            ("*.go", "copies of codegen/runtime/go"),
        ],
        emitter: |emission| go::emit(emission.abi, emission.document()),
    },
    Family {
        name: "Python package",
        folder: python_folder,
        files: &[
            ("pyproject.toml", "name and version of the package"),
            ("*/__init__.py", "all names"),
            ("*/numbers.py", "constants, and types of flags and numbers"),
            ("*/structs.py", "structs of ctypes"),
            ("*/ioctls.py", "the numbers of ioctls"),
            ("*/chains.py", "a function for each kind of reply"),
            ("*/spaces.py", "a function for each chain in a space"),
            ("*/walk.py", "a copy of codegen/runtime/python/walk.py"),
            ("*/space.py", "a copy of codegen/runtime/python/space.py"),
            ("*/py.typed", "the mark of a package with types"),
        ],
        emitter: |emission| python::emit(emission.abi, emission.document()),
    },
    Family {
        name: "printers of gdb",
        folder: gdb_folder,
        files: &[("*.py", "prints the structs with the names of their numbers")],
        emitter: |emission| gdb::emit(emission.abi),
    },
    Family {
        name: "reference",
        folder: reference_folder,
        files: &[
            ("README.md", "the first page"),
            ("names.md", "all names in alphabetical order"),
            ("numbers.md", "the numbers that are taken, claimed and free"),
            ("*.md", "the items of one section"),
            ("registry/*.md", "the ids of one id space"),
            ("releases/README.md", "all items by release"),
            ("releases/*.md", "the changes of one release"),
            ("pictures/*.svg", "file descriptors, releases, argsz, and the transitions of states"),
            ("svg/*.svg", "the bytes of one struct"),
        ],
        emitter: |emission| docs::emit(emission.abi, emission.header()),
    },
];

/// The schema of the document of an ABI.
pub fn document_schema() -> OutputFile {
    json::schema()
}

/// The folder of the generated crate, which also holds the C header.
pub fn crate_folder(abi: &Abi) -> String {
    ["generated/", &names::package(&abi.name)].concat()
}

/// The folder of the Go package.
fn go_folder(abi: &Abi) -> String {
    crate_folder(abi) + "/go"
}

/// The folder of the Python package.
fn python_folder(abi: &Abi) -> String {
    crate_folder(abi) + "/python"
}

/// The folder of the printers of gdb.
fn gdb_folder(abi: &Abi) -> String {
    crate_folder(abi) + "/gdb"
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
pub fn all(abi: &Abi) -> Vec<OutputFile> {
    some(abi, |_| true)
}

/// The outputs of some families, sorted by path. Families are emitted in parallel.
pub fn some(abi: &Abi, chosen: impl Fn(&Family) -> bool) -> Vec<OutputFile> {
    if !abi.publish {
        return Vec::new();
    }
    let families: Vec<_> = FAMILIES.iter().filter(|family| chosen(family)).collect();
    let emission = &Emission::new(abi);
    let emitted = parallel::map(&families, |family| family.part_of(emission));
    let mut files: Vec<_> = emitted.into_iter().flatten().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}
