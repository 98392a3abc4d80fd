//! SARIF logs of every command that writes them, judged by the schema of OASIS.

use std::fs;

use serde_json::Value;
use support::fixtures;
use support::groups::{Group, skip};
use support::program::{Outcome, run, shell};

/// The commands, each with findings.
const COMMANDS: [&[&str]; 4] = [
    &["review", "--base", "v5.2", "codegen/tests/mails/irq-info-2019.eml"],
    &["review", "--base", "v7.2", "codegen/tests/mails/cxl-v3.patch"],
    &["compat", "v5.17", "v5.18"],
    &["--overlay", "spec/vfio/proposals/cxl_v3.yaml", "lint"],
];

#[test]
fn logs_follow_the_schema() {
    let root = fixtures::root();
    let fetched = shell(&root, ".ci/sarif-schema");
    if fetched.code != 0 {
        skip(Group::SarifSchema, &format!("it cannot be fetched: {}", fetched.stderr.trim()));
        return;
    }
    let text = fs::read_to_string(root.join("target/sarif-schema-2.1.0.json")).expect("a schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for command in COMMANDS {
        let Outcome { stdout, stderr, .. } =
            run(&root, &[command, &["--format", "sarif"]].concat());
        let log: Value = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stderr}"));
        let results = log["runs"][0]["results"].as_array().expect("results");
        assert!(!results.is_empty(), "{command:?} finds nothing");
        let errors: Vec<_> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{command:?}: {errors:#?}");
        println!("{command:?}: {} results", results.len());
    }
}
