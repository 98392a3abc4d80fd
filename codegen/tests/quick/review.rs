//! `capchain review`: patches as they come, against headers as they are.

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use capchain::Opened;
use capchain::catalogue;
use capchain::diagnostic::Sources;
use capchain::drift::drift;
use capchain::emit::kernel_header;
use capchain::header::{self, Outside};
use capchain::ir::Abi;
use capchain::lower::lower;
use capchain::release::Release;
use capchain::review::{BaseChoice, Effect, Mail, Remark, Review, codes, mails, patched, review};
use capchain::spec::load::Origin;
use capchain::validate::ValidSpec;
use support::mangled::{self, DAMAGES, Damage};
use support::program::run;
use support::{fixtures, kernels};

/// Releases between which much changed, in order.
const RELEASES: [&str; 9] =
    ["v3.10", "v4.1", "v4.18", "v5.2", "v5.10", "v5.19", "v6.1", "v6.12", "v7.2"];

fn release(text: &str) -> Release {
    text.parse().expect("a release")
}

/// The headers of a release, as the specification has them.
fn headers(abi: &Abi) -> Vec<(String, String)> {
    let headers = abi.headers.iter().enumerate();
    headers.map(|(index, header)| (header.path.clone(), kernel_header(abi, index))).collect()
}

/// Fails unless headers declare exactly what an ABI has.
fn assert_declares(what: &str, files: &[(String, String)], abi: &Abi, spec: &ValidSpec) {
    let mut sources = Sources::default();
    let files: Vec<_> =
        files.iter().map(|(path, text)| sources.add(path.clone(), text.clone())).collect();
    let newest = lower(spec, None);
    let given = header::given(&newest, &sources, &files).expect("known headers");
    let read = header::read(&sources, &files, &Outside::of(&newest, &given));
    assert!(!read.problems.has_errors(), "{what}: {}", read.problems.render(&sources, false));
    let found = drift(&read.facts, abi, &newest, &given);
    assert_eq!(found.differences(), 0, "{what}: {}", found.findings.render(&sources, false));
}

/// A patch from one set of headers to another.
fn patch(old: &[(String, String)], new: &[(String, String)]) -> String {
    let pairs = old.iter().zip(new);
    let pairs = pairs
        .map(|((path, old), (_, new))| mangled::patch(&format!("include/uapi/{path}"), old, new));
    pairs.collect()
}

/// Remarks with the lines around their places.
fn told(mail: &str, remarks: &[Remark]) -> String {
    let body: Vec<_> = mails(mail.as_bytes())[0].text.lines().map(str::to_owned).collect();
    let told = remarks.iter().map(|remark| {
        let line = remark.at.map_or(1, |at| at.line);
        let near = &body[line.saturating_sub(9).min(body.len())..(line + 9).min(body.len())];
        format!("{}, line {line}:\n{}\n", remark.message, near.join("\n"))
    });
    told.collect()
}

fn read(text: &str) -> Vec<Mail> {
    mails(text.as_bytes())
}

#[test]
fn headers_of_releases_are_read_back() {
    let spec = fixtures::spec();
    for release in spec.releases().iter().rev().step_by(5) {
        let abi = lower(&spec, Some(*release));
        assert_declares(&release.to_string(), &headers(&abi), &abi, &spec);
    }
}

#[test]
fn patches_between_releases_survive_mailers() {
    let spec = fixtures::spec();
    for (index, pair) in RELEASES.windows(2).enumerate() {
        let (old, new) = (release(pair[0]), release(pair[1]));
        let (before, after) = (lower(&spec, Some(old)), lower(&spec, Some(new)));
        let patch = patch(&headers(&before), &headers(&after));
        for damage in DAMAGES.iter().copied().skip(index % 3).step_by(3) {
            let what = format!("{old} to {new}, {damage:?}");
            let mail = mangled::mail(&patch, damage);
            let result =
                patched(&spec, &Sources::default(), &BaseChoice::Release(old), &read(&mail));
            let result =
                result.unwrap_or_else(|remarks| panic!("{what}: {}", told(&mail, &remarks)));
            assert_declares(&what, &result, &after, &spec);
        }
    }
}

