//! The text of a probe that knows only the generated header, on kernels that
//! `.ci/live` boots, against what `decode` reads in the replies that it captured.
//! The model test predicts these replies from the specification.

use std::collections::BTreeMap;
use std::fs;

use capchain::compat::compare;
use capchain::decode::{self, Content, Decoded, DecodedValue, Subject};
use capchain::ir::{Abi, Arg, Role};
use capchain::layout::TARGETS;
use capchain::lower::lower;
use support::captures::{self, Row};
use support::comparisons::history;
use support::fixtures;

/// The calls of a sweep.
type Sweep = Vec<Row>;

#[test]
fn decode_reads_in_the_captures_what_the_probe_printed() {
    let abi = lower(&fixtures::spec(), None);
    let mut replies = 0;
    for series in ["5.10", "6.1"] {
        let read = |ending| {
            let path = captures::live_folder().join([series, ending].concat());
            fs::read_to_string(path).expect("a file of the probe")
        };
        let sweeps = sweeps(captures::unpack(&read(".jsonl")));
        let mut printed = printed(&read(".txt"));
        for sweep in &sweeps {
            let told = told(&abi, sweep);
            let call = told.split(':').next().expect("a call").to_owned();
            let texts = printed.get_mut(&call).unwrap_or_else(|| panic!("{call} is not printed"));
            let text = texts.remove(0);
            assert_eq!(text, told, "Linux {series}, {:?}", sweep[0].group());
            replies += usize::from(told.contains('='));
        }
    }
    // The replies of two kernels and three devices: a device has 9 regions or more.
    assert!(replies > 2 * 3 * 15, "only {replies} replies");
}

/// No kernel writes the head of a feature, so a kernel without payloads, such as 5.10,
/// writes no less of it than 7.2.
#[test]
fn an_old_kernel_leaves_nothing_of_a_feature_out() {
    let sides = history();
    let side = |name| &sides.iter().find(|(_, side)| side.name == name).expect("a release").1;
    let found = compare(side("v7.2"), side("v5.10"));
    let short = found.iter().filter(|one| one.code.0 == "C16" && one.class.breaks());
    let subjects: Vec<_> = short.map(|one| &one.subject).collect();
    assert_eq!(subjects, [] as [&String; 0]);
    assert!(found.iter().any(|one| one.class.breaks()), "7.2 has more than 5.10");
}

/// The sweeps, in the order of the file.
fn sweeps(rows: Vec<Row>) -> Vec<Sweep> {
    let mut sweeps = Vec::<Sweep>::new();
    for row in rows {
        match sweeps.last_mut() {
            Some(sweep) if sweep[0].group() == row.group() => sweep.push(row),
            _ => sweeps.push(vec![row]),
        }
    }
    sweeps
}

/// The blocks of a text by the call in their first line, such as
/// `VFIO_DEVICE_GET_IRQ_INFO 3`. A block about a buffer that was too small is left
/// out: the probe asks again.
fn printed(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut blocks = BTreeMap::<String, Vec<String>>::new();
    let mut lines = text.lines().peekable();
    while let Some(first) = lines.next() {
        let mut block = format!("{first}\n");
        let belongs = |line: &&str| line.starts_with("  ") || line.starts_with("cap ");
        while let Some(line) = lines.next_if(belongs) {
            block += &format!("{line}\n");
        }
        let call = first.split(':').next().expect("a call").to_owned();
        if !first.ends_with("errno 28") {
            blocks.entry(call).or_default().push(block);
        }
    }
    blocks
}

/// The text that the probe must print for the full reply of a sweep.
fn told(abi: &Abi, sweep: &Sweep) -> String {
    let row = &sweep[0];
    let index = if row.index < 0 { String::new() } else { format!(" {}", row.index) };
    let call = format!("{}{index}", row.ioctl);
    let ioctl = abi.ioctls.iter().find(|ioctl| ioctl.name == row.ioctl).expect("an ioctl");
    let Arg::Struct(id) = ioctl.arg else { panic!("no struct") };
    let target = TARGETS.iter().find(|target| target.name == "x86_64").expect("a target");
    let size = abi.struct_(id).layouts[0].size as usize;
    let buffers = sweep.iter().filter(|row| row.ret == 0).map(Row::own);
    let buffers: Vec<_> = buffers.filter(|own| own.len() >= size).collect();
    let decoded = buffers.iter().map(|own| decode::decode(abi, Subject::Struct(id), target, own));
    // The first buffer that is large enough.
    let whole = |one: &Decoded<'_>| one.reply.as_ref().is_none_or(|reply| reply.need().is_none());
    let Some(decoded) = decoded.into_iter().find(whole) else {
        return format!("{call}: errno {}\n", sweep.last().expect("a call").errno);
    };
    assert!(decoded.error.is_none(), "{call}");
    let mut text = format!("{call}: 0\n");
    for field in &decoded.fields {
        if !matches!(field.role, Role::Argsz | Role::CapOffset | Role::Reserved) {
            text += &value(field.name, field);
        }
    }
    let caps = decode::conformance_text(&decoded);
    text + caps.split_once('\n').expect("a line for the reply").1
}

/// The lines of a field. Those of a union are left out: the group of a device has
/// another number on each kernel.
fn value(name: &str, field: &DecodedValue<'_>) -> String {
    match &field.content {
        Content::Number(number) => format!("  {name}={}\n", number.value),
        Content::Fields(_, fields, _) => {
            fields.iter().map(|field| value(&format!("{name}.{}", field.name), field)).collect()
        }
        Content::Array(array) => {
            let elements = array.iter().enumerate();
            elements.map(|(nth, element)| value(&format!("{name}[{nth}]"), &element)).collect()
        }
        Content::Absent | Content::Arms(_) | Content::Bytes(_) => String::new(),
    }
}
