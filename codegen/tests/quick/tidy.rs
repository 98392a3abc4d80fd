//! The promises of `docs/architecture.md` about the code: the dependencies between
//! modules, the first lines of files, and white space.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use support::fixtures;

/// Modules that name only leaves listed before them.
const LEAVES: [&str; 12] = [
    "dump",
    "hex",
    "diagnostic",
    "release",
    "layout",
    "names",
    "numbering",
    "reply",
    "output",
    "parallel",
    "read",
    "runtime",
];

/// The modules that each module may name, besides the leaves.
fn allowed() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("catalogue", &[][..]),
        ("embedded", &[]),
        ("spec", &[]),
        ("validate", &["spec"]),
        ("decode", &["ir"]),
        ("header", &["ir"]),
        ("drift", &["header", "ir"]),
        ("import", &["amend", "header", "validate", "spec", "ir"]),
        ("ir", &[]),
        ("lower", &["validate", "spec", "ir"]),
        ("amend", &["header", "lower", "validate", "spec", "ir"]),
        ("lint", &["ir"]),
        ("model", &["ir"]),
        ("compat", &["model", "ir"]),
        ("view", &["decode", "ir"]),
        ("emit", &["ir"]),
        ("review", &["amend", "compat", "emit", "lint", "lower", "validate", "ir"]),
        (
            "reports",
            &[
                "catalogue",
                "compat",
                "decode",
                "ir",
                "lower",
                "model",
                "review",
                "validate",
                "view",
            ],
        ),
        ("site", &["catalogue", "compat", "emit", "ir"]),
        ("sync", &[]),
    ])
}

#[test]
fn arrows_point_one_way() {
    let allowed = allowed();
    for (path, text) in sources("codegen/src") {
        let module = top_module(&path);
        let program = ["lib", "main", "cli", "commands"].contains(&module.as_str());
        if program {
            continue;
        }
        for named in named_modules(&text) {
            let leaf = LEAVES.contains(&named.as_str());
            let own = named == module;
            let fine = match LEAVES.iter().position(|leaf| *leaf == module) {
                Some(rank) => own || LEAVES[..rank].contains(&named.as_str()),
                None => {
                    let beside =
                        allowed.get(module.as_str()).unwrap_or_else(|| panic!("{module} is new"));
                    own || leaf || beside.contains(&named.as_str())
                }
            };
            assert!(fine, "{}: {module} must not name {named}", path.display());
        }
    }
}

/// Functions of the library that only tests call, and what these see through them.
const PROBES: [(&str, &str); 3] = [
    ("compared_keys", "the keys that rules judge, compared with those of the types of the IR"),
    ("differing_keys", "the keys that differ, of which each change of the tests has its own"),
    ("patched", "the headers after a patch, compared with those that git makes"),
];

#[test]
fn no_function_is_only_called_by_tests() {
    let sources = sources("codegen/src");
    let programs = ["codegen/playground", "codegen/site"].map(self::sources);
    let mut uses = BTreeMap::<&str, usize>::new();
    let mut functions = Vec::new();
    for (_, text) in sources.iter().chain(programs.iter().flatten()) {
        let code = text.split("#[cfg(test)]\nmod").next().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let declared = line.trim_start().strip_prefix("pub fn ");
            let name = declared.and_then(|rest| rest.split(['(', '<']).next());
            // Quoted functions have a name that is made.
            functions.extend(name.filter(|name| !name.starts_with('#')));
            let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.filter(|word| Some(*word) != name).for_each(|word| {
                *uses.entry(word).or_default() += 1;
            });
        }
    }
    let only: BTreeSet<_> = functions.iter().filter(|name| !uses.contains_key(**name)).collect();
    let probes: BTreeSet<_> = PROBES.iter().map(|(name, _)| name).collect();
    assert!(functions.len() > 400, "{} functions", functions.len());
    assert_eq!(only, probes);
}

/// Text of a specification gets into a string through `emit::escape`: what `{:?}` prints is a
/// string of Rust, and not of Go, Python or TOML.
#[test]
fn no_emitter_prints_strings_as_debug_does() {
    for (path, text) in sources("codegen/src/emit") {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().filter(|line| line.contains(":?}")) {
            // Examples print values themselves.
            assert!(line.contains("println!"), "{}: {line}", path.display());
        }
    }
}

