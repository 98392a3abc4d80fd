//! The names by which pages and `show` say how programs use an item: each is a public item of the
//! generated Rust at this path, or a function, a struct or a macro of the header. Each other public
//! name follows from one of these by a rule.

use std::collections::{BTreeMap, BTreeSet};

use capchain::ir::requests::{DataForm, InputKind};
use capchain::ir::{Abi, former_names};
use capchain::lower::lower;
use capchain::names;
use support::fixtures;
use syn::ext::IdentExt;
use syn::{Ident, ImplItem, Item, Type, Visibility};

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
    let entries = abi.entries().into_iter().map(|entry| abi.api_names(&entry.kind));
    // Those of a field are listed with it.
    for names in entries.chain(abi.groups.iter().map(|group| abi.type_names(group))) {
        rust.extend(names.rust);
        c.extend(names.c);
    }
    Listed { rust, c }
}

/// Public paths of the crate.
#[derive(Default)]
struct Paths {
    /// Items, constants of types and variants.
    items: BTreeSet<String>,
    methods: BTreeSet<String>,
}

/// The paths of public items: of modules with one file per section or chain, those of the module.
fn rust_paths(abi: &Abi) -> Paths {
    let mut paths = Paths::default();
    let is_public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
    for file in capchain::outputs(abi) {
        let Some((_, path)) = file.path.split_once("/src/") else { continue };
        let module = path.split(['/', '.']).next().unwrap_or_default();
        if !["calls", "requests", "streams", "uapi", "views"].contains(&module) {
            continue;
        }
        let path = |parts: &[&Ident]| {
            let parts = parts.iter().map(|part| part.unraw().to_string());
            let path = [names::c_stem(&abi.name), module.to_owned()].into_iter().chain(parts);
            path.collect::<Vec<_>>().join("::")
        };
        for item in syn::parse_file(&file.contents).expect("Rust").items {
            let (visibility, name) = match &item {
                Item::Const(item) => (&item.vis, &item.ident),
                Item::Enum(item) => (&item.vis, &item.ident),
                Item::Fn(item) => (&item.vis, &item.sig.ident),
                Item::Static(item) => (&item.vis, &item.ident),
                Item::Struct(item) => (&item.vis, &item.ident),
                Item::Impl(item) if item.trait_.is_none() => {
                    let Type::Path(type_) = &*item.self_ty else { continue };
                    let type_ = &type_.path.segments.last().expect("a name").ident;
                    for one in &item.items {
                        match one {
                            ImplItem::Const(one) if is_public(&one.vis) => {
                                paths.items.insert(path(&[type_, &one.ident]));
                            }
                            ImplItem::Fn(one) if is_public(&one.vis) => {
                                paths.methods.insert(path(&[type_, &one.sig.ident]));
                            }
                            _ => {}
                        }
                    }
                    continue;
                }
                _ => continue,
            };
            if !is_public(visibility) {
                continue;
            }
            paths.items.insert(path(&[name]));
            if let Item::Enum(item) = &item {
                let variants = item.variants.iter();
                paths.items.extend(variants.map(|variant| path(&[name, &variant.ident])));
            }
        }
    }
    paths
}

/// What the header declares.
#[derive(Default)]
struct Declared {
    /// Functions, structs and enums.
    items: BTreeSet<String>,
    /// Macros and enumerators.
    numbers: BTreeSet<String>,
}

fn declared(abi: &Abi) -> Declared {
    let path = format!("/include/{}.h", names::c_stem(&abi.name));
    let outputs = capchain::outputs(abi);
    let file = outputs.iter().find(|file| file.path.ends_with(&path)).expect("a header");
    let mut declared = Declared::default();
    let text = file.contents.replace("\n\t\t", " ");
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("static inline ") {
            let head = rest.split('(').next().unwrap_or_default();
            let name = head.rsplit([' ', '*']).next().unwrap_or_default();
            declared.items.insert(name.to_owned());
        }
        for kind in ["struct ", "enum "] {
            let line = line.trim_start_matches("__extension__ ");
            if let Some(rest) = line.strip_prefix(kind) {
                declared.items.insert([kind, word(rest)].concat());
            }
        }
        let line = line.trim_start();
        if let Some(rest) = line.strip_prefix('#').map(str::trim_start) {
            declared.numbers.extend(rest.strip_prefix("define ").map(|rest| word(rest).to_owned()));
        }
        declared.numbers.insert(word(line).to_owned());
    }
    declared
}