#[test]
fn patches_of_real_headers_fit_the_specification() {
    let spec = fixtures::spec();
    let mut kernels = kernels::kernels();
    kernels.retain(|kernel| spec.releases().contains(&kernel.release));
    kernels.sort_by_key(|kernel| kernel.release);
    for pair in kernels.windows(2).filter(|pair| pair[0].release < pair[1].release) {
        let texts = |kernel: &kernels::Kernel| {
            let texts = kernels::HEADERS.iter().map(|path| {
                let text = fs::read_to_string(kernel.folder.join(path)).unwrap_or_default();
                ((*path).to_owned(), text)
            });
            texts.collect::<Vec<_>>()
        };
        let patch = patch(&texts(&pair[0]), &texts(&pair[1]));
        let (old, new) = (pair[0].release, pair[1].release);
        let after = lower(&spec, Some(new));
        for damage in [Damage::Intact, Damage::Unindented] {
            let what = format!("real {old} to {new}, {damage:?}");
            let mail = mangled::mail(&patch, damage);
            let result =
                patched(&spec, &Sources::default(), &BaseChoice::Release(old), &read(&mail));
            let result =
                result.unwrap_or_else(|remarks| panic!("{what}: {}", told(&mail, &remarks)));
            assert_declares(&what, &result, &after, &spec);
        }
    }
}

fn irq_info() -> String {
    let path = fixtures::root().join("codegen/tests/mails/irq-info-2019.eml");
    fs::read_to_string(path).expect("the mail of 2019")
}

/// The review of an input against the specification.
fn reviewed(choice: &BaseChoice, input: &[u8]) -> Review {
    static OPENED: LazyLock<Opened> =
        LazyLock::new(|| capchain::open(&Origin::Folder(fixtures::root().join("spec/vfio")), &[]));
    let spec = OPENED.spec.as_ref().expect("the specification");
    review(spec, &OPENED.sources, choice, mails(input)).expect("a review")
}

/// What a review finds: effect, code and line of each finding.
fn found(choice: &BaseChoice, mail: &str) -> Vec<(Effect, &'static str, String)> {
    let review = reviewed(choice, mail.as_bytes());
    let remarks = review.series.iter().flat_map(|series| &series.remarks);
    let line = |remark: &Remark| {
        let line = remark.at.map_or("", |at| review.line(at));
        line.trim_start_matches(['>', ' ', '+', '-']).to_owned()
    };
    remarks.map(|remark| (remark.effect, remark.code.0, line(remark))).collect()
}

/// The places at which changes without a place are reported.
fn unplaced(choice: &BaseChoice, mail: &str) -> Vec<String> {
    let found = found(choice, mail).into_iter();
    found.filter(|(effect, ..)| *effect == Effect::NotJudged).map(|(_, _, line)| line).collect()
}

fn v5_2() -> BaseChoice {
    BaseChoice::Release(release("v5.2"))
}

#[test]
fn the_mail_of_2019_is_placed() {
    let spec = fixtures::spec();
    let mail = irq_info();
    for choice in [v5_2(), BaseChoice::BestFit] {
        let headers = patched(&spec, &Sources::default(), &choice, &read(&mail));
        let (_, text) = headers.expect("a place for every line").remove(0);
        let words: Vec<_> = text.split_whitespace().collect();
        let words = words.join(" ");
        for piece in [
            "VFIO_IRQ_INFO_FLAG_CAPS (1 << 4) /* A chain of caps exists */",
            "#define VFIO_IRQ_INFO_CAP_TYPE 3 struct vfio_irq_info_cap_type { struct \
             vfio_info_cap_header header; __u32 type;",
            "VFIO_PCI_NUM_IRQS = 5",
        ] {
            assert!(words.contains(piece), "{piece}");
        }
        assert_eq!(words.matches("VFIO_PCI_NUM_IRQS").count(), 1);
    }
}

#[test]
fn the_mail_of_2019_is_growth() {
    let review = reviewed(&v5_2(), irq_info().as_bytes());
    let remarks = &review.series[0].remarks;
    assert_eq!(review.count(Effect::Breaks), 0, "{remarks:#?}");
    assert_eq!(review.count(Effect::NotJudged), 0, "{remarks:#?}");
    let at = |code: &str, line: &str| {
        let here = |one: &&Remark| one.at.is_some_and(|at| review.line(at).contains(line));
        let found = remarks.iter().filter(here).find(|one| one.code.0 == code);
        found.unwrap_or_else(|| panic!("{code} at {line}: {remarks:#?}"))
    };
    let growth = at("C6", "cap_offset").details.join(" ");
    assert!(growth.contains("minsz stays 16") && growth.contains("sizeof"), "{growth}");
    let frozen = at("R6", "VFIO_PCI_NUM_IRQS = 5");
    assert!(frozen.message.contains("stays 5"), "{frozen:?}");
    at("R9", "cap_offset");
    assert!(remarks.iter().all(|one| one.code.0 != "C12"), "{remarks:#?}");
}

#[test]
fn a_field_before_count_breaks() {
    let mail = irq_info();
    let offset = "> > + __u32 cap_offset; /* Start of the chain within the whole reply */\n";
    let count = "> > __u32 count; /* How many it has */\n";
    let moved = mail.replace(offset, "").replace(count, &[offset, count].concat());
    assert_ne!(moved, mail);
    let found = found(&v5_2(), &moved);
    let breaks = |code: &str| {
        found.iter().any(|(effect, other, line)| {
            *effect == Effect::Breaks && *other == code && line.starts_with("__u32 cap_offset")
        })
    };
    assert!(breaks("C3") && breaks("C1"), "{found:?}");
}

