//! Changes of headers that are no plain hunks, and conditions around parts of headers:
//! `review` must not pass over what `compat` finds.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use capchain::Opened;
use capchain::emit::kernel_header;
use capchain::lower::lower;
use capchain::review::{BaseChoice, Effect, mails, review};
use capchain::spec::load::Origin;
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

/// How many breaks a review finds, and the codes of what it does not judge.
fn found(patch: &str) -> (usize, Vec<&'static str>) {
    static OPENED: LazyLock<Opened> =
        LazyLock::new(|| capchain::open(&Origin::Folder(fixtures::root().join("spec/vfio")), &[]));
    let spec = OPENED.spec.as_ref().expect("the specification");
    let mails = mails(patch.as_bytes());
    let base = BaseChoice::Release(spec.newest());
    let review = review(spec, &OPENED.sources, &base, mails).expect("a review");
    let remarks = review.series.iter().flat_map(|series| &series.remarks);
    let unjudged = remarks.filter(|remark| remark.effect == Effect::NotJudged);
    (review.count(Effect::Breaks), unjudged.map(|remark| remark.code.0).collect())
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
    for (patch, says) in [
        (
            format!(
                "diff --cc {PATH}\nindex 1,2..3\n--- a/{PATH}\n+++ b/{PATH}\n\
                 @@@ -1,3 -1,3 +1,4 @@@ struct vfio_irq_info {{\n  \t__u32 flags;\n++\t__u32 kind;\n"
            ),
            "line 5",
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

/// What git, GNU diff, Subversion, Mercurial and Bazaar print of a change without its lines. PATH
/// stands for the header, FOLDER for a folder that contains it.
const NOT_SHOWN: [&str; 23] = [
    "diff --git PATH PATH\nindex 1..2 100644\nGIT binary patch\nliteral 3\nKcmZ\n\nliteral 0\nHc\n",
    "diff --git i/PATH w/PATH\nindex 1..2 100644\nGIT binary patch\nliteral 3\nKcmZ\n\n",
    "diff --git PATH PATH\nindex 1..2 100644\nBinary files PATH and PATH differ\n",
    "diff --git a/PATH b/PATH\nindex 1..2 100644\n",
    "diff --git a/FOLDER b/FOLDER\nindex 1..2 160000\n--- a/FOLDER\n+++ b/FOLDER\n@@ -1 +1 @@\n\
     -Subproject commit 1111111\n+Subproject commit 2222222\n",
    "Submodule FOLDER 1111111..2222222:\n  > a change\n",
    "Submodule FOLDER 1111111...0000000 (submodule deleted)\n",
    "diff --cc PATH\nindex 1,2..3\nBinary files differ\n",
    "diff --combined PATH\nindex 1,2..3\n",
    "Binary files a/PATH and b/PATH differ\n",
    "Binary files PATH\t2020-01-01 and PATH\t2020-01-02 differ\n",
    "Files a/PATH and b/PATH differ\n",
    "Symbolic links a/PATH and b/PATH differ\n",
    "File a/PATH is a regular file while file b/PATH is a symbolic link\n",
    "Only in a/FOLDER/linux: vfio.h\n",
    "Only in a/FOLDER: linux\n",
    "diff -r a/PATH b/PATH\n19c19\n< #define VFIO_API_VERSION\t0\n---\n> #define VFIO_API_VERSION\t1\n",
    "*** a/PATH\t2020\n--- b/PATH\t2020\n***************\n*** 1 ****\n! #define A 0\n--- 1 ----\n! #define A 1\n",
    "Index: PATH\n===================\nCannot display: file marked as a binary type.\n",
    "Index: PATH (deleted)\n===================\n",
    "diff -r 0123456789ab PATH\nBinary file PATH has changed\n",
    "=== removed file 'PATH'\n",
    "=== modified file 'PATH'\nBinary files PATH\t2020 and PATH\t2020 differ\n",
];

#[test]
fn what_a_patch_does_not_show_is_not_judged() {
    let old = header();
    let harmless = old.replace("#define VFIO_API_VERSION\t0", "#define VFIO_API_VERSION\t0x0");
    assert!(old != harmless);
    let others = [
        mangled::patch("drivers/vfio/a.c", "int a;\n", "int b;\n"),
        mangled::patch(PATH, &old, &harmless),
    ];
    for form in NOT_SHOWN {
        let form = form.replace("PATH", PATH).replace("FOLDER", "include/uapi");
        // After another change, which ends without an empty line, and before one.
        for patch in [&[&form], &[&others[1], &form], &[&form, &others[0]]] as [&[&String]; 3] {
            let patch: String = patch.iter().map(|part| part.as_str()).collect();
            let (breaks, codes) = found(&patch);
            assert_eq!(breaks, 0, "{form}");
            assert!(codes.contains(&"R1"), "{patch}{codes:?}");
        }
        // The same of another file is none of a header's business.
        let elsewhere = form.replace(PATH, "drivers/vfio/vfio.c").replace("include/uapi", "roms");
        let elsewhere = elsewhere.replace(": vfio.h", ": vfio.c").replace("roms: linux", "roms: x");
        let (_, codes) = found(&[others[1].as_str(), &elsewhere].concat());
        assert!(codes.is_empty(), "{elsewhere}{codes:?}");
    }
}

#[test]
fn a_change_of_the_mode_alone_breaks_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let old = header();
    let mode = format!("diff --git a/{PATH} b/{PATH}\nold mode 100644\nnew mode 100755\n");
    let other = mangled::patch("drivers/vfio/a.c", "int a;\n", "int b;\n");
    write(folder.path(), "p.patch", &[mode.as_str(), &other].concat());
    let (found, text) = code(folder.path(), &["review", "p.patch"]);
    assert_eq!(found, 0, "{text}");
    let new = old.replace("#define VFIO_API_VERSION\t0", "#define VFIO_API_VERSION\t1");
    write(folder.path(), "p.patch", &[mode, mangled::patch(PATH, &old, &new)].concat());
    let (found, text) = code(folder.path(), &["review", "p.patch"]);
    assert_eq!(found, 1, "{text}");
}

/// A patch whose removed line is not what the header has: it was applied, or is reversed.
#[test]
fn a_removed_line_that_the_header_does_not_have_is_not_judged() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, old) = (folder.path(), header());
    let edits = [
        ("#define VFIO_API_VERSION\t0", "#define VFIO_API_VERSION\t1"),
        ("\tVFIO_PCI_MSI_IRQ_INDEX,", "\tVFIO_PCI_MSI_IRQ_INDEX = 1,"),
        ("\t__u32\tcount;", "\t__u64\tcount;"),
    ];
    write(folder, "vfio.h", &old);
    for (before, after) in edits {
        let new = old.replacen(before, after, 1);
        assert!(old != new, "{before}");
        write(folder, "p.patch", &mangled::patch(PATH, &new, &old));
        let (found, text) = code(folder, &["review", "--base", "vfio.h", "p.patch"]);
        assert_eq!(found, 2, "{before}: {text}");
    }
    let new = old.replace(edits[0].0, edits[0].1);
    write(folder, "p.patch", &mangled::patch(PATH, &new, &old));
    let (found, text) = code(folder, &["review", "p.patch"]);
    assert_eq!(found, 2, "{text}");
    assert!(text.contains("another text"), "{text}");
}

