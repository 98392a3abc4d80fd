//! `capchain trace` on real programs: dynamic and static, with threads, children, signals and
//! a new program. Without devices of VFIO, its ioctls fail with ENOTTY.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use capchain::decode::{self, Subject};
use capchain::layout::TARGETS;
use capchain::lower::lower;
use capchain::{dump, hex};
use serde_json::{Value, json};
use support::captures;
use support::fixtures;
use support::program::binary;

/// Compiles the program; `None` without a compiler.
fn program(folder: &Path, options: &[&str]) -> PathBuf {
    let root = fixtures::root();
    let program = folder.join("traced");
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread", "-I"]);
    gcc.arg(root.join("generated/vfio-abi/include")).args(options).arg("-o").arg(&program);
    let status = gcc.arg(root.join("codegen/tests/programs/traced.c")).status().expect("gcc");
    assert!(status.success());
    program
}

fn run(command: &mut Command) -> Output {
    command.current_dir(fixtures::root()).output().expect("a process")
}

/// The output of a traced command, and its calls.
fn trace(folder: &Path, command: &[&str]) -> (Output, Vec<Value>) {
    let calls = folder.join("calls.jsonl");
    let mut trace = Command::new(binary());
    trace.args(["trace", "--format", "json", "--output"]).arg(&calls).arg("--").args(command);
    let output = run(&mut trace);
    let text = fs::read_to_string(calls).expect("the calls");
    let call = |line: &str| serde_json::from_str(line).expect("an object a line");
    (output, text.lines().map(call).collect())
}

#[test]
fn every_call_is_recorded_and_nothing_is_changed() {
    for options in [&[][..], &["-static"]] {
        let folder = tempfile::tempdir().expect("a folder");
        let program = program(folder.path(), options);
        let name = program.to_str().expect("a name");
        let alone = run(&mut Command::new(&program));
        let (traced, calls) = trace(folder.path(), &[name]);
        assert_eq!(traced, alone);
        assert_eq!(alone.status.code(), Some(7));
        let indexes: Vec<_> = calls
            .iter()
            .filter(|call| call["ioctls"][0] == "VFIO_DEVICE_GET_IRQ_INFO")
            .map(|call| {
                assert_eq!((&call["result"], &call["errno"]), (&(-1).into(), &25.into()));
                assert_eq!((&call["file"], &call["before"]), (&"/dev/null".into(), &call["after"]));
                let index = &call["before"]["decoded"][0]["fields"][2];
                assert_eq!(index["name"], "index");
                index["value"].as_u64().expect("a number")
            })
            .collect();
        assert_eq!(indexes.len(), 4 * 25 + 2);
        assert_eq!(indexes.iter().filter(|index| **index < 25).count(), 4 * 25);
        assert_eq!(indexes[4 * 25..], [50, 99]);
        let threads: std::collections::BTreeSet<_> =
            calls.iter().map(|call| call["thread"].as_u64()).collect();
        assert_eq!(threads.len(), 4 + 2, "threads, the child, and the process itself");
        // The pointer of this call is null.
        let info = calls.iter().find(|call| call["ioctls"][0] == "VFIO_DEVICE_GET_INFO");
        assert_eq!(info.expect("the call")["before"]["bytes"], "");
    }
}

#[test]
fn the_text_has_names_and_the_exit_code_is_that_of_the_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = program(folder.path(), &[]);
    let traced = run(Command::new(binary()).args(["trace", "--"]).arg(program).arg("once"));
    let text = String::from_utf8(traced.stderr).expect("text");
    assert_eq!((traced.status.code(), &*traced.stdout), (Some(7), &b"once\n"[..]));
    for part in [
        "VFIO_DEVICE_GET_IRQ_INFO(3 </dev/null>, 0x",
        ") = error 25 (Inappropriate ioctl for device)\n",
        "  before:\n  struct vfio_irq_info, ",
        "after: the same bytes\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for (command, code) in [
        (&["true"][..], 0),
        (&["sh", "-c", "exit 42"], 42),
        (&["sh", "-c", "kill -9 $$"], 128 + 9),
        (&["/no/such/program"], 2),
    ] {
        let (output, calls) = trace(folder.path(), command);
        assert_eq!((output.status.code(), calls.len()), (Some(code), 0), "{command:?}");
    }
}

