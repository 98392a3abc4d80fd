//! `capchain compat` on edited headers, without YAML: the generated header, and
//! real ones.

use std::fs;
use std::path::{Path, PathBuf};

use capchain::compat::{Side, compare};
use capchain::lower::lower;
use support::comparisons::{exit_code, header_side, history};
use support::groups::{Group, skip};
use support::program::{Outcome, run};
use support::{fixtures, kernels};

/// The texts of headers of the newest release, each with a description.
fn headers() -> Vec<(String, String)> {
    let newest = lower(&fixtures::spec(), None);
    let generated = capchain::emit::c_header(&newest).contents;
    let mut all = vec![("generated".to_owned(), generated)];
    for kernel in kernels::kernels() {
        if kernel.release == newest.release {
            let path = kernel.headers().remove(0);
            all.push((path.display().to_string(), fs::read_to_string(&path).expect("a header")));
        }
    }
    if all.len() == 1 {
        skip(Group::RealHeaders, &format!("no real header is of {}", newest.release));
    }
    all
}

/// The lines of a struct, edited; a header may declare it twice.
fn in_struct(text: &str, name: &str, edit: impl Fn(Vec<&str>) -> Vec<String>) -> String {
    let open = format!("struct {name} {{");
    let mut edited = String::new();
    let mut body: Option<Vec<&str>> = None;
    for line in text.lines() {
        match body.take() {
            Some(lines) if line.starts_with('}') => {
                edit(lines).iter().for_each(|line| edited += &format!("{line}\n"));
                edited += &format!("{line}\n");
            }
            Some(mut lines) => {
                lines.push(line);
                body = Some(lines);
            }
            None => {
                edited += &format!("{line}\n");
                body = (line == open).then(Vec::new);
            }
        }
    }
    assert_ne!(edited, text, "{name} was not edited");
    edited
}

fn declares(line: &str, field: &str) -> bool {
    let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
    line.contains(';') && words.take_while(|word| *word != "*").any(|word| word == field)
}

/// A struct with two fields exchanged.
fn swapped(text: &str, name: &str, one: &str, other: &str) -> String {
    in_struct(text, name, |lines| {
        let at = |field| lines.iter().position(|line| declares(line, field)).expect("a field");
        let (one, other) = (at(one), at(other));
        let mut lines: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines.swap(one, other);
        lines
    })
}

fn without_field(text: &str, name: &str, field: &str) -> String {
    in_struct(text, name, |lines| {
        let kept = lines.iter().filter(|line| !declares(line, field));
        kept.map(|line| (*line).to_owned()).collect()
    })
}

fn with_lines(text: &str, name: &str, more: &[&str]) -> String {
    in_struct(text, name, |lines| lines.iter().chain(more).map(|line| (*line).to_owned()).collect())
}

/// A struct with another line for a field.
fn with_field(text: &str, name: &str, field: &str, edit: impl Fn(&str) -> String) -> String {
    let ends = |line: &str| {
        let declaration = line.split_once(';').map(|(declaration, _)| declaration);
        declaration.is_some_and(|text| text.split_whitespace().next_back() == Some(field))
    };
    in_struct(text, name, |lines| {
        let edited = |line: &&str| if ends(line) { edit(line) } else { (*line).to_owned() };
        lines.iter().map(edited).collect()
    })
}

/// A macro's definition with another body, or without the macro.
fn macro_(text: &str, name: &str, body: Option<&str>) -> String {
    let edited: String = text
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let here = words.next() == Some("#define") && words.next() == Some(name);
            match body {
                _ if !here => Some(format!("{line}\n")),
                Some(body) => Some(format!("#define {name} {body}\n")),
                None => None,
            }
        })
        .collect();
    assert_ne!(edited, text, "{name} was not edited");
    edited
}

/// The findings of `compat` on an edited header, compared with the newest release.
fn verdict(folder: &Path, text: &str) -> (i32, String) {
    fs::create_dir_all(folder.join("linux")).expect("a folder");
    let path: PathBuf = folder.join("linux/vfio.h");
    fs::write(&path, text).expect("a header");
    let newest = lower(&fixtures::spec(), None).release.to_string();
    let Outcome { code, stdout, stderr } =
        run(&fixtures::root(), &["compat", &newest, &path.display().to_string()]);
    (code, stdout + &stderr)
}

