//! Verdicts on the numbers of ioctls, of which the size of the argument is a part. gcc computes
//! the numbers of two headers, and `compat` must report exactly those that differ.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use capchain::compat::{Affected, Class, Finding, Side, compare};
use support::comparisons::header_side;
use support::compilers::{BITS, knows};
use support::process::finish;
use support::spec_folder::{SpecFolder, cap_keys, ioctl_keys};
use support::{fixtures, kernels, sample};

/// Headers of other subsystems, below the folder of a kernel.
const HEADERS: [&str; 6] = [
    "linux/vduse.h",
    "linux/cxl_mem.h",
    "linux/fpga-dfl.h",
    "linux/fs.h",
    "drm/drm.h",
    "drm/xe_drm.h",
];

/// The two sides of a change of a header that no specification describes.
fn sides(name: &str, texts: [&str; 2]) -> Option<[Side; 2]> {
    let items = format!(
        "  - constants: parts\n    doc: A part.\n    values:\n      {}_PART: 1, a part\n",
        name.to_uppercase()
    );
    let spec = fixtures::open(SpecFolder::small(name, name, "", &items).path());
    let path = format!("{name}.h");
    let [old, new] = texts.map(|text| header_side(&spec, &path, text));
    Some([old?, new?])
}

/// The numbers of ioctls in a header, as gcc computes them; `None` if it includes headers that
/// this machine lacks.
fn numbers(folder: &str, text: &str, names: &[&String], mode: &[&str]) -> Option<Vec<u32>> {
    let work = tempfile::tempdir().expect("a folder");
    let list: String = names.iter().map(|name| format!("\t{name},\n")).collect();
    let program = format!(
        "#include <stddef.h>\n#include <linux/ioctl.h>\n#include \"changed.h\"\nconst unsigned int numbers[] = {{\n{list}}};\n"
    );
    fs::write(work.path().join("changed.h"), text).expect("a header");
    fs::write(work.path().join("numbers.c"), program).expect("a program");
    let mut gcc = Command::new("gcc");
    gcc.current_dir(work.path()).args(["-S", "-o", "-", "-w", "-isystem", folder]).args(mode);
    let output = finish(gcc.arg("numbers.c"));
    if String::from_utf8_lossy(&output.stderr).contains("No such file") {
        return None;
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let assembly = String::from_utf8_lossy(&output.stdout);
    let lines = assembly.lines().skip_while(|line| *line != "numbers:").skip(1);
    let longs = lines.map_while(|line| line.trim().strip_prefix(".long"));
    let numbers: Vec<_> =
        longs.map(|one| one.trim().parse::<i64>().expect("a number") as u32).collect();
    assert_eq!(numbers.len(), names.len(), "{assembly}");
    Some(numbers)
}

/// The texts of a header with one more field at the end of each struct in turn; nothing can
/// follow an array of any length.
fn grown(text: &str) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let mut open = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("struct ").and_then(|rest| rest.strip_suffix(" {\n"))
        {
            open = Some((name.to_owned(), at));
        }
        if line.starts_with("};") {
            let closed = open.take().filter(|(_, from)| !text[*from..at].contains("[];"));
            texts.extend(closed.map(|(name, _)| {
                (name, [&text[..at], "\t__u32\tgrown_at_the_end;\n", &text[at..]].concat())
            }));
        }
        at += line.len();
    }
    texts
}

/// Real headers, each with the folder of its kernel.
fn headers() -> Vec<(PathBuf, &'static str, String)> {
    let mut all = Vec::new();
    for kernel in kernels::kernels() {
        for header in HEADERS {
            if let Ok(text) = fs::read_to_string(kernel.folder.join(header)) {
                all.push((kernel.folder.clone(), header, text));
            }
        }
    }
    all
}

fn verdicts(findings: &[Finding]) -> BTreeMap<&str, Class> {
    let numbers = findings.iter().filter(|one| one.message.starts_with("the number of the ioctl"));
    numbers.map(|one| (one.subject.as_str(), one.class)).collect()
}

