//! Names that the generated code uses itself: the lists are those of the hand-written code and of
//! the imports of generated files, and a specification that takes a name is refused.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::names;
use capchain::runtime::{self, GO_NAMES, NUMBER_ITEMS, RuntimeModule};
use support::fixtures;
use support::spec_folder::{SpecFolder, cap_keys, ioctl_keys};
use syn::{File, ImplItem, Item, UseTree, Visibility};

/// Specifications whose crates have every kind of file.
const SPECS: [&str; 7] = [
    "spec/iommufd",
    "spec/pci",
    "spec/vfio",
    "codegen/tests/specs/hard_cases",
    "codegen/tests/specs/records",
    "codegen/tests/specs/shapes",
    "codegen/tests/specs/space",
];

fn abi(folder: &str) -> Abi {
    lower(&fixtures::open(&fixtures::root().join(folder)), None)
}

/// The files of the crate below `src`, by their path there.
fn crate_files(abi: &Abi) -> Vec<(String, File)> {
    let files = capchain::outputs(abi).into_iter().filter_map(|file| {
        let (_, path) = file.path.split_once("/src/").filter(|(_, path)| path.ends_with(".rs"))?;
        let parsed = syn::parse_file(&file.contents).expect("Rust");
        Some((path.to_owned(), parsed))
    });
    files.collect()
}

/// The types and traits of a file that other files can name.
fn types(file: &File) -> BTreeSet<String> {
    let types = file.items.iter().filter_map(|item| match item {
        Item::Enum(item) => Some((&item.vis, &item.ident)),
        Item::Struct(item) => Some((&item.vis, &item.ident)),
        Item::Trait(item) => Some((&item.vis, &item.ident)),
        Item::Type(item) => Some((&item.vis, &item.ident)),
        Item::Union(item) => Some((&item.vis, &item.ident)),
        _ => None,
    });
    let seen = types.filter(|(visibility, _)| !matches!(visibility, Visibility::Inherited));
    seen.map(|(_, name)| name.to_string()).collect()
}

#[test]
fn the_table_of_hand_written_modules_is_that_of_their_files() {
    let folder = fixtures::root().join("codegen/runtime");
    let entries = fs::read_dir(&folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("a file").file_name().into_string());
    let files: BTreeSet<_> = names.map(|name| name.expect("text")).collect();
    let files = files.into_iter().filter(|name| name.ends_with(".rs"));
    let listed: Vec<_> = RuntimeModule::ALL.iter().map(|one| one.file().to_owned()).collect();
    assert_eq!(listed, files.collect::<Vec<_>>());
    for module in RuntimeModule::ALL {
        let types = types(&syn::parse_file(module.text()).expect("Rust"));
        let listed: BTreeSet<_> = module.types().iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(listed, types, "{}", module.file());
    }
}

#[test]
fn every_type_of_numbers_defines_the_listed_names() {
    let methods = RuntimeModule::Flags.text().split("pub ").skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix("const ").unwrap_or(rest).strip_prefix("fn ")?;
        rest.split(['(', '<']).next()
    });
    // Associated constants with the names of methods of traits would hide these.
    let methods: BTreeSet<_> = methods.chain(["NAMED", "fmt", "from"]).collect();
    assert_eq!(methods, BTreeSet::from(NUMBER_ITEMS));
}

/// Methods of the views of capabilities, which fields have other names than.
#[test]
fn no_getter_is_a_method_of_every_view() {
    let mut methods = 0;
    for module in [RuntimeModule::Chain, RuntimeModule::SpaceCap] {
        let (_, macro_) = module.text().split_once("macro_rules!").expect("a macro");
        // Traits have methods of other names too.
        let own = macro_
            .split("impl")
            .filter(|part| part.split('{').next().is_some_and(|head| !head.contains(" for ")));
        for rest in own.flat_map(|part| part.split("fn ").skip(1)) {
            let name = rest.split(['(', '<']).next().expect("a name");
            assert_ne!(names::view_getter(name), name, "{}", module.file());
            methods += 1;
        }
    }
    assert!(methods >= 8, "{methods}");
}