#[test]
fn forwarded_and_unnamed_attachments_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, old) = (folder.path(), header());
    let new = old.replace("#define VFIO_API_VERSION\t0", "#define VFIO_API_VERSION\t1");
    let patch = mangled::patch(PATH, &old, &new);
    let head = "From: a@example.org\nSubject: [PATCH] a change\nMIME-Version: 1.0\n";
    let mail = |kind: &str, body: &str| {
        format!(
            "{head}Content-Type: multipart/mixed; boundary=q\n\n--q\nContent-Type: text/plain\n\n\
             See there.\n--q\nContent-Type: {kind}\n\n{body}\n--q--\n"
        )
    };
    for text in [
        mail("application/octet-stream; name=a.patch", &patch),
        mail("application/octet-stream", &patch),
        mail("message/rfc822", &format!("{head}\n{patch}")),
        patch.replace('\n', "\r"),
        patch.replace('\n', "\r\n"),
    ] {
        write(folder, "p.patch", &text);
        let (found, said) = code(folder, &["review", "p.patch"]);
        assert_eq!(found, 1, "{text}{said}");
    }
}

/// A header with a part of it in another file, whose include guard is that of `NAME`.
fn split(old: &str, include: &str, edit: impl Fn(String) -> String) -> [String; 2] {
    let start = old.find("struct vfio_irq_info {").expect("the struct");
    let length = old[start..].find("\n};\n").expect("its end") + 4;
    let (before, rest) = old.split_at(start);
    let (part, after) = rest.split_at(length);
    let other = format!("#ifndef NAME\n#define NAME\n\n{part}\n#endif\n");
    [format!("{before}{include}{after}"), edit(other)]
}

