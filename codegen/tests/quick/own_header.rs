//! `capchain import` on headers of drivers that no embedded specification describes: what it
//! guesses is marked, what it cannot describe is left out with the cause, and what it writes
//! loads.

use std::fs;

use capchain::diagnostic::Sources;
use capchain::header::{self, Outside};
use capchain::ir::{Arg, Role};
use capchain::reply::Direction;
use support::groups::{Group, skip};
use support::kernels;
use support::program::{Outcome, run};
use support::spec_folder::SpecFolder;

const ABI: &str = "abi: npu\ntitle: NPUs\ndoc: NPUs.\nprefix: npu\nreleases: [v1.0]\n\
    files: [npu]\nheaders: {npu: {path: linux/npu.h, guards: [_NPU_H]}}\n\
    ioctls: {type: NPU_TYPE, base: NPU_BASE}\nfds: {device: An NPU}\n\
    cap_headers:\n  info: {struct: npu_cap_header, id: id, version: version, next: next, \
    relative_to: reply, end: 0, align: 8, doc: A header.}\n";

const ITEMS: &str = "title: NPUs\ndoc: NPUs.\nheader: npu\nsince: v1.0\nsource: npu.h\n\nitems:\n  \
    - constants: numbers\n    doc: The parts of ioctl numbers.\n    values:\n      \
    NPU_TYPE: 0x4e, the type\n      NPU_BASE: 0x10, the first number\n\n  \
    - struct: npu_cap_header\n    doc: A header.\n    fields:\n      id: u16, its id\n      \
    version: u16, its version\n      next: u32, the next one\n";

/// A header whose parts are declared by the specification already.
fn header(text: &str) -> String {
    format!(
        "#ifndef _NPU_H\n#define _NPU_H\n#include <linux/types.h>\n#include <linux/ioctl.h>\n\
         #define NPU_TYPE 0x4e\n#define NPU_BASE 0x10\n\
         struct npu_cap_header {{ __u16 id; __u16 version; __u32 next; }};\n{text}\n#endif\n"
    )
}

/// The specification, and what `import` printed for a header.
fn imported(text: &str, more: &[&str]) -> (SpecFolder, Outcome) {
    let spec = SpecFolder::with_files(&[("abi.yaml", ABI), ("npu.yaml", ITEMS)]);
    spec.write("npu.h", header(text));
    let outcome = on(&spec, &[&["import", "npu.h"], more].concat());
    (spec, outcome)
}

fn on(spec: &SpecFolder, args: &[&str]) -> Outcome {
    run(spec.path(), &[&["--spec", "."], args].concat())
}

/// Whether a text has all of these lines, white space at their ends apart.
#[track_caller]
fn has(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.lines().any(|one| one.trim() == *line), "no `{line}` in\n{text}");
    }
}