/// A patch of `vfio_irq_info`.
fn patch_of(heading: &str, lines: &str) -> String {
    let path = "include/uapi/linux/vfio.h";
    format!("--- a/{path}\n+++ b/{path}\n@@ -1,3 +1,4 @@ {heading}\n{lines}")
}

#[test]
fn a_change_with_two_places_is_named() {
    let lines = " \t__u32\targsz;\n \t__u32\tflags;\n+\t__u32\tsecond;\n";
    assert_eq!(unplaced(&v5_2(), &patch_of("", lines)), ["\t__u32\tsecond;"]);
    assert!(unplaced(&v5_2(), &patch_of("struct vfio_irq_set {", lines)).is_empty());
    let removed = "-\t__u32\tsecond;\n";
    assert_eq!(
        unplaced(&v5_2(), &patch_of("struct vfio_irq_set {", removed)),
        ["\t__u32\tsecond;"]
    );
    let again = " #define VFIO_IRQ_INFO_EVENTFD\t\t(1 << 0)\n+#define VFIO_IRQ_INFO_MASKABLE\t2\n";
    assert_eq!(unplaced(&v5_2(), &patch_of("", again)).len(), 1);
}

/// The declaration of each line of a header that is a member, by its opening line.
fn members(text: &str) -> Vec<(&str, &str)> {
    let mut opening = None;
    let mut members = Vec::new();
    for line in text.lines() {
        let starts = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
        if starts(&["struct ", "__extension__ struct "]) && line.ends_with('{') {
            opening = Some(line);
        } else if line.starts_with('}') {
            opening = None;
        } else if let Some(opening) = opening.filter(|_| line.starts_with("\t__u")) {
            members.push((opening, line));
        }
    }
    members
}

/// The name of a member, before its array length and its comment.
fn member_name(line: &str) -> &str {
    let declaration = line.split([';', '[']).next().unwrap_or_default();
    declaration.split_whitespace().last().unwrap_or_default()
}

/// A hunk whose only context line is a member of several structs belongs to that of its
/// heading. Without one its place is unclear, even if the base has its comment, or none, in
/// one of them only. So it is if the struct of the heading does not have the member.
#[test]
fn the_heading_places_what_several_structs_have() {
    let spec = fixtures::spec();
    let header = headers(&lower(&spec, Some(release("v5.2")))).remove(0).1;
    let members = members(&header);
    let owners = |name: &str| -> Vec<&str> {
        let same = members.iter().filter(|(_, line)| member_name(line) == name);
        same.map(|(opening, _)| *opening).collect()
    };
    let is_alone = |line: &str| members.iter().filter(|(_, other)| *other == line).count() == 1;
    let (several, single): (Vec<_>, Vec<_>) = members
        .iter()
        .filter(|(_, line)| is_alone(line))
        .partition(|(_, line)| owners(member_name(line)).len() > 1);
    let patch =
        |heading: &str, line: &str| patch_of(heading, &format!(" {line}\n+\t__u32\tsecond;\n"));
    let lost = "struct vfio_of_another_tree {";
    let second = ["\t__u32\tsecond;"];
    let mut tried = 0;
    for (opening, line) in several.iter().step_by(8) {
        for heading in ["", lost] {
            assert_eq!(unplaced(&v5_2(), &patch(heading, line)), second, "{heading} {line}");
        }
        for owner in owners(member_name(line)).into_iter().take(2) {
            let review = reviewed(&v5_2(), patch(owner, line).as_bytes());
            let mut remarks = review.series.iter().flat_map(|series| &series.remarks);
            let name = owner.split_whitespace().rev().nth(1).expect("a name");
            let is_there = remarks.any(|one| one.subject.split('.').next() == Some(name));
            assert!(is_there, "{line} of {opening}, with {owner}: {:?}", review.series);
            tried += 1;
        }
    }
    for (opening, line) in single.iter().step_by(16) {
        let other = members.iter().map(|(other, _)| *other).find(|other| other != opening);
        for heading in [lost, other.expect("another struct")] {
            assert_eq!(unplaced(&v5_2(), &patch(heading, line)), second, "{heading} {line}");
            tried += 1;
        }
    }
    println!("{tried} hunks with a heading, {} members", members.len());
    assert!(tried >= 12, "{tried}");
}