/// A type name has one meaning, so that it needs no explanation where it is used.
/// Types of test modules and of quoted output are indented and have no `pub`.
#[test]
fn no_type_name_is_defined_twice() {
    let mut defined = BTreeMap::<String, PathBuf>::new();
    let mut twice = Vec::new();
    for (path, text) in sources("codegen/src") {
        let name = path.strip_prefix(fixtures::root()).expect("a file of the repository");
        let name = name.to_string_lossy();
        let emits = name.starts_with("codegen/src/emit/rust/");
        for type_ in text.lines().filter_map(|line| defined_type(line, emits)) {
            if let Some(other) = defined.insert(type_.to_owned(), path.clone()) {
                twice.push(format!("{type_}: {} and {}", other.display(), path.display()));
            }
        }
    }
    assert!(defined.len() > 200, "{} types", defined.len());
    assert!(twice.is_empty(), "{}", twice.join("\n"));
}

/// The type that a line defines in a module, or in a macro if it is public.
fn defined_type(line: &str, emits: bool) -> Option<&str> {
    let code = line.trim_start();
    let indented = code.len() < line.len();
    let item = match code.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(") ")?.1,
        Some(rest) => rest.strip_prefix(' ')?,
        None if indented => return None,
        None => code,
    };
    let (kind, rest) = item.split_once(' ')?;
    let kinds = ["struct", "enum", "trait", "type", "union"];
    let name = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    (kinds.contains(&kind) && !name.is_empty() && !(indented && emits)).then_some(name)
}

#[test]
fn the_generator_knows_no_abi() {
    let abis = names_of_abis();
    assert!(abis.len() > 1, "{abis:?}");
    for (path, text) in sources("codegen/src") {
        // The help has examples, and one ABI is the default of commands.
        if ["cli.rs", "commands/specs.rs"].iter().any(|program| path.ends_with(program)) {
            continue;
        }
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code = code.take_while(|line| !line.contains("#[cfg(test)]"));
        for line in code {
            assert_eq!(named_abi(line, &abis), None, "{}: {line}", path.display());
        }
    }
    for (path, text) in ["codegen/runtime", "codegen/templates"].into_iter().flat_map(all_texts) {
        for line in text.lines() {
            assert_eq!(named_abi(line, &abis), None, "{}: {line}", path.display());
        }
    }
}

/// The folders of `spec`.
fn names_of_abis() -> Vec<String> {
    let entries = fs::read_dir(fixtures::root().join("spec")).expect("the specifications");
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    entries.map(|entry| name(entry.expect("a folder"))).collect()
}

/// The ABI whose name is a word of a line, or the start of a name such as `PCI_CAP_ID`.
fn named_abi<'a>(line: &str, abis: &'a [String]) -> Option<&'a str> {
    let line = line.to_lowercase();
    let mut words = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.find_map(|word| Some(abis.iter().find(|abi| *abi == word)?.as_str()))
}

#[test]
fn names_of_abis_are_found() {
    let abis = ["vfio", "pci"].map(str::to_owned);
    assert_eq!(named_abi("let a = PCI_CAP_ID_PM;", &abis), Some("pci"));
    assert_eq!(named_abi("\"struct vfio_irq_info\"", &abis), Some("vfio"));
    assert_eq!(named_abi("the bytes of lspci -x", &abis), None);
}

#[test]
fn every_file_says_what_it_holds() {
    for (path, text) in sources("codegen").into_iter().chain(sources("generated/vfio-abi/src")) {
        let first = text.lines().find(|line| !line.starts_with("// ") && !line.is_empty());
        let opens = first.is_some_and(|line| line.starts_with("//!"));
        assert!(opens, "{}: opens with no `//!`", path.display());
    }
}

#[test]
fn no_file_is_too_long_to_read() {
    for (path, text) in sources("codegen/src") {
        let lines = text.lines().take_while(|line| !line.contains("#[cfg(test)]")).count();
        let limit = if path.ends_with("ir.rs") || path.ends_with("spec.rs") { 800 } else { 400 };
        assert!(lines <= limit, "{}: {lines} lines", path.display());
    }
}

/// Emitters of layouts: the declarations of structs with their assertions, the pages, and the
/// document.
const EMITTERS_OF_LAYOUTS: [&str; 8] = [
    "c/assertions.rs",
    "docs/",
    "document/",
    "gdb.rs",
    "rust/bindings/structs.rs",
    "rust/derives.rs",
    "rust/section.rs",
    "rust/structs.rs",
];

/// Emitters that print declarations and descriptions of structs and fields: what a field is for
/// and its type are what they print. All other emitters print what readers and writers of the
/// protocol do, and have all facts from the plan, or from the document.
const EMITTERS_OF_DECLARATIONS: [&str; 16] = [
    "c/assertions.rs",
    "c/detecting_macros.rs",
    "c/structs.rs",
    "docs",
    "document",
    "example.rs",
    "gdb.rs",
    "go/structs.rs",
    "plain_doc.rs",
    "python/bodies.rs",
    "python/structs.rs",
    "rust/bindings",
    "rust/derives.rs",
    "rust/section.rs",
    "rust/structs.rs",
    "rust/examples",
];

