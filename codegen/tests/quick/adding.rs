//! Runs `docs/adding-a-capability.md`: every command, with the output that the
//! document shows.

use std::fs;

use support::fixtures::{self, copy_folder};
use support::walkthrough::follow;

#[test]
fn every_step_prints_what_the_document_shows() {
    let folder = tempfile::tempdir().expect("a folder");
    copy_folder(&fixtures::root().join("spec"), &folder.path().join("spec"));
    fs::create_dir(folder.path().join("generated")).expect("a folder");
    let document = fixtures::root().join("docs/adding-a-capability.md");
    let codes = follow(&document, folder.path());
    // A used number does not load; a u64 with another alignment on i386 is a finding.
    let found = [2, 0, 1, 0, 0];
    assert_eq!(codes[..found.len()], found);
    assert_eq!(codes[found.len()..], vec![0; codes.len() - found.len()]);
}
