//! What the targets run: the modules that the build script wrote and those that
//! the tests of `capchain` share with them.

#![allow(dead_code, reason = "each target uses a part of this")]

/// The crate under the name that generated programs know it by.
extern crate vfio_abi as generated_abi;

mod views;

include!(concat!(env!("OUT_DIR"), "/modules.rs"));

#[path = "../tests/common/requests.rs"]
mod requests;
#[path = "../tests/common/targets.rs"]
mod rust;

/// Runs a target.
pub fn run(target: &str, data: &[u8]) {
    match target {
        "decode" => rust::decode(data),
        "input" => rust::input(data),
        "reply" => targets::reply(data),
        "request" => requests::request(data),
        "views" => views::views(data),
        "walk" => targets::walk(data),
        "yaml" => rust::yaml(data),
        other => panic!("there is no target {other}"),
    }
}