/// A patch from some files to others.
fn patch_of(old: &[(&str, &str)], new: &[(&str, &str)]) -> String {
    let text = |files: &[(&str, &str)], path: &str| {
        files
            .iter()
            .find(|(name, _)| *name == path)
            .map_or(String::new(), |(_, text)| (*text).into())
    };
    let mut paths: Vec<_> = old.iter().chain(new).map(|(path, _)| *path).collect();
    paths.sort_unstable();
    paths.dedup();
    let patches = paths.iter().map(|path| {
        let (before, after) = (text(old, path), text(new, path));
        let patch = mangled::patch(path, &before, &after);
        match (before.is_empty(), after.is_empty()) {
            (true, _) => patch.replacen(&format!("--- a/{path}"), "--- /dev/null", 1),
            (_, true) => patch.replacen(&format!("+++ b/{path}"), "+++ /dev/null", 1),
            _ => patch,
        }
    });
    patches.collect()
}

/// What programs see of a header is its text and that of the files that it includes.
#[test]
fn declarations_that_move_to_another_file_are_judged_where_they_are() {
    const OTHER: &str = "include/uapi/linux/vfio_irq.h";
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, old) = (folder.path(), header());
    let same = |text: String| text;
    let wider = |text: String| text.replace("\t__u32\tcount;", "\t__u64\tcount;");
    let grown = |text: String| text.replace("\n};", "\n#define VFIO_IRQ_INFO_MINE\t(1 << 5)\n};");
    let included = "#include <linux/vfio_irq.h>\n";
    let quoted = "#include \"vfio_irq.h\"\n";
    let mut codes = Vec::new();
    for (include, path, edit, expected) in [
        (included, OTHER, &same as &dyn Fn(String) -> String, 0),
        (quoted, OTHER, &same, 0),
        (included, OTHER, &wider, 1),
        (included, OTHER, &grown, 0),
        ("", OTHER, &same, 1),
        (included, "include/linux/vfio_irq.h", &same, 1),
        (quoted, "include/uapi/asm/vfio_irq.h", &same, 1),
    ] {
        let [main, other] = split(&old, include, edit);
        let (whole, parts) = ([(PATH, old.as_str())], [(PATH, main.as_str()), (path, &other)]);
        write(folder, "p.patch", &patch_of(&whole, &parts));
        let (found, text) = code(folder, &["review", "p.patch"]);
        assert_eq!(found, expected, "{include} {path}: {text}");
        assert!(found > 0 || !text.contains("passed over"), "{text}");
        // The parts of a series see each other.
        let created = patch_of(&[], &[(path, &other)]);
        let moved = patch_of(&whole, &[(PATH, &main)]);
        let mail = |at, text: &str| {
            format!(
                "From x Mon\nFrom: a@example.org\nSubject: [PATCH {at}/2] a part\n\n{text}\n-- \n2.40\n\n"
            )
        };
        write(folder, "p.patch", &[mail(1, &created), mail(2, &moved)].concat());
        let (found, text) = code(folder, &["review", "p.patch"]);
        assert_eq!(found, expected, "{include} {path} as a series: {text}");
        // The reverse, for a header that includes the other one.
        if include.is_empty() || path != OTHER {
            continue;
        }
        write(folder, "vfio.h", &main);
        write(folder, "p.patch", &patch_of(&parts, &whole));
        let (found, text) = code(folder, &["review", "--base", "vfio.h", "p.patch"]);
        codes.push(found);
        let [_, unchanged] = split(&old, include, same);
        assert_eq!(found, i32::from(other != unchanged), "{text}");
    }
    assert_eq!(codes, [0, 0, 1, 1]);
}

/// A header that both the base and the patch show in part only: nothing certain can be said.
#[test]
fn declarations_that_move_to_a_known_file_are_not_judged_without_it() {
    let old = header();
    let other = "include/uapi/linux/other.h";
    let lines: String = (0..20).map(|at| format!("#define OTHER_{at}\t{at}\n")).collect();
    let [main, part] = split(&old, "", |text| text);
    let longer = [lines.as_str(), &part].concat();
    let patch = patch_of(&[(PATH, &old), (other, &lines)], &[(PATH, &main), (other, &longer)]);
    let (breaks, codes) = found(&patch);
    assert_eq!(breaks, 0, "{patch}");
    assert!(codes.contains(&"R2"), "{codes:?}");
    // A header of the same ABI that the first one does not include.
    let abi = lower(&fixtures::spec(), None);
    let at = abi.headers.iter().position(|header| header.path == "linux/vfio_zdev.h");
    let (zdev, text) = ("include/uapi/linux/vfio_zdev.h", kernel_header(&abi, at.expect("it")));
    let longer = [text.as_str(), "\n", &part].concat();
    let patch = patch_of(&[(PATH, &old), (zdev, &text)], &[(PATH, &main), (zdev, &longer)]);
    let (breaks, codes) = found(&patch);
    assert!(breaks > 0 && codes.is_empty(), "{codes:?}");
}

