//! Emits what installs the header: a Makefile, and the files by which
//! pkg-config and CMake find it, to be filled in with the version and the
//! folders when they are installed. Text of the specification is in none of
//! them but for the banner.

use askama::Template;

use super::{OutputFile, banner};
use crate::ir::Abi;
use crate::names;

/// What is told in each of the files.
struct Words {
    /// The first line.
    banner: String,
    /// The version of the package.
    version: String,
    /// The name to be found by.
    package: String,
    /// The stem of the header.
    stem: String,
    /// The release that the header describes.
    release: String,
}

/// Installs and removes the header and the other files.
#[derive(Template)]
#[template(path = "install/Makefile.jinja", escape = "none")]
struct Makefile {
    words: Words,
}

/// Tells pkg-config where the header is.
#[derive(Template)]
#[template(path = "install/package.pc.in.jinja", escape = "none")]
struct PkgConfig {
    words: Words,
}

/// Gives CMake a target.
#[derive(Template)]
#[template(path = "install/config.cmake.in.jinja", escape = "none")]
struct Config {
    words: Words,
}

/// Tells CMake whether the version is one that a program can do with.
#[derive(Template)]
#[template(path = "install/version.cmake.in.jinja", escape = "none")]
struct Version {
    words: Words,
}

/// The Makefile, and every file that it fills in.
pub(super) fn emit(abi: &Abi) -> Vec<OutputFile> {
    let package = names::package(&abi.name);
    let words = || Words {
        banner: banner::line(abi),
        version: abi.version.clone(),
        package: package.clone(),
        stem: names::c_stem(&abi.name),
        release: abi.release.to_string(),
    };
    let below = |ending: &str| ["install/", &package, ending].concat();
    vec![
        file("Makefile".to_owned(), &Makefile { words: words() }),
        file(below(".pc.in"), &PkgConfig { words: words() }),
        file(below("-config.cmake.in"), &Config { words: words() }),
        file(below("-config-version.cmake.in"), &Version { words: words() }),
    ]
}

fn file(path: String, template: &impl Template) -> OutputFile {
    let contents = template.render().expect("writing to a string cannot fail");
    OutputFile { path, contents: contents.trim_end().to_owned() + "\n" }
}