/// The name with which a text starts.
fn word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The names in the hand-written C.
fn runtime_words(abi: &Abi) -> BTreeSet<String> {
    let folder = fixtures::root().join("codegen/runtime/c");
    let files = std::fs::read_dir(folder).expect("the runtime").map(|file| file.expect("a file"));
    let texts = files.map(|file| std::fs::read_to_string(file.path()).expect("a text"));
    let text = texts.collect::<String>().replace("capchain_", &(names::c_stem(&abi.name) + "_"));
    let mut words = BTreeSet::new();
    for (at, _) in text.match_indices(&names::c_stem(&abi.name)) {
        words.extend(["", "struct ", "enum "].map(|kind| [kind, word(&text[at..])].concat()));
    }
    words
}

/// Names that pages leave out, since they follow from those that they list. Each has the row of
/// the table in `names` that makes it.
#[derive(Default)]
struct Further {
    rust: Vec<(&'static str, String)>,
    c: Vec<(&'static str, String)>,
}

/// Rows of the table that several of them have.
const CAPABILITY: &str = "C struct and functions of a capability";
const ELEMENT: &str = "C struct and function of an element in a space";
const COUNTED: &str = "C struct and functions of a reply that ends in an array";
const REQUEST: &str = "C functions of a request";
const FD: &str = "Rust file descriptor and its records";

struct FurtherNames<'a> {
    abi: &'a Abi,
    found: Further,
}

fn further(abi: &Abi) -> Further {
    let mut names = FurtherNames { abi, found: Further::default() };
    names.chains();
    names.capabilities();
    names.requests();
    names.others();
    names.found
}

impl FurtherNames<'_> {
    fn rust(&mut self, row: &'static str, parts: &[&str]) {
        let path = [&[names::c_stem(&self.abi.name).as_str()], parts].concat().join("::");
        self.found.rust.push((row, path));
    }

    fn c(&mut self, row: &'static str, kind: &str, words: &[&str]) -> String {
        let name = names::c_name(&names::c_stem(&self.abi.name), words);
        self.found.c.push((row, [kind, &name].concat()));
        name
    }