const BOTH: &str = "an old program on the new kernel, and a new one on the old kernel";

#[test]
fn deliberate_breaks_of_headers_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in headers() {
        let breaks = [
            (
                swapped(&text, "vfio_irq_info", "index", "count"),
                "error[C2] vfio_irq_info: `",
                "wire break",
                BOTH,
            ),
            (
                macro_(&text, "VFIO_REGION_INFO_CAP_TYPE", Some("1")),
                "error[C12] VFIO_REGION_INFO_CAP_TYPE: 1 of `region` is the number of",
                "id collision",
                "an old program on the new kernel",
            ),
            (
                macro_(&text, "VFIO_DEVICE_FLAGS_RESET", None),
                "error[C11] VFIO_DEVICE_FLAGS_RESET: the name is gone",
                "source break",
                "",
            ),
            (
                without_field(&text, "vfio_irq_info", "count"),
                "error[C2] vfio_irq_info: `count` is gone",
                "wire break",
                BOTH,
            ),
            (
                with_lines(&text, "vfio_irq_info", &["\t__u32\tmore;"]),
                "error[C5] vfio_irq_info.more: an output was appended without a flag",
                "wire break",
                "a new program on the old kernel",
            ),
            // No specification describes the layouts of the last two.
            (
                with_field(&text, "vfio_region_info", "size", |_| {
                    "\tunsigned long size;".to_owned()
                }),
                "error[C21] vfio_region_info: `size` has 4 bytes, 8 before",
                "wire break in 32-bit programs",
                BOTH,
            ),
            (
                with_field(&text, "vfio_bitmap", "size", |line| {
                    line.replacen("size;", "__attribute__((aligned(16))) size;", 1)
                }),
                "error[C2] vfio_bitmap: `size` moves from 8 to 16",
                "wire break",
                BOTH,
            ),
        ];
        for (edited, says, class, affected) in breaks {
            let (code, stdout) = verdict(folder.path(), &edited);
            assert_eq!(code, 1, "{name}: {stdout}");
            let found = stdout.split("\n\n").find(|finding| finding.contains(says));
            let found = found.unwrap_or_else(|| panic!("{name}: no {says}:\n{stdout}"));
            let line = |head: &str| found.lines().find_map(|line| line.trim().strip_prefix(head));
            assert_eq!(line("this is: "), Some(class), "{name}: {found}");
            assert_eq!(line("harmed: ").unwrap_or_default(), affected, "{name}: {found}");
            let has_witness = found.contains("witness: ");
            assert!(has_witness || !says.contains("[C2] vfio_irq_info"), "{name}: {found}");
        }
    }
}

/// What programs see in other ways than the lines of a header show it.
#[test]
fn changes_that_only_a_compiler_shows_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in headers() {
        let count = |line: &str| {
            with_field(&text, "vfio_irq_info", "count", |count| line.replace("COUNT", count))
        };
        let hidden = count("\t// the number \\\nCOUNT");
        let in_cplusplus = count("#ifdef __cplusplus\n\t__u64 count;\n#else\nCOUNT\n#endif");
        let nested = count(&format!("{}COUNT{}", "struct {\n".repeat(2000), "};\n".repeat(2000)));
        let joined = count("\t__u3\\\n2 co\\\nunt;");
        let struct_ = "struct vfio_irq_info {";
        let (before, after) = text.split_once(struct_).expect("the struct");
        let (body, rest) = after.split_once("\n};").expect("its end");
        let untagged = format!("{before}typedef struct {{{body}\n}} vfio_irq_info;{rest}");
        let both = format!("{before}typedef {struct_}{body}\n}} vfio_irq_info;{rest}");
        for (edited, code, says) in [
            (hidden, 1, "error[C2] vfio_irq_info: `count` is gone"),
            (in_cplusplus, 2, "vfio_irq_info: the item was not read: it is not the same in C++"),
            (nested, 2, "the struct nests too deep: at most 64 levels"),
            (joined, 0, "0 breaks, 0 other differences"),
            (untagged, 1, "error[C11] vfio_irq_info: the tag is gone"),
            (both, 0, "0 breaks, 0 other differences"),
            (format!("#error \"do not\"\n{text}"), 2, "#error: the item was not read"),
        ] {
            let (found, stdout) = verdict(folder.path(), &edited);
            assert_eq!(found, code, "{name}: {says}: {stdout}");
            assert!(stdout.contains(says), "{name}: no {says}:\n{stdout}");
        }
    }
}

