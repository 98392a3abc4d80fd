//! The text of vfio-probe on kernels that `.ci/live` boots, against what `decode` reads
//! in the replies that it captured. The probe in C prints and captures the same. The
//! model test predicts these replies from the specification.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use capchain::compat::compare;
use capchain::decode::{self, Content, Decoded, DecodedValue, Subject};
use capchain::ir::{Abi, Arg, Role};
use capchain::layout::TARGETS;
use capchain::lower::lower;
use serde_json::Value;
use support::captures::{self, Row};
use support::comparisons::history;
use support::fixtures;

/// The calls of a sweep.
type Sweep = Vec<Row>;

#[test]
fn decode_reads_in_the_captures_what_the_probe_printed() {
    let abi = lower(&fixtures::spec(), None);
    let mut replies = 0;
    for text in texts_with_captures() {
        let read = |path: &Path| fs::read_to_string(path).expect("a file of the probe");
        let sweeps = sweeps(captures::unpack(&read(&text.with_extension("jsonl"))));
        let mut printed = printed(&read(&text));
        for sweep in &sweeps {
            let told = told(&abi, sweep);
            let call = told.split(':').next().expect("a call").to_owned();
            let texts = printed.get_mut(&call).unwrap_or_else(|| panic!("{call} is not printed"));
            let text = texts.remove(0);
            assert_eq!(text, told, "{:?}", sweep[0].group());
            replies += usize::from(told.contains('='));
        }
    }
    // The replies of two kernels and three devices: a device has 9 regions or more.
    assert!(replies > 2 * 3 * 15, "only {replies} replies");
}

/// The texts of the probe whose calls have been captured, in the repository and in the
/// folder that CAPCHAIN_CAPTURES names.
fn texts_with_captures() -> Vec<PathBuf> {
    let folders = [captures::live_folder()].into_iter().chain(captures::other_folder());
    let entries = folders.flat_map(|folder| fs::read_dir(folder).expect("a folder"));
    let texts = entries.map(|entry| entry.expect("a file").path());
    let texts = texts.filter(|path| path.extension().is_some_and(|ending| ending == "txt"));
    texts.filter(|path| path.with_extension("jsonl").exists()).collect()
}

#[test]
fn the_json_of_the_probe_has_the_answers_of_its_text() {
    let read = |file| fs::read_to_string(captures::live_folder().join(file)).expect("a file");
    let json: Value = serde_json::from_str(&read("6.1.json")).expect("JSON");
    assert_eq!(json["version"], 1);
    let answers = json["answers"].as_array().expect("a list");
    let told: String = answers.iter().map(answer).collect();
    let text = read("6.1.txt");
    let first = text.split("exit code").next().expect("a device");
    let lines = first.lines().filter(|line| !line.trim_start().starts_with('#'));
    let lines: String = lines.map(|line| [line, "\n"].concat()).collect();
    assert_eq!(told, lines);
}

#[test]
fn the_guide_shows_what_the_probe_prints() {
    let read = |path: &str| fs::read_to_string(fixtures::root().join(path)).expect("a file");
    let guide = read("docs/guide-rust.md");
    let shown = guide.split("```console\n").nth(1).and_then(|rest| rest.split("```").next());
    let shown = shown.expect("an excerpt");
    assert!(shown.lines().count() > 5 && read("codegen/tests/live/6.1.txt").contains(shown));
}

/// The lines of the text for an answer in JSON.
fn answer(answer: &Value) -> String {
    let words = [&answer["access"], &answer["number"]];
    let words = words.into_iter().filter(|word| !word.is_null());
    let words: String = words.map(|word| format!(" {word}").replace('"', "")).collect();
    let result = match &answer["errno"] {
        Value::Null => answer["result"].to_string(),
        errno => format!("errno {errno}"),
    };
    let ioctl = text(&answer["ioctl"]);
    let named = named(&answer["name"], |whole| whole);
    let mut lines = format!("{ioctl}{words}: {result}  # since {}", text(&answer["since"]));
    lines += &if named.is_empty() { "\n".to_owned() } else { format!("; {named}\n") };
    lines.extend(list(&answer["fields"]).iter().map(field));
    for cap in list(&answer["caps"]) {
        let (at, id, version) = (&cap["at"], &cap["id"], &cap["version"]);
        let name = text(&cap["name"]["name"]).rsplit_once("_CAP_");
        let name = name.map_or("DMA_AVAIL", |(_, short)| short);
        let since = text(&cap["name"]["since"]);
        lines += &format!("cap at={at} id={id} version={version} name={name}  # since {since}\n");
        lines.extend(list(&cap["fields"]).iter().map(field));
        lines += &format!("  bytes={}\n", cap["bytes"]);
    }
    lines
}

