//! A chain of capabilities: its host, its walk and its ids; and a capability: its
//! body and the fields of each version.

use askama::Template;

use super::bullet_list::BulletList;
use super::code_names;
use super::layout_variants::cell;
use super::links::registry_path;
use super::metadata;
use super::page::Page;
use super::phrases::{list, since};
use super::table::{Align, Table};
use crate::emit::render;
use crate::ir::{
    CapHeader, Capability, Chain, ChainId, ChainStart, EntryKind, Host, Role, Space, StructId,
};
use crate::layout::Span;
use crate::names::c_int;

/// A chain, as the template prints it.
#[derive(Template)]
#[template(path = "chain.md.jinja", escape = "none")]
struct ChainDocView {
    name: String,
    doc: String,
    warning: Option<String>,
    facts: Option<BulletList>,
    table: Option<String>,
}

/// A capability, as the template prints it.
#[derive(Template)]
#[template(path = "capability.md.jinja", escape = "none")]
struct CapabilityDocView {
    name: String,
    doc: String,
    warning: Option<String>,
    facts: Option<BulletList>,
    versions: Option<String>,
}

/// The chain's part of its page.
pub(super) fn chain(page: &Page<'_>, id: ChainId) -> String {
    let chain = page.abi.chain(id);
    let header = &page.abi.cap_headers[chain.header];
    let mut facts: Vec<String> = start(page, chain).into_iter().collect();
    facts.push(format!("Each capability starts with {}.", page.struct_(header.struct_)));
    facts.push(walk(page, header));
    match &chain.space {
        None => facts.push(format!("No capability starts before {}.", chain.bound)),
        Some(space) => facts.extend(space_facts(page, chain, space)),
    }
    let registry = page.to("registry", &registry_path(&chain.name));
    facts.push(format!("Assigned and free ids: {registry}."));
    facts.extend(code_names::fact(page, EntryKind::Chain(chain)));
    let view = ChainDocView {
        name: chain.name.clone(),
        doc: page.doc(&chain.meta.doc),
        warning: metadata::warning(page, &chain.meta),
        facts: metadata::of_item(page, &chain.meta, facts),
        table: ids(page, chain),
    };
    render::text(&view)
}

/// How the first capability is found.
fn start(page: &Page<'_>, chain: &Chain) -> Option<String> {
    let flagged = |host: &Host| {
        let flags = &page.abi.struct_(host.struct_).fields[host.flags].name;
        let (struct_, flag) = (page.struct_(host.struct_), page.name(&host.flag.0));
        (struct_, format!("if `{flags}` has {flag}."))
    };
    Some(match &chain.start {
        ChainStart::AtOffsetField { host, cap_offset } => {
            let offset = &page.abi.struct_(host.struct_).fields[*cap_offset].name;
            let (struct_, condition) = flagged(host);
            format!("Starts at the offset in `{offset}` of {struct_}, {condition}")
        }
        ChainStart::After { host, offset } => {
            let (struct_, condition) = flagged(host);
            format!("Starts at {offset:#x} after {struct_}, {condition}")
        }
        ChainStart::Fixed { offset } => format!("Starts at {offset:#x}."),
        ChainStart::FieldAt { offset, int } => {
            format!("Starts at the offset in the `{}` at {offset:#x}.", c_int(*int))
        }
        ChainStart::Chosen { by, offsets, int } => {
            let struct_ = chain.space.as_ref().and_then(|space| space.struct_)?;
            let field = &page.abi.struct_(struct_).fields[by.field].name;
            let places = offsets
                .iter()
                .map(|(name, _, offset)| format!("{offset:#x} with {}", page.name(name)));
            let places = places.collect::<Vec<_>>().join(", ");
            let (int, struct_) = (c_int(*int), page.struct_(struct_));
            format!(
                "Starts at the offset in a `{int}`, the place of which depends on `{field}` of \
                 {struct_}: {places}. Other values mean that there is no chain."
            )
        }
        ChainStart::Unknown => return None,
    })
}

/// The limits of a chain in a space, and the conditions of its start.
fn space_facts(page: &Page<'_>, chain: &Chain, space: &Space) -> Vec<String> {
    let Space { end, struct_, flag, requires, companion } = space;
    let mut facts = vec![format!(
        "Is in a space of little-endian bytes, from {:#x} up to {end:#x}; the last capability \
         ends there, too.",
        chain.bound
    )];
    if let (Some(struct_), Some((field, name, _))) = (struct_, flag) {
        let field = &page.abi.struct_(*struct_).fields[*field].name;
        let (struct_, name) = (page.struct_(*struct_), page.name(name));
        facts.push(format!("Exists if `{field}` of {struct_} has {name}."));
    }
    if !requires.is_empty() {
        let names = requires.iter().map(|id| page.name(&page.abi.capability(*id).name));
        let names = names.collect::<Vec<_>>().join(" or ");
        facts.push(format!("Exists if the space has the capability {names}."));
    }
    if let Some(companion) = companion {
        let name = page.name(&page.abi.capability(*companion).name);
        facts.push(format!(
            "Bits of the first capability {name} decide which fields some bodies have; without              it, that is unknown."
        ));
    }
    let header = &page.abi.cap_headers[chain.header];
    let fields = &page.abi.struct_(header.struct_).fields;
    for (bits, values) in &header.empty {
        let values = values.iter().map(|value| format!("{value:#x}"));
        let (values, field) = (values.collect::<Vec<_>>().join(" or "), &fields[bits.field].name);
        facts.push(format!("Ends at a header whose `{field}` is {values}."));
    }
    facts
}

