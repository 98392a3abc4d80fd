//! A snapshot of the whole history that names nothing of the generator: every
//! constant, struct, field, ioctl, capability and handler of every release by its kernel
//! name and numbers, and the verdict of every step. A rebuild of the generator must leave it
//! as it is; a change of the specification shows in a diff of single lines.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;
use std::{env, fs};

use capchain::compat::{Class, compare};
use capchain::ir::requests::{InputKind, RequestInput};
use capchain::ir::{Abi, Copied, Struct, Type};
use capchain::layout::PerModel;
use capchain::lower::lower;
use capchain::release::Release;
use support::fixtures;

/// The ABI of every release of `spec/vfio`.
fn history() -> Vec<(Release, Abi)> {
    let spec = fixtures::spec();
    spec.releases().iter().map(|release| (*release, lower(&spec, Some(*release)))).collect()
}

/// One number where all data models agree, otherwise all of them.
fn per_model<T: Debug + PartialEq>(values: PerModel<T>) -> String {
    match values.iter().all(|value| *value == values[0]) {
        true => format!("{:?}", values[0]),
        false => values.map(|value| format!("{value:?}")).join("/"),
    }
}

fn struct_facts(abi: &Abi, struct_: &Struct) -> Vec<(String, String)> {
    let layouts = &struct_.layouts;
    let size = per_model(layouts.each_ref().map(|layout| layout.size));
    let align = per_model(layouts.each_ref().map(|layout| layout.align));
    let last_required = struct_.minsz.map_or("none", |field| &struct_.fields[field].name);
    let mut facts = vec![(
        format!("struct {}", struct_.name),
        format!("size {size} align {align} packed {} minsz {last_required}", struct_.packed),
    )];
    for (index, field) in struct_.fields.iter().enumerate() {
        let spans = struct_.spans(index);
        let offset = per_model(spans.map(|span| span.offset));
        let size = per_model(spans.map(|span| span.size));
        let type_ = match &field.type_ {
            Type::Flexible(_, Some(count)) => {
                format!(
                    "{} counted by {}",
                    abi.type_text(&field.type_),
                    struct_.fields[*count].name
                )
            }
            type_ => abi.type_text(type_),
        };
        facts.push((
            format!("field {}.{}", struct_.name, field.name),
            format!("at {offset} size {size} type {type_} version {}", field.version),
        ));
    }
    facts
}

/// The items of one release: names with their properties.
fn facts(abi: &Abi) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    for struct_ in &abi.structs {
        facts.extend(struct_facts(abi, struct_));
    }
    for value in abi.groups.iter().flat_map(|group| &group.values) {
        let payload = value.payload.as_ref().map_or(String::new(), |type_| {
            format!(" payload {} if {}", abi.type_text(type_), value.gates.join(" "))
        });
        facts.push((format!("constant {}", value.name), format!("{}{payload}", value.number)));
    }
    for macro_ in &abi.macros {
        facts.push((
            format!("macro {}({})", macro_.name, macro_.args.join(", ")),
            macro_.c.replace('\n', " "),
        ));
    }
    for ioctl in &abi.ioctls {
        let fd = &abi.fds[ioctl.fd].name;
        facts.push((
            format!("ioctl {}", ioctl.name),
            format!("number {} on {fd} [{}]", ioctl.number, ioctl.backends.join(" ")),
        ));
        for handler in ioctl.served_at(abi.release) {
            let chain = handler.chain.as_ref().map_or(String::new(), |chain| {
                format!(" chain at {} align {}", chain.offset, chain.align)
            });
            let copied = |copied: &Copied| match copied {
                Copied::Ends(ends) => format!("{ends:?}"),
                Copied::Fitting => "fitting".to_owned(),
                Copied::Only(fields) => format!("only {fields:?}"),
            };
            let (reads, writes) = (copied(&handler.reads), copied(&handler.writes));
            let profile = handler.profile.as_deref().unwrap_or("none");
            facts.push((
                format!("handler {} {}", ioctl.name, handler.name),
                format!(
                    "minsz {} reads {reads} writes {writes}{chain} profile {profile}",
                    handler.minsz
                ),
            ));
        }
    }
    for cap in &abi.capabilities {
        let body = cap.struct_.map_or("none", |id| &abi.struct_(id).name);
        let chain = &abi.chain(cap.chain).name;
        facts.push((
            format!("capability {}", cap.name),
            format!("id {} of {chain} version {} struct {body}", cap.id, cap.version),
        ));
    }
    facts
}

