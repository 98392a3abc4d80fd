//! The groups of `.ci/groups`: which skipped test is a failure, and where skipped
//! tests are recorded. The tests and the scripts in `.ci` must agree.

use std::fs;
use std::path::Path;
use std::process::Command;

use support::fixtures;
use support::groups::{Group, Policy, listed};
use support::process::finish;

#[test]
fn the_list_has_every_group() {
    let names = Group::ALL.map(Group::name);
    assert_eq!(listed().map(|(name, _)| name).collect::<Vec<_>>(), names);
    let required = Group::ALL.into_iter().filter(|group| group.is_required());
    assert_eq!(required.map(Group::name).collect::<Vec<_>>(), ["clang", "32-bit", "cbmc"]);
}

/// A skipped test: CAPCHAIN_REQUIRE, CAPCHAIN_SKIP, the group, and the error.
const CASES: [(bool, &str, Group, &str); 7] = [
    (false, "", Group::Clang, ""),
    (true, "", Group::Clang, "clang cannot run"),
    (true, "32-bit", Group::Clang, "clang cannot run"),
    (true, "32-bit,clang", Group::Clang, ""),
    (true, "", Group::RealHeaders, ""),
    (true, "clang,gcc", Group::RealHeaders, "there is no group"),
    (false, "gcc", Group::RealHeaders, "there is no group"),
];

#[test]
fn a_required_group_fails_unless_the_skip_is_accepted() {
    let folder = tempfile::tempdir().expect("a folder");
    let record = folder.path().join("skipped");
    let mut recorded = String::new();
    for (require, accepted, group, error) in CASES {
        let policy =
            Policy { require, accepted: accepted.to_owned(), record: Some(record.clone()) };
        match policy.skip(group, "no reason") {
            Ok(()) => assert_eq!(error, "", "{policy:?}"),
            Err(found) => assert!(!error.is_empty() && found.contains(error), "{found}"),
        }
        if error != "there is no group" {
            recorded += &format!("{}: no reason\n", group.name());
        }
        assert_eq!(fs::read_to_string(&record).unwrap_or_default(), recorded, "{policy:?}");
    }
}

#[test]
fn the_scripts_follow_the_same_rules() {
    let folder = tempfile::tempdir().expect("a folder");
    let record = folder.path().join("skipped");
    let mut recorded = String::new();
    for (require, accepted, group, error) in CASES {
        let mut bash = script(folder.path(), &format!("skip {} 'no reason'", group.name()));
        bash.env("CAPCHAIN_SKIP", accepted).env("CAPCHAIN_SKIPPED", &record);
        if require {
            bash.env("CAPCHAIN_REQUIRE", "1");
        }
        let output = finish(&mut bash);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), error.is_empty(), "{bash:?}: {text}");
        assert!(text.contains(error), "{text}");
        if error != "there is no group" {
            recorded += &format!("{}: no reason\n", group.name());
            assert!(text.contains(&format!("skipped: {}: no reason\n", group.name())), "{text}");
        }
        assert_eq!(fs::read_to_string(&record).unwrap_or_default(), recorded, "{bash:?}");
    }
    let output = finish(&mut script(folder.path(), "skip gcc 'no reason'"));
    assert!(!output.status.success(), "an unknown group was accepted");
}

/// Bash with the function `skip`, and none of the variables.
fn script(folder: &Path, line: &str) -> Command {
    let path = fixtures::root().join(".ci/skip");
    let mut bash = Command::new("bash");
    bash.args(["-euc", &format!(". '{}'\n{line}", path.display())]).current_dir(folder);
    for name in ["CAPCHAIN_REQUIRE", "CAPCHAIN_SKIP", "CAPCHAIN_SKIPPED"] {
        bash.env_remove(name);
    }
    bash
}

#[test]
#[ignore = "skips itself; `a_test_that_skips_is_seen` runs it"]
fn skips_itself() {
    support::groups::skip(Group::Clang, "this is an example");
}

#[test]
fn a_test_that_skips_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let record = folder.path().join("skipped");
    for (accepted, passes) in [("clang", true), ("", false)] {
        let mut test = Command::new(std::env::current_exe().expect("this program"));
        test.args(["--ignored", "--exact", "groups::skips_itself"]);
        test.env("CAPCHAIN_REQUIRE", "1").env("CAPCHAIN_SKIP", accepted);
        let output = finish(test.env("CAPCHAIN_SKIPPED", &record));
        assert_eq!(output.status.success(), passes, "{accepted}");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(!passes || text.contains("skipped: clang: this is an example\n"), "{text}");
    }
    let recorded = fs::read_to_string(&record).expect("the record");
    assert_eq!(recorded, "clang: this is an example\n".repeat(2));
}
