//! Calls with every size of their argument on a kernel of `.ci/live-kernel`, which
//! `.ci/live-sweep` makes and records in codegen/tests/live/sweep: the plans of these calls
//! are made here, and the model must predict what the kernel answered.

mod plan;
mod record;
mod worlds;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use capchain::ir::{Abi, Handler, PayloadLength, RepliesOn, TailCheck};
use capchain::lower::lower;
use capchain::model::pointer::PointerModel;
use capchain::model::{Contents, HandlerModel};
use capchain::reply::Direction;
use capchain::spec::load::Origin;
use support::fixtures;

use plan::{Action, Call, Case, Change, Values};
use record::{Form, Line, Seen};
use worlds::{WORLDS, World};

/// The release of the kernel.
const RELEASE: &str = "v7.3";

fn folder() -> PathBuf {
    fixtures::root().join("codegen/tests/live/sweep")
}

/// iommufd, with the types of the mock devices if a kernel has them, and vfio.
fn abis(world: &World) -> Vec<Abi> {
    let release = RELEASE.parse().expect("a release");
    let overlays: Vec<_> = world.overlay.iter().map(|name| folder().join(name)).collect();
    let origin = Origin::Folder(fixtures::root().join("spec/iommufd"));
    let iommufd = fixtures::loaded(capchain::open(&origin, &overlays));
    [&iommufd, &*fixtures::spec()].map(|spec| lower(spec, Some(release))).into()
}

/// The numbers of commands that do not exist.
fn unknown(abis: &[Abi], world: &World) -> Vec<u32> {
    let numbers = abis[0].ioctl_numbers.as_ref().expect("numbers");
    let number = |nth: u32| numbers.type_value << 8 | nth;
    let known: Vec<_> = abis[0].ioctls.iter().map(|one| numbers.base_value + one.number).collect();
    let unknown = (numbers.base_value..=0xff).filter(|nth| !known.contains(nth));
    unknown.filter(|_| world.has_unknown).map(number).collect()
}

