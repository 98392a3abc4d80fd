//! Compiles a program that asks the views of the generated crate and the C
//! header, linked into one and optimised, so that millions of replies take
//! seconds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::ir::Abi;
use capchain::names;

use crate::process::succeed;
use crate::{c_program, profiles, request_program, rust_program, rustc};

/// Sources that every program is compiled with.
const PARTS: [(&str, &str); 8] = [
    ("agree.rs", include_str!("../../programs/agree.rs")),
    ("fuzz.c", include_str!("../../programs/fuzz.c")),
    ("reply.c", include_str!("../../programs/reply.c")),
    ("reply.rs", include_str!("../../programs/reply.rs")),
    ("targets.rs", include_str!("../../programs/targets.rs")),
    ("text.rs", rust_program::TEXT),
    ("trace.rs", include_str!("../../programs/trace.rs")),
    ("trace.c", include_str!("../../programs/trace.c")),
];

/// The parts in C that a program is linked with.
pub const C: [&str; 2] = ["trace", "reply"];

/// Writes all that an ABI is generated to and the sources that know it.
pub fn write(folder: &Path, abi: &Abi) {
    let stem = names::c_stem(&abi.name);
    rustc::write_crate(folder, abi);
    for (name, text) in PARTS {
        fs::write(folder.join(name), text).expect("a file");
    }
    let include = format!("#include \"generated/include/{stem}.h\"\n");
    let header = format!("{include}#define ABI(name) {stem}_##name\n");
    fs::write(folder.join("header.h"), header).expect("a file");
    fs::write(folder.join("chains.h"), c_program::source(abi, &stem)).expect("a file");
    fs::write(folder.join("profiles.h"), profiles::c_source(abi, &stem)).expect("a file");
    fs::write(folder.join("profiles.rs"), profiles::rust_source(abi)).expect("a file");
    fs::write(folder.join("chains.rs"), rust_program::source(abi)).expect("a file");
    fs::write(folder.join("requests.rs"), request_program::source(abi)).expect("a file");
}

/// How the crate and programs are compiled.
const OPTIMISED: [&str; 3] = ["-O", "-C", "codegen-units=1"];

/// Compiles a program of which the sources were written, with or without `lto`.
pub fn compile(folder: &Path, main: &str, lto: &str) -> PathBuf {
    library(folder);
    program(folder, main, lto)
}

/// Compiles the crate of which the sources were written.
pub fn library(folder: &Path) {
    rustc::library(folder, "generated_abi", &OPTIMISED);
}

/// Compiles a program with the header of which the sources were written, and with the
/// crate that was compiled.
pub fn program(folder: &Path, main: &str, lto: &str) -> PathBuf {
    let mut objects = String::new();
    for part in C {
        let mut gcc = Command::new("gcc");
        gcc.current_dir(folder).args(["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-c"]);
        succeed(gcc.arg(format!("{part}.c")).args(["-o", &format!("{part}.o")]));
        objects += &format!("-Clink-arg={part}.o ");
    }
    let mut more = vec!["-C", lto];
    more.extend(objects.split_ascii_whitespace());
    rustc::program_with(folder, "generated_abi", main, &[&OPTIMISED[..], &more].concat())
}
