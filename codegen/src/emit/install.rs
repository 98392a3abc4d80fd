//! Emits the files that install the header: a Makefile, and the files by which
//! pkg-config and CMake find it. Installation fills in the version and the
//! folders. Apart from the banner they hold no text of the specification.

use askama::Template;

use super::{OutputFile, banner, render};
use crate::ir::Abi;
use crate::names;

/// The values that the templates have in common.
struct InstallNames {
    /// The first line.
    banner: String,
    /// The version of the package.
    version: String,
    /// The name of the package.
    package: String,
    /// The name of the header without its ending.
    stem: String,
    /// The release that the header describes.
    release: String,
}

/// Installs and removes the header and the other files.
#[derive(Template)]
#[template(path = "install/Makefile.jinja", escape = "none")]
struct Makefile {
    common: InstallNames,
}

/// The description of the package for pkg-config.
#[derive(Template)]
#[template(path = "install/package.pc.in.jinja", escape = "none")]
struct PkgConfig {
    common: InstallNames,
}

/// The target for CMake.
#[derive(Template)]
#[template(path = "install/config.cmake.in.jinja", escape = "none")]
struct Config {
    common: InstallNames,
}

/// Checks a requested version against the installed one for CMake.
#[derive(Template)]
#[template(path = "install/version.cmake.in.jinja", escape = "none")]
struct VersionFile {
    common: InstallNames,
}

/// The Makefile, and every file that it fills in.
pub(super) fn emit(abi: &Abi) -> Vec<OutputFile> {
    let package = names::package(&abi.name);
    let common = || InstallNames {
        banner: banner::line(abi),
        version: abi.version.clone(),
        package: package.clone(),
        stem: names::c_stem(&abi.name),
        release: abi.release.to_string(),
    };
    let below = |ending: &str| ["install/", &package, ending].concat();
    vec![
        file("Makefile".to_owned(), &Makefile { common: common() }),
        file(below(".pc.in"), &PkgConfig { common: common() }),
        file(below("-config.cmake.in"), &Config { common: common() }),
        file(below("-config-version.cmake.in"), &VersionFile { common: common() }),
    ]
}

fn file(path: String, template: &impl Template) -> OutputFile {
    OutputFile { path, contents: render::file(template) }
}