/// The line of the text for a field in JSON.
fn field(field: &Value) -> String {
    let flag = |whole: &str| {
        let ends = ["_FLAGS_", "_FLAG_", "_INFO_"].iter();
        let short = ends.filter_map(|end| Some(whole.rsplit_once(end)?.1)).next();
        short.expect("the name of a flag").to_owned()
    };
    let names: Vec<_> =
        list(&field["names"]).iter().map(|name| named(name, |whole| flag(&whole))).collect();
    let names = if names.is_empty() { String::new() } else { format!("; {}", names.join(" | ")) };
    let (path, since) = (text(&field["field"]), text(&field["since"]));
    format!("  {path}={}  # since {since}{names}\n", field["value"])
}

/// A name with its release; nothing if there is none.
fn named(name: &Value, short: impl Fn(String) -> String) -> String {
    match &name["name"] {
        Value::String(whole) => format!("{} ({})", short(whole.clone()), text(&name["since"])),
        _ => String::new(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The probe asks for every number of these, so a new one must be added to it.
#[test]
fn the_probe_knows_every_extension_and_feature() {
    let abi = lower(&fixtures::spec(), None);
    let path = fixtures::root().join("spec/vfio/code/rust/bin/probe/names.rs");
    let text = fs::read_to_string(path).expect("a file");
    for (space, least) in [("extension", 10), ("device_feature", 14)] {
        let group = abi.groups.iter().find(|group| group.name == space).expect("an id space");
        let names: Vec<_> = group.named().map(|value| value.name.as_str()).collect();
        assert!(names.len() >= least, "{space}: {names:?}");
        for name in names {
            assert!(text.contains(&format!(" {name},\n")), "{name}");
        }
    }
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

/// The blocks of a text, without its comments, by the call in their first line, such as
/// `VFIO_DEVICE_GET_IRQ_INFO 3`.
fn printed(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut blocks = BTreeMap::<String, Vec<String>>::new();
    let lines = text.lines().filter_map(|line| line.split('#').next());
    let lines = lines.map(str::trim_end).filter(|line| !line.is_empty());
    let mut lines = lines.peekable();
    while let Some(first) = lines.next() {
        let mut block = format!("{first}\n");
        let belongs = |line: &&str| line.starts_with("  ") || line.starts_with("cap ");
        while let Some(line) = lines.next_if(belongs) {
            block += &format!("{line}\n");
        }
        let call = first.split(':').next().expect("a call").to_owned();
        blocks.entry(call).or_default().push(block);
    }
    blocks
}

/// The text that the probe, whose buffers are zero, must print for the full reply of a
/// sweep.
fn told(abi: &Abi, sweep: &Sweep) -> String {
    let row = &sweep[0];
    let index = if row.index < 0 { String::new() } else { format!(" {}", row.index) };
    let call = format!("{}{index}", row.ioctl);
    let ioctl = abi.ioctls.iter().find(|ioctl| ioctl.name == row.ioctl).expect("an ioctl");
    let Arg::Struct(id) = ioctl.arg else { panic!("no struct") };
    let target = TARGETS.iter().find(|target| target.name == "x86_64").expect("a target");
    let size = abi.struct_(id).layouts[0].size as usize;
    let buffers = sweep.iter().filter(|row| row.ret == 0 && row.is_zero_filled()).map(Row::own);
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
        Content::Absent | Content::Unknown(_) | Content::Arms(_) | Content::Bytes(_) => {
            String::new()
        }
    }
}
