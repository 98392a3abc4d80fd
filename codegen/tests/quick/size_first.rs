//! The protocol of arguments that start with their size: programs and kernels of different
//! releases, by the model; the verdicts on all releases; and changes of the rules, each with a
//! verdict that is known by construction.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::{env, fs};

use capchain::compat::{Affected, Class, Finding, Side, compare};
use capchain::ir::{Abi, Arg, Handler, Ioctl, Member, Role, Struct, TailCheck, Value};
use capchain::lower::lower;
use capchain::model::{Answer, Contents, HandlerModel};
use capchain::release::Release;
use support::fixtures::{self, side};
use support::spec_folder::SpecFolder;

/// The function that the generated crates have.
#[path = "../../runtime/receive.rs"]
mod receive;

const ABIS: [&str; 3] = ["iommufd", "fwctl", "liveupdate"];

/// The releases in which an ABI exists, each as one side of a comparison.
fn sides(abi: &str) -> Vec<(Release, Side)> {
    let spec = fixtures::open(&fixtures::root().join("spec").join(abi));
    let all = spec.releases().iter().map(|release| (*release, lower(&spec, Some(*release))));
    let all = all.filter(|(_, abi)| !abi.ioctls.is_empty());
    all.map(|(release, abi)| (release, side(&release.to_string(), abi))).collect()
}

static SIDES: LazyLock<Vec<Vec<(Release, Side)>>> =
    LazyLock::new(|| ABIS.iter().map(|abi| sides(abi)).collect());

/// The releases with differences from the one before them.
fn changed() -> impl Iterator<Item = Vec<&'static Abi>> {
    SIDES.iter().map(|sides| {
        let mut kept: Vec<&Side> = Vec::new();
        for (_, side) in sides {
            if kept.last().is_none_or(|last| !compare(last, side).is_empty()) {
                kept.push(side);
            }
        }
        kept.into_iter().map(|side| &side.abi).collect()
    })
}

/// The ioctl of a name with a handler that reads the tail.
fn served<'a>(abi: &'a Abi, name: &str) -> Option<(&'a Ioctl, &'a Struct, &'a Handler)> {
    let ioctl = abi.ioctls.iter().find(|ioctl| ioctl.name == name)?;
    let Arg::Struct(id) = ioctl.arg else { return None };
    let handler = ioctl.served_at(abi.release).next()?;
    matches!(handler.tail, TailCheck::ZeroAfter(_)).then_some((ioctl, abi.struct_(id), handler))
}

fn size(struct_: &Struct) -> usize {
    struct_.kernel_layout().size as usize
}

/// A program's request: zeros, with its size.
fn request(struct_: &Struct, argsz: usize) -> Vec<u8> {
    let mut bytes = vec![0; size(struct_).max(argsz)];
    bytes[..4].copy_from_slice(&(argsz as u32).to_le_bytes());
    bytes
}

fn put(bytes: &mut [u8], member: &Member<'_>, number: u64) {
    let span = member.kernel_span();
    let place = bytes.iter_mut().skip(span.offset as usize).take(span.size.min(8) as usize);
    place.zip(number.to_le_bytes()).for_each(|(byte, part)| *byte = part);
}

/// The numbers that a program of a release can pass in an input.
fn numbers(abi: &Abi, struct_: &Struct, member: &Member<'_>) -> Vec<u64> {
    let field = struct_.fields.iter().find(|field| field.name == member.name);
    let group = field.and_then(|field| field.group).map(|group| abi.group(group));
    match group {
        Some(group) => group.values.iter().map(|value: &Value| value.number as u64).collect(),
        None if member.role == Role::Flags => vec![0],
        None => vec![0, 1, u64::MAX],
    }
}

/// Requests of a program of a release: every size, and every number of every input.
fn requests(abi: &Abi, struct_: &Struct) -> Vec<Vec<u8>> {
    let full = size(struct_);
    let mut all: Vec<_> = (4..=full).map(|argsz| request(struct_, argsz)).collect();
    for member in abi.members(struct_) {
        let is_set = !matches!(member.role, Role::Argsz | Role::Reserved);
        if !member.is_input() || !is_set {
            continue;
        }
        for number in numbers(abi, struct_, &member) {
            let mut bytes = request(struct_, full);
            put(&mut bytes, &member, number);
            all.push(bytes);
        }
    }
    all
}