#[test]
fn gcc_and_compat_see_the_same_numbers_change() {
    let modes: Vec<_> = BITS[..2].iter().filter(|mode| knows("gcc", mode)).collect();
    let (mut tried, mut changed) = (0, 0);
    for (folder, header, text) in headers() {
        let folder = folder.display().to_string();
        let name = header.rsplit('/').next().and_then(|name| name.strip_suffix(".h"));
        let name = name.expect("a header").replace('-', "_");
        for (at, (struct_, new)) in grown(&text).into_iter().enumerate() {
            if !sample::takes(at, 8) {
                continue;
            }
            let Some([before, now]) = sides(&name, [&text, &new]) else { continue };
            let names: Vec<_> = before.knowledge.ioctls.keys().collect();
            if names.is_empty() {
                continue;
            }
            let differ = modes.iter().map(|mode| {
                let [old, new] = [&text, &new].map(|text| numbers(&folder, text, &names, mode));
                let pairs = old?.into_iter().zip(new?);
                Some(pairs.map(|(old, new)| old != new).collect::<Vec<_>>())
            });
            let Some(differ) = differ.collect::<Option<Vec<_>>>() else { continue };
            let findings = compare(&before, &now);
            let found = verdicts(&findings);
            for (at, name) in names.iter().enumerate() {
                let expected = match differ.iter().map(|mode| mode[at]).collect::<Vec<_>>()[..] {
                    [true, ..] => Some(Class::Wire),
                    [false, true] => Some(Class::Wire32),
                    _ => None,
                };
                let class = found.get(name.as_str()).copied();
                // Without -m32, gcc does not see the others.
                let is_unseen = modes.len() == 1 && class == Some(Class::Wire32);
                assert!(
                    class == expected || is_unseen,
                    "{folder}/{header}, {struct_}: {name}: {class:?}, {expected:?}"
                );
                changed += usize::from(expected.is_some());
            }
            tried += 1;
        }
    }
    println!("{tried} changes of structs, {changed} numbers of ioctls changed");
    assert!(tried == 0 || changed > tried / 8, "{changed} of {tried}");
}

/// A header with one ioctl, written in a given way.
fn header(ioctl: &str, more: &str) -> String {
    format!(
        "#ifndef ONE_H\n#define ONE_H\n#include <linux/types.h>\n#include <linux/ioctl.h>\n\
         #define ONE_TYPE 0xf0\n#define ONE_BASE 0\n\
         struct one_info {{\n\t__u32 argsz;\n\t__u32 flags;\n\t__u64 address;\n{more}}};\n\
         {ioctl}\n#endif\n"
    )
}

/// Sides that specify the ioctl as number 0, without a handler.
fn specified(texts: [String; 2]) -> [Side; 2] {
    let items = "  - constants: numbers\n    doc: Parts of all numbers.\n    values:\n      \
                 ONE_TYPE: 0xf0, the type\n      ONE_BASE: 0, the base\n  \
                 - struct: one_info\n    doc: Information.\n    minsz: address\n    fields:\n      \
                 argsz: inout argsz u32, its size\n      flags: in flags u32, its flags\n      \
                 address: in u64, where\n  \
                 - ioctl: ONE_GET_INFO\n    number: 0\n    fd: device\n    arg: struct one_info\n    \
                 doc: Asks.\n";
    let folder = SpecFolder::small("one", "one", &ioctl_keys("one"), items);
    let spec = fixtures::open(folder.path());
    texts.map(|text| header_side(&spec, "one.h", &text).expect("a header"))
}

const IO: &str = "#define ONE_GET_INFO _IO(ONE_TYPE, ONE_BASE)";
const IOWR: &str = "#define ONE_GET_INFO _IOWR(ONE_TYPE, ONE_BASE, struct one_info)";
const COMPUTED: &str = "#define ONE_GET_INFO ((ONE_TYPE << 8) | ONE_BASE)";
const BY_SIZE: &str = "#define ONE_GET_INFO _IOC(_IOC_READ | _IOC_WRITE, ONE_TYPE, ONE_BASE, sizeof(struct one_info))";
const OTHER_TYPE: &str = "#define ONE_GET_INFO _IO(0xf1, ONE_BASE)";
const GROWN: &str = "\t__u64 more;\n";
const PADDED: &str = "\t__u32 more;\n";
const TWICE: &str = "\t__u32 more;\n\t__u32 again;\n";

/// The verdict on the number of a specified ioctl.
#[test]
fn the_whole_number_of_a_specified_ioctl_is_compared() {
    let wire = Some((Class::Wire, Some(Affected::Both)));
    let wire_32 = Some((Class::Wire32, Some(Affected::Both)));
    let gone = Some((Class::Wire, Some(Affected::OldProgram)));
    for (before, now, expected) in [
        ((IO, ""), (IO, GROWN), None),
        ((IOWR, ""), (IOWR, ""), None),
        ((IOWR, ""), (IOWR, GROWN), wire),
        ((IOWR, GROWN), (IOWR, ""), wire),
        ((IOWR, PADDED), (IOWR, TWICE), wire_32),
        ((BY_SIZE, ""), (BY_SIZE, GROWN), wire),
        ((IOWR, ""), (BY_SIZE, ""), None),
        ((IO, ""), (COMPUTED, ""), None),
        ((COMPUTED, ""), (IO, ""), None),
        ((IO, ""), (IOWR, ""), gone),
        ((IOWR, ""), (IO, ""), wire),
        ((IO, ""), (OTHER_TYPE, ""), wire),
        ((OTHER_TYPE, ""), (IO, ""), wire),
        ((IOWR, ""), ("", ""), gone),
    ] {
        let [old, new] = specified([before, now].map(|(ioctl, more)| header(ioctl, more)));
        let found = compare(&old, &new);
        let mut found: Vec<_> = found.iter().filter(|one| one.subject == "ONE_GET_INFO").collect();
        found.retain(|one| one.class.breaks());
        let verdicts: Vec<_> = found.iter().map(|one| (one.class, one.affected)).collect();
        assert_eq!(verdicts, Vec::from_iter(expected), "{before:?} to {now:?}: {found:#?}");
        assert!(found.iter().all(|one| one.witness.is_some()), "{found:#?}");
    }
    let [old, new] = specified([header("", ""), header(IOWR, "")]);
    let found = compare(&old, &new);
    let new = found.iter().find(|one| one.subject == "ONE_GET_INFO").expect("a finding");
    assert_eq!((new.code.0, new.class), ("C24", Class::Growth));
}

