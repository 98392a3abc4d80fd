//! Copies of specifications in temporary folders, for tests that change them.

use std::fs;
use std::path::{Path, PathBuf};

use capchain::Opened;
use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::spec::load::Origin;
use tempfile::TempDir;

use crate::fixtures;

/// The head of the file of an example.
const EXAMPLE_HEAD: &str = "title: Example\ndoc: Shows one rule.\nheader: demo\nsince: v1.0\n\
                            source: demo/demo.h\n\nitems:\n";

/// The keys of an ABI with ioctls and capabilities; `PREFIX` is its prefix.
const IOCTLS: &str = "\
ioctls: {type: PREFIX_TYPE, base: PREFIX_BASE}
fds: {device: a device}
";
const CAPS: &str = "\
cap_headers:
  cap:
    doc: Heads a capability.
    struct: PREFIX_cap_header
    id: id
    version: version
    next: next
    relative_to: reply
    end: 0
    align: 8
";

/// The keys of an ABI with ioctls.
pub fn ioctl_keys(prefix: &str) -> String {
    IOCTLS.replace("PREFIX", &prefix.to_uppercase())
}

/// The keys of an ABI with capabilities of 64 bits at least.
pub fn cap_keys(prefix: &str) -> String {
    CAPS.replace("PREFIX", prefix)
}

/// A specification in a temporary folder.
pub struct SpecFolder {
    folder: TempDir,
}

impl SpecFolder {
    /// A copy of the specification in a folder of the repository, with its proposals.
    pub fn copy_of(folder: &str) -> Self {
        let copy = Self { folder: tempfile::tempdir().expect("a folder") };
        fixtures::copy_folder(&fixtures::root().join(folder), copy.path());
        copy
    }

    /// A copy of `spec/vfio`.
    pub fn vfio() -> Self {
        Self::copy_of("spec/vfio")
    }

    /// The small specification that the catalogue's examples extend, without its
    /// file `demo.yaml`.
    pub fn demo() -> Self {
        Self::copy_of("codegen/tests/specs/demo")
    }

    /// A specification with these files.
    pub fn with_files(files: &[(&str, &str)]) -> Self {
        let folder = Self { folder: tempfile::tempdir().expect("a folder") };
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    /// A specification of one file with these items. `more` are further keys of the ABI.
    pub fn small(name: &str, prefix: &str, more: &str, items: &str) -> Self {
        let upper = name.to_uppercase();
        let abi = format!(
            "abi: {name}\ntitle: Small\ndoc: An ABI of a test.\nprefix: {prefix}\n\
             releases: [v1.0..v1.1]\nfiles: [items]\n\
             headers:\n  {name}: {{path: {name}.h, guards: [{upper}_H]}}\n{more}"
        );
        let file = format!(
            "title: Items\ndoc: Items of a test.\nheader: {name}\nsince: v1.0\n\
             source: {name}.h\nitems:\n{items}"
        );
        Self::with_files(&[("abi.yaml", &abi), ("items.yaml", &file)])
    }

    /// The path of the folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file of the specification.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, bytes).expect("a file");
        path
    }

    /// Writes the file `demo.yaml` of the small specification. A text that starts
    /// with an item gets the head of a file, which examples leave out.
    pub fn write_example(&self, text: &str) -> PathBuf {
        if !text.starts_with("- ") {
            return self.write("demo.yaml", text);
        }
        let items: String = text.lines().map(|line| ["  ", line, "\n"].concat()).collect();
        self.write("demo.yaml", [EXAMPLE_HEAD, &items].concat())
    }

    /// Changes a file of the specification.
    pub fn edit(&self, name: &str, edit: impl Fn(String) -> String) {
        let before = fs::read_to_string(self.path().join(name)).expect("a file");
        let after = edit(before.clone());
        assert_ne!(before, after, "{name} was not edited");
        self.write(name, after);
    }

    /// Opens the specification with overlays.
    pub fn open(&self, overlays: &[PathBuf]) -> Opened {
        capchain::open(&Origin::Folder(self.path().to_owned()), overlays)
    }

    /// The ABI of the newest release. The specification must load.
    pub fn abi(&self) -> Abi {
        lower(&fixtures::open(self.path()), None)
    }
}