/// Compares a text with its file below `snapshot/`, or writes the file.
pub(crate) fn assert_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshot").join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text).expect("a file");
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    let first = golden.lines().zip(text.lines()).find(|(golden, now)| golden != now);
    assert!(golden == text, "{} differs, first here: {first:?}", path.display());
}

#[test]
fn every_fact_of_every_release_is_the_same() {
    let history = history();
    let mut spans: BTreeMap<(String, String), Vec<(usize, usize)>> = BTreeMap::new();
    for (index, (_, abi)) in history.iter().enumerate() {
        for fact in facts(abi) {
            let spans = spans.entry(fact).or_default();
            match spans.last_mut() {
                Some((_, last)) if *last + 1 >= index => *last = index,
                _ => spans.push((index, index)),
            }
        }
    }
    let line = |((name, fact), spans): (&(String, String), &Vec<(usize, usize)>)| {
        let release = |index: usize| history[index].0;
        let spans =
            spans.iter().map(|(first, last)| format!("{}..{}", release(*first), release(*last)));
        format!("{name}: {fact} [{}]\n", spans.collect::<Vec<_>>().join(" "))
    };
    assert_golden("facts.txt", &spans.iter().map(line).collect::<String>());
}

#[test]
fn every_step_has_the_same_verdict() {
    let sides: Vec<_> = history()
        .into_iter()
        .map(|(release, abi)| fixtures::side(&release.to_string(), abi))
        .collect();
    let mut lines = String::new();
    for pair in sides.windows(2) {
        for finding in compare(&pair[0], &pair[1]) {
            let class = match finding.class {
                Class::Wire => "wire",
                Class::Wire32 => "wire on 32 bit",
                Class::Source => "source",
                Class::Ids => "ids",
                Class::NotJudged => "not judged",
                Class::Growth => "growth",
                Class::Note => "note",
            };
            lines += &format!("{} {} {class}: {}\n", pair[1].name, finding.code.0, finding.subject);
        }
    }
    assert_golden("verdicts.txt", &lines);
}

/// A text of Rust's `Debug` with the names of structs, groups and ioctls.
fn with_names(abi: &Abi, text: &str) -> String {
    let mut text = text.to_owned();
    let structs = abi.structs.iter().map(|one| one.name.as_str());
    let groups = abi.groups.iter().map(|one| one.name.as_str());
    let ioctls = abi.ioctls.iter().map(|one| one.name.as_str());
    let named = |id: &str, index: usize| format!("{id}({index})");
    for (index, name) in structs.enumerate() {
        text = text.replace(&named("StructId", index), name);
    }
    for (index, name) in groups.enumerate() {
        text = text.replace(&named("GroupId", index), name);
    }
    for (index, name) in ioctls.enumerate() {
        text = text.replace(&named("IoctlId", index), name);
    }
    text
}

fn input_facts(input: &RequestInput) -> String {
    let kind = match &input.kind {
        InputKind::Choice { offset, int, type_name, options } => {
            let options =
                options.iter().map(|one| format!("{} {}={}", one.short, one.name, one.value));
            let options = options.collect::<Vec<_>>().join(", ");
            format!("Choice {{ {offset}, {int:?}, {type_name}: {options} }}")
        }
        other => format!("{other:?}"),
    };
    let present = input.present.map_or(String::new(), |flags| format!(" if {flags:?}"));
    format!("  {} {kind}{present}\n", input.name)
}

/// Every request, its inputs and its results, with the places of all of them.
#[test]
fn every_request_is_the_same() {
    let abi = lower(&fixtures::spec(), None);
    let protocol = &abi.protocol;
    let mut text = String::new();
    for one in &protocol.requests {
        text += &format!(
            "request {} of {:?} selected {:?} size {} argsz {:?} fixed {:?} reply {:?} returns {:?} \
             hazard {:?}\n",
            one.name,
            one.ioctl,
            one.selected,
            one.size,
            one.argsz,
            one.fixed,
            one.reply,
            one.returns,
            one.hazard
        );
        text.extend(one.inputs.iter().map(input_facts));
    }
    text.extend(protocol.counted.iter().map(|one| format!("counted {one:?}\n")));
    text.extend(protocol.results.iter().map(|one| format!("results {one:?}\n")));
    text.extend(protocol.records.iter().map(|one| format!("record {one:?}\n")));
    let named = protocol.names.iter().zip(&abi.ioctls);
    text.extend(named.map(|(name, ioctl)| format!("name {name} of {}\n", ioctl.name)));
    assert_golden("requests.txt", &with_names(&abi, &text));
}