/// The names of types that a file imports, without those of its own ABI.
fn imported(tree: &UseTree, path: &[String], names: &mut Vec<String>) {
    match tree {
        UseTree::Path(one) => {
            imported(&one.tree, &[path, &[one.ident.to_string()]].concat(), names);
        }
        UseTree::Group(group) => {
            group.items.iter().for_each(|tree| imported(tree, path, names));
        }
        UseTree::Name(one) => names.push(one.ident.to_string()),
        UseTree::Rename(one) => names.push(one.rename.to_string()),
        UseTree::Glob(_) => {}
    }
    let own = path.first().is_some_and(|first| ["super", "self"].contains(&first.as_str()));
    let is_type = |name: &String| {
        name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.chars().any(|letter| letter.is_ascii_lowercase())
    };
    names.retain(|name| !own && is_type(name));
}

#[test]
fn every_type_that_generated_files_import_is_reserved() {
    let mut seen = BTreeSet::new();
    for folder in SPECS {
        for (path, file) in crate_files(&abi(folder)) {
            let made = ["calls", "requests", "streams", "views"];
            if !made.contains(&path.split(['/', '.']).next().expect("a name")) {
                continue;
            }
            for item in &file.items {
                let Item::Use(item) = item else { continue };
                let mut names = Vec::new();
                imported(&item.tree, &[], &mut names);
                for name in names {
                    assert!(runtime::is_type(&name), "{folder} {path}: {name}");
                    seen.insert(name);
                }
            }
        }
    }
    assert!(seen.len() > 40, "{seen:?}");
}

/// Every module of every crate, without the hand-written code of its ABI.
#[test]
fn every_module_of_a_crate_is_reserved() {
    let mut modules = BTreeSet::new();
    for folder in SPECS {
        let abi = abi(folder);
        let is_code = |name: &str| abi.code.iter().any(|file| file.path == name);
        for (path, _) in crate_files(&abi) {
            let module = path.trim_end_matches(".rs");
            if !module.contains('/') && !is_code(&path) {
                assert!(runtime::is_module(module), "{folder}: {module}");
                modules.insert(module.to_owned());
            }
        }
    }
    let all = RuntimeModule::ALL.iter().map(|module| module.name());
    let all = all.chain(runtime::GENERATED_MODULES.map(|(name, _)| name)).chain(["lib"]);
    assert_eq!(modules, all.map(str::to_owned).collect());
}

/// The errors of a specification.
fn errors(spec: &SpecFolder) -> String {
    let opened = spec.open(&[]);
    let text = opened.problems.render(&opened.sources, false);
    if opened.spec.is_some() { String::new() } else { text }
}

/// A chain in a space with a capability.
fn chain(name: &str, capability: &str) -> SpecFolder {
    let items = format!(
        "
  - struct: demo_cap_header
    doc: A header.
    fields:
      id: u8, its id
      next: u8, the next one
  - chain: {name}
    doc: A chain.
    header: cap
    within: 0x40..0x100
    first: {{offset: 0x40}}
    prefix: DEMO_
  - capability: DEMO_{capability}
    id: 1
    doc: A capability.
"
    );
    let keys =
        cap_keys("demo").replace("    version: version\n", "").replace("align: 8", "align: 4");
    let keys = keys.replace("    next: next\n", "    next: next\n    mask: 0xfc\n");
    SpecFolder::small("demo", "demo", &keys, &items)
}

/// The words of a type: `SpaceBitsOf` has three.
fn words(type_: &str) -> Vec<String> {
    let starts = type_.char_indices().filter(|(_, letter)| letter.is_ascii_uppercase());
    let starts: Vec<_> = starts.map(|(at, _)| at).chain([type_.len()]).collect();
    starts.windows(2).map(|ends| type_[ends[0]..ends[1]].to_ascii_lowercase()).collect()
}