#[test]
fn the_place_of_bits_is_no_flag() {
    let text = "struct npu_info {\n\t__u32 argsz;\n\t__u32 flags;\n\
        #define NPU_INFO_RESET (1 << 0)\n#define NPU_INFO_GEN_SHIFT 8\n\
        #define NPU_INFO_GEN_MASK (0xf << NPU_INFO_GEN_SHIFT)\n\
        #define NPU_INFO_KEY_SHIFT (1 << 4)\n\
        \t__u32 mode;\n#define NPU_MODE_FAST 1\n#define NPU_MODE_RATE_SHIFT 4\n};\n\
        #define NPU_GET_INFO _IO(NPU_TYPE, NPU_BASE + 0)\n";
    let (spec, done) = imported(text, &["--write"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let abi = spec.abi();
    let values = |group: &str| {
        let group = abi.groups.iter().find(|one| one.name == group).expect("a group");
        group.values.iter().map(|one| (one.name.as_str(), one.number)).collect::<Vec<_>>()
    };
    let flags = [("NPU_INFO_RESET", 1), ("NPU_INFO_GEN_MASK", 0xf00), ("NPU_INFO_KEY_SHIFT", 16)];
    assert_eq!(values("npu_info.flags"), flags);
    assert_eq!(values("npu_info.mode"), [("NPU_MODE_FAST", 1)]);
    let constants = abi.groups.iter().filter(|group| group.field.is_none());
    let all: Vec<_> = constants.flat_map(|group| &group.values).collect();
    for (name, number) in [("NPU_INFO_GEN_SHIFT", 8), ("NPU_MODE_RATE_SHIFT", 4)] {
        assert!(all.iter().any(|one| one.name == name && one.number == number), "{name}");
    }
    // A flag that joins known ones is judged by the same rule.
    let more = text.replace(
        "#define NPU_INFO_GEN_SHIFT 8",
        "#define NPU_INFO_GEN_SHIFT 8\n\
        #define NPU_INFO_LOG_SHIFT 16\n#define NPU_INFO_SAFE 0x2",
    );
    spec.write("npu.h", header(&more));
    let Outcome { code, stdout, stderr } = on(&spec, &["import", "npu.h"]);
    assert_eq!(code, 0, "{stderr}");
    has(&stdout, &["NPU_INFO_LOG_SHIFT: 16, (draft) to be written"]);
    let safe = "NPU_INFO_SAFE: {bit: 1, doc: (draft) to be written, since: v1.0}";
    has(&stdout, &["# guess: one of `npu_info.flags`", safe]);
}

#[test]
fn guesses_are_marked() {
    let text = "/**\n * struct npu_run - ioctl(NPU_RUN)\n * @argsz: size\n * @flags: flags\n \
        * @out_id: the new id\n * @fence: out: the fence\n * @slots: Input/Output slots\n \
        * @bytes: in bytes\n * @pad: unused\n * @count: how many\n * @fds: the descriptors\n */\n\
        struct npu_run {\n\t__u32 argsz;\n\t__u32 flags;\n\t__u32 out_id;\n\t__u32 fence;\n\
        \t__u32 slots;\n\t__u32 bytes;\n\t__u32 pad;\n\t__u32 count;\n\t__s32 fds[];\n};\n\
        #define NPU_RUN _IO(NPU_TYPE, NPU_BASE + 0)\n\
        #define NPU_STOP _IO(NPU_TYPE, NPU_BASE + 1)\n";
    let (_, Outcome { code, stdout, stderr }) = imported(text, &[]);
    assert_eq!(code, 0, "{stderr}");
    has(
        &stdout,
        &[
            "minsz: count # guess: its last field, if all are of the first release",
            "argsz: in argsz u32, (draft) size",
            "flags: in flags u32, (draft) flags # guess: direction by the ioctl",
            "out_id: out u32, (draft) the new id # guess: direction by its name",
            "fence: \"out u32, (draft) out: the fence\" # guess: direction by its comment",
            "slots: inout u32, (draft) Input/Output slots # guess: direction by its comment",
            "bytes: in u32, (draft) in bytes # guess: direction by the ioctl",
            "pad: in reserved u32, (draft) unused # guess: reserved by its name",
            "# guess: direction by the ioctl, `count` counts its elements",
            "fds: in s32[count], (draft) the descriptors",
            "arg: struct npu_run # guess: by its comment, its name or its place",
            "arg: none # guess: no struct has its name, and no comment names one",
        ],
    );
    // Marks are comments: the result of every way of import is the same specification.
    let (written, done) = imported(text, &["--write"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let (other, done) = imported(text, &["--overlay-out", "more.overlay"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let overlay = other.path().join("more.overlay");
    assert!(fs::read_to_string(&overlay).expect("an overlay").contains("# guess: "));
    let opened = other.open(&[overlay]);
    let overlaid = capchain::lower::lower(&opened.spec.expect("a specification"), None);
    for abi in [written.abi(), overlaid] {
        let run = abi.structs.iter().find(|one| one.name == "npu_run").expect("the struct");
        let ways = run.fields.iter().map(|field| field.direction).collect::<Vec<_>>();
        let [into, out, both] = [Direction::In, Direction::Out, Direction::InOut].map(Some);
        assert_eq!(ways, [into, into, out, out, both, into, into, into, into]);
    }
}

/// One ABI has arguments with argsz and flags, and others with their size alone.
#[test]
fn arguments_start_in_both_ways() {
    let text = "struct npu_alloc {\n\t__u32 size;\n\t__u32 prio;\n};\n\
        #define NPU_ALLOC _IO(NPU_TYPE, NPU_BASE + 0)\n\
        /**\n * struct npu_gone - ioctl(NPU_FREE)\n */\nstruct npu_gone {\n\t__u32 size;\n\t__u32 id;\n};\n\
        #define NPU_FREE _IO(NPU_TYPE, NPU_BASE + 1)\n\
        struct npu_info {\n\t__u32 argsz;\n\t__u32 flags;\n#define NPU_INFO_CAPS (1 << 0)\n\
        \t__u32 cap_offset;\n\t__u32 nr;\n};\n#define NPU_GET_INFO _IO(NPU_TYPE, NPU_BASE + 2)\n\
        #define NPU_INFO_CAP_ONE 1\nstruct npu_info_cap_one {\n\tstruct npu_cap_header header;\n\
        \t__aligned_u64 most;\n};\nstruct npu_area {\n\t__u32 size;\n\t__u32 at;\n};\n";
    for start in ["", "protocol: {start: size}\n"] {
        let spec =
            SpecFolder::with_files(&[("abi.yaml", &[ABI, start].concat()), ("npu.yaml", ITEMS)]);
        spec.write("npu.h", header(text));
        let done = on(&spec, &["import", "npu.h", "--write"]);
        assert_eq!(done.code, 0, "{}", done.stderr);
        let note = "`npu_alloc` starts with its size alone: `protocol: {start: size}`";
        assert_eq!(done.stderr.contains(note), start.is_empty(), "{}", done.stderr);
        let abi = spec.abi();
        let arguments =
            [("NPU_ALLOC", "npu_alloc"), ("NPU_FREE", "npu_gone"), ("NPU_GET_INFO", "npu_info")];
        for (ioctl, name) in arguments {
            let ioctl = abi.ioctls.iter().find(|one| one.name == ioctl).expect("an ioctl");
            let Arg::Struct(id) = ioctl.arg else { panic!("{name} is no argument") };
            let struct_ = abi.struct_(id);
            assert_eq!((struct_.name.as_str(), struct_.fields[0].role), (name, Role::Argsz));
            assert!(struct_.minsz.is_some(), "{name}");
        }
        assert_eq!(abi.chains[0].capabilities.len(), 1);
        // A struct that is no argument has only a number of this name.
        let area = abi.structs.iter().find(|one| one.name == "npu_area").expect("a struct");
        assert_eq!(area.fields[0].role == Role::Argsz, !start.is_empty());
        let Outcome { stdout, .. } = on(&spec, &["lint"]);
        assert_eq!(stdout.contains("error[L7]"), start.is_empty(), "{stdout}");
        let help = "lets arguments start with their size alone";
        assert_eq!(stdout.contains(help), start.is_empty(), "{stdout}");
        if !start.is_empty() {
            spec.edit("npu.yaml", |text| text.replace("size: in argsz u32", "size: in u32"));
            spec.edit("npu.yaml", |text| text.replace("    minsz: ", "    # "));
            let Outcome { stdout, .. } = on(&spec, &["lint"]);
            assert!(stdout.contains("give `size` the role: `size: in argsz u32`"), "{stdout}");
        }
    }
}

/// Without its struct, a capability or an ioctl would be one without any.
#[test]
fn what_needs_an_unread_struct_is_left_out() {
    let text = "struct npu_engine {\n\tunion {\n\t\tstruct { __u32 lanes; };\n\t\t__u32 raw;\n\t};\n};\n\
        struct npu_info {\n\t__u32 argsz;\n\t__u32 flags;\n#define NPU_INFO_CAPS (1 << 0)\n\
        \t__u32 cap_offset;\n\t__u32 nr;\n};\n#define NPU_GET_INFO _IO(NPU_TYPE, NPU_BASE + 0)\n\
        #define NPU_INFO_CAP_ENGINES 1\nstruct npu_info_cap_engines {\n\tstruct npu_cap_header header;\n\
        \t__u32 nr;\n\t__u32 pad;\n\tstruct npu_engine engines[];\n};\n#define NPU_INFO_CAP_PLAIN 2\n\
        struct npu_start {\n\t__u32 argsz;\n\t__u32 flags;\n\tstruct npu_engine engine;\n};\n\
        #define NPU_START _IO(NPU_TYPE, NPU_BASE + 1)\n";
    let (spec, done) = imported(text, &["--write"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let errors = done.stderr.as_str();
    assert!(errors.contains("warning[H4]"), "{errors}");
    assert!(!errors.contains("is not declared"), "{errors}");
    let cause = "`npu_info_cap_engines` is not read: `struct npu_engine` is not read";
    assert!(errors.contains(cause), "{errors}");
    for name in ["NPU_INFO_CAP_ENGINES", "NPU_START"] {
        let note = format!("note: `{name}` is left out: `struct npu_engine` is not read");
        assert!(errors.contains(&note), "{note}: {errors}");
    }
    let abi = spec.abi();
    let capabilities: Vec<_> = abi.capabilities.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(capabilities, ["NPU_INFO_CAP_PLAIN"]);
    let ioctls: Vec<_> = abi.ioctls.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(ioctls, ["NPU_GET_INFO"]);
}

#[test]
fn what_cannot_be_described_is_left_out_and_the_rest_loads() {
    let text = "struct npu_two {\n\tunion {\n\t\tstruct { __u16 rows; __u16 cols; } shape;\n\
        \t\t__u32 raw;\n\t};\n};\nstruct npu_set {\n\t__u32 argsz;\n\t__u32 flags;\n\
        \tstruct npu_two two;\n};\n#define NPU_SET _IO(NPU_TYPE, NPU_BASE + 0)\n\
        enum { NPU_CMD_BASE = 0x80, NPU_CMD_A = NPU_CMD_BASE, NPU_CMD_B, NPU_CMD_C = NPU_CMD_A, \
        NPU_CMD_D = 0x81 };\nstruct npu_good {\n\t__u32 one;\n};\n";
    let (spec, done) = imported(text, &["--write"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let errors = done.stderr.as_str();
    for note in [
        "`npu_two` is left out: `shape` cannot be a member of this union",
        "`npu_set` is left out: `struct npu_two` is not read: `shape` cannot be a member",
        "`NPU_SET` is left out: ",
        "`NPU_CMD_D` is left out: the number 129 is taken",
    ] {
        assert!(errors.contains(note), "{note}: {errors}");
    }
    let abi = spec.abi();
    assert!(abi.structs.iter().any(|one| one.name == "npu_good"));
    let text = fs::read_to_string(spec.path().join("npu.yaml")).expect("a file");
    for name in ["NPU_CMD_A", "NPU_CMD_C"] {
        let line = format!("{name}: {{alias: NPU_CMD_BASE, doc: (draft) to be written}}");
        has(&text, &[&line]);
    }
}

/// A chain more in its file makes a capability ambiguous that names none.
#[test]
fn what_would_not_load_is_not_written() {
    let chain = "\n  - struct: npu_old\n    doc: An old one.\n    minsz: cap_offset\n    fields:\n      \
        argsz: inout argsz u32, its size\n      flags:\n        type: out flags u32\n        doc: flags\n        \
        bits:\n          NPU_OLD_CAPS: bit 0, a chain\n      cap_offset: out cap_offset u32, the first\n\n  \
        - chain: old\n    doc: A chain.\n    header: info\n    host: npu_old\n    flag: NPU_OLD_CAPS\n    \
        prefix: NPU_OLD_CAP_\n\n  - capability: NPU_OLD_CAP_X\n    id: 1\n    doc: One.\n";
    let items = [ITEMS, chain].concat();
    let spec = SpecFolder::with_files(&[("abi.yaml", ABI), ("npu.yaml", &items)]);
    let text = "struct npu_more {\n\t__u32 argsz;\n\t__u32 flags;\n#define NPU_MORE_CAPS (1 << 0)\n\
        \t__u32 cap_offset;\n\t__u32 nr;\n};\n#define NPU_GET_MORE _IO(NPU_TYPE, NPU_BASE + 0)\n";
    spec.write("npu.h", header(text));
    let done = on(&spec, &["import", "npu.h", "--write"]);
    assert_eq!(done.code, 2, "{}", done.stdout);
    assert!(done.stderr.contains("error[V020]"), "{}", done.stderr);
    assert!(done.stderr.contains("nothing was written"), "{}", done.stderr);
    let kept = fs::read_to_string(spec.path().join("npu.yaml")).expect("a file");
    assert_eq!(kept, items);
    // What is to be pasted is printed all the same, with a warning.
    let done = on(&spec, &["import", "npu.h"]);
    assert!(done.code == 0 && done.stdout.contains("- chain: more"), "{}", done.stderr);
    assert!(done.stderr.contains("does not load with these additions"), "{}", done.stderr);
}

#[test]
fn an_ioctl_with_a_size_in_its_number_is_a_number_with_a_note() {
    let text =
        "struct npu_old {\n\t__u32 one;\n};\n#define NPU_OLD _IOWR(NPU_TYPE, 1, struct npu_old)\n";
    let (spec, done) = imported(text, &["--write"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(
        done.stderr.contains("`NPU_OLD` becomes a number: no specification"),
        "{}",
        done.stderr
    );
    let written = fs::read_to_string(spec.path().join("npu.yaml")).expect("a file");
    has(&written, &["NPU_OLD: 0xc0044e01, (draft) to be written"]);
}

#[test]
fn a_macro_with_parameters_is_not_said_to_be_printed() {
    let (spec, done) = imported("#define NPU_PRIO(x) ((x) & 7)\n", &[]);
    assert!(done.stderr.contains("`NPU_PRIO` is left out"), "{}", done.stderr);
    let drift = on(&spec, &["drift", "npu.h"]);
    assert!(drift.stdout.contains("describe it with `macro`"), "{}", drift.stdout);
    assert!(!drift.stdout.contains("prints what to add"), "{}", drift.stdout);
}

#[test]
fn kerneldoc_goes_to_what_it_describes() {
    let text = "/**\n * struct npu_job - one job\n * @queue: its queue,\n *     by number\n \
        * @u.raw: all of it\n *\n * Jobs start in order.\n */\nstruct npu_part {\n\t__u32 at;\n};\n\
        struct npu_job {\n\t__u32 queue;\n\t/** @prio: its priority */\n\t__u32 prio;\n\
        \t__u32 plain; /* beside it */\n\tunion {\n\t\t__u32 raw;\n\t\t__u32 other;\n\t};\n};\n\
        /**\n * enum npu_kind - the kinds\n * @NPU_KIND_A: the first\n * @NPU_KIND_B: the second\n */\n\
        enum npu_kind { NPU_KIND_A,\n\tNPU_KIND_B /* beside it */\n};\n";
    let (_, Outcome { stdout, stderr, .. }) = imported(text, &[]);
    has(
        &stdout,
        &[
            "doc: (draft) one job. Jobs start in order.",
            "queue: u32, (draft) its queue, by number",
            "prio: u32, (draft) its priority",
            "plain: u32, (draft) beside it",
            "raw: u32, (draft) all of it",
            "other: u32, (draft) to be written",
            "doc: (draft) the kinds.",
            "NPU_KIND_A: 0, (draft) the first",
            "NPU_KIND_B: 1, (draft) beside it",
        ],
    );
    let part = stdout.split("- struct: npu_part").nth(1).unwrap_or_else(|| panic!("{stderr}"));
    assert!(part.trim_start().starts_with("doc: (draft) to be written"), "{stdout}");
}

/// The judge is a reader of kerneldoc that knows lines only.
#[test]
fn the_members_of_real_headers_have_their_kerneldoc() {
    let mut compared = 0;
    for kernel in kernels::kernels() {
        for header in ["linux/iommufd.h", "linux/vfio.h", "fwctl/fwctl.h"] {
            let Ok(text) = fs::read_to_string(kernel.folder.join(header)) else { continue };
            let mut sources = Sources::default();
            let file = sources.add(header.to_owned(), text.clone());
            let read = header::read(&sources, &[file], &Outside::default());
            for comment in text.split("/**\n").skip(1) {
                let comment = comment.split("*/").next().unwrap_or_default();
                let mut lines =
                    comment.lines().map(|line| line.trim_start().trim_start_matches("*").trim());
                let first = lines.next().unwrap_or_default();
                let Some(name) =
                    first.strip_prefix("struct ").and_then(|rest| rest.split(' ').next())
                else {
                    continue;
                };
                let Some(found) = read.facts.struct_(name) else { continue };
                let members = lines.filter_map(|line| line.strip_prefix('@')?.split_once(':'));
                for (member, said) in members {
                    let field = found.fields.iter().find(|field| field.name == member);
                    let Some(field) = field.filter(|_| !said.trim().is_empty()) else { continue };
                    assert!(
                        field.doc.starts_with(said.trim()),
                        "{header} {name}.{member}: {}",
                        field.doc
                    );
                    compared += 1;
                }
            }
            for one in &read.facts.structs {
                let mut words = one.doc.split(' ');
                let own = |word: &str| one.fields.iter().any(|field| field.name == word);
                let member = words.find(|word| {
                    word.strip_prefix('@').and_then(|word| word.strip_suffix(':')).is_some_and(own)
                });
                assert_eq!(member, None, "{header} {}: {}", one.name, one.doc);
            }
        }
    }
    println!("{compared} members");
    if compared == 0 {
        skip(Group::RealHeaders, "no header has kerneldoc");
    }
}
