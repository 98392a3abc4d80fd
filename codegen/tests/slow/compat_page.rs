//! Runs `docs/compat.md`: every command, with the output that the page shows. The
//! table of rules on the page is that of the catalogue.

use std::fs;

use support::fixtures::{self, copy_folder};
use support::groups::has_compiler;
use support::walkthrough::follow;

#[test]
fn every_command_prints_what_the_page_shows() {
    assert!(has_compiler("gcc"));
    let folder = tempfile::tempdir().expect("a folder");
    copy_folder(&fixtures::root().join("spec"), &folder.path().join("spec"));
    fs::create_dir(folder.path().join("generated")).expect("a folder");
    follow(&fixtures::root().join("docs/compat.md"), folder.path());
}

#[test]
fn the_page_has_every_rule() {
    let page = fs::read_to_string(fixtures::root().join("docs/compat.md")).expect("the page");
    for code in capchain::compat::codes() {
        let title = capchain::catalogue::entry(code.0).map(|entry| entry.title);
        let row = format!("\n{:<5} {}\n", code.0, title.expect("an entry"));
        assert!(page.contains(&row), "{row}");
    }
}
