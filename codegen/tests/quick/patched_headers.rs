//! Verdicts on additions to a real header: each kind of addition is compared with every number
//! space and linted, and an overlay that describes the same addition gives the same verdict.

use std::collections::BTreeSet;
use std::fs;

use capchain::amend::{Amended, amend};
use capchain::compat::{Affected, Class, Finding, Side, compare};
use capchain::diagnostic::Sources;
use capchain::emit::kernel_header;
use capchain::ir::Arg;
use capchain::lint::lint_changed_header;
use capchain::lower::lower;
use capchain::spec::load::Origin;
use support::comparisons::exit_code;
use support::fixtures;

/// An addition, and its verdict.
struct Addition {
    declarations: &'static str,
    exit: i32,
    /// The code, class, victim and subject of findings.
    findings: &'static [Expected],
    /// Some of the rules of `lint` that it breaks.
    lint: &'static [&'static str],
}

type Expected = (&'static str, Class, Option<Affected>, &'static str);

const ADDITIONS: [Addition; 5] = [
    Addition {
        declarations: "#define VFIO_REGION_INFO_CAP_POLICY 8\n\
            struct vfio_region_info_cap_policy {\n\
            \tstruct vfio_info_cap_header header;\n\t__u32 policy;\n\t__u64 stride;\n};\n",
        exit: 0,
        findings: &[("C15", Class::Growth, None, "VFIO_REGION_INFO_CAP_POLICY")],
        lint: &["L3", "L4", "L5"],
    },
    Addition {
        declarations: "struct vfio_device_mode {\n\
            \t__u32 argsz;\n\t__u8 mode;\n\t__u64 addr;\n};\n\
            #define VFIO_DEVICE_SET_MODE _IO(VFIO_TYPE, VFIO_BASE + 60)\n",
        exit: 0,
        findings: &[
            ("C24", Class::Growth, None, "vfio_device_mode"),
            ("C24", Class::Growth, None, "VFIO_DEVICE_SET_MODE"),
        ],
        lint: &["L3", "L4", "L7"],
    },
    Addition {
        declarations: "#define VFIO_DEVICE_ANOTHER _IO(VFIO_TYPE, VFIO_BASE + 16)\n",
        exit: 1,
        findings: &[("C22", Class::Ids, Some(Affected::OldProgram), "VFIO_DEVICE_ANOTHER")],
        lint: &[],
    },
    // Sub-types belong to their type, so that the first one is no collision.
    Addition {
        declarations: "#define VFIO_REGION_TYPE_NEW (7)\n\
            #define VFIO_REGION_SUBTYPE_NEW_ONE (1)\n",
        exit: 0,
        findings: &[
            ("C12", Class::Growth, None, "region_type"),
            ("C24", Class::Growth, None, "region_subtype_new"),
        ],
        lint: &[],
    },
    Addition {
        declarations: "#define VFIO_REGION_INFO_CAP_POLICY 1\n",
        exit: 1,
        findings: &[
            ("C12", Class::Ids, Some(Affected::OldProgram), "VFIO_REGION_INFO_CAP_POLICY"),
            ("C15", Class::Growth, None, "VFIO_REGION_INFO_CAP_POLICY"),
        ],
        lint: &[],
    },
];

/// The header of the newest release.
fn header() -> String {
    kernel_header(&lower(&fixtures::spec(), None), 0)
}

/// A header, changed, with an overlay.
fn amended(text: &str, overlay: Option<&str>) -> (Amended, Sources) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("more.yaml");
    fs::write(&path, overlay.unwrap_or_default()).expect("an overlay");
    let overlays = overlay.map(|_| path).into_iter().collect::<Vec<_>>();
    let origin = Origin::Folder(fixtures::root().join("spec/vfio"));
    let opened = capchain::open(&origin, &overlays);
    let mut sources = opened.sources.clone();
    let spec = fixtures::loaded(opened);
    let file = sources.add("linux/vfio.h".to_owned(), text.to_owned());
    let amended = amend(&spec, None, &sources, &[file]).expect("a header of the ABI");
    (amended, sources)
}