/// A new flag with bits of an old one is taken for that one, unless it is a mask.
#[test]
fn flags_that_share_bits_are_asked_about() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in headers() {
        let beside = |define: &str| {
            with_field(&text, "vfio_irq_info", "index", |line| format!("{define}\n{line}"))
        };
        for (define, code, says) in [
            ("#define VFIO_IRQ_INFO_NEW (1 << 3)", 1, "[C12] VFIO_IRQ_INFO_NEW"),
            ("#define VFIO_IRQ_INFO_NEW (3 << 3)", 2, "[C25] VFIO_IRQ_INFO_NEW: 0x18 shares bits"),
            ("#define VFIO_IRQ_INFO_NEW 0x18", 2, "[C25] VFIO_IRQ_INFO_NEW: 0x18 shares bits"),
            ("#define VFIO_IRQ_INFO_NEW 0xc", 2, "[C25] VFIO_IRQ_INFO_NEW: 0xc shares bits"),
            ("#define VFIO_IRQ_INFO_NEW (3 << 4)", 0, "VFIO_IRQ_INFO_NEW"),
            ("#define VFIO_IRQ_INFO_NEW (1 << 4)", 0, "VFIO_IRQ_INFO_NEW"),
        ] {
            let (found, stdout) = verdict(folder.path(), &beside(define));
            assert_eq!(found, code, "{name}: {define}: {stdout}");
            assert!(stdout.contains(says), "{name}: no {says}:\n{stdout}");
        }
    }
}

#[test]
fn comments_and_unchanged_headers_give_no_verdict() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in headers() {
        for text in [text.clone(), text.replace("/* ", "/* Put otherwise: ")] {
            let (code, stdout) = verdict(folder.path(), &text);
            assert_eq!(code, 0, "{name}: {stdout}");
            assert!(stdout.contains(": 0 breaks, 0 other differences\n"), "{name}: {stdout}");
        }
    }
}

#[test]
fn a_verdict_on_a_header_alone_has_a_condition() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in headers() {
        let grown = with_lines(
            &text,
            "vfio_irq_info",
            &["#define VFIO_IRQ_INFO_FLAG_CAPS\t(1 << 4)", "\t__u32\tcap_offset;", "\t__u32\tpad;"],
        );
        let (code, stdout) = verdict(folder.path(), &grown);
        assert_eq!(code, 0, "{name}: {stdout}");
        for says in [
            "growth[C6] vfio_irq_info.cap_offset",
            "gate: VFIO_IRQ_INFO_FLAG_CAPS",
            "safe if the kernel's minsz stays 16",
            "breaks every old program if minsz becomes sizeof, 24",
        ] {
            assert!(stdout.contains(says), "{name}: no {says}:\n{stdout}");
        }
    }
}

#[test]
fn two_headers_are_compared_without_a_release() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = fixtures::spec();
    let header = |release: &str| {
        let release = release.parse().expect("a release");
        let path = folder.path().join(format!("{release}/linux/vfio.h"));
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let text = capchain::emit::c_header(&lower(&spec, Some(release))).contents;
        fs::write(&path, text).expect("a header");
        path.display().to_string()
    };
    for (old, new, expected) in [
        ("v5.4", "v5.10", 0),
        ("v5.12", "v5.18", 1),
        ("v6.6", "v6.7", 0),
        ("v6.12", "v6.13", 1),
        ("v6.13", "v7.3", 0),
    ] {
        let Outcome { code, stdout, stderr } =
            run(&fixtures::root(), &["compat", &header(old), &header(new)]);
        assert_eq!(code, expected, "{old} to {new}: {stdout}{stderr}");
    }
}

