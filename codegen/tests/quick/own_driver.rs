//! Runs `docs/own-driver.md`: from the header in it to the verdict on the patch in it.

use std::fs;
use std::process::Command;

use support::fixtures;
use support::groups::has_compiler;
use support::process::succeed;
use support::program::{Outcome, shell};

#[test]
fn every_step_does_what_the_document_says() {
    let text = fs::read_to_string(fixtures::root().join("docs/own-driver.md")).expect("a page");
    let folder = tempfile::tempdir().expect("a folder");
    let (ours, kernel) =
        (folder.path().join("ours"), folder.path().join("linux/include/uapi/linux"));
    fs::create_dir_all(&ours).expect("a folder");
    fs::create_dir_all(&kernel).expect("a folder");
    let blocks: Vec<_> = text.split("```").skip(1).step_by(2).collect();
    let blocks = blocks.iter().map(|block| block.split_once('\n').expect("a block"));
    let blocks: Vec<_> = blocks.collect();
    // Files first: some commands read one that the page shows after them.
    for (info, text) in &blocks {
        match *info {
            "c" => fs::write(kernel.join("npu.h"), text),
            "yaml" => fs::write(ours.join("handlers.txt"), text),
            "diff" => fs::write(ours.join("next.patch"), text),
            _ => Ok(()),
        }
        .expect("a file");
    }
    let (mut printed, mut codes) = (String::new(), Vec::new());
    for (info, text) in &blocks {
        match *info {
            "sh" => {
                printed.clear();
                for line in text.lines() {
                    let Outcome { code, stdout, stderr } = shell(&ours, line);
                    codes.push(code);
                    printed += &format!("{stdout}{stderr}");
                }
            }
            "text" => {
                for line in text.lines() {
                    assert!(printed.contains(line), "`{line}` is not in\n{printed}");
                }
            }
            "c" | "yaml" | "diff" => {}
            other => panic!("a block of {other}"),
        }
    }
    // All is well, and the patch breaks programs.
    assert_eq!(codes, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "{printed}");
    if has_compiler("gcc") {
        let mut gcc = Command::new("gcc");
        gcc.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-xc"]);
        succeed(gcc.arg(ours.join("generated/npu-abi/include/npu_abi.h")));
    }
}

/// A header whose first command is the base of its numbers, as iommufd has it.
#[test]
fn an_enum_of_commands_has_the_base() {
    let folder = tempfile::tempdir().expect("a folder");
    let header = "#ifndef _EEL_H\n#define _EEL_H\n#include <linux/types.h>\n#define EEL_TYPE 'E'\n\
        enum {\n\tEEL_CMD_BASE = 0x80,\n\tEEL_CMD_A = EEL_CMD_BASE,\n\tEEL_CMD_B,\n};\n\
        struct eel_b {\n\t__u32 size;\n\t__u32 id;\n};\n#define EEL_B _IO(EEL_TYPE, EEL_CMD_B)\n\
        #endif\n";
    fs::write(folder.path().join("eel.h"), header).expect("a header");
    for line in ["capchain init eel --from eel.h", "capchain --spec spec/eel import --write eel.h"]
    {
        let Outcome { code, stderr, .. } = shell(folder.path(), line);
        assert_eq!(code, 0, "{line}: {stderr}");
    }
    let Outcome { code, stdout, stderr } =
        shell(folder.path(), "capchain --spec spec/eel drift eel.h");
    assert_eq!(code, 0, "{stdout}{stderr}");
    let read = |file: &str| fs::read_to_string(folder.path().join("spec/eel").join(file));
    let abi = read("abi.yaml").expect("a file");
    for part in ["  base: EEL_CMD_BASE\n", "  start: size # guess", "  device: An eel device\n"] {
        assert!(abi.contains(part), "no {part} in {abi}");
    }
    assert!(!abi.contains("cap_headers"), "{abi}");
    let device = read("device.yaml").expect("a file");
    for part in ["  - ioctl: EEL_B\n    number: 1\n", "EEL_CMD_A: {alias: EEL_CMD_BASE, "] {
        assert!(device.contains(part), "no {part} in {device}");
    }
}

#[test]
fn a_header_without_a_beginning_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for (text, reason) in [
        ("#define NPU_ONE 1\n", "use `init` without --from"),
        ("#ifndef _N_H\n#define _N_H\nstruct npu {\n#endif\n", "cannot parse the header"),
    ] {
        fs::write(folder.path().join("npu.h"), text).expect("a header");
        let Outcome { code, stdout, stderr } =
            shell(folder.path(), "capchain init npu --from npu.h");
        assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
        assert!(stderr.contains(reason), "{stderr}");
        assert!(!folder.path().join("spec").exists());
    }
    let missing = shell(folder.path(), "capchain init npu --from none.h");
    assert!(missing.code == 2 && missing.stderr.contains("none.h"), "{}", missing.stderr);
}
