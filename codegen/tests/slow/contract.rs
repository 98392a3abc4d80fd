//! The interface that users rely on: every command with its formats and exit
//! codes, each as a line of a table that a shell runs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use capchain::lower::lower;
use serde_json::Value;
use support::fixtures::{self, copy_folder};
use support::groups::{Group, has};
use support::program::{Outcome, shell};

/// A line of the table.
struct Row {
    place: String,
    code: i32,
    line: &'static str,
    says: &'static str,
    tells: &'static str,
}

fn rows() -> Vec<Row> {
    let lines = include_str!("../contract/table.txt").lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let rows = lines.map(|(index, line)| {
        let place = format!("codegen/tests/contract/table.txt:{}", index + 1);
        let columns: Vec<_> = line.split(" :: ").collect();
        let [code, line, says, tells] = columns[..] else { panic!("{place}: four columns") };
        Row { code: code.parse().expect("an exit code"), place, line, says, tells }
    });
    rows.collect()
}

/// The head of an overlay.
const OVERLAY: &str = "title: More\ndoc: For the table.\nheader: vfio\nsource: a tree\n\nitems:\n";

/// A capability that `cap.yaml` adds, and whose number `clash.yaml` uses.
const CAPABILITY: &str = "  - capability: VFIO_REGION_INFO_CAP_AGE\n    id: ID\n    chain: region\n    \
    doc: Tells how old the region is.\n    struct: vfio_region_info_cap_age\n    fields:\n      \
    days: u32, days since it was made\n      reserved: reserved u32, zero\n\n  \
    - extend: VFIO_DEVICE_GET_REGION_INFO.core\n    capabilities: [AGE]\n";

/// A flag that `flag.yaml` and `new.h` have.
const FLAG: &str = "  - extend: vfio_region_info.flags\n    bits:\n      VFIO_REGION_INFO_FLAG_OLD: bit 4, it is old\n";

/// The same flag in `bracket.yaml`, with a range of releases.
const BRACKET: &str = "  - extend: vfio_region_info.flags\n    bits:\n      \
    VFIO_REGION_INFO_FLAG_OLD: {bit: 4, doc: it is old, since: v7.0..v7.2}\n";

/// The files of the table.
fn files(folder: &Path) {
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).expect("a file");
    let header = |at: Option<&str>| {
        let release = at.map(|at| at.parse().expect("a release"));
        capchain::emit::c_header(&lower(&fixtures::spec(), release)).contents
    };
    copy_folder(&fixtures::root().join("spec"), &folder.join("spec"));
    let small = fixtures::root().join("codegen/tests/specs/hard_cases");
    copy_folder(&small, &folder.join("../small/spec/demo"));
    for name in ["../away", "generated", "v6.1", "torn", "broken"] {
        fs::create_dir(folder.join(name)).expect("a folder");
    }
    for path in fixtures::yaml_files(&folder.join("spec/vfio")) {
        let text = fs::read_to_string(&path).expect("text").replace("minsz:", "minzs:");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        write(&format!("broken/{name}"), text.as_bytes());
    }
    let (newest, flag) = (header(None), "#define VFIO_REGION_INFO_FLAG_CAPS\t(1 << 3)");
    let more = format!("#define VFIO_REGION_INFO_FLAG_OLD\t(1 << 4)\n{flag}");
    assert!(newest.contains(flag));
    write("vfio.h", newest.as_bytes());
    write("new.h", newest.replacen(flag, &more, 1).as_bytes());
    let old = header(Some("v7.1")).replacen(flag, &more, 1);
    write("old.h", old.as_bytes());
    write("v6.1/vfio.h", header(Some("v6.1")).as_bytes());
    write("torn/vfio.h", b"struct vfio_region_info {\n");

    let overlay = |items: &str| [OVERLAY, items].concat();
    write("cap.yaml", overlay(&CAPABILITY.replace("ID", "8")).as_bytes());
    write("clash.yaml", overlay(&CAPABILITY.replace("ID", "3")).as_bytes());
    write("flag.yaml", overlay(FLAG).as_bytes());
    write("bracket.yaml", overlay(BRACKET).as_bytes());
    let older =
        FLAG.replace("OLD: bit 4, it is old", "OLDER: {bit: 5, doc: it is older, since: v7.0}");
    write("older.yaml", overlay(&older).as_bytes());
    let accepted = "  - {code: C7, subject: vfio_region_info.cap_offset, reason: nobody names it}";
    write("accept.yaml", format!("accept:\n{accepted}\n").as_bytes());
    write("severity.yaml", b"severity: {C7: note}\n");
    let space = fs::read(fixtures::root().join("docs/examples/cxl_memory.txt")).expect("a dump");
    write("space.txt", &space);
    let half = String::from_utf8(space).expect("text").replace("00000200", "?");
    write("torn.txt", half.as_bytes());
    replies(folder);
    patches(folder);
}

