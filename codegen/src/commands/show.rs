//! `capchain show`: what a name is, since when, where it is, and who emits it.

use capchain::ir::{
    Abi, ApiNames, Arg, Capability, Entry, EntryKind, Group, Holder, Ioctl, Literal, Member,
    Struct, Value as Number,
};
use capchain::layout::TARGETS;
use capchain::lower::lower;
use capchain::names::UnknownName;
use capchain::reports::Format;
use capchain::validate::ValidSpec;
use serde_json::{Value, json};

use super::specs::{self, Loaded};
use super::{CommandResult, FINDINGS, Output, at_release, json, release_and_overlays};
use super::{to_stderr, with_history};
use crate::cli::{ShowArgs, Source};

pub(super) fn run(source: &Source, args: &ShowArgs) -> CommandResult {
    let has = |spec: &ValidSpec| !found(&lower(spec, None), &args.name).is_empty();
    let Loaded { spec, .. } = specs::search_at(source, args.at, has)?;
    let abi = at_release(&spec, args.at)?;
    let found = found(&abi, &args.name);
    let code = if found.is_empty() { FINDINGS } else { super::SUCCESS };
    if found.is_empty() {
        let missing = missing(&abi, &args.name);
        let missing = with_history(&spec, abi.release, &args.name, missing);
        to_stderr(&format!("{missing}\n"));
    }
    let output = match args.format {
        Format::Json => json(&json!({
            "version": 1,
            "abi": abi.name,
            "release": abi.release.to_string(),
            "overlays": abi.overlays,
            "name": args.name,
            "matches": found.iter().map(NameFacts::object).collect::<Vec<_>>(),
        }))?,
        Format::Text => {
            let head = format!("of {}, {}\n", abi.name, release_and_overlays(&abi));
            let shown: String = found.iter().map(|facts| "\n".to_owned() + &facts.text()).collect();
            Output::success(if found.is_empty() { String::new() } else { head + &shown })
        }
    };
    Ok(Output { code, ..output })
}

/// What is known of a name: a heading, and facts by their key.
struct NameFacts {
    kind: &'static str,
    name: String,
    facts: Vec<(&'static str, Value)>,
}

impl NameFacts {
    fn new(kind: &'static str, name: impl Into<String>) -> Self {
        Self { kind, name: name.into(), facts: Vec::new() }
    }

    fn add(&mut self, key: &'static str, value: impl Into<Value>) {
        self.facts.push((key, value.into()));
    }

    /// A line for each fact; a list has one line for each element.
    fn text(&self) -> String {
        let mut text = format!("{} {}\n", self.kind, self.name);
        for (key, value) in &self.facts {
            let lines = match value {
                Value::Array(lines) => lines.iter().map(plain).collect(),
                one => vec![plain(one)],
            };
            for line in lines {
                text += &format!("  {key:<11}  {line}\n");
            }
        }
        text
    }

