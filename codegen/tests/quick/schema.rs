//! The JSON Schema for editors: files that the program accepts conform, and files
//! that it refuses do not.

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::Value;
use support::fixtures;

#[test]
fn every_file_of_a_specification_conforms() {
    let mut checked = 0;
    for folder in ["spec/vfio", "spec/vfio/proposals", "codegen/tests/specs/hard_cases"] {
        for path in yaml_files(&fixtures::root().join(folder)) {
            let validator = validator(&path);
            let errors: Vec<_> =
                validator.iter_errors(&read(&path)).map(|e| e.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked} files");
}

#[test]
fn what_the_program_refuses_does_not_conform() {
    let path = fixtures::root().join("spec/vfio/region_info.yaml");
    let validator = validator(&path);
    let text = std::fs::read_to_string(&path).expect("a file");
    for (from, to) in [
        ("minsz: offset", "minzs: offset"),
        ("- ioctl:", "- iocontrol:"),
        ("since: v4.6", "since: 4.6"),
        ("when_too_small: offset_zero", "when_too_small: silently"),
        ("title: ", "tilte: "),
    ] {
        assert!(text.contains(from), "{from}");
        let broken = serde_yaml::from_str(&text.replacen(from, to, 1)).expect("YAML");
        assert!(!validator.is_valid(&broken), "{to}");
    }
}

#[test]
fn every_file_names_its_schema() {
    let folders = ["spec/vfio", "spec/vfio/proposals"].map(|folder| fixtures::root().join(folder));
    for path in folders.iter().flat_map(|folder| yaml_files(folder)) {
        let text = std::fs::read_to_string(&path).expect("a file");
        let first = text.lines().next().unwrap_or_default();
        let schema = first.strip_prefix("# yaml-language-server: $schema=").expect("a schema");
        assert!(path.with_file_name("").join(schema).is_file(), "{}: {schema}", path.display());
    }
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("a file").path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "yaml")).collect()
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("a file");
    serde_yaml::from_str(&text).expect("YAML")
}

fn validator(path: &Path) -> Validator {
    let name = match path.file_stem().is_some_and(|stem| stem == "abi") {
        true => "generated/schema/abi.schema.json",
        false => "generated/schema/items.schema.json",
    };
    jsonschema::validator_for(&read(&fixtures::root().join(name))).expect("a schema")
}
