//! Changes of every key of the IR, in both directions, each with a verdict that is known by
//! construction; and the proof that no key is left out.

use std::collections::BTreeSet;
use std::fs;

use capchain::compat::{
    CANNOT_BREAK, Finding, Side, VersionImpact, compare, compared_keys, differing_keys,
};
use capchain::ir::{
    Abi, Bits, BitsOf, CapabilityId, ChainId, ChainStart, Choice, Descriptor, GroupKind, History,
    KindOf, NewFd, Payload, PayloadLength, Presence, Quantity, RareHistory, Space, StructId, Type,
    TypeField, Value,
};
use capchain::layout::{Int, LiteralType};
use capchain::lower::lower;
use capchain::output::{CodeFile, CodeLanguage};
use capchain::release::Release;
use capchain::reply::{Direction, ReturnedLength, WhenLonger, WhenShorter};
use support::comparisons::exit_code;
use support::fixtures::{self, side};
use support::spec_folder::SpecFolder;

/// A change of one file of the specification.
#[derive(Default)]
struct KeyChange {
    key: String,
    file: String,
    /// Texts with their replacements.
    edits: Vec<(String, String)>,
    /// The verdict on the change, and on its reverse.
    verdicts: [String; 2],
}

const SPEC: &str = "codegen/tests/specs/compat_keys";

fn table() -> String {
    let path = fixtures::root().join("codegen/tests/data/compat_keys.txt");
    fs::read_to_string(path).expect("the table")
}

fn changes() -> Vec<KeyChange> {
    let mut changes: Vec<KeyChange> = Vec::new();
    for line in table().lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let text = rest.replace("\\n", "\n");
        if word == "key" {
            let file = "common.yaml".to_owned();
            changes.push(KeyChange { key: text, file, ..KeyChange::default() });
            continue;
        }
        let change = changes.last_mut().expect("a key first");
        match word {
            "file" => change.file = text,
            "-" => change.edits.push((text, String::new())),
            "+" => change.edits.last_mut().expect("a text first").1 = text,
            ">" => change.verdicts[0] = text,
            "<" => change.verdicts[1] = text,
            _ => panic!("{line}"),
        }
    }
    changes
}

fn changed(change: &KeyChange) -> Result<Side, String> {
    let folder = SpecFolder::copy_of(SPEC);
    folder.edit(&change.file, |mut text| {
        for (from, to) in &change.edits {
            assert!(text.contains(from), "{}: no {from:?}", change.key);
            text = text.replacen(from, to, 1);
        }
        text
    });
    let opened = folder.open(&[]);
    let problems = opened.problems.render(&opened.sources, false);
    let spec = opened.spec.ok_or_else(|| format!("{}: {problems}", change.key))?;
    Ok(side("changed", lower(&spec, None)))
}

/// Every finding and its witness, under a line with the change.
fn shown(what: &str, findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let Finding { code, class, subject, message, .. } = finding;
        let code = code.0;
        let also = [("if", &finding.condition), ("gate", &finding.gate), ("help", &finding.help)];
        let also = also.map(|(name, text)| text.as_ref().map(|text| format!("; {name}: {text}")));
        let also: String = also.into_iter().flatten().collect();
        let witness = finding.witness.as_ref().map_or(String::new(), |witness| {
            format!("    {}; {}; {:?}\n", witness.made_by, witness.read_by, witness.claims)
        });
        format!("  {code} {class:?} {subject}: {message}{also}\n{witness}")
    };
    format!("{what}\n{}", findings.iter().map(line).collect::<String>())
}

/// The text of every finding. `UPDATE_GOLDEN=1` writes it.
fn expect_texts(texts: &str) {
    let golden = fixtures::root().join("codegen/tests/data/compat_keys_findings.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, texts).expect("a file to write");
    }
    let expected = fs::read_to_string(&golden).unwrap_or_default();
    let different = texts.lines().zip(expected.lines()).find(|(found, golden)| found != golden);
    assert!(texts == expected, "UPDATE_GOLDEN=1 writes the findings; found, golden: {different:?}");
}

/// The exit code, the worst class, its victim, and the version steps.
fn verdict(findings: &[Finding]) -> String {
    let Some(worst) = findings.iter().min_by_key(|one| one.class) else { return "0 same".into() };
    let code = exit_code(findings);
    let affected = worst.affected.map_or("-".to_owned(), |one| format!("{one:?}"));
    let VersionImpact { crate_, header, wire } = VersionImpact::of_all(findings.iter());
    let steps = [crate_, header, wire].map(|step| step.word()).join(" ");
    format!("{code} {:?} {affected} {steps}", worst.class)
}