    fn object(&self) -> Value {
        let facts = self.facts.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
        let mut object: serde_json::Map<_, _> = facts.collect();
        object.insert("kind".to_owned(), self.kind.into());
        object.insert("name".to_owned(), self.name.as_str().into());
        Value::Object(object)
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Everything of this name: items, members (`struct.member` or alone), former names,
/// and claims of proposals.
fn found(abi: &Abi, wanted: &str) -> Vec<NameFacts> {
    let mut found: Vec<_> = abi
        .entries()
        .iter()
        .filter(|entry| is_called(abi, entry, wanted))
        .map(|entry| facts(abi, entry))
        .collect();
    for space in abi.number_spaces() {
        for one in space.uses.iter().filter(|one| one.name == wanted) {
            let Holder::Tree(reserved) = one.holder else { continue };
            let mut facts = NameFacts::new("reserved", wanted);
            facts.add("number", one.number.to_string());
            facts.add("in", space.name.as_str());
            facts.add("doc", reserved.doc.join(" "));
            found.push(facts);
        }
    }
    for proposal in &abi.proposals {
        for claim in proposal.claims.iter().filter(|claim| claim.name == wanted) {
            let mut facts = NameFacts::new("proposed", wanted);
            facts.add("number", claim.number.to_string());
            facts.add("doc", claim.doc.join(" "));
            facts.add("proposal", format!("{} ({})", proposal.title, proposal.name));
            facts.facts.extend(proposal.posted.iter().map(|day| ("posted", day.as_str().into())));
            let replaced = proposal.replaced_by.iter();
            facts.facts.extend(replaced.map(|new| ("replaced by", new.as_str().into())));
            facts.add("source", proposal.source.as_str());
            found.push(facts);
        }
    }
    found
}

fn is_called(abi: &Abi, entry: &Entry<'_>, wanted: &str) -> bool {
    let former = entry.meta.history.names.iter().any(|(name, _)| name == wanted);
    match entry.kind {
        EntryKind::Member(id, member) => {
            let path = member.path(abi.struct_(id));
            let was = |(name, _): &(String, _)| {
                let parent = path.strip_suffix(entry.name).unwrap_or_default();
                wanted.strip_prefix(parent) == Some(name) && !parent.is_empty()
            };
            let was = entry.meta.history.names.iter().any(was);
            entry.name == wanted && entry.name.len() > 3 || path == wanted || was
        }
        _ => entry.name == wanted || former,
    }
}

fn missing(abi: &Abi, wanted: &str) -> UnknownName {
    let entries = abi.entries();
    let message = format!("{} has no name `{wanted}` in {}", abi.name, abi.release);
    UnknownName::among(message, wanted, entries.iter().map(|entry| entry.name))
}

fn facts(abi: &Abi, entry: &Entry<'_>) -> NameFacts {
    let mut facts = NameFacts::new(entry.kind_name(), entry.name);
    if let EntryKind::Member(id, member) = entry.kind {
        facts.name = member.path(abi.struct_(id));
    }
    facts.add("doc", entry.meta.doc.join(" "));
    facts.add("since", entry.meta.since.to_string());
    for (name, until) in &entry.meta.history.names {
        facts.add("formerly", format!("{name}, before {until}"));
    }
    if let Some(deprecated) = &entry.meta.deprecated {
        facts
            .add("deprecated", format!("since {}: {}", deprecated.since, deprecated.doc.join(" ")));
    }
    let section = &abi.sections[entry.section];
    facts.add("header", abi.headers[section.header].path.as_str());
    facts.add("section", section.name.as_str());
    facts.add("source", entry.meta.source.as_str());
    match entry.kind {
        EntryKind::Struct(id) => of_struct(abi, &mut facts, abi.struct_(id)),
        EntryKind::Member(id, member) => of_member(abi, &mut facts, abi.struct_(id), &member),
        EntryKind::Constant(group, value) | EntryKind::Enumerator(group, value) => {
            of_value(abi, &mut facts, group, value);
        }
        EntryKind::Ioctl(id) => of_ioctl(abi, &mut facts, abi.ioctl(id)),
        EntryKind::Capability(capability) => of_capability(abi, &mut facts, capability),
        EntryKind::Chain(chain) => {
            let names = abi.capabilities_of(chain).map(|one| format!("{} = {}", one.name, one.id));
            facts.add("contains", names.collect::<Vec<_>>());
        }
        EntryKind::Group(group) => {
            let names = group.values.iter().map(|one| format!("{} = {}", one.name, one.number));
            facts.add("contains", names.collect::<Vec<_>>());
        }
        EntryKind::Enum(_) | EntryKind::Macro(_) | EntryKind::Union(..) => {}
    }
    names_in_code(abi, &mut facts, entry);
    facts
}

/// The names by which programs use it. Without outputs, only the header of the kernel has it.
fn names_in_code(abi: &Abi, facts: &mut NameFacts, entry: &Entry<'_>) {
    let ApiNames { rust, mut c } = abi.api_names(&entry.kind);
    if !abi.publish {
        c.truncate(usize::from(entry.is_declaration()));
    }
    if !c.is_empty() {
        facts.add("c", c);
    }
    if abi.publish && !rust.is_empty() {
        facts.add("rust", rust);
    }
}

fn of_struct(abi: &Abi, facts: &mut NameFacts, struct_: &Struct) {
    let size = |model: usize| struct_.layouts[model].size;
    let sizes = per_target(|model| format!("{} bytes", size(model)));
    facts.add("size", sizes);
    let fields = abi.members(struct_).into_iter().map(|member| {
        let offset = member.spans[0].offset;
        format!("{offset:>4}  {} {}", abi.type_text(member.type_), member.name)
    });
    facts.add("fields", fields.collect::<Vec<_>>());
}

fn of_member(abi: &Abi, facts: &mut NameFacts, struct_: &Struct, member: &Member<'_>) {
    facts.add("type", abi.type_text(member.type_));
    let places = per_target(|model| {
        let span = member.spans[model];
        format!("offset {}, {} bytes", span.offset, span.size)
    });
    facts.add("place", places);
    if member.version > 1 {
        facts.add("version", member.version);
    }
    if let Some(gate) = member.valid_if {
        facts.add("valid if", gate);
    }
    facts.add("c", format!("struct {}, {}", struct_.name, member.name));
}

/// A fact by target: one line if all agree, otherwise one for each value.
fn per_target(of: impl Fn(usize) -> String) -> Vec<String> {
    let mut values = Vec::<(String, Vec<&str>)>::new();
    for target in TARGETS {
        let value = of(target.model.index());
        match values.iter_mut().find(|(other, _)| *other == value) {
            Some((_, names)) => names.push(target.name),
            None => values.push((value, vec![target.name])),
        }
    }
    match &values[..] {
        [(value, _)] => vec![format!("{value} on all targets")],
        _ => {
            values.iter().map(|(value, names)| format!("{value} on {}", names.join(", "))).collect()
        }
    }
}

fn of_value(abi: &Abi, facts: &mut NameFacts, group: &Group, value: &Number) {
    let number = match &value.literal {
        Literal::Text(text) => format!("{text:?}"),
        Literal::Bit { bit, .. } => format!("bit {bit} ({:#x})", value.number),
        _ => format!("{} ({:#x})", value.number, value.number),
    };
    facts.add("value", number);
    facts.add("in", group.name.as_str());
    if let Some(payload) = &value.payload {
        let struct_ = value.payload_struct().map_or("", |_| "struct ");
        facts.add("payload", [struct_, &abi.type_text(payload)].concat());
    }
}

fn of_ioctl(abi: &Abi, facts: &mut NameFacts, ioctl: &Ioctl) {
    let base = abi.ioctl_numbers.as_ref();
    let base = base.map(|numbers| format!("{} + ", numbers.base_name)).unwrap_or_default();
    facts.add("number", format!("{base}{}", ioctl.number));
    facts.add("fd", abi.fds[ioctl.fd].name.as_str());
    if !ioctl.backends.is_empty() {
        facts.add("backends", ioctl.backends.join(", "));
    }
    if let Arg::Struct(id) = ioctl.arg {
        facts.add("argument", format!("struct {}", abi.struct_(id).name));
    }
    let handlers = ioctl.served_at(abi.release);
    let handlers = handlers.map(|one| format!("{}: {}", one.name, one.source));
    facts.add("handler", handlers.collect::<Vec<_>>());
}

fn of_capability(abi: &Abi, facts: &mut NameFacts, capability: &Capability) {
    let chain = abi.chain(capability.chain);
    facts.add("id", capability.id);
    facts.add("chain", chain.name.as_str());
    facts.add("version", capability.version);
    if let Some(id) = capability.struct_ {
        facts.add("body", format!("struct {}", abi.struct_(id).name));
    }
    if let Some(handlers) = abi.emitters(capability) {
        let emitters = handlers.iter().map(|one| format!("{}: {}", one.name, one.source));
        let emitters: Vec<_> = emitters.collect();
        facts
            .add("emitted by", if emitters.is_empty() { vec!["nothing".into()] } else { emitters });
    }
}
