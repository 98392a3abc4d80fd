//! The bodies of the targets: modules that the build script writes, and modules
//! of the crate that the tests of `capchain` use too.

#![allow(dead_code, reason = "each target uses a part of this")]

/// The crate under the name that generated programs use.
extern crate vfio_abi as generated_abi;

mod records;
mod results;
mod spaces;
mod views;

include!(concat!(env!("OUT_DIR"), "/modules.rs"));

use support::{fuzz_requests, fuzz_targets};

/// Runs a target.
pub fn run(target: &str, data: &[u8]) {
    match target {
        "argument" => targets::argument(data),
        "decode" => fuzz_targets::decode(data),
        "input" => fuzz_targets::input(data),
        "records" => records::records(data),
        "reply" => targets::reply(data),
        "request" => fuzz_requests::request(data),
        "results" => results::results(data),
        "review" => fuzz_targets::review(data),
        "space" => fuzz_targets::space(data),
        "space_walk" => spaces::walk(data),
        "views" => views::views(data),
        "walk" => targets::walk(data),
        "yaml" => fuzz_targets::yaml(data),
        other => panic!("there is no target {other}"),
    }
}
