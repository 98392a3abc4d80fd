//! Generates both languages from the specification and compiles the code that is
//! linked into the targets, as the tests of `capchain` do for their programs.

use std::path::Path;
use std::{env, fs};

use capchain::lower::lower;
use capchain::spec::load::Origin;
use support::agree_program;

/// The modules of the library, each in a file of that name.
const MODULES: [&str; 5] = ["agree", "reply", "targets", "text", "trace"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../tests");
    println!("cargo::rerun-if-changed=../../spec/vfio");
    let out = env::var("OUT_DIR").expect("Cargo sets it");
    let folder = Path::new(&out);
    let opened = capchain::open(&Origin::Embedded(capchain::embedded::files("vfio")), &[]);
    let abi = lower(&opened.spec.expect("the specification"), None);
    agree_program::write(folder, &abi);
    let module =
        |name| format!("#[path = {:?}]\nmod {name};\n", folder.join([name, ".rs"].concat()));
    fs::write(folder.join("modules.rs"), MODULES.map(module).concat()).expect("a file");
    compile(folder);
}

/// Compiles the C code, with coverage for libFuzzer if clang is available.
fn compile(folder: &Path) {
    let mut build = cc::Build::new();
    let clang = std::process::Command::new("clang").arg("--version").output();
    if clang.is_ok_and(|output| output.status.success()) && env::var_os("CC").is_none() {
        build.compiler("clang");
    }
    build.flag_if_supported("-fsanitize=fuzzer-no-link").std("gnu11").include(folder);
    build.files(agree_program::C.map(|part| folder.join(format!("{part}.c"))));
    build.compile("agree");
}