#[test]
fn every_key_has_changes_with_the_right_verdicts() {
    let base = side("base", lower(&fixtures::open(&fixtures::root().join(SPEC)), None));
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    let mut counts = VerdictCounts::default();
    let mut texts = String::new();
    let changes = changes();
    for change in &changes {
        let new = match changed(change) {
            Ok(new) => new,
            Err(problems) => {
                wrong.push(problems);
                continue;
            }
        };
        let keys = differing_keys(&base, &new);
        if !keys.contains(&change.key.as_str()) {
            wrong.push(format!("{}: {keys:?} differ", change.key));
        }
        seen.extend(keys);
        let directions = [(&base, &new), (&new, &base)];
        for ((old, new), expected) in directions.into_iter().zip(&change.verdicts) {
            let findings = compare(old, new);
            let found = verdict(&findings);
            let what = format!("{} {:?}", change.key, change.edits);
            texts += &shown(&what, &findings);
            wrong.extend(counts.count(&change.key, &what, &found, expected));
        }
    }
    for made in made_changes() {
        let mut sides = [base.clone(), base.clone()];
        let [old, new] = &mut sides;
        (made.prepare)(&mut old.abi);
        (made.prepare)(&mut new.abi);
        (made.change)(&mut new.abi);
        seen.extend(differing_keys(old, new));
        for ((old, new), expected) in
            [(&*old, &*new), (&*new, &*old)].into_iter().zip(made.verdicts)
        {
            let findings = compare(old, new);
            texts += &shown(made.key, &findings);
            wrong.extend(counts.count(made.key, made.key, &verdict(&findings), expected));
        }
    }
    let left: Vec<_> = compared_keys().into_iter().filter(|key| !seen.contains(key)).collect();
    let VerdictCounts { all, missed, false_ } = counts;
    println!(
        "{} keys, {} changes, {all} verdicts in both directions: {missed} missed breaks, {false_} \
         false alarms, {} others that are not as constructed",
        compared_keys().len(),
        changes.len() + made_changes().len(),
        wrong.len() - missed - false_
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(left.is_empty(), "no change has {left:?}");
    expect_texts(&texts);
}

/// Without a line, with a shorter list, or with another number, a specification is another one or
/// none at all: a difference in any key has at least one finding in both directions.
#[test]
fn no_difference_vanishes() {
    let base = side("base", lower(&fixtures::open(&fixtures::root().join(SPEC)), None));
    let (mut compared, mut vanished) = (0, Vec::new());
    for file in ["abi.yaml", "common.yaml"] {
        let text = fs::read_to_string(fixtures::root().join(SPEC).join(file)).expect("a file");
        for (what, edited) in shorter(&text).into_iter().chain(others(&text)) {
            let folder = SpecFolder::copy_of(SPEC);
            folder.write(file, edited);
            let Some(spec) = folder.open(&[]).spec else { continue };
            let new = side("edited", lower(&spec, None));
            let keys = differing_keys(&base, &new);
            // An ioctl of all backends can name them or not.
            if keys.iter().all(|key| *key == "Ioctl.backends") {
                continue;
            }
            compared += 1;
            for (old, new) in [(&base, &new), (&new, &base)] {
                if compare(old, new).is_empty() {
                    vanished.push(format!("{file}: {what}: {keys:?}"));
                }
            }
        }
    }
    assert!(vanished.is_empty(), "{}", vanished.join("\n"));
    assert!(compared > 60, "{compared}");
}

/// A text without each of its lines, and with each of its lists without its last element.
fn shorter(text: &str) -> Vec<(String, String)> {
    let lines: Vec<_> = text.lines().collect();
    let with = |at: usize, line: Option<String>| {
        let mut lines: Vec<_> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines.splice(at..=at, line);
        lines.join("\n") + "\n"
    };
    let mut all = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        all.push((format!("without {:?}", line.trim()), with(at, None)));
        for (end, _) in line.match_indices(']') {
            let start = line[..end].rfind('[').map_or(end, |start| start + 1);
            let list = &line[start..end];
            let shorter = list.rsplit_once(',').map_or("", |(kept, _)| kept);
            let line = [&line[..start], shorter, &line[end..]].concat();
            all.push((format!("{:?}", line.trim()), with(at, Some(line))));
        }
    }
    all
}

