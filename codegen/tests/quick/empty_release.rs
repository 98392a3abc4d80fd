//! A kernel release that changes nothing of the ABI changes few files, so that
//! a person can review the difference.

use std::collections::BTreeMap;
use std::fs;

use capchain::lower::lower;
use capchain::release::Release;
use similar::{ChangeTag, TextDiff};
use support::fixtures;
use support::fixtures::copy_folder;

/// The most files that may change, with the specification's own.
const MAX_FILES: usize = 10;

/// Every output of a specification, by path.
fn outputs(folder: &std::path::Path) -> BTreeMap<String, String> {
    let outputs = capchain::outputs(&lower(&fixtures::open(folder), None));
    outputs.into_iter().map(|file| (file.path, file.contents)).collect()
}

#[test]
fn a_release_that_changes_nothing_changes_at_most_ten_files() {
    let folder = tempfile::tempdir().expect("a folder");
    copy_folder(&fixtures::root().join("spec/vfio"), folder.path());
    let before = outputs(folder.path());

    let newest = fixtures::spec().newest();
    let next = {
        let (major, minor) = newest.numbers();
        Release::new(major, minor + 1)
    };
    let path = folder.path().join("abi.yaml");
    let text = fs::read_to_string(&path).expect("abi.yaml");
    let range = format!("..{newest}\n");
    assert_eq!(text.matches(&range).count(), 1);
    fs::write(&path, text.replace(&range, &format!("..{next}\n"))).expect("abi.yaml");
    let after = outputs(folder.path());

    let mut stat = vec!["spec/vfio/abi.yaml | 1 +, 1 -".to_owned()];
    for (path, new) in &after {
        let old = before.get(path).map_or("", String::as_str);
        if old != new {
            let diff = TextDiff::from_lines(old, new.as_str());
            let changes: Vec<_> = diff.iter_all_changes().map(|change| change.tag()).collect();
            let count = |tag| changes.iter().filter(|change| **change == tag).count();
            let (added, removed) = (count(ChangeTag::Insert), count(ChangeTag::Delete));
            stat.push(format!("{path} | {added} +, {removed} -"));
        }
    }
    println!("{}\n{} files changed", stat.join("\n"), stat.len());
    assert!(before.keys().all(|path| after.contains_key(path)), "a file was removed");
    assert!(stat.len() <= MAX_FILES, "{} files:\n{}", stat.len(), stat.join("\n"));
}