/// No report holds as many bytes as a patch states.
#[test]
fn a_struct_of_a_gigabyte_is_not_judged() {
    let lines = " \t__u32\tcount;\n+\t__u8\tlarge[1000000000];\n };\n";
    let review = reviewed(&v5_2(), patch_of("struct vfio_irq_info {", lines).as_bytes());
    assert_eq!((review.count(Effect::Breaks), review.count(Effect::NotJudged)), (0, 1));
    let mut remarks = review.series.iter().flat_map(|series| &series.remarks);
    let said = |text: &str| text.contains("it is larger than 65536 bytes");
    assert!(remarks.all(|one| said(&one.message)));
}

#[test]
fn a_given_header_must_have_the_context() {
    let spec = fixtures::spec();
    let given = BaseChoice::Headers(headers(&lower(&spec, Some(release("v5.2")))));
    let lines = " \t__u32\tnone;\n \t__u32\tcount;\n+\t__u32\tfresh;\n };\n";
    let patch = patch_of("struct vfio_irq_info {", lines);
    assert_eq!(unplaced(&given, &patch), ["\t__u32\tnone;"]);
    assert!(unplaced(&v5_2(), &patch).is_empty());
}

/// The kernel code of a series shows whether it keeps the condition of a growth.
#[test]
fn minsz_in_the_code_of_a_patch_is_judged() {
    let header = patch_of(
        "struct vfio_irq_info {",
        " \t__u32\tcount;\n+#define VFIO_IRQ_INFO_FLAG_MORE\t(1 << 4)\n+\t__u32\tmore;\n };\n",
    );
    let path = "drivers/vfio/pci/vfio_pci_core.c";
    let code = |lines: &str| format!("--- a/{path}\n+++ b/{path}\n@@ -10,3 +20,3 @@ f\n{lines}");
    let breaks = "minsz is 20 bytes with this patch, 16 before";
    for (lines, expected) in [
        (" \tminsz = sizeof(struct vfio_irq_info);\n", Some((Effect::Breaks, breaks))),
        (
            "-\tminsz = offsetofend(struct vfio_irq_info, count);\n\
             +\tminsz = offsetofend(struct vfio_irq_info,\n+\t\t\t    more);\n",
            Some((Effect::Breaks, breaks)),
        ),
        (
            " \tminsz = offsetofend(struct vfio_irq_info, count);\n",
            Some((Effect::Note, "minsz stays 16 bytes in this file")),
        ),
        ("-\tminsz = sizeof(struct vfio_irq_info);\n+\tminsz = 16;\n", None),
        (" \tminsz = offsetofend(struct vfio_irq_set, count);\n", None),
    ] {
        let mail = [header.as_str(), &code(lines)].concat();
        let review = reviewed(&v5_2(), mail.as_bytes());
        let remarks = review.series.iter().flat_map(|series| &series.remarks);
        let found: Vec<_> = remarks.filter(|one| one.code.0 == "R10").collect();
        let brief = found.iter().map(|one| (one.effect, one.message.as_str()));
        assert_eq!(brief.collect::<Vec<_>>(), Vec::from_iter(expected), "{lines}");
        let breaks = usize::from(expected.is_some_and(|(effect, _)| effect == Effect::Breaks));
        assert_eq!(review.count(Effect::Breaks), breaks, "{lines}");
        for one in found {
            assert_eq!(one.subject, "vfio_irq_info");
            assert!(review.line(one.at.expect("a line")).contains("minsz = "));
            assert_eq!(one.in_file, Some((path.to_owned(), 20)));
        }
    }
}

#[test]
fn later_patches_of_a_series_see_the_earlier_ones() {
    let first = patch_of("struct vfio_irq_info {", " \t__u32\tcount;\n+\t__u32\tfirst;\n };\n");
    let second = patch_of("struct vfio_irq_info {", " \t__u32\tfirst;\n+\t__u32\tsecond;\n };\n");
    let letter = |number: u32, body: &str| {
        format!("From 0 Mon\nFrom: a@b\nSubject: [PATCH {number}/2] x\n\n{body}-- \n2.4\n\n")
    };
    let cover = letter(0, "Words.\n");
    let mailbox = [letter(2, &second), cover, letter(1, &first)].concat();
    let found = reviewed(&v5_2(), mailbox.as_bytes());
    assert_eq!(found.series.len(), 1);
    assert_eq!(found.series[0].mails, [2, 0]);
    assert_eq!(found.count(Effect::NotJudged), 0, "{:#?}", found.series[0].remarks);
    assert_eq!(found.passed, [(1, "a cover letter".to_owned())]);
    assert_eq!(unplaced(&v5_2(), &letter(2, &second)), ["\t__u32\tsecond;"]);
}

#[test]
fn the_examples_of_the_catalogue_are_true() {
    for code in codes() {
        let entry = catalogue::entry(code.0).expect("an entry");
        let finds =
            |patch: &str| found(&v5_2(), patch).iter().any(|(_, found, _)| *found == code.0);
        assert!(finds(&entry.bad), "{}", code.0);
        assert!(!finds(&entry.good), "{}", code.0);
    }
}