/// The answer of a kernel, whose replies have the same byte at the same offset in all releases.
fn answer<'a>(
    abi: &'a Abi,
    (ioctl, struct_, handler): (&'a Ioctl, &'a Struct, &'a Handler),
    request: &[u8],
) -> Answer<'a> {
    let fixed = (0..size(struct_)).map(|at| at as u8 | 0x80).collect();
    let contents = Contents { fixed, ..Contents::default() };
    HandlerModel::new(abi, ioctl, handler).expect("rules").answer(request, &contents)
}

/// The offsets of fields that a program reads.
fn read_by(abi: &Abi, struct_: &Struct) -> Vec<usize> {
    let outputs = abi.members(struct_).into_iter().filter(|member| {
        member.role != Role::Reserved && member.direction != Some(capchain::reply::Direction::In)
    });
    let bytes = outputs.flat_map(|member| {
        let span = member.kernel_span();
        span.offset as usize..span.end() as usize
    });
    bytes.collect()
}

#[test]
fn programs_and_kernels_of_all_releases_understand_each_other() {
    let (mut pairs, mut answers) = (0, [0; 3]);
    for abis in changed() {
        for (at, old) in abis.iter().enumerate() {
            for new in &abis[at..] {
                pairs += 1;
                for ioctl in &old.ioctls {
                    let Some(was) = served(old, &ioctl.name) else { continue };
                    let Some(is) = served(new, &ioctl.name) else { continue };
                    let counts = checked((*old, was), (*new, is));
                    answers.iter_mut().zip(counts).for_each(|(all, one)| *all += one);
                }
            }
        }
    }
    let [old, new, refused] = answers;
    println!(
        "{pairs} pairs of releases: {old} requests of old programs, {new} of new programs with a \
         zero tail, {refused} with another tail"
    );
    assert!(pairs > 20 && old > 1000 && new > 1000 && refused > 100);
}

/// The three parts of the theorem for one ioctl of two releases; returns how many requests
/// each part was tried with.
fn checked<'a>(
    (old, was): (&'a Abi, (&'a Ioctl, &'a Struct, &'a Handler)),
    (new, is): (&'a Abi, (&'a Ioctl, &'a Struct, &'a Handler)),
) -> [usize; 3] {
    let name = format!("{} {} {}", was.0.name, old.release, new.release);
    let mut counts = [0; 3];
    let known = size(was.1);
    let read = read_by(old, was.1);
    for request in requests(old, was.1) {
        // A new kernel answers an old program as the old one does.
        let (before, now) = (answer(old, was, &request), answer(new, is, &request));
        assert_eq!(before.result, now.result, "{name} {request:x?}");
        let covered = u32::from_le_bytes(request[..4].try_into().expect("a size")) as usize;
        for at in read.iter().filter(|at| **at < covered) {
            assert_eq!(before.bytes[*at], now.bytes[*at], "{name} {at} {request:x?}");
        }
        counts[0] += 1;
        if covered < known {
            continue;
        }
        // An old kernel answers a new program with a zero tail as an old program.
        let mut longer = request.clone();
        longer.resize(size(is.1), 0);
        longer[..4].copy_from_slice(&(size(is.1) as u32).to_le_bytes());
        let tail = answer(old, was, &longer);
        assert_eq!(tail.result, before.result, "{name} {longer:x?}");
        assert_eq!(tail.bytes[4..known], before.bytes[4..known], "{name}");
        assert!(tail.bytes[known..].iter().all(|byte| *byte == Some(0)), "{name}");
        counts[1] += 1;
        // It refuses another tail, and writes nothing.
        for at in known..size(is.1) {
            let mut other = longer.clone();
            other[at] = 1;
            let refused = answer(old, was, &other);
            assert_eq!(refused.result, Err(was.2.errors.tail.as_str()), "{name} {at}");
            let same = other.iter().copied().map(Some).collect::<Vec<_>>();
            assert!(refused.bytes == same && refused.written.is_empty(), "{name} {at}");
            counts[2] += 1;
        }
    }
    counts
}

