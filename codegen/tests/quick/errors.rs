//! The errors of specifications that do not load: a case for each code, with the
//! text that a person sees. `UPDATE_GOLDEN=1` rewrites the texts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use capchain::catalogue;
use support::fixtures;
use support::spec_folder::SpecFolder;
use tempfile::TempDir;

/// Codes whose examples are descriptions, since they are about files.
const IN_WORDS: [&str; 2] = ["V007", "V008"];

/// Codes whose examples are overlays.
const OVERLAYS: [&str; 1] = ["V026"];

/// A file `demo` without items.
const NEUTRAL: &str =
    "title: Demo\ndoc: Nothing.\nheader: demo\nsince: v1.0\nsource: demo.h\nitems: []\n";

/// The small specification with the files of a case, and the overlays of the case.
struct Case {
    spec: SpecFolder,
    overlays: TempDir,
}

impl Case {
    fn new() -> Self {
        Self { spec: SpecFolder::demo(), overlays: tempfile::tempdir().expect("a folder") }
    }

    /// Writes a file: an overlay if the name starts with `overlay`.
    fn write(&self, name: &str, text: &str) {
        match name.starts_with("overlay") {
            true => fs::write(self.overlays.path().join(name), text).expect("a file"),
            false => drop(self.spec.write(name, text)),
        }
    }

    /// Writes an example of the catalogue.
    fn write_example(&self, name: &str, text: &str) {
        match name.starts_with("overlay") {
            true => self.write(name, text),
            false => drop(self.spec.write_example(text)),
        }
    }

    /// The overlays, in the order of their names.
    fn overlays(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.overlays.path()).expect("a folder");
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
        paths.sort();
        paths
    }

    /// The codes of the problems, and the text that a person sees.
    fn problems(&self) -> (Vec<&'static str>, String) {
        let opened = self.spec.open(&self.overlays());
        let sorted = opened.problems.sorted();
        let codes = sorted.iter().map(|problem| problem.code.0).collect();
        assert_eq!(opened.spec.is_none(), opened.problems.has_errors());
        let shown = opened.problems.render(&opened.sources, false);
        let folder = format!("{}/", self.spec.path().display());
        let overlays = format!("{}/", self.overlays.path().display());
        (codes, shown.replace(&folder, "").replace(&overlays, ""))
    }
}

fn tests() -> PathBuf {
    fixtures::root().join("codegen/tests")
}

/// The cases by name, in order.
fn cases() -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(tests().join("errors")).expect("the cases");
    let paths = entries.map(|entry| entry.expect("a case").path());
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    let mut cases: Vec<_> = paths.map(|path| (name(&path), path)).collect();
    cases.sort();
    cases
}

/// `V012` of `V012_length_that_is_no_constant`.
fn code_of(case: &str) -> &str {
    case.split_once('_').map_or(case, |(code, _)| code)
}

#[test]
fn every_case_gives_the_expected_text() {
    let update = env::var_os("UPDATE_GOLDEN").is_some();
    for (name, path) in cases() {
        let case = Case::new();
        case.write("demo.yaml", NEUTRAL);
        for entry in fs::read_dir(&path).expect("a case") {
            let file = entry.expect("a file").path();
            let name = file.file_name().expect("a name").to_string_lossy().into_owned();
            if name.ends_with(".yaml") {
                case.write(&name, &fs::read_to_string(&file).expect("text"));
            }
        }
        let (codes, shown) = case.problems();
        assert!(codes.contains(&code_of(&name)), "{name}: {shown}");
        let golden = path.join("expected.txt");
        if update {
            fs::write(&golden, &shown).expect("a file to write");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(shown, expected, "{name}");
    }
}

#[test]
fn every_code_has_an_entry_and_a_case() {
    let in_catalogue = catalogue::entries().iter().map(|entry| entry.code.as_str());
    let in_catalogue: BTreeSet<_> = in_catalogue.filter(|code| code.starts_with('V')).collect();
    let cases = cases();
    let tested = cases.iter().map(|(name, _)| code_of(name));
    let tested: BTreeSet<_> = tested.filter(|code| code.starts_with('V')).collect();
    assert_eq!(in_catalogue, tested);
    let in_source = codes_in_source();
    let in_source = in_source.iter().map(String::as_str).filter(|code| code.starts_with('V'));
    assert_eq!(in_catalogue, in_source.collect());
}

/// Every code that the source defines.
fn codes_in_source() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let mut folders = vec![fixtures::root().join("codegen/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            for definition in text.split("= Code(\"").skip(1) {
                let code = definition.split('"').next().unwrap_or_default();
                assert!(codes.insert(code.to_owned()), "{code} is defined twice");
            }
        }
    }
    codes
}

#[test]
fn every_example_gives_its_code_and_is_mended() {
    let entries = catalogue::entries().iter().filter(|entry| entry.code.starts_with('V'));
    for entry in entries.filter(|entry| !IN_WORDS.contains(&entry.code.as_str())) {
        let case = Case::new();
        let name = match OVERLAYS.contains(&entry.code.as_str()) {
            true => "overlay.yaml",
            false => "demo.yaml",
        };
        case.write("demo.yaml", NEUTRAL);
        case.write_example(name, &entry.bad);
        let (codes, shown) = case.problems();
        assert!(!codes.is_empty(), "{}: no error", entry.code);
        assert!(codes.iter().all(|code| *code == entry.code), "{}: {shown}", entry.code);
        case.write_example(name, &entry.good);
        let (codes, shown) = case.problems();
        assert!(codes.is_empty(), "{}: {shown}", entry.code);
    }
}

#[test]
fn errors_of_all_files_come_in_one_run() {
    let case = Case::new();
    let common = fs::read_to_string(tests().join("specs/demo/common.yaml")).expect("a file");
    case.write("common.yaml", &common.replace("DEMO_BASE: 100", "DEMO_BASE: 1000"));
    let head = "title: Demo\ndoc: Two mistakes.\nheader: demo\nsince: v1.0\nsource: demo.h\n";
    let items = "items:\n\
        \x20 - struct: demo_one\n\
        \x20   doc: One.\n\
        \x20   fields:\n\
        \x20     a: demo_tow, a struct\n\
        \x20 - struct: demo_two\n\
        \x20   doc: Two.\n\
        \x20   fields:\n\
        \x20     a: u32, a number\n\
        \x20     b: {type: u32}\n";
    case.write("demo.yaml", &[head, items].concat());
    case.write("stray.yaml", "title: x\n");
    let (codes, shown) = case.problems();
    // References wait until every file can be read.
    assert_eq!(codes, ["V008", "V015", "V005"], "{shown}");
    case.write("demo.yaml", &[head, &items.replace("{type: u32}", "u8[0], nothing")].concat());
    fs::remove_file(case.spec.path().join("stray.yaml")).expect("a file");
    let (codes, shown) = case.problems();
    assert_eq!(codes, ["V015", "V012", "V016"], "{shown}");
    assert!(shown.contains("did you mean `demo_two`?"), "{shown}");
}
