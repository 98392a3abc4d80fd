//! Compiles the C code that is linked into the targets, and names the modules in Rust.
//! A test of `capchain` writes both: `.ci/fuzz 0` runs it.

use std::path::Path;
use std::{env, fs};

/// The modules of the library, each in a file of that path.
const MODULES: [&str; 8] = [
    "agree",
    "records/record_text",
    "reply",
    "requests",
    "space/space_text",
    "targets",
    "text",
    "trace",
];

/// The parts in C, each in a file of that path.
const PARTS: [&str; 4] = ["trace", "reply", "space/space_text", "records/record_text"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CAPCHAIN_FUZZ");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = env::var_os("CAPCHAIN_FUZZ").unwrap_or_else(|| "target/fuzz".into());
    let sources = root.join(folder).join("c");
    assert!(sources.is_dir(), "{}: `.ci/fuzz 0` writes the sources", sources.display());
    println!("cargo::rerun-if-changed={}", sources.display());
    let module = |path: &str| {
        let name = path.rsplit('/').next().expect("a name");
        format!("#[path = {:?}]\nmod {name};\n", sources.join([path, ".rs"].concat()))
    };
    let out = env::var("OUT_DIR").expect("Cargo sets it");
    let modules = Path::new(&out).join("modules.rs");
    fs::write(modules, MODULES.map(module).concat()).expect("a file");
    compile(&sources);
}

/// Compiles the C code, with coverage for libFuzzer if clang is available.
fn compile(sources: &Path) {
    let mut build = cc::Build::new();
    let clang = std::process::Command::new("clang").arg("--version").output();
    if clang.is_ok_and(|output| output.status.success()) && env::var_os("CC").is_none() {
        build.compiler("clang");
    }
    build.flag_if_supported("-fsanitize=fuzzer-no-link").std("gnu11").include(sources);
    build.files(PARTS.map(|part| sources.join(format!("{part}.c"))));
    build.compile("agree");
}