fn side(amended: &Amended) -> Side {
    let (abi, knowledge) = (amended.abi.clone(), amended.knowledge.clone());
    Side { name: "header".to_owned(), abi, knowledge }
}

/// Findings by code, class, victim and subject.
fn briefly(findings: &[Finding]) -> BTreeSet<String> {
    let brief = |one: &Finding| {
        format!("{} {:?} {:?} {}", one.code.0, one.class, one.affected, one.subject)
    };
    findings.iter().map(brief).collect()
}

#[test]
fn additions_are_compared_with_every_number_space_and_linted() {
    let text = header();
    let (before, _) = amended(&text, None);
    for Addition { declarations, exit, findings, lint } in ADDITIONS {
        let (after, _) = amended(&[&text, declarations].concat(), None);
        let found = compare(&side(&before), &side(&after));
        let expected = findings.iter().map(|(code, class, affected, subject)| {
            format!("{code} {class:?} {affected:?} {subject}")
        });
        assert_eq!(briefly(&found), expected.collect(), "{declarations}");
        assert_eq!(exit_code(&found), exit, "{declarations}");
        let asked = lint_changed_header(&before.abi, &after.abi);
        let asked: BTreeSet<_> = asked.sorted().iter().map(|one| one.code.0).collect();
        assert!(lint.iter().all(|rule| asked.contains(rule)), "{declarations}: {asked:?}");
    }
}

#[test]
fn a_packed_capability_keeps_its_header() {
    let text = header();
    let (before, _) = amended(&text, None);
    let at = text.find("struct vfio_iommu_type1_info_cap_migration {").expect("a struct");
    let end = at + text[at..].find("};\n").expect("its end") + 3;
    let packed = [&text[..at], "#pragma pack(push, 1)\n", &text[at..end], "#pragma pack(pop)\n"];
    let (after, _) = amended(&[&packed.concat(), &text[end..]].concat(), None);
    let found = compare(&side(&before), &side(&after));
    let moved = found.iter().find(|one| one.message.contains("moves")).expect("a finding");
    assert_eq!(moved.code.0, "C13");
    assert_eq!((moved.class, moved.affected), (Class::Wire, Some(Affected::Both)));
    assert_eq!(
        moved.message,
        "`pgsize_bitmap` moves from 16 to 12, `max_dirty_bitmap_size` moves from 24 to 20"
    );
}

const KIND: &str = "title: Kinds of interrupts\ndoc: The kind of an interrupt.\nheader: vfio\n\
    source: a patch\n\nitems:\n  - extend: vfio_irq_info\n    after: count\n    fields:\n      \
    kind: {type: out u32, doc: kind of the interrupt, valid_if: VFIO_IRQ_INFO_FLAG_KIND}\n  \
    - extend: vfio_irq_info.flags\n    bits:\n      VFIO_IRQ_INFO_FLAG_KIND: bit 4, kind is valid\n";

/// The header with the declarations that the overlay describes.
fn with_kind(text: &str, type_: &str) -> String {
    let at = text.find("struct vfio_irq_info {").expect("a struct");
    let end = at + text[at..].find("};").expect("its end");
    let more = format!("#define VFIO_IRQ_INFO_FLAG_KIND\t(1 << 4)\n\t{type_}\tkind;\n");
    [&text[..end], &more, &text[end..]].concat()
}

#[test]
fn an_overlay_and_a_header_that_agree_give_the_same_verdict() {
    let text = header();
    let (before, _) = amended(&text, None);
    let changed = with_kind(&text, "__u32");
    let found = |after: &Amended| briefly(&compare(&side(&before), &side(after)));
    let (alone, with_overlay) = (amended(&changed, None).0, amended(&changed, Some(KIND)).0);
    assert_eq!(found(&alone), found(&with_overlay));
    assert_eq!(found(&alone), found(&amended(&text, Some(KIND)).0));
    assert_eq!(found(&alone).len(), 2, "{:?}", found(&alone));
    let conflicts = with_overlay.problems.sorted().into_iter().filter(|one| one.code.0 == "H8");
    assert_eq!(conflicts.count(), 0);
}

