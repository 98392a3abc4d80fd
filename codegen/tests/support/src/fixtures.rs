//! The real specification, and others.

use std::path::{Path, PathBuf};

use capchain::spec::load::Origin;
use capchain::validate::ValidSpec;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// `spec/vfio`, which must load.
pub fn spec() -> ValidSpec {
    open(&root().join("spec/vfio"))
}

/// A specification, which must load.
pub fn open(folder: &Path) -> ValidSpec {
    let opened = capchain::open(&Origin::Folder(folder.to_owned()), &[]);
    let problems = opened.problems.render(&opened.sources, false);
    opened.spec.unwrap_or_else(|| panic!("{problems}"))
}

/// The YAML files of a folder, in order; not those of its subfolders.
pub fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> =
        paths.filter(|path| path.extension() == Some("yaml".as_ref())).collect();
    files.sort();
    files
}