/// A text with each of its numbers one higher, and each truth the other way round.
fn others(text: &str) -> Vec<(String, String)> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let mut all = Vec::new();
    for word in text.split(|c| !is_word(c)).filter(|word| !word.is_empty()) {
        let other = match (word, word.parse::<u64>()) {
            ("true", _) => "false".to_owned(),
            ("false", _) => "true".to_owned(),
            (_, Ok(number)) => (number + 1).to_string(),
            _ => continue,
        };
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let whole = text[line..].lines().next().unwrap_or_default().trim();
        let edited = [&text[..at], &other, &text[at + word.len()..]].concat();
        all.push((format!("{other} in {whole:?}"), edited));
    }
    all
}

/// The verdicts so far.
#[derive(Default)]
struct VerdictCounts {
    all: usize,
    missed: usize,
    false_: usize,
}

impl VerdictCounts {
    /// Prints and counts a verdict; returns a message if it is another one than expected.
    fn count(&mut self, key: &str, what: &str, found: &str, expected: &str) -> Option<String> {
        let direction = if self.all % 2 == 0 { "forward" } else { "back" };
        println!("{key:<26} {direction:<8} {found}");
        self.all += 1;
        if found == expected {
            return None;
        }
        self.missed += usize::from(found.starts_with('0') && !expected.starts_with('0'));
        self.false_ += usize::from(found.starts_with('1') && expected.starts_with('0'));
        Some(format!("{what} {direction}: {found}, not {expected}"))
    }
}