/// Patches of `vfio_irq_info`, by what they add.
fn patches(folder: &Path) {
    let write = |name: &str, text: String| fs::write(folder.join(name), text).expect("a file");
    let patch = |path: &str, lines: &str| {
        format!(
            "--- a/{path}\n+++ b/{path}\n@@ -450,3 +450,4 @@ struct vfio_irq_info {{\n{lines} }};\n"
        )
    };
    let header = "include/uapi/linux/vfio.h";
    let (count, new) = (" \t__u32\tcount;\n", "+\t__u32\tfresh;\n");
    let flag = "+#define VFIO_IRQ_INFO_NEW\t(1 << 4)\n";
    let last = " #define VFIO_IRQ_INFO_NORESIZE\t(1 << 3)\n";
    write("append.patch", patch(header, &[last, flag, " \t__u32\tindex;\n", count].concat()));
    write("insert.patch", patch(header, &[new, count].concat()));
    write("stale.patch", patch(header, &["-\t__u32\tnumber;\n", new].concat()));
    write("other.patch", patch("include/linux/vfio.h", &[count, new].concat()));
}

/// Replies, complete and damaged, in every input format.
fn replies(folder: &Path) {
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).expect("a file");
    let reply = fs::read(fixtures::root().join("docs/examples/region.bin")).expect("a reply");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    write("reply.bin", &reply);
    write("reply.hex", hex(&reply).as_bytes());
    let rows = reply.chunks(16).enumerate().map(|(index, row)| {
        let pairs: Vec<_> = row.chunks(2).map(hex).collect();
        format!("{:08x}: {}\n", index * 16, pairs.join(" "))
    });
    write("reply.dump", rows.collect::<String>().as_bytes());
    write("irq.strace", br#""\x10\x00\x00\x00\x07\x00\x00\x00\0\0\0\0\1\0\0\0""#);
    // The only capability leads to itself.
    let mut damaged = reply;
    damaged[36] = 32;
    write("damaged.bin", &damaged);
}

/// The difference between a text and a column of the table.
fn fault(text: &str, column: &str) -> Option<String> {
    match column {
        "*" => None,
        "-" => (!text.is_empty()).then(|| "there is something".to_owned()),
        _ => {
            let pieces =
                column.split(" & ").map(|piece| piece.replace("\\n", "\n").replace("\\t", "\t"));
            let mut missing = pieces.filter(|piece| !text.contains(piece));
            missing.next().map(|piece| format!("`{piece}` is missing"))
        }
    }
}

fn faults(row: &Row, ran: &Outcome) -> Vec<String> {
    let code = (ran.code != row.code).then(|| format!("exit {}", ran.code));
    let says = fault(&ran.stdout, row.says).map(|fault| format!("standard output: {fault}"));
    let tells = fault(&ran.stderr, row.tells).map(|fault| format!("standard error: {fault}"));
    let as_json = row.line.contains("--format json") && !ran.stdout.is_empty();
    let json = as_json && {
        let object = serde_json::from_str::<Value>(&ran.stdout).unwrap_or_default();
        !object["version"].is_u64()
    };
    let json = json.then(|| "that is no object with a version".to_owned());
    [code, says, tells, json].into_iter().flatten().collect()
}

#[test]
fn every_line_of_the_contract_holds() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path().join("here");
    fs::create_dir(&here).expect("a folder");
    files(&here);
    let mut rows = rows();
    if !has(Group::Tools, "git") {
        rows.retain(|row| !["git", "--repo"].iter().any(|word| row.line.contains(word)));
    }
    let mut failed = Vec::new();
    for row in &rows {
        let ran = shell(&here, row.line);
        let faults = faults(row, &ran).join("; ");
        if !faults.is_empty() {
            let Row { place, line, .. } = row;
            let Outcome { code, stdout, stderr } = ran;
            failed.push(format!("{place}: {line}\n  {faults}\nexit {code}\n{stdout}--\n{stderr}"));
        }
    }
    assert!(failed.is_empty(), "{} lines fail\n\n{}", failed.len(), failed.join("\n\n"));
    println!("{} lines hold", rows.len());
}

/// The commands with their exit codes and formats.
const COMMANDS: [(&str, &[i32], &[&str]); 10] = [
    ("generate", &[0, 1, 2], &[]),
    ("lint", &[0, 1, 2], &["json", "github"]),
    ("compat", &[0, 1, 2], &["json", "github"]),
    ("drift", &[0, 1, 2], &["json", "github"]),
    ("review", &[0, 1, 2], &["mail", "json", "github", "sarif"]),
    ("import", &[0, 2], &[]),
    ("decode", &[0, 1, 2], &["json"]),
    ("layout", &[0, 2], &["json"]),
    ("explain", &[0, 2], &["json"]),
    ("view", &[0, 1, 2], &["json"]),
];

#[test]
fn no_command_format_or_exit_code_is_left_out() {
    let rows = rows();
    for (command, codes, formats) in COMMANDS {
        let of = |row: &&Row| row.line.split_whitespace().any(|word| word == command);
        let of: Vec<_> = rows.iter().filter(of).collect();
        let seen: BTreeSet<_> = of.iter().map(|row| row.code).collect();
        assert_eq!(seen, codes.iter().copied().collect(), "{command}");
        let help =
            of.iter().any(|row| row.line.ends_with("--help") && row.says.contains("Example"));
        assert!(help, "{command} --help");
        for format in formats {
            let asked = format!("--format {format}");
            assert!(of.iter().any(|row| row.line.contains(&asked)), "{command} {asked}");
        }
    }
}