/// How one capability leads to the next.
fn walk(page: &Page<'_>, header: &CapHeader) -> String {
    let next = &page.abi.struct_(header.struct_).fields[header.next.field].name;
    let from = if header.from_reply { "the reply" } else { "the capability itself" };
    format!(
        "`{next}` counts from the start of {from}; {} ends the chain. Offsets are multiples of {}.",
        header.end, header.align
    )
}

/// The capabilities of a chain.
fn ids(page: &Page<'_>, chain: &Chain) -> Option<String> {
    let mut table = Table::new([
        ("id", Align::Right),
        ("name", Align::Left),
        ("version", Align::Right),
        ("since", Align::Whole),
        ("meaning", Align::Left),
    ]);
    for at in &chain.capabilities {
        let one = page.abi.capability(*at);
        let meaning = one.meta.doc.first().map(|doc| super::phrases::first_sentence(doc));
        table.row([
            one.id.to_string(),
            page.name(&one.name),
            one.version.to_string(),
            since(page.abi, one.meta.since),
            page.cell(meaning.map(str::to_owned).as_slice()),
        ]);
    }
    table.finish()
}

/// The capability's part of its page.
pub(super) fn capability(page: &Page<'_>, id: crate::ir::CapabilityId) -> String {
    let one = page.abi.capability(id);
    let facts = [place(page, one), body(page, one)].into_iter().chain(emitted_by(page, one));
    let facts = facts.chain(code_names::fact(page, EntryKind::Capability(one))).collect();
    let view = CapabilityDocView {
        name: one.name.clone(),
        doc: page.doc(&one.meta.doc),
        warning: metadata::warning(page, &one.meta),
        facts: metadata::of_item(page, &one.meta, facts),
        versions: one.struct_.and_then(|id| versions(page, one, id)),
    };
    render::text(&view)
}

/// The id of a capability in its chain, or among the kinds of another one.
fn place(page: &Page<'_>, one: &Capability) -> String {
    if let Some(kind) = &one.kind {
        let parent = page.name(&page.abi.capability(kind.parent).name);
        return format!("Kind {} of {parent}.", one.id);
    }
    let chain = page.chain(one.chain);
    match page.abi.cap_headers[page.abi.chain(one.chain).header].version {
        Some(_) => format!("Id {} of the chain {chain}, version {}.", one.id, one.version),
        None => format!("Id {} of the chain {chain}.", one.id),
    }
}

/// The fields after the header.
fn body(page: &Page<'_>, one: &Capability) -> String {
    match one.struct_ {
        Some(id) => format!("Body: {}.", page.struct_(id)),
        None => "It has no body.".to_owned(),
    }
}

/// The handlers that append a capability; none if no handler of its chain is known.
fn emitted_by(page: &Page<'_>, one: &Capability) -> Option<String> {
    let emitters = page.abi.emitters(one)?;
    let files: Vec<String> = emitters
        .iter()
        .map(|handler| format!("`{}` ({})", handler.name, metadata::source(page, &handler.source)))
        .collect();
    Some(match files.as_slice() {
        [] => "No handler appends it any more.".to_owned(),
        files => format!("Appended by {}.", list(files)),
    })
}

/// The fields of each version, and the end of the body of each.
fn versions(page: &Page<'_>, one: &Capability, id: StructId) -> Option<String> {
    let struct_ = page.abi.struct_(id);
    let mut table = Table::new([
        ("version", Align::Right),
        ("since", Align::Whole),
        ("brought", Align::Left),
        ("ends at", Align::Right),
    ]);
    for version in 1..=one.version {
        let brought = |at: &usize| struct_.fields[*at].version == version;
        let fields: Vec<usize> = (0..struct_.fields.len()).filter(brought).collect();
        let Some(last) = fields.last() else { continue };
        let came = if version == 1 { one.meta.since } else { struct_.fields[*last].meta.since };
        let body = fields.iter().filter(|at| struct_.fields[**at].role != Role::Header);
        let names: Vec<String> = body.map(|at| format!("`{}`", struct_.fields[*at].name)).collect();
        let ends = struct_.spans(*last).map(Span::end);
        table.row([version.to_string(), since(page.abi, came), list(&names), cell(&ends)]);
    }
    (one.version > 1).then(|| table.finish()).flatten()
}