    fn variants<'v>(&mut self, type_: &[&str], variants: impl Iterator<Item = &'v str>) {
        for variant in variants {
            self.rust("Rust variant of an enum", &[type_, &[&names::rust_type(variant)]].concat());
        }
    }

    fn chains(&mut self) {
        for plan in &self.abi.protocol.chains {
            let chain = self.abi.chain(plan.chain);
            let caps: Vec<_> =
                plan.capabilities.iter().map(|id| &*self.abi.capability(*id).short).collect();
            self.variants(&["views", &names::cap(&chain.name)], ["unknown"].into_iter());
            if plan.host.is_none() {
                continue;
            }
            self.c("C struct and functions of a host", "struct ", &names::c_reply(&chain.name));
            for type_ in [names::new_cap(&chain.name), names::cap_buf(&chain.name)] {
                let path = ["views", &type_];
                self.rust("Rust capability of a chain", &path);
                self.variants(&path, caps.iter().copied().chain(["other"]));
            }
            for profile in &plan.profiles {
                self.rust(
                    "Rust profile of a handler",
                    &["views", &names::screaming(&profile.name)],
                );
            }
        }
    }

    fn capabilities(&mut self) {
        for (one, plan) in self.abi.capabilities.iter().zip(&self.abi.protocol.capabilities) {
            let chain = self.abi.chain(one.chain);
            let words = [chain.name.as_str(), &one.short];
            self.c(CAPABILITY, "struct ", &words);
            self.c(CAPABILITY, "", &[&words[..], &["next"]].concat());
            if !plan.kinds.is_empty() {
                let type_ = names::cap_kinds(&chain.name, &one.short);
                self.rust("Rust kinds of a capability", &["views", &type_]);
                self.variants(&["views", &type_], ["unknown"].into_iter());
            }
            if let (Some(array), Some(struct_)) = (&plan.array, plan.struct_) {
                let field = &self.abi.struct_(struct_).fields[array.field].name;
                let get = names::c_element(&one.short, field);
                self.c("C function for an element of an array", "", &[&words[..], &[get]].concat());
            }
            let element = plan.elements().filter(|_| chain.space.is_some());
            if let Some((_, struct_, _)) = element {
                let struct_ = &self.abi.struct_(struct_).name;
                let view = names::space_element(&self.abi.prefix, &chain.name, struct_);
                self.rust("Rust view of an element in a space", &["views", &view]);
                let short = names::after_abi(&self.abi.name, &self.abi.prefix, struct_);
                self.c(ELEMENT, "struct ", &[&chain.name, short]);
                self.c(ELEMENT, "", &[&chain.name, short, "read"]);
            }
        }
    }

    fn requests(&mut self) {
        for plan in &self.abi.protocol.requests {
            let own = names::c_request(&self.abi.name, &self.abi.prefix, &plan.name);
            let function = names::c_name(&names::c_stem(&self.abi.name), &[own]);
            let call = names::c_name(&names::c_stem(&self.abi.name), &names::c_call(own));
            self.found.c.push((REQUEST, names::c_results(&function)));
            for input in &plan.inputs {
                match &input.kind {
                    InputKind::Choice { type_name, options, .. } => {
                        self.rust("Rust choice of flags", &["requests", type_name]);
                        let options = options.iter().map(|option| option.short.as_str());
                        self.variants(&["requests", type_name], options);
                    }
                    InputKind::Typed(data) => {
                        self.data(&data.type_name, &data.forms, &[&function, &call]);
                    }
                    _ => {}
                }
            }
            let results = plan.reply.into_iter().flat_map(|reply| {
                self.abi.protocol.results.iter().find(|results| results.reply == reply)
            });
            for data in results.filter_map(|results| results.data.as_ref()) {
                self.found.c.push((REQUEST, names::c_cut(&function)));
                self.data(&data.type_name, &data.forms, &[&function]);
            }
        }
        for plan in &self.abi.protocol.counted {
            let struct_ = self.abi.struct_(plan.struct_);
            let bare = names::after_abi(&self.abi.name, &self.abi.prefix, &struct_.name);
            self.c(COUNTED, "struct ", &[bare]);
            for word in ["request", &struct_.fields[plan.array].name] {
                self.c(COUNTED, "", &[bare, word]);
            }
        }
    }

    /// Data whose type a number determines.
    fn data(&mut self, type_: &str, forms: &[DataForm], functions: &[&str]) {
        self.rust("Rust data whose type a number determines", &["requests", type_]);
        let forms = forms.iter().map(|form| form.short.as_str());
        self.variants(&["requests", type_], forms.clone().chain(["other"]));
        for (form, function) in forms.flat_map(|form| functions.iter().map(move |at| (form, *at))) {
            self.found.c.push((
                "C function for data whose type a number determines",
                names::joined(function, form),
            ));
        }
    }

    fn others(&mut self) {
        for former in former_names(&self.abi.entries()) {
            self.rust("former name of a constant", &["uapi", former.name]);
        }
        for group in &self.abi.groups {
            if let Some(type_) = &group.rust {
                let name = names::c_group(&self.abi.name, &self.abi.prefix, type_, "text");
                self.found.c.push(("C functions of flags or numbers", name));
                let row = "Rust constant with the names of numbers";
                self.rust(row, &["uapi", type_, "NAMED"]);
            }
        }
        for kind in self.abi.fds.iter().filter(|_| !self.abi.ioctls.is_empty()) {
            self.rust(FD, &["calls", &names::rust_type(&kind.name)]);
        }
        for plan in &self.abi.protocol.streams {
            let kind = &self.abi.fds[plan.fd].name;
            self.c("C function for a record", "", &names::c_records(kind));
            let reader = names::rust_type(kind);
            self.rust(FD, &["streams", &reader]);
            let data = names::stream_data(&reader);
            self.rust(FD, &["streams", &data]);
            let forms = plan.forms.iter().map(|form| form.short.as_str());
            self.variants(&["streams", &data], forms.chain(["other"]));
        }
    }
}

