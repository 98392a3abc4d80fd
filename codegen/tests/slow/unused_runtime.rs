//! Modules of the runtime allow unused parts, since an ABI uses what its structs need. No part
//! is unused in every published crate that has it.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;
use support::fixtures;
use support::process::succeed;

const CRATES: [&str; 3] = ["iommufd-abi", "pci-abi", "vfio-abi"];

/// Parts that only ABIs of tests use: appended fields that a view shows, and records with a length.
const ONLY_IN_TESTS: [(&str, &str); 2] = [("reply.rs", "appended"), ("stream.rs", "after")];

/// The parts that a crate does not use: the name of the file, and what is declared there.
fn unused(package: &str) -> Vec<(String, String)> {
    let root = fixtures::root().canonicalize().expect("the repository");
    let mut check = Command::new(env!("CARGO"));
    check.current_dir(&root).env_remove("RUSTC_WORKSPACE_WRAPPER");
    // What is allowed is reported as well.
    check.env("RUSTFLAGS", "--force-warn dead_code");
    check.args(["check", "--offline", "--all-features", "--lib", "--message-format", "json"]);
    check.args(["--target-dir", "target/unused-runtime", "-p", package]);
    let mut unused = Vec::new();
    for line in succeed(&mut check).lines() {
        let message = &serde_json::from_str::<Value>(line).expect("JSON")["message"];
        if message["code"]["code"] != "dead_code" {
            continue;
        }
        for span in message["spans"].as_array().expect("spans") {
            let file = span["file_name"].as_str().expect("a path");
            let file = file.strip_prefix(&format!("generated/{package}/src/"));
            let column = |key: &str| span[key].as_u64().expect("a column") as usize - 1;
            let text = span["text"][0]["text"].as_str().expect("a line");
            let name = &text[column("column_start")..column("column_end")];
            if let (Some(file), Some(true)) = (file, span["is_primary"].as_bool()) {
                unused.push((file.to_owned(), name.to_owned()));
            }
        }
    }
    unused
}

#[test]
fn every_part_of_the_runtime_is_used_by_a_crate() {
    let mut crates = BTreeMap::<(String, String), usize>::new();
    for part in CRATES.into_iter().flat_map(unused) {
        *crates.entry(part).or_default() += 1;
    }
    assert!(crates.len() > 10, "{crates:?}");
    let has = |package: &&str, file: &str| {
        fixtures::root().join("generated").join(package).join("src").join(file).exists()
    };
    let nowhere = crates.iter().filter(|((file, _), unused)| {
        CRATES.iter().filter(|package| has(package, file)).count() == **unused
    });
    let nowhere: Vec<_> = nowhere.map(|((file, name), _)| (file.as_str(), name.as_str())).collect();
    assert_eq!(nowhere, ONLY_IN_TESTS);
}