#[test]
fn a_header_counts_where_the_overlay_differs() {
    let changed = with_kind(&header(), "__u64");
    let (after, _) = amended(&changed, Some(KIND));
    let conflicts: Vec<_> =
        after.problems.sorted().into_iter().filter(|one| one.code.0 == "H8").collect();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].message, "the overlay has another type of `vfio_irq_info.kind`");
    let id = after.abi.find_struct("vfio_irq_info").expect("a struct");
    let struct_ = after.abi.struct_(id);
    let kind = struct_.fields.iter().find(|field| field.name == "kind").expect("a field");
    assert_eq!(after.abi.type_text(&kind.type_), "u64");
}

/// The numbers of an overlay are compared with those of all releases while it is read, also
/// with those that came after the release that it extends.
#[test]
fn an_overlay_with_a_taken_number_does_not_load() {
    for (code, older, item) in [
        (
            "L11",
            "v4.1",
            "  - ioctl: VFIO_DEVICE_ANOTHER\n    number: 16\n    fd: device\n    arg: none\n    \
             doc: Does something.\n",
        ),
        (
            "L10",
            "v4.7",
            "  - capability: VFIO_REGION_INFO_CAP_POLICY\n    chain: region\n    id: 3\n    \
             doc: A policy.\n",
        ),
        ("L11", "v4.1", "  - extend: extension\n    values:\n      VFIO_MORE_IOMMU: 9, more\n"),
        (
            "L11",
            "v5.8",
            "  - extend: device_feature\n    values:\n      VFIO_DEVICE_FEATURE_MORE: 3, more\n",
        ),
        (
            "L13",
            "v4.1",
            "  - extend: vfio_region_info.flags\n    bits:\n      \
             VFIO_REGION_INFO_FLAG_MORE: bit 3, more\n",
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("more.yaml");
        let head = "title: More\ndoc: More.\nheader: vfio\nsource: a tree\n\nitems:\n";
        fs::write(&path, [head, item].concat()).expect("an overlay");
        let origin = Origin::Folder(fixtures::root().join("spec/vfio"));
        for release in [older, "v7.2"] {
            let release = release.parse().ok();
            let opened = capchain::open_at(&origin, std::slice::from_ref(&path), release);
            let codes: Vec<_> = opened.problems.errors().map(|one| one.code.0).collect();
            assert_eq!(codes, [code], "{item} at {release:?}");
            assert!(opened.spec.is_none());
        }
    }
}

/// The argument of a new ioctl, by the declarations around it.
#[test]
fn the_argument_of_a_new_ioctl_is_its_own_struct() {
    const MODE: &str = "struct vfio_device_mode {\n\t__u32 argsz;\n\t__u32 flags;\n};\n";
    const SET: &str = "#define VFIO_DEVICE_SET_MODE _IO(VFIO_TYPE, VFIO_BASE + 60)\n";
    const OTHER: &str = "struct vfio_other {\n\t__u32 argsz;\n\t__u32 flags;\n};\n";
    const RESET: &str = "#define VFIO_DEVICE_CLEAR _IO(VFIO_TYPE, VFIO_BASE + 61)\n";
    const COMMENT: &str = "/* VFIO_DEVICE_CLEAR - _IOW(VFIO_TYPE, VFIO_BASE + 61, \
                           struct vfio_other) */\n";
    let text = header();
    for (declarations, expected) in [
        ([MODE, SET].concat(), ["vfio_device_mode", "-"]),
        ([SET, MODE].concat(), ["vfio_device_mode", "-"]),
        ([SET, MODE, RESET, OTHER].concat(), ["vfio_device_mode", "vfio_other"]),
        ([SET, RESET, OTHER, MODE].concat(), ["vfio_device_mode", "vfio_other"]),
        ([MODE, SET, RESET].concat(), ["vfio_device_mode", "none"]),
        ([OTHER, MODE, SET, COMMENT, RESET].concat(), ["vfio_device_mode", "vfio_other"]),
        ([SET, RESET, MODE].concat(), ["vfio_device_mode", "none"]),
    ] {
        let (after, _) = amended(&[&text, declarations.as_str()].concat(), None);
        let abi = &after.abi;
        let arg = |name: &str| {
            let ioctl = abi.ioctls.iter().find(|one| one.name == name);
            ioctl.map_or("-", |ioctl| match ioctl.arg {
                Arg::Struct(id) => &abi.struct_(id).name,
                Arg::None => "none",
                _ => "another",
            })
        };
        assert_eq!(
            ["VFIO_DEVICE_SET_MODE", "VFIO_DEVICE_CLEAR"].map(arg),
            expected,
            "{declarations}"
        );
    }
}

/// Bit fields are not described, but their places are known, as gcc has them.
#[test]
fn a_moved_bit_field_breaks_and_another_change_is_not_judged() {
    const BITS: &str = "struct vfio_bits {\n\t__u32 a : 3;\n\t__u32 b : 30;\n\t__u16 c : 1;\n\
                        \t__u32 : 0;\n\t__u8 d : 4, e : 4;\n\t__u64 plain;\n};\n";
    let text = header();
    let (before, _) = amended(&[&text, BITS].concat(), None);
    let unread = &before.knowledge.unread["vfio_bits"];
    assert_eq!(unread.reason, "no specification describes bit fields, such as `a`");
    let places = unread.spans.iter().map(|(name, spans)| (name.as_str(), spans[0].offset));
    assert_eq!(
        places.collect::<Vec<_>>(),
        [
            ("a:3 at bit 0", 0),
            ("b:30 at bit 0", 4),
            ("c:1 at bit 14", 6),
            ("d:4 at bit 0", 8),
            ("e:4 at bit 4", 8),
            ("plain", 16),
        ]
    );
    assert_eq!(unread.spans[5].1.map(|span| span.offset), [16, 12, 16]);
    for (from, to, exit, message) in [
        ("b : 30", "b : 29", 1, "`b:30 at bit 0` is gone"),
        ("__u64 plain", "__u16 more;\n\t__u64 plain", 2, "the item was not read"),
        ("d : 4, e : 4", "d : 8", 1, "`d:4 at bit 0` is gone, `e:4 at bit 4` is gone"),
    ] {
        let changed = BITS.replacen(from, to, 1);
        assert_ne!(changed, BITS);
        let (after, _) = amended(&[&text, changed.as_str()].concat(), None);
        let found = compare(&side(&before), &side(&after));
        assert_eq!(exit_code(&found), exit, "{to}: {found:?}");
        assert!(found.iter().any(|one| one.message.contains(message)), "{to}: {found:?}");
    }
}

/// An address whose payload is a struct or has a length that the header no longer has as
/// before: the other declarations of the header are still compared.
#[test]
fn a_payload_that_is_gone_costs_its_field_only() {
    let text = header();
    let (before, _) = amended(&text, None);
    let range = "struct vfio_device_feature_dma_logging_range {";
    let at = text.find(range).expect("a struct");
    let end = at + text[at..].find("};\n").expect("its end") + 3;
    let inside = text[at..end].replace("struct", "#pragma pack(push, 1)\nstruct");
    let renamed = text.replace("num_ranges;", "how_many;");
    let removed = text[..at].to_owned() + &text[end..];
    let packed = [&text[..at], &inside, "#pragma pack(pop)\n", &text[end..]].concat();
    for (what, changed, exit) in
        [("packed", packed, 0), ("removed", removed, 1), ("renamed", renamed, 1)]
    {
        let (after, _) = amended(&changed, None);
        let found = compare(&side(&before), &side(&after));
        assert_eq!(exit_code(&found), exit, "{what}: {found:#?}");
        let others = found.iter().filter(|one| {
            !one.subject.starts_with("vfio_device_feature_dma_logging")
                && !one.message.contains("dma_logging")
        });
        assert_eq!(others.count(), 0, "{what}: {found:#?}");
    }
}

/// The struct had other fields in older releases, in which the new type has no layout.
#[test]
fn a_new_type_of_a_field_counts_in_the_release_of_the_header_only() {
    let text = header();
    let at = text.find("struct vfio_iommu_spapr_tce_create {").expect("a struct");
    let field = at + text[at..].find("__u64\twindow_size").expect("a field");
    let changed = [&text[..field], "__aligned_u64\twindow_size", &text[field + 17..]].concat();
    let (before, _) = amended(&text, None);
    let (after, _) = amended(&changed, None);
    let found = compare(&side(&before), &side(&after));
    assert_eq!(exit_code(&found), 0, "{found:#?}");
    let subjects: BTreeSet<_> =
        found.iter().map(|one| (one.code.0, one.subject.as_str())).collect();
    let expected = [("C21", "vfio_iommu_spapr_tce_create")];
    assert_eq!(subjects, BTreeSet::from(expected), "{found:#?}");
}

/// A header in which an attribute or a pragma packs a struct.
fn packing(text: &str, struct_: &str, pragma: bool) -> String {
    let open = text.find(&format!("struct {struct_} {{")).expect("a struct");
    let from = text[..open].rfind('\n').expect("a line") + 1;
    let to = open + text[open..].find("\n};\n").expect("its end") + 4;
    let (before, own, after) = (&text[..from], &text[from..to], &text[to..]);
    match pragma {
        true => [before, "#pragma pack(1)\n", own, "#pragma pack()\n", after].concat(),
        false => [before, &own[..own.len() - 2], " __attribute__((packed));\n", after].concat(),
    }
}

/// `#pragma pack` and an attribute that move no field change the alignment only. The type
/// `__aligned_u64` keeps its alignment in a struct that an attribute packs.
#[test]
fn packing_that_moves_nothing_breaks_nobody() {
    let structs = [
        ("vfio_info_cap_header", true),
        ("vfio_group_status", true),
        ("vfio_region_info_cap_sparse_mmap", true),
        ("vfio_region_info_cap_type", true),
        ("vfio_region_info_cap_nvlink2_ssatgt", false),
        ("vfio_iommu_type1_info_dma_avail", true),
        ("vfio_device_feature_migration", false),
    ];
    let (before, _) = amended(&header(), None);
    for pragma in [false, true] {
        let packed = structs.iter().fold(header(), |text, (name, _)| packing(&text, name, pragma));
        let (after, _) = amended(&packed, None);
        let found = compare(&side(&before), &side(&after));
        assert_eq!(exit_code(&found), 0, "{pragma}: {found:#?}");
        for (name, by_attribute) in structs {
            let of = found
                .iter()
                .find(|one| one.subject == name && one.message.contains("aligned to 1 bytes"));
            assert_eq!(of.is_some(), pragma || by_attribute, "{name}: {found:#?}");
        }
    }
}

/// arm aligns a `u64` to 8 bytes, so that there a packed struct of 20 bytes had 24.
#[test]
fn packing_that_moves_something_on_arm_breaks_programs_there() {
    let (before, _) = amended(&header(), None);
    let (after, _) = amended(&packing(&header(), "vfio_bitmap", false), None);
    let found = compare(&side(&before), &side(&after));
    let breaks: Vec<_> = found.iter().filter(|one| one.class.breaks()).collect();
    let [found] = &breaks[..] else { panic!("{breaks:#?}") };
    assert_eq!((found.code.0, found.class), ("C21", Class::Wire32), "{found:#?}");
    assert_eq!(found.subject, "vfio_iommu_type1_dirty_bitmap_get");
    assert_eq!(
        found.message,
        "`bitmap` has 20 bytes, 24 bytes before on 32-bit targets other than i386"
    );
    assert_eq!(found.witness.as_ref().expect("a witness").target, Some("arm"));
}