#[test]
fn every_listed_name_is_public() {
    for folder in SPECS {
        let abi = abi(folder);
        let (listed, paths, declared) = (listed(&abi), rust_paths(&abi), declared(&abi));
        let paths = &paths.items | &paths.methods;
        let missing: Vec<_> = listed.rust.difference(&paths).collect();
        assert!(missing.is_empty(), "{folder}: {missing:#?}");
        let declared = &declared.items | &declared.numbers;
        let missing: Vec<_> = listed.c.difference(&declared).collect();
        assert!(missing.is_empty(), "{folder}: {missing:#?}");
        assert!(listed.rust.len() > 30 && listed.c.len() > 30, "{folder}");
    }
}

/// A name that no rule makes would be missing in the pages, and in the table of `names`.
#[test]
fn every_public_name_is_listed_or_follows_from_one() {
    let mut unknown = Vec::new();
    let mut unused = BTreeMap::<&str, bool>::new();
    for folder in SPECS {
        let abi = abi(folder);
        let (listed, further) = (listed(&abi), further(&abi));
        let stem = names::c_stem(&abi.name) + "_";
        let is_own = |name: &&String| {
            let bare = name.rsplit(' ').next().and_then(|name| name.strip_prefix(&stem));
            bare.is_some_and(|rest| !rest.contains("__") && !rest.starts_with('_'))
        };
        let (paths, declared) = (rust_paths(&abi), declared(&abi));
        let own: BTreeSet<_> = declared.items.iter().filter(is_own).cloned().collect();
        let known =
            |further: &[(_, String)]| further.iter().map(|(_, name)| name.clone()).collect();
        let c: BTreeSet<_> = &(&listed.c | &known(&further.c)) | &runtime_words(&abi);
        unknown.extend(own.difference(&c).cloned());
        let rust = &listed.rust | &known(&further.rust);
        unknown.extend(paths.items.difference(&rust).cloned());
        let rows = further.c.iter().map(|(row, name)| (row, own.contains(name)));
        let rust = further.rust.iter().map(|(row, name)| (row, paths.items.contains(name)));
        for (row, is_used) in rows.chain(rust) {
            *unused.entry(row).or_default() |= is_used;
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
    let rows: Vec<_> = table().into_iter().map(|(item, _)| item).collect();
    let unknown: Vec<_> = unused.keys().filter(|row| !rows.contains(&(**row).to_owned())).collect();
    assert!(unknown.is_empty(), "no rows of the table: {unknown:?}");
    unused.retain(|_, is_used| !*is_used);
    assert!(unused.is_empty(), "no ABI has names of these kinds: {unused:?}");
}

/// The rows of the table in `names`: the items, and the examples.
fn table() -> Vec<(String, Vec<String>)> {
    let path = fixtures::root().join("codegen/src/names.rs");
    let text = std::fs::read_to_string(path).expect("the table");
    let rows = text.lines().filter_map(|line| {
        let cells = line.strip_prefix("//! | ")?.strip_suffix(" |")?;
        let [item, _, examples] = cells.split(" | ").collect::<Vec<_>>()[..] else { return None };
        let examples = examples.split('`').skip(1).step_by(2).map(str::to_owned);
        Some((item.to_owned(), examples.collect()))
    });
    rows.filter(|(item, _)| item != "item").collect()
}

#[test]
fn every_example_of_the_table_is_generated() {
    let abis = SPECS[..3].iter().map(|folder| abi(folder));
    let files: Vec<_> = abis.flat_map(|abi| capchain::outputs(&abi)).collect();
    let is_there = |example: &str| {
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        files.iter().flat_map(|file| [&file.path, &file.contents]).any(|text| {
            text.match_indices(example).any(|(at, _)| {
                !text[..at].ends_with(is_word) && !text[at + example.len()..].starts_with(is_word)
            })
        })
    };
    let mut rows = table();
    assert!(rows.len() > 40, "{}", rows.len());
    // No ABI has such a field.
    rows.retain(|(item, _)| !item.starts_with("field whose name C++ reserves"));
    let examples = rows.iter().flat_map(|(item, examples)| {
        assert!(!examples.is_empty(), "{item}");
        // Outputs that declare a variant or a constant of a type do not write its path.
        examples.iter().flat_map(|example| example.split("::")).map(move |part| (item, part))
    });
    let missing: Vec<_> = examples.filter(|(_, example)| !is_there(example)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