#[test]
fn receive_decides_as_the_model_does() {
    let mut counts = [0; 3];
    for abis in changed() {
        for abi in abis {
            for (ioctl, struct_, handler) in
                abi.ioctls.iter().filter_map(|ioctl| served(abi, &ioctl.name))
            {
                for request in requests(abi, struct_) {
                    for longer in [0, 1, 8] {
                        for last in [0, 1] {
                            let taken =
                                taken(abi, (ioctl, struct_, handler), &request, (longer, last));
                            counts[taken] += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(counts.iter().all(|count| *count > 100), "{counts:?}");
}

/// Whether a kernel takes a request with so many bytes more, of which the last one is given:
/// 0 if it does, 1 if the request is short, 2 if its tail is not zero.
fn taken(
    abi: &Abi,
    served: (&Ioctl, &Struct, &Handler),
    request: &[u8],
    (longer, last): (usize, u8),
) -> usize {
    let (_, struct_, handler) = served;
    let argsz = u32::from_le_bytes(request[..4].try_into().expect("a size")) as usize;
    let mut argument = request[..argsz].to_vec();
    if longer > 0 {
        argument.resize(size(struct_).max(argsz) + longer, 0);
        *argument.last_mut().expect("a byte") = last;
        let argsz = argument.len() as u32;
        argument[..4].copy_from_slice(&argsz.to_le_bytes());
    }
    let mut known = vec![0xaa; size(struct_)];
    let result = receive::receive(&mut known, handler.minsz as usize, &argument);
    let errors = &handler.errors;
    let answer = answer(abi, served, &argument).result;
    match result {
        Err(receive::Refusal::Short) => {
            assert_eq!(answer, Err(errors.short.as_str()));
            1
        }
        Err(receive::Refusal::Tail) => {
            assert_eq!(answer, Err(errors.tail.as_str()));
            2
        }
        Ok(()) => {
            assert_ne!(answer, Err(errors.tail.as_str()));
            assert!(argument.len() >= handler.minsz as usize);
            let given = argument.len().min(known.len());
            assert_eq!(known[..given], argument[..given]);
            assert!(known[given..].iter().all(|byte| *byte == 0));
            0
        }
    }
}

/// The verdicts on neighbouring releases, and on the first and the last one.
fn verdicts() -> String {
    let mut text = String::new();
    for (abi, sides) in ABIS.iter().zip(&*SIDES) {
        let ends = sides.first().zip(sides.last());
        let steps = sides.windows(2).map(|two| (&two[0], &two[1])).chain(ends);
        for ((from, old), (to, new)) in steps {
            let found = compare(old, new);
            if found.is_empty() {
                continue;
            }
            text += &format!("{abi} {from} to {to}\n");
            text.extend(found.iter().map(line));
        }
    }
    text
}

fn line(finding: &Finding) -> String {
    let Finding { code, class, subject, message, .. } = finding;
    let affected = finding.affected.map_or(String::new(), |one| format!(", {}", one.words()));
    format!("  {} {}{affected}: {subject}: {message}\n", code.0, class.words())
}

#[test]
fn verdicts_on_all_releases_are_those_of_the_table() {
    let path = fixtures::root().join("codegen/tests/data/size_first_verdicts.txt");
    let found = verdicts();
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &found).expect("the table");
    }
    assert_eq!(found, fs::read_to_string(&path).expect("the table"));
}

/// A change of a specification: its ABI, file, text, replacement, and the worst finding in both
/// directions, as code and class.
type RuleChange =
    (&'static str, &'static str, &'static str, &'static str, [(&'static str, Class); 2]);

#[test]
fn changes_of_the_rules_have_their_verdicts() {
    let unchanged = "same";
    let changes: [RuleChange; 9] = [
        (
            "fwctl",
            "abi.yaml",
            "  tail: zero\n",
            "  tail: ignored\n",
            [("C23", Class::Wire), ("C23", Class::Growth)],
        ),
        (
            "iommufd",
            "abi.yaml",
            "tail: E2BIG",
            "tail: EINVAL",
            [("C23", Class::Wire), ("C23", Class::Wire)],
        ),
        (
            "iommufd",
            "abi.yaml",
            "flag: EOPNOTSUPP",
            "flag: EINVAL",
            [("C23", Class::Wire), ("C23", Class::Wire)],
        ),
        (
            "iommufd",
            "abi.yaml",
            "command: ENOTTY",
            "command: EINVAL",
            [("C23", Class::Wire), ("C23", Class::Wire)],
        ),
        (
            "iommufd",
            "hwpt.yaml",
            "        unchecked: [__reserved2]\n",
            "",
            [("C23", Class::Wire), ("C23", Class::Note)],
        ),
        (
            "iommufd",
            "hwpt.yaml",
            "    minsz: __reserved\n    fields:\n      size: in argsz u32, size of this struct",
            "    minsz: fault_id\n    fields:\n      size: in argsz u32, size of this struct",
            [("C1", Class::Wire), ("C1", Class::Wire)],
        ),
        (
            "iommufd",
            "ioas.yaml",
            "        replies_on: [EMSGSIZE]\n",
            "",
            [("C16", Class::Wire), ("C24", Class::Growth)],
        ),
        (
            "iommufd",
            "objects.yaml",
            "writes: {only: [val64]}",
            "writes: {only: [op]}",
            [("C16", Class::Wire), ("C16", Class::Wire)],
        ),
        (
            "iommufd",
            "abi.yaml",
            "  start: size\n",
            "  start: argsz_flags\n",
            [(unchanged, Class::Note), (unchanged, Class::Note)],
        ),
    ];
    let root = fixtures::root();
    let (mut missed, mut false_) = (0, 0);
    for (abi, file, from, to, verdicts) in changes {
        let path = root.join("spec").join(abi);
        let base = side("base", lower(&fixtures::open(&path), None));
        let folder = SpecFolder::copy_of(&format!("spec/{abi}"));
        folder.edit(file, |text| {
            assert!(text.contains(from), "{file}: no {from:?}");
            text.replacen(from, to, 1)
        });
        let opened = folder.open(&[]);
        let problems = opened.problems.render(&opened.sources, false);
        let spec = opened.spec.unwrap_or_else(|| panic!("{from}: {problems}"));
        let changed = side("changed", lower(&spec, None));
        for ((old, new), (code, class)) in
            [(&base, &changed), (&changed, &base)].into_iter().zip(verdicts)
        {
            let found = compare(old, new);
            let worst = found.iter().min_by_key(|one| one.class);
            let got = worst.map_or((unchanged, Class::Note), |one| (one.code.0, one.class));
            missed += usize::from(class.breaks() && !got.1.breaks());
            false_ += usize::from(!class.breaks() && got.1.breaks());
            assert_eq!(got, (code, class), "{file}: {from:?} to {to:?}: {found:#?}");
        }
    }
    println!("18 verdicts: {missed} missed, {false_} false");
}

/// A field that is put to use in bytes of each kind: the code and class in both cases.
#[test]
fn a_field_in_checked_and_in_unchecked_bytes() {
    let uses = [
        // Bytes that the old kernel checks.
        (
            "dirty_tracking.yaml",
            "      __reserved: in reserved u32, must be zero",
            "      later: in u32, something",
            ("C26", Class::Growth),
        ),
        // Bytes at which it does not look.
        (
            "hwpt.yaml",
            "      __reserved2: {type: in reserved u32",
            "      __reserved2: {type: in u32",
            ("C9", Class::Wire),
        ),
        // A new field at the end.
        (
            "ioas.yaml",
            "      out_ioas_id: out u32",
            "      out_ioas_id: {type: out u32, doc: id}\n      later: {type: in u32, doc: something}\n      last: out u32",
            ("C26", Class::Growth),
        ),
    ];
    let base = side("base", lower(&fixtures::open(&fixtures::root().join("spec/iommufd")), None));
    let mut kinds = BTreeMap::new();
    for (file, from, to, (code, class)) in uses {
        let folder = SpecFolder::copy_of("spec/iommufd");
        folder.edit(file, |text| {
            assert!(text.contains(from), "{file}: no {from:?}");
            let text = text.replacen(from, to, 1);
            text.replacen("        unchecked: [__reserved2]\n", "", 1).replacen(
                ", allow: {L31: the kernel that is released ignores it}",
                "",
                1,
            )
        });
        let opened = folder.open(&[]);
        let problems = opened.problems.render(&opened.sources, false);
        let spec = opened.spec.unwrap_or_else(|| panic!("{from}: {problems}"));
        let found = compare(&base, &side("changed", lower(&spec, None)));
        let own = found.iter().find(|one| one.code.0 == code);
        let own = own.unwrap_or_else(|| panic!("{from}: {found:#?}"));
        assert_eq!(own.class, class, "{from}");
        assert!(own.witness.is_some(), "{own:#?}");
        *kinds.entry(code).or_insert(0) += 1;
    }
    assert_eq!(kinds.len(), 2);
}

/// Data in memory whose struct gets a field: edits of both sides, the struct's last line with
/// the new field of the new side, and the worst finding, as code, class and affected programs.
type GrownData = (&'static [(&'static str, &'static str)], [&'static str; 3], Verdict);
/// A code, a class and the affected programs.
type Verdict = (&'static str, Class, Option<Affected>);

const VTD: [&str; 3] = [
    "hwpt.yaml",
    "addresses that it translates, in bits\n      __reserved: in reserved u32, not read by the kernel up to 7.3\n",
    "      more: in aligned_u64, more\n",
];
const AMD: [&str; 3] = [
    "hw_info.yaml",
    "      efr2: out aligned_u64, the second extended feature register\n",
    "      more: out aligned_u64, more\n",
];
const ARM: [&str; 3] = [
    "invalidation.yaml",
    "      cmd: \"in aligned_le64[2], the command\"\n",
    "      more: in aligned_u64, more\n",
];
const TEGRA: [&str; 3] = [
    "viommu.yaml",
    "      out_vintf_mmap_length: out aligned_u64, length of the page for mmap\n",
    "      more: out aligned_u64, more\n",
];

#[test]
fn data_that_grow_have_the_verdicts_of_their_rules() {
    let growth = |code| (code, Class::Growth, Some(Affected::NewProgram));
    let wire = |affected| ("C19", Class::Wire, Some(affected));
    let cases: [GrownData; 8] = [
        (&[], VTD, growth("C26")),
        (&[], ARM, growth("C26")),
        (&[], AMD, growth("C27")),
        (&[], TEGRA, growth("C26")),
        (
            &[("hwpt.yaml", "shorter: zero_filled|shorter: refused")],
            VTD,
            wire(Affected::OldProgram),
        ),
        (&[("hw_info.yaml", "shorter: cut|shorter: refused")], AMD, wire(Affected::OldProgram)),
        (
            &[("hw_info.yaml", "longer: zeroed, returns: full|longer: kept")],
            AMD,
            wire(Affected::NewProgram),
        ),
        (&[("hw_info.yaml", "longer: zeroed|longer: kept")], AMD, growth("C27")),
    ];
    let (mut missed, mut false_) = (0, 0);
    for (both, [file, line, field], verdict) in cases {
        let edited = |grown: bool| {
            let folder = SpecFolder::copy_of("spec/iommufd");
            for (file, edit) in both {
                let (from, to) = edit.split_once('|').expect("a replacement");
                folder.edit(file, |text| {
                    assert!(text.contains(from), "{file}: no {from:?}");
                    text.replacen(from, to, 1)
                });
            }
            if grown {
                folder.edit(file, |text| {
                    assert!(text.contains(line), "{file}: no {line:?}");
                    text.replacen(line, &[line, field].concat(), 1)
                });
            }
            side(if grown { "new" } else { "old" }, folder.abi())
        };
        let (old, new) = (edited(false), edited(true));
        let found = compare(&old, &new);
        let worst = found.iter().min_by_key(|one| one.class).expect("a finding");
        let got = (worst.code.0, worst.class, worst.affected);
        missed += usize::from(verdict.1.breaks() && !got.1.breaks());
        false_ += usize::from(!verdict.1.breaks() && got.1.breaks());
        assert_eq!(got, verdict, "{both:?} {file}: {found:#?}");
        if verdict.1 == Class::Wire {
            assert!(worst.witness.is_some(), "{found:#?}");
        }
        // Without the field, an old program finds nothing in its place.
        let back = compare(&new, &old);
        assert!(back.iter().any(|one| one.class == Class::Wire), "{back:#?}");
    }
    println!("{} verdicts on data that grow: {missed} missed, {false_} false", cases.len());
}

/// The size of an argument hides an output after it. An output in place of a reserved field is
/// hidden from programs that do not read the field.
#[test]
fn the_size_hides_what_is_appended_only() {
    let spec = fixtures::open(&fixtures::root().join("spec/iommufd"));
    let at = |release: &str| {
        let release: Release = release.parse().expect("a release");
        side("", lower(&spec, Some(release)))
    };
    for (old, new, field, gate) in [
        ("v6.6", "v6.7", "out_capabilities", "the size of the argument"),
        ("v6.14", "v6.15", "out_max_pasid_log2", "old programs do not read reserved bytes"),
    ] {
        let found = compare(&at(old), &at(new)).into_iter();
        let gates = found.filter(|one| one.subject == format!("iommu_hw_info.{field}"));
        let gates: Vec<_> = gates.map(|one| (one.code.0, one.gate)).collect();
        assert_eq!(gates, [("C27", Some(gate.to_owned()))], "{field}");
    }
}