/// In Linux 6.1 the flags of `vfio_pci_hot_reset_info` have no bits, which a header cannot
/// show: their type exists in the crate only.
/// The short names of numbers that only headers have are guessed from the names of a group.
#[test]
fn a_second_number_of_an_unknown_enum_breaks_nothing() {
    let spec = fixtures::spec();
    let header = capchain::emit::c_header(&lower(&spec, None)).contents;
    let side = |values: &str| {
        let text = format!("{header}\nenum vfio_demo_kind {{\n{values}}};\n");
        header_side(&spec, "vfio_abi.h", &text).expect("a header")
    };
    let one = side("\tVFIO_DEMO_INTEL_VTD = 0,\n");
    let two = side("\tVFIO_DEMO_INTEL_VTD = 0,\n\tVFIO_DEMO_ARM_SMMU = 1,\n");
    let short = |side: &Side| {
        let mut values = side.abi.groups.iter().flat_map(|group| &group.values);
        values.find(|value| value.name == "VFIO_DEMO_INTEL_VTD").map(|value| value.short.clone())
    };
    assert_ne!(short(&one), short(&two));
    let findings = compare(&one, &two);
    assert_eq!(exit_code(&findings), 0, "{findings:?}");
    assert!(findings.iter().any(|one| one.message.contains("VFIO_DEMO_ARM_SMMU")));
}

/// No header says what is passed with a number.
#[test]
fn the_struct_of_data_that_a_header_lacked_breaks_nothing() {
    let spec = fixtures::open(&fixtures::root().join("spec/iommufd"));
    let header = capchain::emit::kernel_header(&lower(&spec, None), 0);
    let side = |text: &str| header_side(&spec, "linux/iommufd.h", text).expect("a header");
    let start = header.find("struct iommu_viommu_tegra241_cmdqv {").expect("the struct");
    let end = start + header[start..].find("};").expect("its end") + 2;
    let without = [&header[..start], &header[end..]].concat();
    let findings = compare(&side(&without), &side(&header));
    assert_eq!(exit_code(&findings), 0, "{findings:?}");
    let number = "IOMMU_VIOMMU_TYPE_TEGRA241_CMDQV";
    let conditions = findings.iter().filter(|one| one.subject == number);
    let conditions: Vec<_> = conditions.map(|one| one.condition.as_deref()).collect();
    let condition = "safe if nothing but iommu_viommu_tegra241_cmdqv was passed with it before";
    assert_eq!(conditions, [Some(condition)]);
}

/// Headers fit several releases, between which other headers changed.
#[test]
fn only_items_of_given_headers_are_compared() {
    let spec = fixtures::spec();
    let text = "#ifndef _VFIO_ZDEV_H_\n#define _VFIO_ZDEV_H_\n#include <linux/vfio.h>\n#endif\n";
    let new = header_side(&spec, "linux/vfio_zdev.h", text).expect("a header");
    let others: Vec<_> = new.headers_not_given().collect();
    assert_eq!(others, ["linux/vfio.h", "linux/vfio_ccw.h"]);
    for (release, old) in history() {
        let abi = &old.abi;
        let entries = abi.entries();
        let findings = compare(&old, &new);
        for finding in &findings {
            let item = finding.subject.split('.').next().unwrap_or_default();
            let entry = entries.iter().find(|one| one.name == item);
            let entry = entry.unwrap_or_else(|| panic!("{release}: {finding:?}"));
            let section = &abi.sections[entry.section];
            let header = &abi.headers[section.header].path;
            assert_eq!(header, "linux/vfio_zdev.h", "{release}: {}", finding.subject);
        }
        let has_items = entries.iter().any(|one| one.name == "vfio_device_info_cap_zpci_base");
        assert_eq!(findings.is_empty(), !has_items, "{release}");
    }
}

#[test]
fn a_release_and_its_header_are_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("linux/vfio.h");
    fs::create_dir(folder.path().join("linux")).expect("a folder");
    for release in ["v3.6", "v6.1"] {
        let abi = lower(&fixtures::spec(), release.parse().ok());
        fs::write(&path, capchain::emit::kernel_header(&abi, 0)).expect("a header");
        let header = path.to_str().expect("a path");
        for sides in [[release, header], [header, release]] {
            let Outcome { code, stdout, stderr } =
                run(folder.path(), &[&["compat"], &sides[..]].concat());
            assert_eq!(code, 0, "{stdout}{stderr}");
            assert!(stdout.contains(": 0 breaks,"), "{stdout}");
            assert!(!stdout.contains("[C11]") && !stdout.contains("numbers are new"), "{stdout}");
        }
    }
}