/// A macro that cannot be read is not the same because its text is: it can name something that
/// changed.
#[test]
fn an_unread_number_is_not_judged_if_what_it_names_changed() {
    let odd = "#define ONE_LENGTH (sizeof(struct one_info) + nothing_known)\n\
               #define ONE_DOUBLE (2 * ONE_LENGTH)\n#define ONE_OTHER (nothing_known + 1)";
    let unread = |more: &str| {
        let [old, new] = specified(["", more].map(|more| header(&format!("{IO}\n{odd}"), more)));
        let found = compare(&old, &new).into_iter();
        let mut names: Vec<_> =
            found.filter(|one| one.class == Class::NotJudged).map(|one| one.subject).collect();
        names.sort();
        names
    };
    assert!(unread("").is_empty());
    assert_eq!(unread(GROWN), ["ONE_DOUBLE", "ONE_LENGTH"]);
}

/// A capability and the highest id move together; every other constant with the same numbers
/// changes its meaning.
#[test]
fn only_a_macro_called_like_the_ids_is_the_highest_of_them() {
    let ids = |last: &str, number: u32, more: &str| {
        format!(
            "#ifndef TWO_H\n#define TWO_H\n#include <linux/types.h>\n\
             struct two_cap_header {{\n\t__u16 id;\n\t__u16 version;\n\t__u32 next;\n}};\n\
             struct two_info {{\n\t__u32 argsz;\n\t__u32 flags;\n#define TWO_INFO_FLAG_CAPS (1 << 0)\n\
             \t__u32 cap_offset;\n}};\n\
             #define TWO_INFO_CAP_FIRST 1\n#define TWO_INFO_CAP_SECOND 2\n{more}\
             #define {last} {number}\n#endif\n"
        )
    };
    let items = "  - struct: two_cap_header\n    doc: Heads.\n    fields:\n      \
                 id: u16, its id\n      version: u16, its version\n      next: u32, the next one\n  \
                 - struct: two_info\n    doc: Information.\n    minsz: cap_offset\n    fields:\n      \
                 argsz: inout argsz u32, its size\n      flags:\n        type: out flags u32\n        \
                 doc: its flags\n        prefix: TWO_INFO_FLAG_\n        bits:\n          \
                 TWO_INFO_FLAG_CAPS: bit 0, a chain follows\n      \
                 cap_offset: out cap_offset u32, where\n  \
                 - chain: info\n    doc: A chain.\n    header: cap\n    host: two_info\n    \
                 flag: TWO_INFO_FLAG_CAPS\n    prefix: TWO_INFO_CAP_\n  \
                 - capability: TWO_INFO_CAP_FIRST\n    id: 1\n    doc: One.\n  \
                 - capability: TWO_INFO_CAP_SECOND\n    id: 2\n    doc: Another.\n";
    let folder = SpecFolder::small("two", "two", &cap_keys("two"), items);
    let spec = fixtures::open(folder.path());
    let side = |text: String| header_side(&spec, "two.h", &text).expect("a header");
    for (name, class) in [
        ("TWO_INFO_CAP_MAX", Class::Note),
        ("TWO_INFO_CAP_LAST", Class::Note),
        ("TWO_MODE", Class::Wire),
        ("TWO_INFO_MAX", Class::Wire),
        ("TWO_MAX_CAPS", Class::Wire),
        // A flag, which has the bit of another one then.
        ("TWO_INFO_FLAG_LAST", Class::Wire),
    ] {
        let more = "#define TWO_INFO_CAP_THIRD 3\n";
        let found = compare(&side(ids(name, 2, "")), &side(ids(name, 3, more)));
        let of_name: Vec<_> = found.iter().filter(|one| one.subject == name).collect();
        let classes: Vec<_> = of_name.iter().map(|one| one.class).collect();
        assert_eq!(classes, [class], "{name}: {found:#?}");
        let breaks = found.iter().filter(|one| one.class.breaks()).count();
        assert_eq!(breaks, usize::from(class.breaks()), "{name}: {found:#?}");
    }
}
