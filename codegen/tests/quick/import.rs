//! `capchain import`: it restores removed parts of the specification from a
//! header, and it covers every kind of addition that kernels may make.

use std::fs;
use std::path::{Path, PathBuf};

use capchain::emit::kernel_header;
use capchain::ir::requests::{InputKind, Meaning};
use capchain::ir::{Abi, Doc, Meta, Role};
use capchain::lower::lower;
use support::apply_import::paste;
use support::groups::{Group, skip};
use support::program::{Outcome, run, shell};
use support::spec_folder::SpecFolder;
use support::{fixtures, kernels};

/// Runs the program with a specification.
fn run_on(spec: &SpecFolder, args: &[&str]) -> Outcome {
    let path = spec.path().display().to_string();
    run(spec.path(), &[&["--spec", &path], args].concat())
}

/// Takes the lines from the one that starts an item to the one that starts the
/// next.
fn without(text: String, from: &str, to: &str) -> String {
    let (before, rest) = text.split_once(from).expect("the item");
    let behind = rest.split_once(to).map_or(String::new(), |(_, rest)| to.to_owned() + rest);
    format!("{}\n\n{behind}", before.trim_end()).trim_end().to_owned() + "\n"
}

/// Headers of v7.3: real ones, and those that we generate.
fn headers(folder: &Path) -> Vec<Vec<String>> {
    let generated = folder.join("vfio_abi.h");
    let text = capchain::emit::c_header(&lower(&fixtures::spec(), None)).contents;
    fs::write(&generated, text).expect("a header");
    let newest = lower(&fixtures::spec(), None).release;
    let kernels = kernels::kernels().into_iter().filter(|kernel| kernel.release == newest);
    let real = kernels.map(|kernel| kernel.headers());
    let all: Vec<_> = real.chain([vec![generated]]).collect();
    if all.len() == 1 {
        skip(Group::RealHeaders, &format!("no real header is of {newest}"));
    }
    let shown = |paths: Vec<PathBuf>| paths.iter().map(|path| path.display().to_string()).collect();
    all.into_iter().map(shown).collect()
}

/// An ABI without the parts that a person writes: documentation, releases,
/// handlers, and which numbers are file descriptors.
fn without_what_people_write(mut abi: Abi) -> Abi {
    let meta = |meta: &mut Meta| {
        meta.doc = ["A text.".to_owned()].into();
        meta.since = "v3.6".parse().expect("a release");
        meta.allow.clear();
    };
    for struct_ in &mut abi.structs {
        meta(&mut struct_.meta);
        for field in &mut struct_.fields {
            meta(&mut field.meta);
            if matches!(field.role, Role::Fd | Role::OptionalFd) {
                field.role = Role::Data;
            }
        }
    }
    for group in &mut abi.groups {
        meta(&mut group.meta);
        group.values.iter_mut().for_each(|value| meta(&mut value.meta));
    }
    for ioctl in &mut abi.ioctls {
        meta(&mut ioctl.meta);
        ioctl.handlers.clear();
    }
    // A copy of the specification has no proposals.
    abi.proposals.clear();
    // Profiles are rules of handlers.
    abi.protocol.chains.iter_mut().for_each(|chain| chain.profiles.clear());
    for request in &mut abi.protocol.requests {
        request.doc = Doc::default();
        for input in &mut request.inputs {
            input.doc = Doc::default();
            if input.descriptor().is_some() {
                input.meaning = Meaning::Value;
            }
            if let InputKind::Choice { options, .. } = &mut input.kind {
                options.iter_mut().for_each(|option| option.doc = Doc::default());
            }
        }
    }
    for capability in &mut abi.capabilities {
        meta(&mut capability.meta);
    }
    abi
}

const CAPABILITY: &str = "VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE";

