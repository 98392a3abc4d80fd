//! `abi.json`: conforms to its schema, has every name, and says of each release what
//! the real headers of that release declare.

use std::collections::BTreeSet;

use capchain::emit::FAMILIES;
use capchain::ir::{Abi, EntryKind};
use serde_json::Value;
use support::declarations_text::{Declarations, assert_equal, of_facts};
use support::{facts, fixtures};

/// The document of an ABI.
fn document(abi: &Abi) -> Value {
    let family = FAMILIES.iter().find(|family| family.name == "document").expect("the family");
    let files = family.emit(abi);
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].path, "generated/vfio-abi/abi.json");
    serde_json::from_str(&files[0].contents).expect("JSON")
}

fn at(release: Option<&str>) -> Abi {
    let release = release.map(|release| release.parse().expect("a release"));
    capchain::lower::lower(&fixtures::spec(), release)
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} of {value}"))
}

#[test]
fn every_release_conforms_to_the_schema() {
    let schema = fixtures::root().join("generated/schema/document.schema.json");
    let schema = std::fs::read_to_string(schema).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for release in [None, Some("v3.6"), Some("v5.8-rc2"), Some("v5.10")] {
        let mut document = document(&at(release));
        let errors: Vec<_> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{release:?}: {errors:#?}");
        document["structs"][0]["size"]["lp64"] = "many".into();
        assert!(!validator.is_valid(&document), "{release:?}");
        document["structs"][0].as_object_mut().expect("a struct").remove("size");
        assert!(!validator.is_valid(&document), "{release:?}");
    }
}

/// The integers of a value that a reader which takes them as floating-point numbers rounds.
fn rounded(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Number(number) => {
            let exact = |number: i64| number.unsigned_abs() <= 1 << 53;
            found.extend((!number.as_i64().is_some_and(exact)).then(|| value.clone()));
        }
        Value::Array(all) => all.iter().for_each(|one| rounded(one, found)),
        Value::Object(all) => all.values().for_each(|one| rounded(one, found)),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

#[test]
fn every_reader_of_json_keeps_every_number() {
    for abi in ["iommufd", "pci", "vfio"] {
        let path = fixtures::root().join(format!("generated/{abi}-abi/abi.json"));
        let text = std::fs::read_to_string(path).expect("the document");
        let mut found = Vec::new();
        rounded(&serde_json::from_str(&text).expect("JSON"), &mut found);
        assert_eq!(found, Vec::<Value>::new(), "{abi}");
    }
    let mut found = Vec::new();
    rounded(&serde_json::json!([1, {"a": [u64::MAX, -1, 1_u64 << 53]}, "1"]), &mut found);
    assert_eq!(found, [u64::MAX]);
}

#[test]
fn every_name_is_in_its_list() {
    let abi = at(None);
    let document = document(&abi);
    let mut found = BTreeSet::new();
    for key in ["structs", "groups", "macros", "ioctls", "chains", "capabilities"] {
        let names = list(&document, key).iter().map(|one| (key, text(one, "name").to_owned()));
        found.extend(names);
    }
    for group in list(&document, "groups") {
        found.extend(
            list(group, "values").iter().map(|one| ("values", text(one, "name").to_owned())),
        );
    }
    for struct_ in list(&document, "structs") {
        let path = |field: &Value| [text(struct_, "name"), ".", text(field, "name")].concat();
        for field in list(struct_, "fields") {
            found.insert(("fields", path(field)));
            let members = list(&field["type"], "members");
            found.extend(members.iter().map(|member| ("fields", path(member))));
        }
    }
    for entry in abi.entries() {
        let of = |id| [&abi.struct_(id).name, ".", entry.name].concat();
        let (key, name) = match entry.kind {
            EntryKind::Struct(_) => ("structs", entry.name.to_owned()),
            EntryKind::Member(id, _) | EntryKind::Union(id, _) => ("fields", of(id)),
            EntryKind::Enum(_) | EntryKind::Group(_) => ("groups", entry.name.to_owned()),
            EntryKind::Constant(..) | EntryKind::Enumerator(..) => {
                ("values", entry.name.to_owned())
            }
            EntryKind::Macro(_) => ("macros", entry.name.to_owned()),
            EntryKind::Ioctl(_) => ("ioctls", entry.name.to_owned()),
            EntryKind::Chain(_) => ("chains", entry.name.to_owned()),
            EntryKind::Capability(_) => ("capabilities", entry.name.to_owned()),
        };
        assert!(found.contains(&(key, name.clone())), "{name} is not in {key}");
    }
    for section in list(&document, "sections") {
        for item in list(section, "items") {
            let (key, name) = (text(item, "list"), text(item, "name"));
            assert!(found.iter().any(|(list, one)| (*list, one.as_str()) == (key, name)), "{name}");
        }
    }
}

#[test]
fn documents_say_what_the_headers_of_each_release_declare() {
    let mut compared = 0;
    for (release, facts) in facts::all() {
        let document = document(&at(Some(&release)));
        assert_eq!(text(&document, "release"), release);
        compared += assert_equal(&release, &declarations(&document), &of_facts(&facts));
    }
    assert!(compared > 1000, "{compared}");
}

/// The declarations of a document, from its JSON alone.
fn declarations(document: &Value) -> Declarations {
    let mut found = Declarations::default();
    for group in list(document, "groups") {
        let tag = match text(group, "kind") {
            "enum" => Some(text(group, "name")),
            "anonymous_enum" => Some(""),
            _ => None,
        };
        for value in list(group, "values") {
            let name = text(value, "name").to_owned();
            match (tag, value["string"].as_str()) {
                (_, Some(string)) => found.constants.insert(name, format!("{string:?}")),
                (Some(tag), _) => {
                    found.enumerators.insert(name, format!("{} of {tag}", text(value, "number")))
                }
                (None, _) => found.constants.insert(name, text(value, "number").to_owned()),
            };
        }
    }
    for capability in list(document, "capabilities") {
        found.constants.insert(text(capability, "name").to_owned(), capability["id"].to_string());
    }
    let number = |value: &Value| value.as_u64().expect("a number");
    let (numbers, ioctls) = (&document["ioctl_numbers"], list(document, "ioctls"));
    for ioctl in ioctls {
        let code = number(&numbers["type_value"]) << 8
            | (number(&numbers["base_value"]) + number(&ioctl["number"]));
        found.constants.insert(text(ioctl, "name").to_owned(), code.to_string());
    }
    let macros = list(document, "macros").iter().map(|one| text(one, "name").to_owned());
    found.macros = macros.collect();
    for struct_ in list(document, "structs") {
        let name = text(struct_, "name").to_owned();
        let extent = |model: &str| (&struct_["size"][model], &struct_["align"][model]);
        let ((size, align), (size_32, align_32)) = (extent("lp64"), extent("ilp32"));
        if (size, align) != (size_32, align_32) {
            found.i386.insert(name.clone(), format!("{size_32} {align_32}"));
        }
        let mut lines = vec![format!("size {size} align {align}")];
        for field in list(struct_, "fields") {
            let (offset, size) = (&field["offset"]["lp64"], &field["size"]["lp64"]);
            match list(&field["type"], "members") {
                [] => lines.push(format!(
                    "{offset} {size} {} {}",
                    c(&field["type"]),
                    text(field, "name")
                )),
                members => lines.extend(members.iter().map(|member| {
                    format!("{offset} arm {} {}", c(&member["type"]), text(member, "name"))
                })),
            }
        }
        found.structs.insert(name, lines.join("\n"));
    }
    found
}

/// A type in C.
fn c(type_: &Value) -> String {
    let int = |int: &str| ["__", int.trim_start_matches("aligned_")].concat();
    match text(type_, "kind") {
        "int" => int(text(type_, "int")),
        "pointer" => [&int(text(type_, "int")), " *"].concat(),
        "struct" => ["struct ", text(type_, "struct")].concat(),
        "array" => format!("{}[{}]", c(&type_["element"]), type_["length"]),
        "flexible" => format!("{}[]", c(&type_["element"])),
        other => panic!("{other}"),
    }
}

#[test]
fn the_page_lists_every_key() {
    let page = fixtures::root().join("docs/abi-json.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let listed: Vec<_> = rows.map(|(key, _)| key).collect();
    let document = document(&at(None));
    let keys: Vec<_> = document.as_object().expect("an object").keys().collect();
    assert_eq!(listed, keys);
}
