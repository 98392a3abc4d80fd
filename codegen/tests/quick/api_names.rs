//! The names by which pages and `show` say how programs use an item: each is a public item of the
//! generated Rust at this path, or a function, a struct or a macro of the header.

use std::collections::BTreeSet;

use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::names;
use support::fixtures;
use syn::{ImplItem, Item, Type, Visibility};

const SPECS: [&str; 4] = ["spec/iommufd", "spec/pci", "spec/vfio", "codegen/tests/specs/space"];

fn abi(folder: &str) -> Abi {
    lower(&fixtures::open(&fixtures::root().join(folder)), None)
}

/// What the pages and `show` list.
struct Listed {
    rust: BTreeSet<String>,
    c: BTreeSet<String>,
}

fn listed(abi: &Abi) -> Listed {
    let (mut rust, mut c) = (BTreeSet::new(), BTreeSet::new());
    for entry in abi.entries() {
        let names = abi.api_names(&entry.kind);
        rust.extend(names.rust);
        c.extend(names.c);
    }
    Listed { rust, c }
}

/// The paths of public items: of modules with one file per section or chain, those of the module.
fn rust_paths(abi: &Abi) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for file in capchain::outputs(abi) {
        let Some((_, path)) = file.path.split_once("/src/") else { continue };
        let module = path.split(['/', '.']).next().unwrap_or_default();
        if !["calls", "requests", "uapi", "views"].contains(&module) {
            continue;
        }
        let mut add = |parts: &[&str]| {
            let parts = parts.iter().map(|part| part.trim_start_matches("r#"));
            let path: Vec<_> = [module].into_iter().chain(parts).collect();
            paths.insert([names::c_stem(&abi.name), path.join("::")].join("::"));
        };
        for item in syn::parse_file(&file.contents).expect("Rust").items {
            let (visibility, name) = match &item {
                Item::Const(item) => (&item.vis, &item.ident),
                Item::Enum(item) => (&item.vis, &item.ident),
                Item::Fn(item) => (&item.vis, &item.sig.ident),
                Item::Struct(item) => (&item.vis, &item.ident),
                Item::Impl(item) if item.trait_.is_none() => {
                    let Type::Path(type_) = &*item.self_ty else { continue };
                    let type_ = type_.path.segments.last().expect("a name").ident.to_string();
                    for one in &item.items {
                        match one {
                            ImplItem::Const(one) => add(&[&type_, &one.ident.to_string()]),
                            ImplItem::Fn(one) if matches!(one.vis, Visibility::Public(_)) => {
                                add(&[&type_, &one.sig.ident.to_string()]);
                            }
                            _ => {}
                        }
                    }
                    continue;
                }
                _ => continue,
            };
            if !matches!(visibility, Visibility::Public(_)) {
                continue;
            }
            add(&[&name.to_string()]);
            if let Item::Enum(item) = &item {
                for variant in &item.variants {
                    add(&[&name.to_string(), &variant.ident.to_string()]);
                }
            }
        }
    }
    paths
}

/// The names of the functions, structs, enums, enumerators and macros of the header.
fn header_names(abi: &Abi) -> BTreeSet<String> {
    let path = format!("/include/{}.h", names::c_stem(&abi.name));
    let outputs = capchain::outputs(abi);
    let file = outputs.iter().find(|file| file.path.ends_with(&path)).expect("a header");
    let mut names = BTreeSet::new();
    let word = |text: &str| -> String {
        let part = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '_';
        text.chars().take_while(part).collect()
    };
    let text = file.contents.replace("\n\t\t", " ");
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("static inline ") {
            let head = rest.split('(').next().unwrap_or_default();
            let name = head.rsplit([' ', '*']).next().unwrap_or_default();
            names.insert(name.to_owned());
        }
        for kind in ["struct ", "enum "] {
            let line = line.trim_start_matches("__extension__ ");
            if let Some(rest) = line.strip_prefix(kind) {
                names.insert([kind, &word(rest)].concat());
            }
        }
        let line = line.trim_start();
        if let Some(rest) = line.strip_prefix('#').map(str::trim_start) {
            names.extend(rest.strip_prefix("define ").map(&word));
        }
        names.insert(word(line));
    }
    names
}

#[test]
fn every_listed_name_is_public() {
    for folder in SPECS {
        let abi = abi(folder);
        let (listed, paths, names) = (listed(&abi), rust_paths(&abi), header_names(&abi));
        let missing: Vec<_> = listed.rust.difference(&paths).collect();
        assert!(missing.is_empty(), "{folder}: {missing:#?}");
        let missing: Vec<_> = listed.c.difference(&names).collect();
        assert!(missing.is_empty(), "{folder}: {missing:#?}");
        assert!(listed.rust.len() > 30 && listed.c.len() > 30, "{folder}");
    }
}
