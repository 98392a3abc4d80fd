//! Changes of headers that are no plain hunks, and conditions around parts of headers:
//! `review` must not pass over what `compat` finds.

use std::fs;
use std::path::Path;

use capchain::emit::kernel_header;
use capchain::lower::lower;
use support::program::run;
use support::{fixtures, mangled};

const PATH: &str = "include/uapi/linux/vfio.h";

/// The header of the newest release.
fn header() -> String {
    kernel_header(&lower(&fixtures::spec(), None), 0)
}

/// The exit code of a command in a folder, and what it prints.
fn code(folder: &Path, args: &[&str]) -> (i32, String) {
    let spec = fixtures::root().join("spec/vfio").display().to_string();
    let outcome = run(folder, &[&["--spec", &spec], args].concat());
    (outcome.code, outcome.stdout + &outcome.stderr)
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// A header with two lines around a part.
fn around(text: &str, part: (&str, &str), lines: (&str, &str)) -> String {
    let start = text.find(part.0).unwrap_or_else(|| panic!("no {}", part.0));
    let length = text[start..].find(part.1).unwrap_or_else(|| panic!("no {}", part.1));
    let (before, rest) = text.split_at(start);
    let (inside, after) = rest.split_at(length + part.1.len());
    format!("{before}{}\n{inside}{}\n{after}", lines.0, lines.1)
}

#[test]
fn lines_around_parts_of_a_header_are_judged_as_in_the_whole_header() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, old) = (folder.path(), header());
    write(folder, "a/vfio.h", &old);
    let parts = [
        ("struct vfio_irq_info {\n", "};\n"),
        ("struct vfio_region_info_cap_type {\n", "};\n"),
        ("enum vfio_device_mig_state {\n", "};\n"),
        ("#define VFIO_UPDATE_VADDR", "\n"),
        ("#define VFIO_DEVICE_GET_IRQ_INFO", "\n"),
        ("#define VFIO_IRQ_INFO_NORESIZE", "\n"),
    ];
    let lines = [
        ("#if 0", "#endif"),
        ("#ifdef __KERNEL__", "#endif"),
        ("#if defined(__x86_64__)", "#endif"),
        ("#define __u32 __u64", "#undef __u32"),
        ("// a \\", "// b"),
    ];
    let mut found = 0;
    for part in parts {
        for lines in lines {
            let new = around(&old, part, lines);
            write(folder, "b/vfio.h", &new);
            write(folder, "p.patch", &mangled::patch(PATH, &old, &new));
            let (expected, _) = code(folder, &["compat", "a/vfio.h", "b/vfio.h"]);
            let (given, text) = code(folder, &["review", "--base", "a/vfio.h", "p.patch"]);
            assert_eq!(given, expected, "{part:?} {lines:?}: {text}");
            let (alone, text) = code(folder, &["review", "p.patch"]);
            assert!(alone == expected || alone == 2, "{part:?} {lines:?}: {alone} {text}");
            found += usize::from(expected != 0);
        }
    }
    assert!(found > 20, "{found}");
}

#[test]
fn changes_without_hunks_are_not_judged() {
    let folder = tempfile::tempdir().expect("a folder");
    let git = format!("diff --git a/{PATH} b/{PATH}\n");
    let moved = "include/uapi/linux/vfio2.h";
    for (patch, says) in [
        (
            format!(
                "diff --cc {PATH}\nindex 1,2..3\n--- a/{PATH}\n+++ b/{PATH}\n\
                 @@@ -1,3 -1,3 +1,4 @@@ struct vfio_irq_info {{\n  \t__u32 flags;\n++\t__u32 kind;\n"
            ),
            "line 5",
        ),
        (
            format!(
                "diff --git a/{PATH} b/{moved}\nsimilarity index 100%\nrename from {PATH}\n\
                 rename to {moved}\n"
            ),
            "line 3",
        ),
        (format!("{git}Binary files a/{PATH} and b/{PATH} differ\n"), "line 2"),
        (format!("{git}index 1..2\nGIT binary patch\nliteral 3\n"), "line 3"),
        (format!("--- a/{PATH}\n+++ b/{PATH}\n"), "line 1"),
    ] {
        write(folder.path(), "p.patch", &patch);
        let (code, text) = code(folder.path(), &["review", "p.patch"]);
        assert_eq!(code, 2, "{patch}{text}");
        assert!(text.contains(says) && text.contains("[R1]"), "{patch}{text}");
        // Other changes of the same mail do not hide it.
        let old = header();
        let new = old.replace("#define VFIO_API_VERSION\t0", "#define VFIO_API_VERSION\t1");
        assert_ne!(old, new);
        let both = patch + &mangled::patch(PATH, &old, &new);
        write(folder.path(), "p.patch", &both);
        let (code, text) = self::code(folder.path(), &["review", "p.patch"]);
        assert_eq!(code, 2, "{both}{text}");
    }
}

#[test]
fn colors_and_quotes_do_not_hide_a_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, old) = (folder.path(), header());
    let new = old.replace("#define VFIO_API_VERSION\t0", "#define VFIO_API_VERSION\t1");
    let plain = mangled::patch(PATH, &old, &new);
    let quoted = plain
        .replace(&format!("a/{PATH}"), &format!("\"a/{}\"", PATH.replace("vfio", "\\166fio")))
        .replace(&format!("b/{PATH}"), &format!("\"b/{PATH}\""));
    let lines = plain.lines().map(|line| format!("\u{1b}[32m{line}\u{1b}[m\n"));
    for patch in [plain.clone(), quoted, lines.collect()] {
        write(folder, "p.patch", &patch);
        let (code, text) = code(folder, &["review", "p.patch"]);
        assert_eq!(code, 1, "{patch}{text}");
        assert!(text.contains("break[C10] VFIO_API_VERSION"), "{patch}{text}");
    }
}
