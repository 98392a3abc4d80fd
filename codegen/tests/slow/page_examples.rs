//! The examples on the pages of the reference: each item has one, and all of them compile
//! without a warning, those in Rust by rustc with the crate, those in C by gcc and clang with
//! the header.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use capchain::emit;
use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::output::OutputFile;
use support::groups::has_compiler;
use support::packages::cargo;
use support::process::succeed;
use support::{fixtures, rustc};

/// The folded parts of a page, and its headings of items.
fn parts(page: &str) -> (Vec<&str>, usize) {
    let folded = page.split("<details>\n").skip(1);
    let folded = folded.map(|rest| rest.split("\n</details>").next().unwrap_or_default());
    let headings = page.lines().filter(|line| line.starts_with("## ") && line.contains('`'));
    let items = headings.filter(|line| !line.starts_with("## region "));
    (folded.collect(), items.count())
}

/// The code of a language in folded parts, with the page of each.
fn codes<'a>(pages: &'a [OutputFile], language: &str) -> Vec<(&'a str, &'a str)> {
    let fence = format!("```{language}\n");
    let mut codes = Vec::new();
    for page in pages {
        for part in parts(&page.contents).0 {
            let found = part.split(&*fence).skip(1).filter_map(|rest| rest.split("\n```").next());
            codes.extend(found.map(|code| (page.path.as_str(), code)));
        }
    }
    codes
}

fn check_rust(folder: &Path, package: &str, examples: &[(&str, &str)]) {
    let mut text = "#![allow(dead_code, deprecated)]\n\n".to_owned();
    for (at, (page, code)) in examples.iter().enumerate() {
        writeln!(text, "/// {page}\nmod example{at} {{\n{code}\n}}\n").expect("a string");
    }
    fs::create_dir_all(folder.join("src")).expect("a folder");
    fs::write(folder.join("src/lib.rs"), text).expect("a file");
    let generated = fixtures::root().join("generated").join(package);
    let features = fs::read_to_string(generated.join("Cargo.toml")).expect("a manifest");
    let calls = if features.contains("\nioctl =") { "\"ioctl\", " } else { "" };
    let manifest = format!(
        "[package]\nname = \"examples\"\nedition = \"2024\"\n\n[dependencies]\n\
         {package} = {{ path = {generated:?}, features = [{calls}\"std\"] }}\n\
         rustix = {{ version = \"1.1\", default-features = false }}\n\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a file");
    fs::copy(fixtures::root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a file");
    let mut cargo = cargo(folder);
    cargo.args(["check", "--offline", "--quiet", "--target-dir", "target"]);
    succeed(cargo.env("RUSTFLAGS", "-Dwarnings"));
}

fn check_c(folder: &Path, abi: &Abi, examples: &[(&str, &str)]) {
    rustc::write_crate(folder, abi);
    let stem = abi.name.replace('-', "_") + "_abi";
    let first = examples.iter().find(|(_, code)| code.contains("WITH_IOCTL"));
    let mut text = first.map_or(String::new(), |_| {
        format!("#define {}_WITH_IOCTL\n#include \"{stem}.h\"\n", stem.to_uppercase())
    });
    for (at, (page, code)) in examples.iter().enumerate() {
        let named = code.replace("int example(", &format!("int example{at}("));
        assert_ne!(named, *code, "{page}: {code}");
        writeln!(text, "\n/* {page} */\n{named}").expect("a string");
    }
    fs::write(folder.join("examples.c"), text).expect("a file");
    for compiler in ["gcc", "clang"].into_iter().filter(|name| has_compiler(name)) {
        let mut command = Command::new(compiler);
        command.current_dir(folder).args(["-std=gnu99", "-Wall", "-Wextra", "-Werror"]);
        succeed(command.args(["-Igenerated/include", "-c", "examples.c", "-o", "examples.o"]));
    }
}

#[test]
fn every_example_of_a_page_compiles() {
    for (name, package, least) in
        [("vfio", "vfio-abi", 100), ("iommufd", "iommufd-abi", 80), ("pci", "pci-abi", 230)]
    {
        let spec = fixtures::open(&fixtures::root().join("spec").join(name));
        let abi = lower(&spec, None);
        let pages = emit::reference(&abi);
        let [rust, c] = ["rust", "c"].map(|language| codes(&pages, language));
        assert!(rust.len() >= least, "{name}: {} in Rust", rust.len());
        assert!(c.len() >= least, "{name}: {} in C", c.len());
        let folder = tempfile::tempdir().expect("a folder");
        check_rust(folder.path(), package, &rust);
        check_c(folder.path(), &abi, &c);
        println!("{name}: {} examples in Rust, {} in C", rust.len(), c.len());
    }
}

#[test]
fn every_item_has_an_example() {
    for name in ["vfio", "iommufd", "pci"] {
        let spec = fixtures::open(&fixtures::root().join("spec").join(name));
        let abi = lower(&spec, None);
        for page in emit::reference(&abi) {
            if page.path.contains("/releases/") || page.path.ends_with("README.md") {
                continue;
            }
            let (folded, items) = parts(&page.contents);
            // A group whose numbers came later has nothing to show.
            let empty = abi.groups.iter().filter(|group| {
                let heading = [" `", &group.name, "`\n"].concat();
                group.values.is_empty() && page.contents.contains(&heading)
            });
            assert_eq!(folded.len() + empty.count(), items, "{}", page.path);
        }
    }
}
