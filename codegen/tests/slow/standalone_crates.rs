//! A generated crate needs nothing of this repository: a new specification
//! becomes a crate that builds and passes its tests, and the crate of any
//! kernel release is a path dependency.

use std::fs;
use std::path::Path;
use std::process::Command;

use support::fixtures;
use support::groups::has_compiler;
use support::packages::cargo;
use support::process::succeed;
use support::program::{Outcome, run};

/// Runs the program, which must succeed, and returns its output.
fn success(folder: &Path, args: &[&str]) -> String {
    let Outcome { code, stdout: output, stderr: errors } = run(folder, args);
    assert_eq!(code, 0, "{args:?}: {output}{errors}");
    output
}

/// Builds with Cargo in a folder, in a target folder of its own.
fn build(folder: &Path, args: &[&str]) -> String {
    let mut command = cargo(folder);
    let output = command.args(args).args(["--quiet", "--offline", "--target-dir", "target"]);
    succeed(output.env("RUSTFLAGS", "-D warnings"))
}

#[test]
fn a_new_specification_lints_generates_and_builds() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    success(folder, &["init", "tpu"]);
    // It is the only specification here, and so the default.
    for lint in [&["lint"][..], &["lint", "--abi", "tpu"]] {
        assert_eq!(success(folder, lint), "0 errors, 0 warnings\n");
    }
    success(folder, &["generate"]);
    assert_eq!(success(folder, &["generate", "--check"]), "");
    let crate_ = folder.join("generated/tpu-abi");
    build(&crate_, &["build"]);
    let tests = build(&crate_, &["test"]);
    assert!(tests.contains("4 passed"), "not every example was run: {tests}");
    build(&crate_, &["build", "--features", "alloc"]);
    if has_compiler("gcc") {
        let mut gcc = Command::new("gcc");
        gcc.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-xc"]);
        succeed(gcc.arg(crate_.join("include/tpu_abi.h")));
    }
    // Files of Cargo are no outputs.
    assert_eq!(success(folder, &["generate", "--check"]), "");
    let layout = success(folder, &["layout", "tpu_info"]);
    assert!(layout.contains("all targets: 16 bytes"), "{layout}");
}

/// Prints the release and the size of a struct.
const MAIN: &str = "\
fn main() {
    let size = std::mem::size_of::<vfio_abi::uapi::vfio_region_info>();
    println!(\"{} {size}\", vfio_abi::RELEASE);
}
";

#[test]
fn the_crate_of_any_release_is_a_path_dependency() {
    let newest = fixtures::spec().newest().to_string();
    let spec = fixtures::root().join("spec/vfio").display().to_string();
    for release in ["v4.4", "v5.10", &newest] {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        success(folder, &["--spec", &spec, "generate", "--at", release, "--out", "out"]);
        let user = folder.join("user");
        fs::create_dir_all(user.join("src")).expect("a folder");
        let manifest = "[package]\nname = \"user\"\nedition = \"2024\"\n\n[dependencies]\n\
                        vfio-abi = { path = \"../out/generated/vfio-abi\", features = [\"std\"] }\n";
        fs::write(user.join("Cargo.toml"), manifest).expect("a manifest");
        fs::write(user.join("src/main.rs"), MAIN).expect("a program");
        assert_eq!(build(&user, &["run"]), format!("{release} 32\n"));
    }
}

#[test]
fn a_bad_name_or_an_existing_folder_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    success(folder, &["init", "tpu"]);
    let text = fs::read_to_string(folder.join("spec/tpu/abi.yaml")).expect("abi.yaml");
    for (name, reason) in [
        ("tpu", "spec/tpu already exists"),
        ("vfio", "an ABI that is part of capchain"),
        ("Tpu", "not a usable name"),
        ("1tpu", "not a usable name"),
        ("../tpu", "not a usable name"),
        ("", "not a usable name"),
        ("int", "not a usable name"),
        ("self", "not a usable name"),
        ("con", "not a usable name"),
        ("abi", "not a usable name"),
    ] {
        let Outcome { code, stdout: output, stderr: errors } = run(folder, &["init", name]);
        assert_eq!((code, output.as_str()), (2, ""), "{name}: {errors}");
        assert!(errors.contains(reason), "{name}: {errors}");
    }
    let entries = fs::read_dir(folder.join("spec")).expect("a folder");
    assert_eq!(entries.count(), 1, "nothing else was written");
    assert_eq!(fs::read_to_string(folder.join("spec/tpu/abi.yaml")).expect("abi.yaml"), text);
}