#[test]
fn the_plans_follow_the_specification() {
    for world in WORLDS {
        let abis = abis(world);
        let text = plan::plan(&abis, world.prepared, world.calls, &unknown(&abis, world));
        let path = folder().join(format!("{}.plan", world.name));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &text).expect("a plan");
        }
        let kept = fs::read_to_string(&path).expect("a plan");
        assert!(kept == text, "{}: UPDATE_GOLDEN=1 writes the plan", world.name);
    }
    let planned = |name: &str| {
        let mut calls = WORLDS.iter().flat_map(|world| world.calls);
        calls.any(|call| call.ioctl == name)
    };
    let abis = abis(&WORLDS[0]);
    let missing = abis[0].ioctls.iter().filter(|ioctl| !planned(&ioctl.name));
    assert_eq!(missing.map(|ioctl| &ioctl.name).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// How many answers were compared.
#[derive(Default)]
struct Tally {
    refused: usize,
    answered: usize,
    not_said: usize,
}

#[test]
fn the_model_predicts_every_size() {
    let mut wrong = Vec::new();
    for world in WORLDS.iter().filter(|world| !world.calls.is_empty()) {
        let abis = abis(world);
        let text = fs::read_to_string(folder().join(format!("{}.txt", world.name)));
        let lines = record::lines(&text.expect("a record"));
        let mut tally = Tally::default();
        for call in world.calls {
            let title = call.title();
            let of: Vec<_> = lines.iter().filter(|line| line.title == title).collect();
            compare(&abis, call, &of, &mut tally, &mut wrong);
            compare_data(&abis, call, &of, (&mut tally, &mut wrong));
        }
        for number in unknown(&abis, world) {
            let title = format!("{number:#x}");
            let line = lines.iter().find(|line| line.title == title).expect("a command");
            for (size, seen) in &line.answers {
                tally.refused += 1;
                if seen.result != abis[0].fds[0].unknown_command || !seen.changed.is_empty() {
                    wrong.push(format!("{title} {size}: {seen:?}"));
                }
            }
        }
        let Tally { refused, answered, not_said } = tally;
        println!(
            "{}: {refused} answers refused as predicted, {answered} accepted, {not_said} that the \
             rules leave open",
            world.name
        );
        assert!(refused > 1000 && answered > 200, "{}", world.name);
    }
    assert!(wrong.is_empty(), "{} answers differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Compares all answers to a call.
fn compare(abis: &[Abi], call: &Call, lines: &[&Line], tally: &mut Tally, wrong: &mut Vec<String>) {
    let (abi, ioctl, struct_) = plan::served(abis, call.ioctl);
    let handler = ioctl.served_at(abi.release).next().expect("a handler");
    let model = HandlerModel::new(abi, ioctl, handler).expect("rules");
    let argument = plan::argument(abi, struct_, call.values);
    let size = plan::size(struct_);
    let title = call.title();
    let is_whole = |line: &&&Line| line.labels == ["base"] && line.form == Form::Plain;
    let whole = lines.iter().find(is_whole);
    let whole = whole.unwrap_or_else(|| panic!("{title} is not in the record"));
    let (_, whole) = whole.answers.iter().find(|(at, _)| *at as usize == size).expect("a size");
    // What the device answers is taken from the call with the size of the struct.
    let mut fixed = argument.clone();
    whole.changed.iter().for_each(|(at, byte)| fixed[*at] = *byte);
    let contents = Contents { fixed, ..Contents::default() };
    let base = Case { label: "base".to_owned(), bytes: Vec::new(), change: Change::Checked };
    let compares = matches!(handler.tail, TailCheck::ZeroAfter(_));
    let cases: BTreeMap<_, _> = plan::cases(abi, struct_, &argument)
        .into_iter()
        .chain([base])
        .map(|case| (case.label.clone(), case))
        .collect();
    let seen = |label: &String| lines.iter().any(|line| line.labels.contains(label));
    let missing: Vec<_> = cases.keys().filter(|label| !seen(label)).collect();
    assert!(missing.is_empty(), "{title}: the record has no {missing:?}");
    let data = plan::end_of_data(abi, struct_, call.values);
    for line in lines {
        for label in &line.labels {
            let Some(case) = cases.get(label) else { continue };
            let mut changed = argument.clone();
            for (at, bytes) in &case.bytes {
                changed[*at..*at + bytes.len()].copy_from_slice(bytes);
            }
            let end = case.bytes.iter().map(|(at, bytes)| at + bytes.len()).max().unwrap_or(0);
            for (covered, seen) in &line.answers {
                let memory = record::before(&changed, *covered, line.form);
                let expected = expected(&model, handler, &contents, whole, *covered, &memory);
                let is_open = match case.change {
                    _ if expected.refused_early => false,
                    // A part of the type, the length and the address of data.
                    _ if (*covered as usize) < data => true,
                    Change::Checked => !compares && label != "base",
                    // Objects can be looked up first.
                    Change::Number => whole.result != "ok" || (*covered as usize) < end,
                    Change::Flag => true,
                };
                if is_open {
                    tally.not_said += 1;
                    continue;
                }
                match seen.result.as_str() {
                    "ok" => tally.answered += 1,
                    _ => tally.refused += 1,
                }
                if let Some(told) = expected.difference(seen, &memory) {
                    wrong.push(format!("{title} {label} {:?} {covered}: {told}", line.form));
                }
            }
        }
    }
}

/// The bytes of the memory of data before a call, as the plan sets them.
fn memory_of_data(call: &Call) -> Vec<u8> {
    let lines = call.before.iter().filter_map(|action| match action {
        Action::Line(line) => line.strip_prefix("bytes 0x10000000 "),
        _ => None,
    });
    lines.flat_map(record::bytes).collect()
}

/// Compares calls with data of several lengths: the error, the memory and the returned length.
fn compare_data(
    abis: &[Abi],
    call: &Call,
    lines: &[&Line],
    (tally, wrong): (&mut Tally, &mut Vec<String>),
) {
    let (abi, _, struct_) = plan::served(abis, call.ioctl);
    let typed = struct_.fields.iter().filter_map(|field| field.payload.as_ref());
    let Some(payload) = typed.into_iter().find(|payload| payload.type_by.is_some()) else { return };
    let PayloadLength::Bytes(None, length) = &payload.length else { return };
    if call.once.is_empty() {
        return;
    }
    let answered = |label: &str| {
        let line = lines.iter().find(|line| line.labels.iter().any(|one| one == label));
        let line = line.unwrap_or_else(|| panic!("no {label}"));
        line.answers
            .iter()
            .find(|(at, _)| *at as usize == plan::size(struct_))
            .map(|(_, seen)| seen)
    };
    let number = |name: &str, seen: Option<&Seen>, values: Values| {
        let mut bytes = plan::argument(abi, struct_, call.values);
        plan::set(abi, struct_, values, &mut bytes);
        for (at, byte) in seen.iter().flat_map(|seen| &seen.changed) {
            bytes[*at] = *byte;
        }
        plan::number_in(abi, struct_, name, &bytes)
    };
    let whole = answered("base").expect("a call");
    let field = &payload.type_by.as_ref().expect("a type").field;
    let type_ = i128::from(number(field, Some(whole), &[]));
    let group = plan::group_of(abi, struct_, field).expect("an enum");
    let value = group.values.iter().find(|value| value.number == type_).expect("a type");
    let model = PointerModel::new(abi, payload, value).expect("data");
    let before = memory_of_data(call);
    // The kernel's data, as the call with all of them shows them.
    let mut data = before.clone();
    whole.elsewhere.iter().for_each(|(at, byte)| data[*at] = *byte);
    data.truncate(value.payload_struct().map_or(0, |id| plan::size(abi.struct_(id))));
    for values in call.once.iter().filter(|values| values[0].0 == length) {
        let (label, len) = (plan::other(abi, struct_, values).label, values[0].1 as usize);
        let seen = answered(&label).expect("a call");
        let mut memory = before.clone();
        memory.resize(len, 0);
        let predicted = model.answer(&memory, &data);
        // Without data, a driver can act in another way.
        if len == 0 && payload.direction == Direction::InOut {
            tally.not_said += 1;
            continue;
        }
        let result = predicted.result.err().unwrap_or("ok");
        let mut after = memory;
        seen.elsewhere.iter().for_each(|(at, byte)| after[*at] = *byte);
        let returned = number(length, Some(seen), values);
        let expected = predicted.returned.unwrap_or(len as u64);
        let is_same = seen.result == result
            && (result != "ok" || after == predicted.memory && returned == expected);
        match is_same {
            true => tally.answered += 1,
            false => {
                wrong.push(format!("{} {label}: {predicted:x?} predicted, {seen:x?}", call.title()))
            }
        }
    }
}

/// The outcome that the model predicts.
struct Expected {
    result: String,
    bytes: Vec<Option<u8>>,
    /// Whether the size, the tail or the end of the memory is the reason.
    refused_early: bool,
}

fn expected(
    model: &HandlerModel<'_>,
    handler: &Handler,
    contents: &Contents,
    whole: &Seen,
    covered: u32,
    memory: &[u8],
) -> Expected {
    let answer = model.answer(memory, contents);
    let unchanged = memory.iter().copied().map(Some).collect::<Vec<_>>();
    let is_short = memory.len() < 4 || u64::from(covered) < handler.minsz;
    let unknown = match handler.tail {
        TailCheck::ZeroAfter(end) => {
            let rest = memory.iter().take(covered as usize).skip(end as usize);
            Some(rest.into_iter().any(|byte| *byte != 0))
        }
        TailCheck::Ignored => None,
    };
    // The tail is compared before the argument is copied in.
    let ends = match unknown {
        Some(is_set) => !is_short && !is_set && covered as usize > memory.len(),
        None => false,
    };
    let lacks = memory.len() < 4 || ends || answer.read > memory.len() as u64;
    let replied = |error: &str| match &handler.replies_on {
        RepliesOn::Any => true,
        RepliesOn::Errors(errors) => errors.iter().any(|one| one == error),
    };
    let (result, bytes) = match answer.result {
        _ if lacks => ("EFAULT", unchanged),
        Err(error) => (error, answer.bytes),
        Ok(()) if whole.result == "ok" || replied(&whole.result) => {
            (whole.result.as_str(), answer.bytes)
        }
        Ok(()) => (whole.result.as_str(), unchanged),
    };
    let refused_early = lacks || is_short || unknown == Some(true);
    Expected { result: result.to_owned(), bytes, refused_early }
}

impl Expected {
    /// How an answer of the kernel differs.
    fn difference(&self, seen: &Seen, memory: &[u8]) -> Option<String> {
        if seen.result != self.result {
            return Some(format!("{} predicted, {}", self.result, seen.result));
        }
        if let Some((at, _)) = seen.changed.range(memory.len()..).next() {
            return Some(format!("byte {at} is written"));
        }
        let is = |at: usize| seen.changed.get(&at).copied().unwrap_or(memory[at]);
        let at = (0..memory.len()).find(|at| self.bytes[*at].is_some_and(|one| one != is(*at)))?;
        Some(format!("byte {at}: {:02x?} predicted, {:02x}", self.bytes[at], is(at)))
    }
}