#[test]
fn emitters_derive_no_fact_of_the_protocol_or_of_a_layout() {
    let (mut plain, mut protocol) = (0, 0);
    for (path, text) in sources("codegen/src/emit") {
        let name = path.to_string_lossy().replace('\\', "/");
        let refuse = |words: &[&str]| {
            for word in words {
                assert!(!text.contains(word), "{name}: `{word}`");
            }
        };
        let is_of = |emitters: &[&str]| {
            emitters.iter().any(|emitter| name.contains(&["codegen/src/emit/", emitter].concat()))
        };
        if !is_of(&EMITTERS_OF_LAYOUTS) {
            plain += 1;
            refuse(&["layouts[", ".spans(", ".layouts.", "Model::"]);
        }
        if !is_of(&EMITTERS_OF_DECLARATIONS) {
            protocol += 1;
            refuse(&[
                "Role::",
                "Type::Flexible",
                "== Direction",
                "!= Direction",
                ".payload",
                "ChainStart::",
                "div_ceil",
                ".unit)",
                ".mask;",
            ]);
        }
    }
    assert!(plain > 60 && protocol > 90, "{plain} and {protocol} emitters");
}

/// What cannot fail says what it relies on; a default would be written into the outputs.
#[test]
fn no_emitter_and_no_plan_hides_a_failure() {
    for (path, text) in sources("codegen/src/emit").into_iter().chain(sources("codegen/src/lower"))
    {
        let text = text.split_whitespace().collect::<String>();
        for hidden in [
            ".parse().unwrap_or_default()",
            "to_string_pretty(document).unwrap_or",
            "argsz.unwrap_or",
            "rposition(has).unwrap_or",
            ".name).unwrap_or_default()",
        ] {
            assert!(!text.contains(hidden), "{}: `{hidden}`", path.display());
        }
    }
}

/// Who needs a part of a message gets the part; the text adds what joins the parts.
#[test]
fn no_report_takes_a_message_apart() {
    for (path, text) in
        sources("codegen/src/reports").into_iter().chain(sources("codegen/src/commands"))
    {
        for apart in ["split(\"; ", "strip_prefix(\": \")", "split_once(\"; "] {
            assert!(!text.contains(apart), "{}: `{apart}`", path.display());
        }
    }
}

/// An error that only has a place is reported by `Check::refuse`.
#[test]
fn passes_report_errors_in_one_way() {
    for (path, text) in sources("codegen/src/validate/passes") {
        let text = text.split_whitespace().collect::<String>();
        assert!(!text.contains("fnrefuse(check"), "{}: its own `refuse`", path.display());
        let pushed = text.split("problems.push(Diagnostic::error(").skip(1);
        let mut pushed = pushed.filter_map(|rest| rest.split(';').next());
        let plain = pushed.find(|rest| rest.ends_with(",\"\"))"));
        assert_eq!(plain, None, "{}", path.display());
    }
}

/// The rules of `compat` judge by data; the words for it are for readers.
#[test]
fn rules_match_no_words_of_a_difference() {
    for (path, text) in sources("codegen/src/compat/rules") {
        for words in
            ["\"unset\"", "\"absent\"", "\"true\"", "starts_with(\"", "split_once", "trim_matches"]
        {
            assert!(!text.contains(words), "{}: {words}", path.display());
        }
    }
}

#[test]
fn no_line_ends_in_white_space() {
    let ours = ["codegen", "generated", "docs", "spec"];
    for (path, text) in ours.into_iter().flat_map(all_texts) {
        // In a mail of this format, a line that continues ends in a space; tools print others.
        let foreign = ["codegen/tests/mails/cxl-v3-flowed.eml", "codegen/tests/dumps/"];
        if foreign.iter().any(|part| path.display().to_string().contains(part)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let place = format!("{}:{}", path.display(), number + 1);
            assert_eq!(line.trim_end(), line, "{place}");
        }
    }
}

#[test]
fn tests_write_to_temporary_folders_only() {
    let fixed = [["CARGO_TARGET_", "TMPDIR"].concat(), ["\"/", "tmp"].concat()];
    // It uses the dependencies that Cargo has built; Cargo locks their folder.
    let allowed = "slow/consumers.rs";
    for (path, text) in sources("codegen/tests") {
        let found = fixed.iter().find(|word| text.contains(word.as_str()));
        assert!(found.is_none() || path.ends_with(allowed), "{}: {found:?}", path.display());
    }
}