/// Every type of the runtime that the name of a chain and that of its capability make.
#[test]
fn no_capability_can_have_the_type_of_the_runtime() {
    assert_eq!(errors(&chain("plain", "SIMPLE")), "");
    let mut refused = 0;
    let types = RuntimeModule::ALL.iter().flat_map(|module| module.types());
    for type_ in types.filter(|type_| !type_.starts_with('_')) {
        let words = words(type_);
        let Some((last, first)) = words.split_last().filter(|(_, first)| !first.is_empty()) else {
            continue;
        };
        let (chain_name, short) = (first.join("_"), last.to_ascii_uppercase());
        assert_eq!(names::cap_type(&chain_name, &short), *type_);
        let errors = errors(&chain(&chain_name, &short));
        assert!(errors.contains(&format!("`{type_}` cannot be a type")), "{type_}: {errors}");
        refused += 1;
    }
    assert!(refused >= 30, "{refused}");
}

/// Every type that generated files import, as that of a kind of file descriptor.
#[test]
fn no_file_descriptor_can_have_the_type_of_the_runtime() {
    let with = |name: &str| {
        let keys = ioctl_keys("demo").replace("{device: a device}", &format!("{{{name}: a kind}}"));
        let items = "
  - constants: base
    doc: Numbers.
    values:
      DEMO_TYPE: 1, the type
      DEMO_BASE: 2, the base
";
        errors(&SpecFolder::small("demo", "demo", &keys, items))
    };
    assert_eq!(with("plain"), "");
    let own = RuntimeModule::ALL.iter().flat_map(|module| module.types().iter().copied());
    let types: Vec<_> = own.filter(|type_| !type_.starts_with('_')).chain(["OwnedFd"]).collect();
    for type_ in &types {
        let errors = with(&words(type_).join("_"));
        assert!(errors.contains(&format!("`{type_}` cannot be a type")), "{type_}: {errors}");
    }
    assert!(types.len() > 45, "{}", types.len());
}

/// The methods of the view of a reply, of which no field can have the name.
#[test]
fn no_field_of_a_reply_can_be_a_method_of_its_view() {
    let folder = fixtures::root().join("codegen/tests/errors/V022_names_of_views/demo.yaml");
    let text = fs::read_to_string(&folder).expect("a case");
    let abi = abi("spec/vfio");
    let fields: BTreeSet<_> = {
        let structs = abi.protocol.chains.iter().filter_map(|chain| chain.host.as_ref());
        let structs = structs.map(|host| abi.struct_(host.struct_));
        structs.flat_map(|one| one.fields.iter().map(|field| field.name.clone())).collect()
    };
    let mut methods = BTreeSet::new();
    for (path, file) in crate_files(&abi) {
        if Path::new(&path).parent() != Some(Path::new("views")) {
            continue;
        }
        for item in &file.items {
            let Item::Impl(item) = item else { continue };
            let names: Vec<_> = item
                .items
                .iter()
                .filter_map(|one| match one {
                    ImplItem::Fn(one) => Some(one.sig.ident.to_string().replace("r#", "")),
                    _ => None,
                })
                .collect();
            if item.trait_.is_none() && names.iter().any(|name| name == "required_size") {
                methods.extend(names);
            }
        }
    }
    let own: Vec<_> = methods.difference(&fields).collect();
    assert!(own.len() >= 5, "{own:?}");
    for method in own {
        let spec = SpecFolder::demo();
        spec.write("demo.yaml", text.replace("required_size", method));
        let errors = errors(&spec);
        assert!(errors.contains(&format!("`{method}` cannot be a method")), "{errors}");
    }
}