/// A header that gets another name, or is removed, breaks the programs that include it.
#[test]
fn a_header_that_is_gone_breaks() {
    let old = header();
    let git = format!("diff --git a/{PATH} b/");
    for patch in [
        format!("{git}{PATH}\ndeleted file mode 100644\nindex 1..0\n"),
        format!("diff --git {PATH} {PATH}\ndeleted file mode 100644\nindex 1..0\n"),
        format!("diff --cc {PATH}\nindex 1,2..0\ndeleted file mode 100644,100644\n"),
        format!(
            "{git}include/linux/vfio.h\nsimilarity index 100%\nrename from {PATH}\n\
             rename to include/linux/vfio.h\n"
        ),
        patch_of(&[(PATH, &old)], &[]),
        patch_of(&[(PATH, &old)], &[("include/linux/vfio.h", &old)]),
    ] {
        let (breaks, codes) = found(&patch);
        assert_eq!((breaks, codes), (1, Vec::new()), "{}", patch.lines().next().unwrap_or(""));
    }
}

/// A header that a series removes and creates again is not gone, but was not judged either.
#[test]
fn a_header_that_is_created_again_is_not_judged() {
    let old = header();
    let both = patch_of(&[(PATH, &old)], &[]) + &patch_of(&[], &[(PATH, &old)]);
    let (breaks, codes) = found(&both);
    assert_eq!((breaks, codes.is_empty()), (0, false));
}

/// Without a change of a specified header there is no verdict, and a patch of something else is
/// no error.
#[test]
fn a_patch_of_something_else_has_no_verdict() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "code.patch", &patch_of(&[("code.c", "int a;\n")], &[("code.c", "")]));
    let (exit, text) = code(folder.path(), &["review", "code.patch"]);
    assert_eq!(
        (exit, text.lines().last()),
        (0, Some("nothing judged: no specified header changes"))
    );
    let (exit, text) = code(folder.path(), &["review", "code.patch", "--format", "json"]);
    let review: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((exit, &review["breaks"]), (0, &serde_json::Value::Null));
}

/// A patch of headers of two ABIs is judged for each, with the headers that are its own.
#[test]
fn headers_of_two_abis_are_judged_each() {
    let folder = tempfile::tempdir().expect("a folder");
    let iommufd = fixtures::open(&fixtures::root().join("spec/iommufd"));
    let texts = [header(), kernel_header(&lower(&iommufd, None), 0)];
    let edits = [
        ("#define VFIO_API_VERSION\t0", "#define VFIO_API_VERSION\t1"),
        ("IOMMUFD_CMD_IOAS_ALLOC = 0x81,", "IOMMUFD_CMD_IOAS_ALLOC = 0xf1,"),
    ];
    let names = ["vfio.h", "iommufd.h"];
    for name in 0..2 {
        write(folder.path(), names[name], &texts[name]);
    }
    write(folder.path(), "other.h", "#define OTHER 1\n");
    let paths = names.map(|name| ["include/uapi/linux/", name].concat());
    let mut found = Vec::new();
    for broken in [[false, false], [true, false], [false, true], [true, true]] {
        let mut patch = String::new();
        for at in 0..2 {
            let (from, to) = edits[at];
            let to = if broken[at] { to.to_owned() } else { [from, " /* so */"].concat() };
            assert!(texts[at].contains(from), "{from}");
            patch += &mangled::patch(&paths[at], &texts[at], &texts[at].replacen(from, &to, 1));
        }
        write(folder.path(), "p.patch", &patch);
        let args = ["review", "--base", "vfio.h", "--base", "iommufd.h", "p.patch"];
        let outcome = run(folder.path(), &args);
        let said = outcome.stdout + &outcome.stderr;
        assert_eq!(said.matches("base: ").count(), 2, "{said}");
        found.push((outcome.code, said.contains("VFIO_API_VERSION:"), said.contains("IOAS_ALLOC")));
        let one = run(folder.path(), &["review", "--base", "vfio.h", "p.patch"]);
        assert_eq!(one.code, if broken[0] { 1 } else { 2 }, "{}{}", one.stdout, one.stderr);
        assert!(one.stdout.contains("linux/iommufd.h is not among"), "{}", one.stdout);
        let unknown = run(folder.path(), &[&args[..5], &["--base", "other.h", "p.patch"]].concat());
        assert_eq!(unknown.code, 2);
        assert!(unknown.stderr.contains("other.h is not a specified"), "{}", unknown.stderr);
        let old = run(folder.path(), &["review", "--base", "v5.2", "p.patch"]);
        assert!(old.stderr.contains("v5.2 is not described by iommufd"), "{}", old.stderr);
    }
    let codes: Vec<_> = found.iter().map(|one| one.0).collect();
    assert_eq!(codes, [0, 1, 1, 1], "{found:?}");
    assert!(found[1].1 && !found[2].1 && found[2].2 && found[3].1 && found[3].2, "{found:?}");
}