#[test]
fn what_was_taken_out_comes_back_from_a_header() {
    let outputs = |abi| capchain::outputs(&without_what_people_write(abi));
    let before = outputs(lower(&fixtures::spec(), None));
    let folder = tempfile::tempdir().expect("a folder");
    for headers in headers(folder.path()) {
        let copy = SpecFolder::vfio();
        copy.edit("iommu_type1_info.yaml", |text| {
            let next = "  - capability: VFIO_IOMMU_TYPE1_INFO_CAP_MIGRATION";
            let text = without(text, &format!("  - capability: {CAPABILITY}"), next);
            // Headers have no handlers and no reasons for broken rules.
            let text = text.replace(", IOVA_RANGE]", "]");
            let lines = text.lines().filter(|line| !line.starts_with("      L10: "));
            lines.map(|line| line.replace(&format!("`{CAPABILITY}`"), "others") + "\n").collect()
        });
        copy.edit("region_info.yaml", |text| {
            let kept = text.lines().filter(|line| !line.contains("VFIO_REGION_INFO_FLAG_MMAP"));
            kept.map(|line| line.to_owned() + "\n").collect()
        });
        copy.edit("pci_hot_reset.yaml", |text| {
            without(text, "  - struct: vfio_pci_hot_reset\n", "nothing behind it")
        });
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        let drifted = run_on(&copy, &[&["drift"], &headers[..]].concat());
        assert_eq!(drifted.code, 1, "{}", drifted.stderr);

        let Outcome { code, stdout: text, stderr } =
            run_on(&copy, &[&["import"], &headers[..]].concat());
        assert_eq!(code, 0, "{stderr}");
        assert!(stderr.contains("4 things to add"), "{stderr}");
        paste(&text);
        let drifted = run_on(&copy, &[&["drift"], &headers[..]].concat());
        assert_eq!(drifted.code, 0, "{text}\n{}{}", drifted.stdout, drifted.stderr);
        for (after, before) in outputs(copy.abi()).iter().zip(&before) {
            let lines = after.contents.lines().zip(before.contents.lines());
            let different = lines.into_iter().find(|(one, other)| one != other);
            assert_eq!(different, None, "{}; pasted was\n{text}", after.path);
        }
        // Nothing is wrong but what a person has to write.
        let Outcome { code, stdout, .. } = run_on(&copy, &["lint", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
        let findings = report["findings"].as_array().expect("findings");
        let codes: Vec<_> = findings.iter().filter_map(|one| one["code"].as_str()).collect();
        assert!(codes.iter().all(|code| ["L25", "L28"].contains(code)), "{report:#}");
        assert!(
            code == 1 && codes.iter().filter(|code| **code == "L28").count() >= 10,
            "{report:#}"
        );
        let Outcome { code, stdout: text, .. } =
            run_on(&copy, &[&["import"], &headers[..]].concat());
        assert_eq!((code, text.as_str()), (0, ""));
    }
}

#[test]
fn known_structs_grow() {
    let (copy, folder) = (SpecFolder::vfio(), tempfile::tempdir().expect("a folder"));
    let header = folder.path().join("vfio.h");
    let text = capchain::emit::c_header(&lower(&fixtures::spec(), None)).contents;
    let text = grown(&text, "vfio_irq_info", "\t__u32\tmode;\n#define VFIO_IRQ_INFO_MODE_OLD\t0\n");
    let text = grown(&text, "vfio_region_info_cap_type", "\t__u32\tflags;\n\t__u32\t__pad;\n");
    fs::write(&header, text).expect("a header");
    let header = header.display().to_string();
    let Outcome { code, stdout: text, stderr } =
        run_on(&copy, &["import", &header, "--at", "v7.3"]);
    assert_eq!(code, 0, "{stderr}");
    paste(&text);
    let Outcome { code, stdout, stderr } = run_on(&copy, &["drift", &header, "--at", "v7.3"]);
    assert_eq!(code, 0, "{text}\n{stdout}{stderr}");
    let abi = copy.abi();
    let type_ = abi.capabilities.iter().find(|one| one.name == "VFIO_REGION_INFO_CAP_TYPE");
    assert_eq!(type_.map(|one| one.version), Some(2));
    let mode = abi.groups.iter().find(|group| group.name == "vfio_irq_info.mode");
    assert_eq!(mode.map(|group| group.values[0].name.as_str()), Some("VFIO_IRQ_INFO_MODE_OLD"));
}

/// A header in which a struct has more at its end.
fn grown(text: &str, name: &str, more: &str) -> String {
    let (front, rest) = text.split_once(&format!("struct {name} {{\n")).expect("a struct");
    format!("{front}struct {name} {{\n{}", rest.replacen("};\n", &format!("{more}}};\n"), 1))
}

/// What a kernel of tomorrow may have: a header of today with more in it.
fn tomorrow() -> String {
    let newest = lower(&fixtures::spec(), None);
    let text = capchain::emit::c_header(&newest).contents;
    let (front, rest) =
        text.split_once("#endif /* !VFIO_ABI__AFTER_VFIO_H */").expect("the kernel's part");
    format!(
        "{front}{}\n#endif /* !VFIO_ABI__AFTER_VFIO_H */{rest}",
        include_str!("../specs/tomorrow.h")
    )
}

#[test]
fn what_kernels_may_add_is_covered() {
    let (copy, folder) = (SpecFolder::vfio(), tempfile::tempdir().expect("a folder"));
    let header = folder.path().join("vfio.h");
    fs::write(&header, tomorrow()).expect("a header");
    let header = header.display().to_string();
    let Outcome { code, stdout: text, stderr } =
        run_on(&copy, &["import", &header, "--at", "v7.3"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("`VFIO_TOMORROW_TWICE` is left out"), "{stderr}");
    paste(&text);
    let Outcome { code, stdout, stderr } = run_on(&copy, &["drift", &header, "--at", "v7.3"]);
    assert_eq!(code, 1, "{stderr}\n{text}");
    assert_eq!(stdout.matches("error[").count(), 1, "{stdout}\n{text}");
    assert!(stdout.contains("no macro `VFIO_TOMORROW_TWICE`"), "{stdout}");
    let abi = copy.abi();
    let bind = abi.structs.iter().find(|one| one.name == "vfio_device_tomorrow").expect("a struct");
    assert!(bind.argsz.is_some() && bind.minsz.is_some());
}

#[test]
fn headers_as_large_as_can_be_read_take_no_long_time() {
    let (copy, folder) = (SpecFolder::vfio(), tempfile::tempdir().expect("a folder"));
    let header = folder.path().join("vfio.h");
    let structs =
        (0..2700).map(|n| format!("struct vfio_s{n} {{ __u32 a;\n#define VFIO_Q{n} 1\n}};\n"));
    let text = structs.collect::<String>();
    fs::write(&header, format!("#ifndef VFIO_H\n#define VFIO_H\n{text}#endif\n"))
        .expect("a header");
    for (command, expected) in [("drift", 1), ("import", 0)] {
        let (spec, header) = (copy.path().display(), header.display());
        // The limit is CPU time: SIGXCPU ends a process that needs more seconds.
        let line = format!("ulimit -t 30; exec capchain --spec '{spec}' {command} '{header}'");
        let Outcome { code, stderr, .. } = shell(folder.path(), &line);
        assert_eq!(code, expected, "{command}: {stderr}");
    }
}

#[test]
fn headers_of_older_releases_lack_nothing() {
    let (spec, copy) = (fixtures::spec(), SpecFolder::vfio());
    let folder = tempfile::tempdir().expect("a folder");
    for release in ["v3.10", "v4.7", "v5.10", "v6.1", "v6.7", "v7.3"] {
        let path = folder.path().join("vfio_abi.h");
        let at = release.parse().expect("a release");
        let text = capchain::emit::c_header(&lower(&spec, Some(at))).contents;
        fs::write(&path, text).expect("a header");
        let header = path.display().to_string();
        let Outcome { code, stdout, stderr } = run_on(&copy, &["import", &header, "--at", release]);
        assert_eq!((code, stdout.as_str()), (0, ""), "{release}: {stderr}");
    }
}

/// A header with a flag and an ioctl more, which belong into two files.
fn with_two_additions(folder: &Path) -> String {
    let header = folder.join("vfio.h");
    let text = kernel_header(&lower(&fixtures::spec(), None), 0);
    let flag = "#define VFIO_REGION_INFO_FLAG_CAPS";
    let fast = ["#define VFIO_REGION_INFO_FLAG_FAST\t(1 << 4)\n", flag].concat();
    let text = text.replacen(flag, &fast, 1);
    let text = grown(&text, "vfio_irq_info", "\t__u32\tmode;\n\t__u32\tmore;\n");
    fs::write(&header, text).expect("a header");
    header.display().to_string()
}

/// The contents of every file of a specification.
fn contents(spec: &SpecFolder) -> Vec<String> {
    let files = fixtures::yaml_files(spec.path());
    files.iter().map(|path| fs::read_to_string(path).expect("a file")).collect()
}

#[test]
fn additions_are_written_to_all_files_or_to_none() {
    let (copy, folder) = (SpecFolder::vfio(), tempfile::tempdir().expect("a folder"));
    let header = with_two_additions(folder.path());
    let before = contents(&copy);
    // A file of a person has the name of the folder for temporary files.
    fs::write(copy.path().join(".capchain-staging"), "mine").expect("a file");
    let refused = run_on(&copy, &["import", &header, "--write"]);
    assert_eq!(refused.code, 2, "{}", refused.stdout);
    assert!(refused.stderr.contains("cannot write"), "{}", refused.stderr);
    assert_eq!(contents(&copy), before);

    fs::remove_file(copy.path().join(".capchain-staging")).expect("a file");
    let Outcome { code, stdout, stderr } = run_on(&copy, &["import", &header, "--write"]);
    assert_eq!((code, stdout.matches("wrote ").count()), (0, 2), "{stdout}{stderr}");
    let drifted = run_on(&copy, &["drift", &header]);
    assert_eq!(drifted.code, 0, "{}{}", drifted.stdout, drifted.stderr);
    // Drafts are no errors of the specification, but `lint` rejects them.
    let linted = run_on(&copy, &["lint"]);
    assert!(linted.code == 1 && linted.stdout.contains("error[L28]"), "{}", linted.stdout);
    let again = run_on(&copy, &["import", &header, "--write"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, ""), "{}", again.stderr);
}

#[test]
fn the_embedded_specification_is_not_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let header = with_two_additions(folder.path());
    let Outcome { code, stderr, .. } = run(folder.path(), &["import", &header, "--write"]);
    assert!(code == 2 && stderr.contains("--spec names a folder to write to"), "{stderr}");

    // Nor are files with the same names in the current folder.
    for path in fixtures::yaml_files(&fixtures::root().join("spec/vfio")) {
        let name = path.file_name().expect("a name");
        fs::write(folder.path().join(name), "mine").expect("a file");
    }
    let Outcome { code, stderr, .. } = run(folder.path(), &["import", &header, "--write"]);
    assert!(code == 2 && stderr.contains("--spec names a folder to write to"), "{stderr}");
    let kept = fs::read_to_string(folder.path().join("region_info.yaml")).expect("a file");
    assert_eq!(kept, "mine");
}

#[test]
fn a_linked_file_and_a_list_in_another_form_do_no_harm() {
    let (copy, folder) = (SpecFolder::vfio(), tempfile::tempdir().expect("a folder"));
    let header = with_two_additions(folder.path());
    // A link to a file elsewhere is written through, without waiting for itself.
    let (linked, target) = (copy.path().join("irq_info.yaml"), folder.path().join("irq.yaml"));
    fs::rename(&linked, &target).expect("moved");
    std::os::unix::fs::symlink(&target, &linked).expect("a link");
    // Values on one line are no list of their own lines.
    let path = copy.path().join("region_info.yaml");
    let text = fs::read_to_string(&path).expect("a file");
    let start = text.find("        bits:\n").expect("flags");
    let rest = &text[start + "        bits:\n".len()..];
    let values: Vec<_> = rest.lines().take_while(|line| line.starts_with("          ")).collect();
    let one_line = values.iter().map(|line| {
        let (name, value) = line.trim().split_once(": ").expect("a value");
        let quote = if value.starts_with('{') { "" } else { "\"" };
        format!("{name}: {quote}{value}{quote}")
    });
    let one_line = format!("        bits: {{{}}}\n", one_line.collect::<Vec<_>>().join(", "));
    let old = ["        bits:\n", &values.join("\n"), "\n"].concat();
    fs::write(&path, text.replacen(&old, &one_line, 1)).expect("a file");
    let refused = run_on(&copy, &["import", &header, "--write"]);
    assert!(
        refused.code == 2 && refused.stderr.contains("not a list of its own lines"),
        "{}",
        refused.stderr
    );
    fs::write(&path, text).expect("a file");
    let done = run_on(&copy, &["import", &header, "--write"]);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(linked.is_symlink());
    assert!(fs::read_to_string(&target).expect("a file").contains("mode"));
}

#[test]
fn an_overlay_is_written_whole_or_not_at_all() {
    let (copy, folder) = (SpecFolder::vfio(), tempfile::tempdir().expect("a folder"));
    let header = with_two_additions(folder.path());
    let nowhere = folder.path().join("vfio.h/overlay.yaml").display().to_string();
    let refused = run_on(&copy, &["import", &header, "--overlay-out", &nowhere]);
    assert!(refused.code == 2 && refused.stderr.contains("cannot write"), "{}", refused.stderr);

    let overlay = folder.path().join("overlay.yaml");
    let shown = overlay.display().to_string();
    let done = run_on(&copy, &["import", &header, "--overlay-out", &shown]);
    assert_eq!((done.code, done.stdout), (0, format!("wrote {shown}\n")), "{}", done.stderr);
    let drifted = run_on(&copy, &["--overlay", &shown, "drift", &header]);
    assert_eq!(drifted.code, 0, "{}{}", drifted.stdout, drifted.stderr);

    // An overlay belongs to one header.
    let zdev = folder.path().join("vfio_zdev.h");
    let text = kernel_header(&lower(&fixtures::spec(), None), 1);
    let text = grown(&text, "vfio_device_info_cap_zpci_base", "\t__u32\tmore;\n\t__u32\tlast;\n");
    fs::write(&zdev, text).expect("a header");
    fs::remove_file(&overlay).expect("a file");
    let zdev = zdev.display().to_string();
    let refused = run_on(&copy, &["import", &header, &zdev, "--overlay-out", &shown]);
    assert!(
        refused.code == 2 && refused.stderr.contains("one header at a time"),
        "{}",
        refused.stderr
    );
    assert!(!overlay.exists());
}

#[test]
fn a_payload_is_found_under_an_abbreviated_name() {
    let (copy, folder) = (SpecFolder::vfio(), tempfile::tempdir().expect("a folder"));
    copy.edit("device_feature.yaml", |text| {
        let text = without(
            text,
            "      VFIO_DEVICE_FEATURE_ZPCI_ERROR:",
            "  - struct: vfio_device_low_power_entry_with_wakeup",
        );
        without(text, "  - struct: vfio_device_feature_zpci_err", "nothing after it")
    });
    copy.edit("zdev.yaml", |text| text.replace("`VFIO_DEVICE_FEATURE_ZPCI_ERROR`", "the feature"));
    let header = folder.path().join("vfio.h");
    fs::write(&header, kernel_header(&lower(&fixtures::spec(), None), 0)).expect("a header");
    let Outcome { code, stdout, stderr } =
        run_on(&copy, &["import", &header.display().to_string(), "--at", "v7.3"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("payload: vfio_device_feature_zpci_err"), "{stdout}");
}

#[test]
fn a_struct_with_a_long_is_left_out() {
    let (copy, folder) = (SpecFolder::vfio(), tempfile::tempdir().expect("a folder"));
    let header = folder.path().join("vfio.h");
    let text = kernel_header(&lower(&fixtures::spec(), None), 0);
    let more = "struct vfio_wide {\n\tunsigned long\tvalue;\n};\nstruct vfio_outer {\n\tstruct vfio_wide\twide;\n};\n";
    fs::write(&header, text + more).expect("a header");
    let Outcome { code, stdout, stderr } =
        run_on(&copy, &["import", &header.display().to_string()]);
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    for name in ["vfio_wide", "vfio_outer"] {
        let note = format!("`{name}` is left out: `value` is a long, which is narrower on 32 bit");
        assert!(stderr.contains(&note), "{stderr}");
    }
}

/// A specification begins with a file without items.
#[test]
fn a_header_is_imported_into_an_empty_file() {
    let abi = "abi: fan\ntitle: Fans\ndoc: Fans.\nprefix: fan\nreleases: [v1.0]\nfiles: [fan]\n\
        headers: {fan: {path: linux/fan.h, guards: [_FAN_H]}}\n";
    let file = "title: Fans\ndoc: Fans.\nheader: fan\nsince: v1.0\nsource: fan.h\n\nitems: []\n";
    let header = "#ifndef _FAN_H\n#define _FAN_H\n#include <linux/types.h>\nstruct fan_speed {\n\t__u32 \
        rpm;\n};\n#endif\n";
    let spec = SpecFolder::with_files(&[("abi.yaml", abi), ("fan.yaml", file)]);
    spec.write("fan.h", header);
    let found = run_on(&spec, &["import", "fan.h"]);
    assert_eq!(found.code, 0, "{found:?}");
    assert!(found.stdout.contains("fan.yaml, items:\n"), "{}", found.stdout);
    assert!(found.stdout.contains("  - struct: fan_speed\n"), "{}", found.stdout);
    let written = run_on(&spec, &["import", "--write", "fan.h"]);
    assert_eq!(written.code, 2, "{written:?}");
    assert!(written.stderr.contains("fan.yaml, items is not a list of its own lines"));
}