/// A program that passes a page table to a file that knows no ioctl of iommufd.
const POINTER: &str = "#include <fcntl.h>\n#include <stdint.h>\n#include <sys/ioctl.h>\n\
    #include \"iommufd_abi.h\"\nint main(void)\n{\n\
    struct iommu_hwpt_vtd_s1 table = { .pgtbl_addr = 0x4000, .addr_width = 48 };\n\
    struct iommu_hwpt_alloc alloc = { .size = sizeof(alloc), .data_type = 1, .data_len = 24,\n\
    .data_uptr = (uintptr_t)&table };\n\
    return !ioctl(open(\"/dev/null\", O_RDWR), IOMMU_HWPT_ALLOC, &alloc);\n}\n";

#[test]
fn memory_that_an_argument_has_the_address_of_is_decoded() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("pointer.c");
    fs::write(&source, POINTER).expect("a file");
    let program = folder.path().join("pointer");
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=gnu11", "-Wall", "-Werror", "-I"]);
    gcc.arg(fixtures::root().join("generated/iommufd-abi/include")).arg(source);
    assert!(gcc.arg("-o").arg(&program).status().expect("gcc").success());
    let (_, calls) = trace(folder.path(), &[program.to_str().expect("a name")]);
    let [call] = &calls[..] else { panic!("{calls:?}") };
    for side in ["before", "after"] {
        let data = &call[side]["decoded"][0]["data"][0];
        assert_eq!(
            (&data["field"], &data["type"], &data["decoded"][0]["fields"][1]["value"]),
            (&"data_uptr".into(), &"IOMMU_HWPT_DATA_VTD_S1".into(), &0x4000.into())
        );
    }
    let traced = run(Command::new(binary()).args(["trace", "--"]).arg(program));
    let text = String::from_utf8(traced.stderr).expect("text");
    assert!(text.contains(": 24 bytes, IOMMU_HWPT_DATA_VTD_S1\n"), "{text}");
    assert!(text.contains("after: the same bytes"), "{text}");
}

/// The bytes that the probe of `.ci/live-trace` captured of its own calls.
#[test]
#[ignore = "needs the output of .ci/live-trace"]
fn the_probe_captures_the_same_bytes() {
    let trace = std::env::var("CAPCHAIN_TRACE").expect("the file with the trace");
    let text = fs::read_to_string(trace).expect("the trace");
    let calls: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
    let abi = lower(&fixtures::spec(), Some("v6.1".parse().expect("a release")));
    let (mut left, mut alone) = (calls.iter(), 0);
    let rows = captures::rows();
    assert!(rows.len() > 100, "{} captures", rows.len());
    for row in &rows {
        let argsz = hex::digits(&row.argsz_in.to_le_bytes());
        let bytes = |call: &Value, side: &str| {
            call[side]["bytes"].as_str().expect("hexadecimal digits").to_owned()
        };
        // The probe captures some of its calls only.
        let call = left.find(|call| {
            let after = bytes(call, "after");
            let end = (after.len() / 2).min(row.out().len());
            call["ioctls"].as_array().is_some_and(|names| names.contains(&json!(row.ioctl)))
                && bytes(call, "before").starts_with(&argsz)
                && (call["result"].as_i64(), call["errno"].as_i64())
                    == (Some(row.ret), Some(row.errno))
                && after.starts_with(&hex::digits(&row.out()[..end]))
        });
        let call = call.unwrap_or_else(|| panic!("no call for {row:?}"));
        let after = dump::read(bytes(call, "after").as_bytes(), false).expect("bytes");
        let subject = Subject::named(&abi, &row.ioctl).expect("a struct");
        let decoded = decode::decode(&abi, subject, &TARGETS[0], after.bytes());
        let sides = call["after"]["decoded"].as_array().expect("a list");
        assert!(sides.contains(&decode::json(&decoded)), "{call}");
        alone += usize::from(sides.len() == 1);
    }
    println!("{} of {} calls are captures, {alone} of one ioctl", rows.len(), calls.len());
    // Before SET_IOMMU, two backends of a container have one number.
    assert!(alone + 40 > rows.len(), "{alone} of {}", rows.len());
}
