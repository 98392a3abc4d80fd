//! The programs in `docs/examples` print the same mappable parts as `capchain
//! decode`, for replies of real kernels and for others.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use capchain::lower::lower;
use serde_json::Value;
use support::process::succeed;
use support::{captures, fixtures, rustc, sample_reply};
use vfio_abi::uapi::RegionInfoFlags;

/// The reply in the folder of the examples.
fn captured() -> Vec<u8> {
    fs::read(fixtures::root().join("docs/examples/region.bin")).expect("the reply")
}

/// The largest complete reply for each region of the captures, cut
/// to what was written.
fn of_real_kernels() -> Vec<Vec<u8>> {
    let mut full = BTreeMap::new();
    for row in captures::rows() {
        let honest = row.ret == 0 && row.argsz_in as usize <= row.out().len();
        if row.ioctl == "VFIO_DEVICE_GET_REGION_INFO" && honest {
            let best = full.entry(row.group()).or_insert_with(|| row.clone());
            if best.argsz_in < row.argsz_in {
                *best = row;
            }
        }
    }
    full.values().map(captures::Row::own).collect()
}

/// Replies that no captured kernel gave: sparse areas, none of them, damage.
fn others() -> Vec<Vec<u8>> {
    let [sparse, ..] = sample_reply::bodies();
    let region = |caps: &[(u16, &[u8])]| sample_reply::region(RegionInfoFlags::MMAP, caps);
    let mut damaged = sample_reply::reply();
    damaged[40] = 200;
    let mut short = sample_reply::reply();
    short.truncate(32);
    vec![
        sample_reply::reply(),
        region(&[(1, &sparse[..8 + 16])]),
        region(&[(1, &[0; 8])]),
        region(&[(0x7000, &[1; 8])]),
        sample_reply::region(RegionInfoFlags::READ, &[]),
        damaged,
        short,
    ]
}

/// Compiles an example against the output of today.
fn programs(folder: &Path) -> [PathBuf; 2] {
    let example = |name: &str| {
        let path = fixtures::root().join("docs/examples").join(name);
        let text = fs::read_to_string(path).expect("the example");
        assert!(text.lines().count() < 25, "{name} is too long");
        text
    };
    rustc::write_crate(folder, &lower(&fixtures::spec(), None));
    rustc::library(folder, "vfio_abi", &[]);
    let rust = rustc::program_with(folder, "vfio_abi", &example("mappable.rs"), &["-Dwarnings"]);
    fs::write(folder.join("mappable.c"), example("mappable.c")).expect("a file");
    let mut gcc = Command::new("gcc");
    gcc.current_dir(folder).args(["-std=c99", "-Wall", "-Wextra", "-Werror"]);
    succeed(gcc.args(["-Igenerated/include", "mappable.c", "-o", "mappable"]));
    [rust, folder.join("mappable")]
}

/// What `decode` says: the lines for the mappable parts, and whether the reply
/// is whole and sound.
fn decoded(reply: &Path) -> (String, bool) {
    let mut decode = Command::new(support::program::binary());
    decode.args(["decode", "--format", "json", "--spec"]).arg(fixtures::root().join("spec/vfio"));
    let output = decode.arg("vfio_region_info").arg(reply).output().expect("decode");
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let number = |fields: &Value, name: &str| {
        let field = fields.as_array().into_iter().flatten().find(|field| field["name"] == name);
        field.and_then(|field| field["value"].as_u64()).unwrap_or_default()
    };
    let line = |size: u64, at: u64| format!("{size:#x} bytes at {at:#x}\n");
    let caps = told["caps"].as_array().into_iter().flatten();
    let mut sparse = caps.filter(|cap| cap["name"] == "SPARSE_MMAP").peekable();
    let fine = output.status.success() && told["need"].is_null();
    let lines = match sparse.peek() {
        Some(_) => {
            let fields = sparse.flat_map(|cap| cap["fields"].as_array().into_iter().flatten());
            let areas = fields.filter(|field| field["name"] == "areas");
            let areas = areas.flat_map(|field| field["value"].as_array().into_iter().flatten());
            let part = |area: &Value| {
                line(number(&area["value"], "size"), number(&area["value"], "offset"))
            };
            areas.map(part).collect()
        }
        None if number(&told["fields"], "flags") & 4 != 0 => {
            line(number(&told["fields"], "size"), 0)
        }
        None => String::new(),
    };
    (lines, fine)
}

#[test]
fn the_examples_say_what_decode_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let programs = programs(folder.path());
    let real = of_real_kernels();
    assert!(real.len() > 10, "{} captured replies", real.len());
    let replies = [vec![captured()], real, others()].concat();
    let mut whole = 0;
    for bytes in &replies {
        let reply = folder.path().join("reply.bin");
        fs::write(&reply, bytes).expect("a file");
        let (lines, fine) = decoded(&reply);
        for program in &programs {
            let output = Command::new(program).arg(&reply).output().expect("the program starts");
            let printed = String::from_utf8(output.stdout).expect("text");
            assert_eq!(output.status.code(), Some(i32::from(!fine)), "{program:?} {bytes:x?}");
            // Of damage, a program may have printed what came before.
            assert!(!fine || printed == lines, "{program:?} {bytes:x?}: {printed}{lines}");
        }
        whole += usize::from(fine && !lines.is_empty());
    }
    assert!(whole > 5, "{whole} replies with something to be mapped");
}

#[test]
fn the_captured_reply_is_one_of_the_captures() {
    let captured = captured();
    let mut rows = captures::rows().into_iter();
    assert!(rows.any(|row| row.ret == 0 && row.own() == captured));
}