/// A change of the IR that takes many lines of a specification, or none.
struct MadeChange {
    key: &'static str,
    /// A change of both sides.
    prepare: fn(&mut Abi),
    /// A change of the new side.
    change: fn(&mut Abi),
    verdicts: [&'static str; 2],
}

fn made_changes() -> Vec<MadeChange> {
    const SOURCE: &str = "1 Source - major major patch";
    const WIRE: &str = "1 Wire Both major major major";
    const NOTE: &str = "0 Note - patch patch patch";
    const UNKNOWN: &str = "2 NotJudged - patch patch patch";
    let made = |key, prepare, change, verdicts| MadeChange { key, prepare, change, verdicts };
    vec![
        made("Field.choices", |_| (), add_choice, [NOTE, NOTE]),
        made(
            "Payload.element",
            add_memory,
            |abi| memory(abi).element = Type::Int(Int::U64),
            [WIRE, WIRE],
        ),
        made(
            "Payload.lasting",
            add_memory,
            |abi| memory(abi).lasting = true,
            ["1 Wire OldProgram major major major", "1 Wire OldProgram major major major"],
        ),
        made(
            "Payload.type_by",
            add_memory,
            |abi| {
                let field = TypeField { struct_: None, field: "kind".to_owned() };
                memory(abi).type_by = Some(field);
            },
            [WIRE, WIRE],
        ),
        made(
            "Payload.shorter",
            add_memory,
            |abi| memory(abi).shorter = Some(WhenShorter::ZeroFilled),
            [NOTE, "1 Wire OldProgram major major major"],
        ),
        made(
            "Payload.longer",
            add_memory,
            |abi| memory(abi).longer = Some(WhenLonger::Zero),
            [NOTE, "1 Wire OldProgram major major major"],
        ),
        made(
            "Payload.returns",
            add_memory,
            |abi| memory(abi).returns = Some(ReturnedLength::Full),
            [WIRE, WIRE],
        ),
        made(
            "Payload.too_small",
            add_memory,
            |abi| memory(abi).too_small = Some("EMSGSIZE".to_owned()),
            [WIRE, WIRE],
        ),
        made(
            "Value.shorter",
            |_| (),
            |abi| flag(abi).shorter = Some(WhenShorter::ZeroFilled),
            [WIRE, WIRE],
        ),
        made("Value.longer", |_| (), |abi| flag(abi).longer = Some(WhenLonger::Zero), [WIRE, WIRE]),
        made(
            "Value.c_type",
            |_| (),
            |abi| flag(abi).c_type = Some(LiteralType::UnsignedLong),
            [NOTE, NOTE],
        ),
        made("Value.in_place", |_| (), |abi| flag(abi).in_place = true, [WIRE, WIRE]),
        made(
            "Ioctl.returns_fd",
            |_| (),
            |abi| abi.ioctls[0].returns_fd = Some(NewFd::Other),
            ["1 Wire OldProgram major major major", "1 Wire OldProgram major major major"],
        ),
        made(
            "Value.counted_by",
            |abi| flag(abi).counted_by = Some("a".to_owned()),
            |abi| flag(abi).counted_by = Some("b".to_owned()),
            [WIRE, WIRE],
        ),
        made(
            "Value.payload_fds",
            |_| (),
            |abi| flag(abi).payload_fds = Some(Descriptor::Optional),
            [NOTE, NOTE],
        ),
        made("Value.without_payload", |_| (), |abi| flag(abi).without_payload = true, [WIRE, WIRE]),
        made("Value.reads", |_| (), |abi| flag(abi).reads = true, [WIRE, WIRE]),
        made(
            "Value.returns_fd",
            |_| (),
            |abi| flag(abi).returns_fd = Some(NewFd::Kind(0)),
            [WIRE, WIRE],
        ),
        made(
            "FdKind.name",
            |_| (),
            |abi| abi.fds[1].name = "gadget".to_owned(),
            ["0 Note - major patch patch", "0 Note - major patch patch"],
        ),
        made(
            "Abi.code",
            |_| (),
            |abi| abi.code.push(code("a")),
            ["0 Growth - minor minor patch", SOURCE],
        ),
        made(
            "CodeFile.text",
            |abi| abi.code.push(code("a")),
            |abi| abi.code[0] = code("b"),
            [UNKNOWN, UNKNOWN],
        ),
        made(
            "CodeFile.language",
            |abi| abi.code.push(code("a")),
            |abi| abi.code[0].language = CodeLanguage::C,
            [UNKNOWN, UNKNOWN],
        ),
        made(
            "Abi.ioctl_numbers",
            |_| (),
            |abi| abi.ioctl_numbers = None,
            [SOURCE, "0 Growth - minor minor minor"],
        ),
        made("CapHeader.mask", |_| (), |abi| abi.cap_headers[0].mask = 0xfc, [WIRE, WIRE]),
        made(
            "CapHeader.mask",
            |abi| abi.cap_headers[0].mask = 0xfc,
            |abi| abi.cap_headers[0].mask = 0xf0,
            [WIRE, WIRE],
        ),
        made(
            "CapHeader.empty",
            |_| (),
            |abi| abi.cap_headers[0].empty = vec![(abi.cap_headers[0].id, vec![0xff])],
            [WIRE, WIRE],
        ),
        made("Space.end", add_space, |abi| space(abi).end = 0x200, [WIRE, WIRE]),
        made("Space.struct_", add_space, |abi| space(abi).struct_ = None, [WIRE, WIRE]),
        made("Space.flag", add_space, |abi| space(abi).flag = None, [WIRE, WIRE]),
        made(
            "Space.requires",
            add_space,
            |abi| space(abi).requires = vec![CapabilityId(0)],
            [WIRE, WIRE],
        ),
        made(
            "Capability.length",
            |_| (),
            |abi| abi.capabilities[0].length = Some(bits()),
            [WIRE, WIRE],
        ),
        made("Capability.kind", |_| (), make_kind, [WIRE, WIRE]),
        made(
            "Field.exists_if",
            |_| (),
            |abi| {
                let numbers = vec![(1, 1), (3, 5)];
                let presence = Presence { of: BitsOf::Body, bits: bits(), numbers };
                abi.structs[0].fields[1].exists_if.push(presence);
            },
            [WIRE, WIRE],
        ),
        made(
            "Field.count",
            |_| (),
            |abi| abi.structs[0].fields[1].count = Some(quantity()),
            [WIRE, WIRE],
        ),
        made("Struct.compact", |_| (), |abi| abi.structs[0].compact = true, [WIRE, WIRE]),
        made("Struct.length", |_| (), |abi| abi.structs[0].length = Some(quantity()), [WIRE, WIRE]),
        made("Value.mask", |_| (), |abi| flag(abi).mask = Some("DEMO".to_owned()), [WIRE, WIRE]),
        made(
            "Chain.bound",
            |_| (),
            |abi| abi.chains[0].bound += 4,
            ["1 Wire NewProgram major major major", NOTE],
        ),
        made(
            "Chain.start",
            |_| (),
            |abi| abi.chains[0].start = ChainStart::Fixed { offset: 24 },
            [WIRE, WIRE],
        ),
        made("Chain.header", other_format, |abi| abi.chains[0].header = 1, [WIRE, WIRE]),
        made("Abi.cap_headers", |_| (), other_format, ["0 Growth - minor minor patch", NOTE]),
        made("CapHeader.struct_", |_| (), other_header, ["0 Growth - minor minor patch", SOURCE]),
        made(
            "Abi.chains",
            |_| (),
            other_chain,
            ["0 Growth - minor minor minor", "1 Wire OldProgram major major major"],
        ),
        made(
            "Capability.chain",
            other_chain,
            |abi| abi.capabilities[1].chain = ChainId(1),
            [WIRE, WIRE],
        ),
        made("Struct.minsz", |_| (), without_minsz, [UNKNOWN, UNKNOWN]),
        made("Macro.name", |_| (), rename_macro, [SOURCE, SOURCE]),
        made("Value.name", |_| (), rename_value, [SOURCE, SOURCE]),
        made(
            "ReplyChain.offset",
            |_| (),
            |abi| offset(abi, 16),
            ["1 Wire OldProgram major major major", NOTE],
        ),
    ]
}

/// The first flag of the argument of the first ioctl.
fn flag(abi: &mut Abi) -> &mut Value {
    let group = abi.groups.iter_mut().find(|group| group.kind == GroupKind::Flags);
    &mut group.expect("flags").values[0]
}

/// Says that the flags of the first field with flags exclude each other.
fn bits() -> Bits {
    Bits { field: 0, low: 0, count: 8 }
}

fn quantity() -> Quantity {
    Quantity { element: None, bits: bits(), plus: 1, unit: 4 }
}

fn add_space(abi: &mut Abi) {
    let flag = Some((0, "DEMO_FLAG".to_owned(), 1));
    let struct_ = Some(StructId(0));
    abi.chains[0].space =
        Some(Space { end: 0x100, struct_, flag, requires: Vec::new(), companion: None });
}

fn space(abi: &mut Abi) -> &mut Space {
    abi.chains[0].space.as_mut().expect("a space")
}

fn make_kind(abi: &mut Abi) {
    let parent = CapabilityId(0);
    let kind = KindOf { parent, id: bits(), body: vec![(bits(), 1)], space: Vec::new() };
    abi.capabilities[1].kind = Some(kind);
}

fn add_choice(abi: &mut Abi) {
    let (struct_, field) = flags_field(abi);
    let choice = Choice { name: "one".to_owned(), flags: vec![flag(abi).name.clone()] };
    abi.structs[struct_].fields[field].choices.push(choice);
}

/// Says that the first field with flags is the address of memory.
fn add_memory(abi: &mut Abi) {
    let (struct_, field) = flags_field(abi);
    abi.structs[struct_].fields[field].payload = Some(Box::new(Payload {
        direction: Direction::In,
        element: Type::Int(Int::U8),
        type_by: None,
        length: PayloadLength::Fixed(8),
        shorter: None,
        longer: None,
        returns: None,
        too_small: None,
        lasting: false,
    }));
}

fn memory(abi: &mut Abi) -> &mut Payload {
    let (struct_, field) = flags_field(abi);
    abi.structs[struct_].fields[field].payload.as_mut().expect("memory")
}

fn flags_field(abi: &Abi) -> (usize, usize) {
    let group = abi.groups.iter().find(|group| group.kind == GroupKind::Flags);
    let (struct_, field) = group.and_then(|group| group.field).expect("a field with flags");
    (struct_.0, field)
}

fn code(text: &str) -> CodeFile {
    let (path, text) = ("extra.rs".to_owned(), text.to_owned());
    CodeFile { language: CodeLanguage::Rust, path, text }
}

/// Another format of capabilities.
fn other_format(abi: &mut Abi) {
    let mut other = abi.cap_headers[0].clone();
    (other.name, other.end) = ("other".to_owned(), 4);
    abi.cap_headers.push(other);
}

/// A struct with the same members as the header of capabilities.
fn other_header(abi: &mut Abi) {
    let mut other = abi.structs[abi.cap_headers[0].struct_.0].clone();
    other.name = "demo_head".to_owned();
    abi.cap_headers[0].struct_ = StructId(abi.structs.len());
    abi.structs.push(other);
}

/// A chain without capabilities.
fn other_chain(abi: &mut Abi) {
    let mut other = abi.chains[0].clone();
    other.name = "config".to_owned();
    (other.start, other.bound) = (ChainStart::Fixed { offset: 64 }, 64);
    (other.capabilities, other.reserved) = (Vec::new(), Vec::new());
    abi.chains.push(other);
}

fn without_minsz(abi: &mut Abi) {
    let struct_ = abi.structs.iter_mut().find(|one| one.name == "demo_op");
    struct_.expect("a struct").minsz = None;
}

/// The history of an item that had another name before the release.
fn former_name(name: String, release: Release) -> RareHistory {
    History { names: vec![(name, release)], ..History::default() }.into()
}

fn rename_macro(abi: &mut Abi) {
    let release = abi.release;
    let item = &mut abi.macros[0];
    let old = std::mem::replace(&mut item.name, "DEMO_IS_QUICK".to_owned());
    item.meta.history = former_name(old, release);
}

fn rename_value(abi: &mut Abi) {
    let release = abi.release;
    let values = abi.groups.iter_mut().flat_map(|group| &mut group.values);
    let value = values.into_iter().find(|value| value.name == "DEMO_STATE_ON").expect("a value");
    let old = std::mem::replace(&mut value.name, "DEMO_STATE_UP".to_owned());
    value.meta.history = former_name(old, release);
}

fn offset(abi: &mut Abi, offset: u64) {
    let handlers = abi.ioctls[0].handlers.iter_mut();
    handlers.filter_map(|one| one.chain.as_mut()).for_each(|chain| chain.offset = offset);
}

/// The keys of the structs in a file of the generator.
fn keys(path: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(fixtures::root().join(path)).expect("a file");
    let file = syn::parse_file(&text).expect("Rust");
    let structs = file.items.into_iter().filter_map(|item| match item {
        syn::Item::Struct(one) => Some(one),
        _ => None,
    });
    let keys = structs.flat_map(|one| {
        let name = one.ident.to_string();
        let fields = one.fields.into_iter().filter_map(|field| field.ident);
        fields.map(move |field| (name.clone(), field.to_string())).collect::<Vec<_>>()
    });
    keys.collect()
}

#[test]
fn every_key_is_compared_or_listed_with_a_reason() {
    let mut all = keys("codegen/src/ir.rs");
    all.extend(keys("codegen/src/ir/handlers.rs"));
    all.extend(keys("codegen/src/ir/payloads.rs"));
    all.extend(keys("codegen/src/ir/proposals.rs"));
    all.extend(keys("codegen/src/ir/spaces.rs"));
    all.extend(keys("codegen/src/ir/regions.rs"));
    all.extend(keys("codegen/src/ir/streams.rs"));
    let layout = keys("codegen/src/layout.rs").into_iter();
    all.extend(layout.filter(|(type_, _)| type_ == "Layout" || type_ == "Span"));
    let output = keys("codegen/src/output.rs").into_iter();
    all.extend(output.filter(|(type_, _)| type_ == "CodeFile"));
    let compared = compared_keys();
    let is_listed = |type_: &str, key: &str| {
        CANNOT_BREAK.iter().any(|(of, name, _)| *of == type_ && (*name == key || *name == "*"))
    };
    for (type_, key) in &all {
        let is_compared = compared.contains(&[type_, ".", key].concat().as_str());
        assert!(is_compared != is_listed(type_, key), "{type_}.{key}: compared {is_compared}");
    }
    let exists = |type_: &str, key: &str| {
        all.iter().any(|(of, name)| of == type_ && (name == key || key == "*"))
    };
    for (type_, key, reason) in CANNOT_BREAK {
        assert!(exists(type_, key), "{type_}.{key} is no key");
        assert!(!reason.is_empty());
    }
    for key in compared {
        let (type_, name) = key.split_once('.').expect("a type and a key");
        assert!(exists(type_, name), "{key} is no key");
    }
}

/// The page lists the keys that are not compared.
#[test]
fn the_page_lists_the_keys_that_are_not_compared() {
    let path = fixtures::root().join("docs/compat.md");
    let page = fs::read_to_string(&path).expect("the page");
    let rows =
        CANNOT_BREAK.iter().map(|(type_, key, why)| format!("| `{type_}.{key}` | {why} |\n"));
    let table: String = rows.collect();
    let (start, end) = ("| key | reason |\n|---|---|\n", "\n## ");
    let from = page.find(start).expect("the table") + start.len();
    let to = from + page[from..].find(end).expect("a next heading");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, [&page[..from], &table, &page[to..]].concat()).expect("the page");
        return;
    }
    assert_eq!(&page[from..to], table, "UPDATE_GOLDEN=1 writes the table");
}