/// A filter that selects no test passes.
#[test]
fn scripts_name_tests_that_exist() {
    let tests = sources("codegen/tests");
    let mut seen = 0;
    for (path, text) in all_texts(".ci") {
        for filter in text.replace("\\\n", " ").lines().flat_map(test_filters) {
            let (module, name) = filter.split_once("::").unwrap_or(("", &filter));
            let selects = |(path, text): &(PathBuf, String)| {
                let stem = path.file_stem().expect("a name");
                (module.is_empty() || stem == module)
                    && test_names(text).any(|test| test.contains(name))
            };
            assert!(tests.iter().any(selects), "{}: {filter}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen} filters");
}

/// The filters of a command line of `cargo test` for the generator.
fn test_filters(line: &str) -> Vec<String> {
    let Some((_, after)) = line.split_once("--package capchain --test ") else { return Vec::new() };
    let words = after.split_whitespace().map(|word| word.trim_end_matches(';'));
    let words = words.collect::<Vec<_>>();
    let filters = words.windows(2).filter(|pair| pair[0] != "--test");
    let plain = |word: &&str| word.chars().all(|c| c.is_alphanumeric() || "_:".contains(c));
    filters
        .map(|pair| pair[1])
        .filter(plain)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The names of the functions with the attribute `test`.
fn test_names(text: &str) -> impl Iterator<Item = &str> {
    let functions = text.split("#[test]\n").skip(1).filter_map(|rest| rest.split_once("fn "));
    functions.filter_map(|(_, rest)| rest.split('(').next())
}

#[test]
fn the_same_specification_gives_the_same_bytes() {
    let outputs = || capchain::outputs(&capchain::lower::lower(&fixtures::spec(), None));
    assert_eq!(outputs(), outputs());
}

/// `codegen/src/emit/rust/docs.rs` is of the module `emit`.
fn top_module(path: &Path) -> String {
    let below = path.components().skip_while(|part| part.as_os_str() != "src").nth(1);
    let name = below.expect("a file below src").as_os_str().to_string_lossy().into_owned();
    name.trim_end_matches(".rs").to_owned()
}

/// Every module of the crate that the text names as `crate::module` or in `crate::{…}`, outside
/// of its tests. Quoted code of emitters names modules of the generated crate.
fn named_modules(text: &str) -> Vec<String> {
    let allowed = allowed();
    let code: Vec<_> = text.lines().take_while(|line| !line.contains("#[cfg(test)]")).collect();
    let code = code.into_iter().filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n");
    let mut named = Vec::new();
    for rest in code.split("crate::").skip(1) {
        named.extend(first_words(rest));
    }
    named.retain(|name| LEAVES.contains(&name.as_str()) || allowed.contains_key(name.as_str()));
    named
}

/// The word at the start of a path, or the first word of each path of a list in braces.
fn first_words(path: &str) -> Vec<String> {
    let word = |text: &str| {
        let text = text.trim_start();
        text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    };
    let Some(list) = path.strip_prefix('{') else { return vec![word(path)] };
    let (mut words, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' | ',' if depth == 0 => {
                words.push(word(&list[start..at]));
                start = at + 1;
                if letter == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    words
}

#[test]
fn modules_are_found_in_every_form_of_a_path() {
    let text = "use crate::ir::Abi;\nuse crate::{emit, lower::{self, plans}, view,\n    sync};\n";
    assert_eq!(named_modules(text), ["ir", "emit", "lower", "view", "sync"]);
    assert_eq!(named_modules("//! `crate::emit`\nlet one = crate::decode::decode();"), ["decode"]);
}

/// Every Rust file below a folder of the repository.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut all = all_texts(folder);
    all.retain(|(path, _)| path.extension().is_some_and(|ending| ending == "rs"));
    all
}

/// Every text file below a folder of the repository, links and golden data
/// left out.
pub(crate) fn all_texts(folder: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    list(&fixtures::root().join(folder), &mut files);
    files.sort();
    files
}

fn list(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, kind) = (entry.path(), entry.file_type().expect("a type"));
        let golden = ["errors", "facts", "target", "corpus", "artifacts", "coverage"]
            .iter()
            .any(|name| path.ends_with(name));
        if kind.is_dir() && !golden {
            list(&path, files);
        } else if kind.is_file() {
            files.extend(fs::read_to_string(&path).ok().map(|text| (path, text)));
        }
    }
}
