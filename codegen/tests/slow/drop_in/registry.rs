//! Sources of packages, downloaded by Cargo.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::packages::cargo;
use support::process::succeed;

/// A package of the registry, with its exact version.
#[derive(Clone, Copy)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

/// The folders with the sources of packages.
pub(crate) fn sources(folder: &Path, packages: &[Package]) -> Vec<PathBuf> {
    let names: Vec<_> = packages.iter().map(|one| one.name).collect();
    let user = folder.join(["user-of-", &names.join("-")].concat());
    fs::create_dir_all(user.join("src")).expect("a folder");
    fs::write(user.join("src/lib.rs"), "").expect("a file");
    let dependencies =
        packages.iter().map(|Package { name, version }| format!("{name} = \"={version}\"\n"));
    let manifest = format!(
        "[package]\nname = \"user\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{}",
        dependencies.collect::<String>()
    );
    fs::write(user.join("Cargo.toml"), manifest).expect("a file");
    let metadata = succeed(cargo(&user).args(["metadata", "--quiet", "--format-version", "1"]));
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let known = metadata["packages"].as_array().expect("packages");
    let folder = |package: &Package| {
        let found = known.iter().find(|one| one["name"] == package.name).expect("the package");
        let manifest = Path::new(found["manifest_path"].as_str().expect("a path"));
        manifest.parent().expect("a folder").to_owned()
    };
    packages.iter().map(folder).collect()
}
