//! Specifications, and other files of the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use capchain::Opened;
use capchain::compat::Side;
use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::spec::load::Origin;
use capchain::validate::ValidSpec;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// `spec/vfio`, which must load. All tests of a program share it.
pub fn spec() -> Arc<ValidSpec> {
    static SPEC: LazyLock<Arc<ValidSpec>> =
        LazyLock::new(|| Arc::new(open(&root().join("spec/vfio"))));
    Arc::clone(&SPEC)
}

/// The specification in a folder, which must load.
pub fn open(folder: &Path) -> ValidSpec {
    loaded(capchain::open(&Origin::Folder(folder.to_owned()), &[]))
}

/// The newest ABIs of all specifications in `spec/` and of the tests, with their folders. The
/// specifications of tests that are only parts of one do not load.
pub fn all() -> Vec<(String, Abi)> {
    let mut abis = Vec::new();
    for folder in ["spec", "codegen/tests/specs"] {
        let entries = fs::read_dir(root().join(folder)).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<_> = names.filter_map(|name| name.into_string().ok()).collect();
        names.sort();
        for name in names {
            let path = format!("{folder}/{name}");
            let origin = Origin::Folder(root().join(&path));
            if let Some(spec) = capchain::open(&origin, &[]).spec {
                abis.push((path, lower(&spec, None)));
            }
        }
    }
    abis
}

/// The specification that was opened, which must have no errors.
pub fn loaded(opened: Opened) -> ValidSpec {
    let problems = opened.problems.render(&opened.sources, false);
    opened.spec.unwrap_or_else(|| panic!("{problems}"))
}

/// The YAML files of a folder, in order; not those of its subfolders.
pub fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> =
        paths.filter(|path| path.extension() == Some("yaml".as_ref())).collect();
    files.sort();
    files
}

/// Copies a folder with everything in it.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let to = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copy_folder(&path, &to),
            false => drop(fs::copy(&path, to).expect("a copy")),
        }
    }
}

/// An ABI as one side of a comparison.
pub fn side(name: &str, abi: Abi) -> Side {
    Side::specified(name, abi)
}
