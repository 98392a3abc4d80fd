//! The specification against the headers of twenty kernel releases: both declare
//! exactly the same.

use support::declarations_text::{assert_equal, of_abi, of_facts};
use support::{facts, fixtures};

#[test]
fn every_release_declares_what_its_headers_declare() {
    let spec = fixtures::spec();
    let mut compared = 0;
    for (release, facts) in facts::all() {
        let abi = capchain::lower::lower(&spec, Some(release.parse().expect("a release")));
        compared += assert_equal(&release, &of_abi(&abi), &of_facts(&facts));
    }
    println!("{compared} facts of {} releases compared", facts::all().len());
}
