//! The generated crate of every release with facts, against the headers of that
//! release: a program that uses every constant, struct and field must print the
//! values of the facts.

use std::fmt::Write;
use std::path::Path;

use support::facts::{FactField, Facts};
use support::{facts, fixtures, rustc};

/// The releases that are compiled: every sixth and the newest; all of them in `.ci/long`.
const EVERY: usize = 6;

#[test]
fn the_crate_of_some_releases_has_what_their_headers_have() {
    compare(EVERY);
}

#[test]
#[ignore = "compiles a crate for each release; .ci/long crates runs it"]
fn the_crate_of_every_release_has_what_its_headers_have() {
    compare(1);
}

fn compare(every: usize) {
    let (spec, mut compared) = (fixtures::spec(), 0);
    let mut all = facts::all();
    all.reverse();
    for (release, facts) in all.iter().step_by(every) {
        let abi = capchain::lower::lower(&spec, Some(release.parse().expect("a release")));
        let folder = tempfile::tempdir().expect("a folder");
        let (text, expected) = program(facts);
        let program = rustc::program(folder.path(), &abi, "vfio_abi", &text);
        has_no_more(&folder.path().join("generated/src/uapi"), facts);
        let printed = rustc::run(&program, &[]);
        assert_eq!(printed, expected, "{release}");
        compared += expected.lines().count();
    }
    println!("{compared} lines of one in {every} releases compared with the crate");
}

/// Every name of the crate is one of the facts, and each is there once.
fn has_no_more(folder: &Path, facts: &Facts) {
    let mut names = 0;
    for entry in std::fs::read_dir(folder).expect("the crate") {
        let text = std::fs::read_to_string(entry.expect("a file").path()).expect("a file");
        let mut former = false;
        for line in text.lines() {
            // A former name of the kernel is only an alias of the new one.
            former |= line.contains("note = \"called `");
            if line.starts_with("pub ") && std::mem::take(&mut former) {
                continue;
            }
            let constant = line.strip_prefix("pub const ").filter(|rest| !rest.starts_with("fn "));
            let constant = constant.and_then(|rest| rest.split_once(':'));
            let struct_ = line.strip_prefix("pub struct ").and_then(|rest| rest.split_once(" {"));
            if let Some((name, _)) = constant {
                let known = facts.constants.contains_key(name) || facts.enums.contains_key(name);
                assert!(known, "the headers have no constant {name}");
            }
            if let Some((name, _)) = struct_ {
                assert!(facts.structs.contains_key(name), "the headers have no struct {name}");
            }
            names += usize::from(constant.is_some()) + usize::from(struct_.is_some());
        }
    }
    let known = facts.constants.len() + facts.enums.len() + facts.structs.len();
    assert_eq!(names, known, "every name once");
}

#[test]
fn the_rust_twins_of_macros_do_what_the_macros_do() {
    use vfio_abi::uapi;
    for state in 0..16_u32 {
        let masked = state & 7;
        let valid = if state & 4 != 0 { masked == 4 } else { true };
        assert_eq!(uapi::vfio_device_state_valid(state), valid, "{state}");
        assert_eq!(uapi::vfio_device_state_is_error(state), masked == 6, "{state}");
        assert_eq!(uapi::vfio_device_state_set_error(state), state & !7 | 6, "{state}");
    }
}

#[test]
fn debug_names_what_it_knows_and_keeps_what_it_does_not() {
    use vfio_abi::uapi::{RegionInfoFlags, vfio_device_mig_state, vfio_region_info};
    let flags = RegionInfoFlags::READ | RegionInfoFlags::CAPS | RegionInfoFlags(1 << 30);
    assert_eq!(format!("{flags:?}"), "READ | CAPS | 0x40000000");
    assert_eq!(format!("{:?}", RegionInfoFlags::empty()), "0");
    assert_eq!(flags.unknown(), 1 << 30);
    assert_eq!(format!("{:?}", vfio_device_mig_state::STOP_COPY), "STOP_COPY");
    assert_eq!(format!("{:?}", vfio_device_mig_state(99)), "99");
    let mut info = vfio_region_info::new();
    info.flags = flags;
    assert!(format!("{info:?}").contains("argsz: 32, flags: READ | CAPS | 0x40000000"), "{info:?}");
}

/// The program, and what it must print.
fn program(facts: &Facts) -> (String, String) {
    let (mut body, mut expected) = (String::new(), String::new());
    for (name, value) in &facts.constants {
        match value.as_str() {
            Some(text) => {
                writeln!(body, "println!(\"{name} {{:?}}\", {name});").expect("text");
                writeln!(expected, "{name} {text}").expect("text");
            }
            None => number(&mut body, &mut expected, name, value.as_i64().expect("a number")),
        }
    }
    for (name, enumerator) in &facts.enums {
        number(&mut body, &mut expected, name, enumerator.value);
    }
    for (name, struct_) in &facts.structs {
        line(&mut body, &mut expected, &format!("size_of::<{name}>()"), struct_.size);
        line(&mut body, &mut expected, &format!("align_of::<{name}>()"), struct_.align);
        for field in &struct_.fields {
            field_lines(&mut body, &mut expected, name, field);
        }
    }
    let program = format!(
        "#![allow(dead_code)]\nuse std::mem::{{align_of, offset_of, size_of}};\nuse vfio_abi::uapi::*;\n\
         const fn width<S, F>(_: fn(&S) -> F) -> usize {{ size_of::<F>() }}\n\
         fn main() {{\n{body}}}\n"
    );
    (program, expected)
}

/// Numbers of C's `int` are compared as the 32 bits that they are.
fn number(body: &mut String, expected: &mut String, name: &str, value: i64) {
    let bits = if value < 0 { value & 0xffff_ffff } else { value };
    writeln!(body, "println!(\"{name} {{}}\", {name});").expect("text");
    writeln!(expected, "{name} {bits}").expect("text");
}

fn line(body: &mut String, expected: &mut String, expression: &str, value: u64) {
    writeln!(body, "println!(\"{expression} {{}}\", {expression});").expect("text");
    writeln!(expected, "{expression} {value}").expect("text");
}

fn field_lines(body: &mut String, expected: &mut String, struct_: &str, field: &FactField) {
    let Some(arms) = &field.fields else {
        let name = &field.name;
        let name = if name == "type" { "r#type" } else { name };
        line(body, expected, &format!("offset_of!({struct_}, {name})"), field.offset);
        line(body, expected, &format!("width(|s: &{struct_}| s.{name})"), field.size);
        return;
    };
    for (index, arm) in arms.iter().enumerate() {
        let name = &arm.name;
        if index == 0 {
            line(body, expected, &format!("offset_of!({struct_}, {name})"), field.offset);
        }
        line(body, expected, &format!("width(|s: &{struct_}| s.{name}())"), field.size);
    }
}
