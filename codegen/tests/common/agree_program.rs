//! Compiles a program that asks the views of the generated crate and the C
//! header, linked into one and optimised, so that millions of replies take
//! seconds.

#![allow(dead_code, reason = "every test uses a part of this")]

#[path = "c_program.rs"]
mod c_program;
#[path = "rust_program.rs"]
mod rust_program;
#[path = "rustc.rs"]
mod rustc;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::ir::Abi;
use capchain::names;

#[allow(unused_imports, reason = "every test uses a part of this")]
pub(crate) use rustc::{library, output, rustc};

/// Sources that every program is compiled with.
const PARTS: [(&str, &str); 3] = [
    ("agree.rs", include_str!("../programs/agree.rs")),
    ("trace.rs", include_str!("../programs/trace.rs")),
    ("trace.c", include_str!("../programs/trace.c")),
];

/// Writes all that an ABI is generated to and the sources that know it.
pub(crate) fn write(folder: &Path, abi: &Abi) {
    let stem = names::c_stem(&abi.prefix);
    rustc::write_crate(folder, abi);
    for (name, text) in PARTS {
        fs::write(folder.join(name), text).expect("a file");
    }
    let header = format!("#include \"generated/include/{stem}.h\"\n");
    fs::write(folder.join("header.h"), header).expect("a file");
    fs::write(folder.join("chains.h"), c_program::source(abi, &stem)).expect("a file");
    fs::write(folder.join("chains.rs"), rust_program::source(abi)).expect("a file");
}

/// Compiles a program of which the sources were written, with or without `lto`.
pub(crate) fn compile(folder: &Path, main: &str, lto: &str) -> PathBuf {
    let mut gcc = Command::new("gcc");
    gcc.current_dir(folder).args(["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]);
    output(gcc.args(["-c", "trace.c", "-o", "trace.o"]));
    let args = ["-O", "-C", "codegen-units=1"];
    rustc::library(folder, "generated_abi", &args);
    let more = ["-C", lto, "-C", "link-arg=trace.o"];
    rustc::program_with(folder, "generated_abi", main, &[&args[..], &more].concat())
}