#[test]
fn no_input_is_too_strange() {
    let mail = irq_info();
    let mut inputs: Vec<Vec<u8>> =
        (0..mail.len()).step_by(97).map(|end| mail[..end].into()).collect();
    inputs.push((0..=255).cycle().take(9000).collect());
    inputs.push(mail.replace('\n', "\r\n").into());
    inputs.push(mail.replace('>', "").into());
    inputs.push(mail.replace("@@", "@").into());
    inputs.push("@@ -1 +1 @@\n+\n".repeat(2000).into());
    inputs.push(
        ["--- a/include/uapi/linux/vfio.h\n+++ b/linux/vfio.h\n@@ -1 +1 @@\n", &"+{".repeat(2000)]
            .concat()
            .into(),
    );
    for input in inputs {
        let found = reviewed(&v5_2(), &input);
        capchain::review::text(&found);
        capchain::review::reply(&found);
    }
}

/// The page on 2019 shows the review of the mail. UPDATE_GOLDEN=1 writes it.
#[test]
fn the_page_shows_the_mail() {
    let path = fixtures::root().join("docs/irq-info-2019.md");
    let page = fs::read_to_string(&path).expect("the page");
    let review = reviewed(&v5_2(), irq_info().as_bytes());
    let shown = capchain::review::text(&review);
    let start = "```text review\n";
    let (before, rest) = page.split_once(start).expect("the block");
    let (_, after) = rest.split_once("```\n").expect("its end");
    let anew = [before, start, shown.trim_end(), "\n```\n", after].concat();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &anew).expect("the page");
    }
    assert_eq!(fs::read_to_string(&path).expect("the page"), anew, "UPDATE_GOLDEN=1 writes it");
}

/// The verdicts on postings of 2025 and 2026: code and line of each question.
#[test]
fn postings_are_answered() {
    let expected = [
        ("cxl-v3", &["L3", "L4", "L5", "L6", "L9"][..]),
        ("zpci-error-v13", &["R3", "R4", "R7"]),
        ("dma-buf-tph-v11", &["R3", "R4"]),
        ("pci-tph-2025", &["L7", "R4"]),
        ("zpci-error-v19", &["R8"]),
        ("zpci-fmb-v4", &["R3", "R4", "R8"]),
    ];
    for (name, codes) in expected {
        let path = fixtures::root().join(format!("codegen/tests/mails/{name}.patch"));
        let mail = fs::read_to_string(path).expect("a patch");
        let found = found(&BaseChoice::Release(release("v7.2")), &mail);
        assert!(found.iter().all(|(effect, ..)| *effect > Effect::NotJudged), "{name}: {found:?}");
        let asked = found.iter().filter(|(effect, ..)| *effect == Effect::Question);
        let asked: BTreeSet<_> = asked.map(|(_, code, _)| *code).collect();
        // The own claim of a posting is no contention, so that more can be asked.
        for code in codes {
            assert!(asked.contains(code), "{name}: {code} of {asked:?}");
        }
    }
}

/// A reader has to see the line that each finding is about, in whichever words the finding is.
#[test]
fn every_finding_about_a_posting_names_its_item_and_line() {
    for name in ["dma-buf-tph-v11", "zpci-fmb-v4", "pci-tph-2025", "cxl-v3", "zpci-error-v19"] {
        let mail = stored(&format!("{name}.patch"));
        let review = reviewed(&BaseChoice::Release(release("v7.2")), mail.as_bytes());
        let remarks = review.series.iter().flat_map(|series| &series.remarks);
        for remark in remarks.filter(|one| one.effect != Effect::Note) {
            let at = remark.at.unwrap_or_else(|| panic!("{name}: {remark:?}"));
            let item = remark.subject.rsplit('.').next().unwrap_or_default();
            assert!(!item.is_empty() && review.line(at).contains(item), "{name}: {remark:?}");
        }
    }
    // The message names neither of the two items that have the number.
    let review = reviewed(&BaseChoice::BestFit, stored("zpci-fmb-v4.patch").as_bytes());
    let remarks = review.series.iter().flat_map(|series| &series.remarks);
    let taken: Vec<_> = remarks.filter(|one| one.code.0 == "L11").collect();
    let [taken] = taken[..] else { panic!("{taken:?}") };
    assert_eq!(taken.subject, "VFIO_DEVICE_FEATURE_ZPCI_FMB_ENABLE");
}

/// The text of a file in `codegen/tests/mails`.
fn stored(name: &str) -> String {
    let path = fixtures::root().join("codegen/tests/mails").join(name);
    fs::read_to_string(path).expect("a mail")
}