/// What the hand-written Go declares and imports at the level of the package.
#[test]
fn the_names_of_go_are_those_of_its_files() {
    let mut names = BTreeSet::new();
    let folder = fixtures::root().join("codegen/runtime/go");
    for entry in fs::read_dir(folder).expect("a folder") {
        let text = fs::read_to_string(entry.expect("a file").path()).expect("Go");
        let mut block = None;
        for line in text.lines() {
            let word = |text: &str| {
                let part = |letter: &char| letter.is_alphanumeric() || *letter == '_';
                text.chars().take_while(part).collect::<String>()
            };
            match line.split_once(' ') {
                Some((kind @ ("const" | "import"), "(")) => block = Some(kind),
                Some(("import", path)) => {
                    names.extend(path.trim_matches('"').rsplit('/').next().map(str::to_owned));
                }
                Some(("const" | "func" | "type" | "var", rest)) => {
                    names.insert(word(rest));
                }
                _ => {}
            }
            match (block, line.strip_prefix('\t')) {
                (Some("const"), Some(rest)) => {
                    names.insert(word(rest));
                }
                (Some(_), Some(rest)) => {
                    names.extend(rest.trim_matches('"').rsplit('/').next().map(str::to_owned));
                }
                _ if line == ")" => block = None,
                _ => {}
            }
        }
    }
    // Methods have a receiver, and comments start with no letter.
    names.remove("");
    assert_eq!(names, GO_NAMES.iter().map(|name| (*name).to_owned()).collect());
}

#[test]
fn no_item_can_have_a_name_that_go_uses() {
    let with = |item: &str| errors(&SpecFolder::small("demo", "demo", "", item));
    let constant = |name: &str| {
        with(&format!(
            "
  - constants: numbers
    doc: Numbers.
    values:
      {name}: 1, a number
"
        ))
    };
    assert_eq!(constant("plain"), "");
    for name in GO_NAMES.iter().chain(&["func", "range", "len", "uint64", "string"]) {
        assert_ne!(constant(name), "", "{name}");
    }
    let struct_ = |name: &str| {
        with(&format!(
            "
  - struct: {name}
    doc: A struct.
    fields:
      first: u32, a field
"
        ))
    };
    assert_eq!(struct_("demo_plain"), "");
    for name in GO_NAMES.iter().filter(|name| name.starts_with(char::is_uppercase)) {
        let errors = struct_(&format!("demo_{}", words(name).join("_")));
        assert!(errors.contains(&format!("`{name}` cannot be a name in Go")), "{name}: {errors}");
    }
    // Two items of different kinds.
    let both = with(
        "
  - struct: demo_plain
    doc: A struct.
    fields:
      first: u32, a field
  - constants: numbers
    doc: Numbers.
    values:
      SizeofPlain: 1, a number
",
    );
    assert!(both.contains("two items have the name `SizeofPlain` in Go"), "{both}");
}

/// The modules of the packages, and what they import.
#[test]
fn no_item_has_the_name_of_a_module_in_python() {
    let mut seen = BTreeSet::new();
    for folder in SPECS {
        for file in capchain::outputs(&abi(folder)) {
            let Some((_, path)) = file.path.split_once("/python/") else { continue };
            let Some(module) = path.rsplit('/').next().and_then(|name| name.strip_suffix(".py"))
            else {
                continue;
            };
            seen.insert(module.to_owned());
            if ["space", "walk"].contains(&module) {
                continue;
            }
            for line in file.contents.lines() {
                let imported = match line.split_once("import ") {
                    Some((head, names)) if head.is_empty() || head.starts_with("from ") => names,
                    _ => continue,
                };
                let names = imported.split('#').next().unwrap_or_default().split(',');
                seen.extend(names.map(|name| name.trim().to_owned()));
            }
        }
    }
    for outside in ["*", "__init__"] {
        seen.remove(outside);
    }
    assert!(seen.len() > 12, "{seen:?}");
    for name in seen {
        assert_ne!(names::python_item(&name), name);
    }
}