/// The code of each break of migration v2 and the name after it in the line, and the names
/// that get a note with C12.
fn migration_v2(mail: &str) -> (BTreeSet<(&'static str, String)>, Vec<String>) {
    let found = found(&BaseChoice::Release(release("v5.17")), mail);
    let name = |line: &str| {
        let mut words = line.split_whitespace();
        words.nth(usize::from(line.starts_with("#define"))).unwrap_or_default().to_owned()
    };
    let of = |wanted: Effect| found.iter().filter(move |(effect, ..)| *effect == wanted);
    assert_eq!(of(Effect::NotJudged).count(), 0, "{found:#?}");
    let breaks = of(Effect::Breaks).map(|(_, code, line)| (*code, name(line))).collect();
    let reused = of(Effect::Note).filter(|(_, code, _)| *code == "C12");
    (breaks, reused.map(|(.., line)| name(line)).collect())
}

#[test]
fn migration_v2_takes_names_for_other_numbers() {
    let (breaks, notes) = migration_v2(&stored("migration-v7.patch"));
    let expected = [
        ("C10", "VFIO_DEVICE_STATE_RUNNING"),
        ("C10", "VFIO_DEVICE_STATE_STOP"),
        ("C11", "VFIO_DEVICE_STATE_SAVING"),
    ];
    assert_eq!(breaks, expected.map(|(code, name)| (code, name.to_owned())).into());
    // The old names have one more word.
    let renamed = [
        "VFIO_DEVICE_STATE_V1_RUNNING",
        "VFIO_DEVICE_STATE_V1_SAVING",
        "VFIO_DEVICE_STATE_V1_RESUMING",
    ];
    assert!(renamed.iter().all(|name| notes.iter().any(|note| note == name)), "{notes:?}");
}

#[test]
fn a_number_under_an_unrelated_name_is_reused() {
    let mail = stored("migration-v7.patch").replace("V1_SAVING", "PAUSED");
    let (breaks, notes) = migration_v2(&mail);
    let reused = ("C12", "VFIO_DEVICE_STATE_PAUSED".to_owned());
    assert!(breaks.contains(&reused), "{breaks:?}");
    assert!(!notes.contains(&reused.1), "{notes:?}");
}

#[test]
fn a_struct_with_bit_fields_is_not_judged() {
    let found = found(&BaseChoice::Release(release("v7.2")), &stored("zpci-error-v18.patch"));
    let missed = found.iter().filter(|(effect, ..)| *effect == Effect::NotJudged);
    let missed: Vec<_> = missed.map(|(_, code, line)| (*code, line.as_str())).collect();
    assert_eq!(missed, [("C25", "struct vfio_device_feature_zpci_err {")], "{found:#?}");
    let claimed =
        |(effect, code, _): &(Effect, &str, String)| (*effect, *code) == (Effect::Question, "R3");
    assert!(found.iter().any(claimed), "{found:#?}");
}

#[test]
fn encodings_do_not_change_the_verdict() {
    let base = BaseChoice::Release(release("v7.2"));
    let mut plain = found(&base, &stored("cxl-v3.patch"));
    assert!(plain.len() > 5);
    plain.iter_mut().for_each(|one| one.2 = one.2.split_whitespace().collect());
    for encoding in ["flowed", "base64", "quoted-printable"] {
        let mut encoded = found(&base, &stored(&format!("cxl-v3-{encoding}.eml")));
        encoded.iter_mut().for_each(|one| one.2 = one.2.split_whitespace().collect());
        // A line that the mailer wrapped is shown without its rest.
        let same = encoded.iter().zip(&plain).all(|(one, other)| {
            (one.0, one.1) == (other.0, other.1) && other.2.starts_with(&one.2)
        });
        assert!(same && encoded.len() == plain.len(), "{encoding}: {encoded:#?}\n{plain:#?}");
    }
}

#[test]
fn a_mail_that_was_cut_is_not_judged() {
    let patch = patch_of("struct vfio_irq_info {", " \t__u32\tcount;\n+\t__u32\tfresh;\n };\n")
        .replace("@@ -1,3 +1,4 @@", "@@ -1,2 +1,3 @@");
    assert_eq!(unplaced(&v5_2(), &patch), [""; 0]);
    let whole = reviewed(&v5_2(), patch.as_bytes());
    assert_eq!(whole.series[0].missing, []);
    // In the middle of a line nothing is certain.
    let end = patch.find("fresh").expect("a field") + 3;
    assert_eq!(unplaced(&v5_2(), &patch[..end]), ["\t__u32\tfre"]);
    // At the end of a line it may have been cut, and the answer says so.
    let end = patch.rfind(" };").expect("the last line");
    let review = reviewed(&v5_2(), &patch.as_bytes()[..end]);
    assert_eq!(review.count(Effect::NotJudged), 0);
    let messages = review.series[0].missing.iter().map(|(_, message)| message.as_str());
    let expected = "the mail ends in a hunk with 1 of 2 old and 2 of 3 new lines";
    assert_eq!(messages.collect::<Vec<_>>(), [expected]);
}

#[test]
fn fields_with_reserved_names_are_judged() {
    let lines = " \t__u32\tcount;\n+\t__u32\tnew;\n+\t__u32\tself;\n };\n";
    let patch = patch_of("struct vfio_irq_info {", lines);
    let found = found(&v5_2(), &patch);
    assert!(found.iter().all(|(effect, ..)| *effect != Effect::NotJudged), "{found:#?}");
    for name in ["new;", "self;"] {
        let at = |wanted: Effect, code: &str| {
            found.iter().any(|(effect, other, line)| {
                *effect == wanted && *other == code && line.ends_with(name)
            })
        };
        assert!(at(Effect::Breaks, "C5") && at(Effect::Question, "H9"), "{name}: {found:#?}");
    }
}

/// Answers of the program to input that is no patch of a header.
#[test]
fn odd_input_gets_a_clear_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let rubbish: Vec<u8> =
        (0..20_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let other = "--- a/drivers/vfio/x.c\n+++ b/drivers/vfio/x.c\n@@ -1 +1,2 @@\n int a;\n+int b;\n";
    let gone = patch_of(
        "struct vfio_gone {",
        " \t__u32\tnothing;\n+\t__u32\tsomething;\n \t__u32\there;\n",
    );
    let cases = [
        (rubbish, 2, "the input has no patch"),
        (other.into(), 0, "changes no specified header"),
        (gone.into(), 2, "this change has no certain place in linux/vfio.h"),
        (Vec::new(), 2, "the input has no patch"),
    ];
    for (input, code, expected) in cases {
        let path = folder.path().join("input");
        fs::write(&path, input).expect("a file");
        let found = run(folder.path(), &["review", &path.display().to_string()]);
        let shown = [found.stdout.as_str(), &found.stderr].concat();
        assert!(found.code == code && shown.contains(expected), "{}: {shown}", found.code);
    }
}

#[test]
fn handlers_of_overlays_are_named_as_not_judged() {
    let root = fixtures::root();
    let overlay = "spec/vfio/proposals/irq_info_caps_sizeof.yaml";
    let args = ["review", "--base", "v7.2", "codegen/tests/mails/cxl-v3.patch"];
    let plain = run(&root, &args);
    let with = run(&root, &[&["--overlay", overlay][..], &args].concat());
    assert_eq!((plain.code, with.code), (0, 0), "{}", with.stderr);
    let note = "handlers of overlays are not judged";
    assert!(with.stderr.contains(note) && !plain.stderr.contains(note), "{}", with.stderr);
}

/// A word that is near to a known one is asked about, unless many new names have it.
#[test]
fn a_word_of_many_new_names_is_no_mistake() {
    let asked = |names: &[&str]| {
        let lines = names.iter().zip(900..).map(|(name, at)| format!("+#define {name} {at}\n"));
        let lines: String = lines.collect();
        let mail = format!(
            "--- a/include/uapi/linux/vfio.h\n+++ b/include/uapi/linux/vfio.h\n\
             @@ -1,1 +1,{} @@\n #define VFIO_API_VERSION\t0\n{lines}",
            names.len() + 1
        );
        let found = found(&BaseChoice::BestFit, &mail);
        found.into_iter().filter(|(_, code, _)| *code == "R5").count()
    };
    assert_eq!(asked(&["VFIO_DEVCIE_A"]), 1);
    assert_eq!(asked(&["VFIO_DEVCIE_A", "VFIO_DEVCIE_B"]), 2);
    assert_eq!(asked(&["VFIO_DEVCIE_A", "VFIO_DEVCIE_B", "VFIO_DEVCIE_C"]), 0);
    assert_eq!(asked(&["VFIO_VDEVICE_A"]), 0);
}

#[test]
fn patches_without_the_paths_of_a_tree_are_judged() {
    let lines = "@@ -1,3 +1,4 @@ struct vfio_irq_info {\n \t__u32\tindex;\n+\t__u32\tfresh;\n \
                 \t__u32\tcount;\n };\n";
    let judged = |head: &str| found(&v5_2(), &[head, lines].concat());
    for paths in [
        ["vfio.h", "new/vfio.h"],
        ["vfio.h", "vfio.h.new"],
        ["vfio.h.orig", "vfio.h"],
        ["/usr/include/linux/vfio.h", "mine.h"],
        ["a/vfio.h", "b/vfio.h"],
    ] {
        let found = judged(&format!("--- {}\t2026-11-29\n+++ {}\n", paths[0], paths[1]));
        assert!(found.iter().any(|(_, code, _)| *code == "C3"), "{paths:?}: {found:?}");
    }
    // Other files of the kernel have the same name.
    for head in [
        "--- a/drivers/vfio/vfio.h\n+++ b/drivers/vfio/vfio.h\n",
        "--- old/drivers/vfio/vfio.h\n+++ new/drivers/vfio/vfio.h\n",
        "--- a/include/linux/vfio.h\n+++ b/include/linux/vfio.h\n",
        "diff --git a/hw/vfio.h b/hw/vfio.h\n--- a/hw/vfio.h\n+++ b/hw/vfio.h\n",
    ] {
        let review = reviewed(&v5_2(), [head, lines].concat().as_bytes());
        let path = head.rsplit("+++ ").next().expect("a path").trim().trim_start_matches("b/");
        assert!(review.series.is_empty(), "{head}");
        assert_eq!(review.passed, [(0, format!("changes no specified header: {path}"))]);
    }
}

#[test]
fn a_hunk_without_a_changed_line_is_not_judged() {
    let words = " \t__u32\tindex;\n \t{+__u32 fresh;+}\n \t__u32\tcount;\n };\n";
    let cut = " \t__u32\tindex;\n";
    for lines in [words, cut] {
        let patch = patch_of("struct vfio_irq_info {", lines);
        assert_eq!(unplaced(&v5_2(), &patch), ["@@ -1,3 +1,4 @@ struct vfio_irq_info {"; 1]);
    }
}

#[test]
fn a_hunk_can_start_in_a_macro() {
    let spec = fixtures::spec();
    let choice = BaseChoice::Release(release("v5.10"));
    let old = headers(&lower(&spec, Some(release("v5.10"))));
    let (path, text) = &old[0];
    let lines: Vec<_> = text.lines().collect();
    let ends = (1..lines.len())
        .filter(|end| lines[end - 1].ends_with('\\') && !lines[*end].ends_with('\\'));
    let mut tried = 0;
    for end in ends {
        let fresh = "\n/* Fresh. */\n#define VFIO_FRESH 1\n";
        let (front, rest) = (lines[..=end].join("\n"), lines[end + 1..].join("\n"));
        let new = [(path.clone(), format!("{front}\n{fresh}{rest}\n"))];
        let patch = patch(&old[..1], &new);
        assert!(!patch.contains("#define VFIO_FRESH 1 \\"), "{patch}");
        assert_eq!(unplaced(&choice, &patch), [""; 0], "{patch}");
        let found = patched(&spec, &Sources::default(), &choice, &read(&patch));
        let (_, text) = found.expect("a place for every line").remove(0);
        assert!(text.contains("#define VFIO_FRESH 1"), "{patch}");
        tried += 1;
    }
    assert!(tried > 3);
}

#[test]
fn a_specification_that_does_not_load_is_no_reason_to_pass_over_a_patch() {
    let folder = tempfile::tempdir().expect("a folder");
    fixtures::copy_folder(&fixtures::root().join("spec"), &folder.path().join("spec"));
    let path = "include/uapi/linux/iommufd.h";
    let mail = format!(
        "--- a/{path}\n+++ b/{path}\n@@ -1,3 +1,4 @@ struct iommu_ioas_map {{\n \t__u32 flags;\n \t__u32 ioas_id;\n\
         +\t__u32 fresh;\n \t__u32 __reserved;\n"
    );
    fs::write(folder.path().join("mail"), mail).expect("a patch");
    let review = |more: &[&str]| run(folder.path(), &[&["review", "mail"][..], more].concat());
    let whole = review(&[]);
    assert!(whole.code == 1 && whole.stdout.contains("iommu_ioas_map"), "{}", whole.stdout);
    // Overlays of one ABI do not hide the headers of the others.
    let overlay = "spec/vfio/proposals/irq_info_caps_sizeof.yaml";
    let with = review(&["--overlay", overlay]);
    assert_eq!((with.code, with.stdout), (1, whole.stdout));
    let path = folder.path().join("spec/iommufd/mappings.yaml");
    let text = fs::read_to_string(&path).expect("a file");
    fs::write(&path, text.replacen("minsz:", "minzs:", 1)).expect("a file");
    for args in [&["review", "mail"][..], &["show", "IOMMU_IOAS_MAP"]] {
        let broken = run(folder.path(), args);
        assert_eq!((broken.code, broken.stdout.as_str()), (2, ""), "{args:?}");
        assert!(broken.stderr.contains("minzs"), "{args:?}: {}", broken.stderr);
    }
    // What another specification has is still found.
    assert_eq!(run(folder.path(), &["show", "VFIO_DEVICE_GET_INFO"]).code, 0);
}
