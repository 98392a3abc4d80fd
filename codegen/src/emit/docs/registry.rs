//! One page for each id space, including chains: the assigned numbers, the reserved
//! ones, the next free one, and numbers that two items have used.

use askama::Template;

use super::bullet_list::BulletList;
use super::groups::{literal, payload};
use super::links::registry_path;
use super::metadata::{source, with_notes};
use super::numbers;
use super::page::Page;
use super::phrases::{linux, list, since};
use super::section::summary;
use super::table::{Align, Table};
use crate::ir::{
    Capability, Chain, ChainId, Claim, Group, GroupId, Meta, NumberSpace, Proposal, Reserved,
    SpaceKind, Value,
};
use crate::output::OutputFile;

/// The data of the template.
#[derive(Template)]
#[template(path = "registry.md.jinja", escape = "none")]
struct RegistryView {
    banner: String,
    home: String,
    name: String,
    explained: String,
    doc: String,
    source: String,
    table: Option<String>,
    free: Option<i128>,
    notes: Option<BulletList>,
}

/// A number and its user.
struct RegistryRow<'a> {
    number: i128,
    name: &'a str,
    /// Its metadata; `None` for a number of another tree.
    meta: Option<&'a Meta>,
    cells: [String; 8],
}

/// The page of a chain's ids.
pub(super) fn chain(page: &Page<'_>, spaces: &[NumberSpace<'_>], id: ChainId) -> OutputFile {
    let chain = page.abi.chain(id);
    let capabilities = page.abi.capabilities_of(chain);
    let held = capabilities.map(|one| capability(page, chain, one));
    let space = space_of(spaces, SpaceKind::Capabilities, &chain.name);
    let entries = held.chain(chain.reserved.iter().map(|one| reserved(page, one)));
    let entries = entries.chain(claims(page, space)).collect();
    file(page, (&chain.name, page.chain(id)), (&chain.meta, space.next_free), entries)
}

/// The page of an id space.
pub(super) fn space(page: &Page<'_>, spaces: &[NumberSpace<'_>], id: GroupId) -> OutputFile {
    let group = page.abi.group(id);
    let values = group.values.iter().filter(|value| value.count.is_none());
    let held = values.map(|one| value(page, group, one));
    let space = space_of(spaces, SpaceKind::Ids, &group.name);
    let entries = held.chain(group.reserved.iter().map(|one| reserved(page, one)));
    let entries = entries.chain(claims(page, space)).collect();
    file(page, (&group.name, page.group(id)), (&group.meta, space.next_free), entries)
}

fn file(
    page: &Page<'_>,
    (name, explained): (&str, String),
    (meta, free): (&Meta, Option<i128>),
    mut entries: Vec<RegistryRow<'_>>,
) -> OutputFile {
    entries.sort_by_key(|entry| entry.number);
    let notes = notes(page, &entries);
    let mut table = Table::new([
        ("id", Align::Right),
        ("name", Align::Left),
        ("version", Align::Right),
        ("since", Align::Whole),
        ("deprecated", Align::Whole),
        ("status", Align::Whole),
        ("meaning", Align::Left),
        ("source", Align::Left),
    ]);
    entries.into_iter().for_each(|entry| table.row(entry.cells));
    let view = RegistryView {
        banner: super::banner(page.abi),
        home: page.to(&page.text(&page.abi.title), "README.md"),
        name: name.to_owned(),
        explained,
        doc: page.doc(&meta.doc),
        source: source(page, &meta.source),
        table: table.finish(),
        free,
        notes: BulletList::new(notes),
    };
    super::output(&registry_path(name), &view)
}

/// The row of a capability.
fn capability<'a>(page: &Page<'_>, chain: &Chain, one: &'a Capability) -> RegistryRow<'a> {
    let body = match one.struct_ {
        Some(id) => format!("body: {}", page.struct_(id)),
        None => "the header alone".to_owned(),
    };
    RegistryRow {
        number: i128::from(one.id),
        name: &one.name,
        meta: Some(&one.meta),
        cells: [
            one.id.to_string(),
            page.name(&one.name),
            one.version.to_string(),
            since(page.abi, one.meta.since),
            deprecated(page, &one.meta),
            match page.abi.emitters(one).map(|emitters| emitters.is_empty()) {
                Some(true) => "not emitted".to_owned(),
                Some(false) => "emitted".to_owned(),
                None => String::new(),
            },
            with_notes(summary(page, &one.meta.doc), &[body]),
            other_source(page, &one.meta, &chain.meta),
        ],
    }
}

/// The row of a value of an id space.
fn value<'a>(page: &Page<'_>, group: &Group, one: &'a Value) -> RegistryRow<'a> {
    let payload: Vec<String> = payload(page, one).into_iter().collect();
    RegistryRow {
        number: one.number,
        name: &one.name,
        meta: Some(&one.meta),
        cells: [
            literal(page, group.is_flags(), one),
            page.name(&one.name),
            String::new(),
            since(page.abi, one.meta.since),
            deprecated(page, &one.meta),
            if one.meta.deprecated.is_some() { "kept" } else { "in use" }.to_owned(),
            with_notes(summary(page, &one.meta.doc), &payload),
            other_source(page, &one.meta, &group.meta),
        ],
    }
}

/// The row of a number that is used elsewhere.
fn reserved<'a>(page: &Page<'_>, one: &'a Reserved) -> RegistryRow<'a> {
    let mut cells = [const { String::new() }; 8];
    cells[0] = one.value.to_string();
    cells[1] = format!("`{}`", one.name);
    cells[5] = "reserved".to_owned();
    cells[6] = page.cell(&one.doc);
    RegistryRow { number: one.value, name: &one.name, meta: None, cells }
}

/// The space of numbers that the page is about.
fn space_of<'s, 'a>(
    spaces: &'s [NumberSpace<'a>],
    kind: SpaceKind,
    name: &str,
) -> &'s NumberSpace<'a> {
    let found = spaces.iter().find(|space| space.kind == kind && space.name == name);
    found.expect("every chain and every id space has a number space")
}

/// The rows of the claims that count.
fn claims<'a>(page: &Page<'_>, space: &NumberSpace<'a>) -> Vec<RegistryRow<'a>> {
    let current = space.uses.iter().filter_map(|one| one.current_claim());
    current.map(|(proposal, claim)| claimed(page, proposal, claim)).collect()
}

/// The row of a number that a proposal claims.
fn claimed<'a>(page: &Page<'_>, proposal: &Proposal, one: &'a Claim) -> RegistryRow<'a> {
    let mut cells = [const { String::new() }; 8];
    cells[0] = one.number.to_string();
    cells[1] = format!("`{}`", one.name);
    cells[5] = "proposed".to_owned();
    let by = format!("by {}", page.to(&page.text(&proposal.title), numbers::PATH));
    cells[6] = with_notes(page.cell(&one.doc), &[by]);
    RegistryRow { number: one.number, name: &one.name, meta: None, cells }
}

/// Its source, if different from that of the space.
fn other_source(page: &Page<'_>, meta: &Meta, around: &Meta) -> String {
    if meta.source == around.source { String::new() } else { source(page, &meta.source) }
}

fn deprecated(page: &Page<'_>, meta: &Meta) -> String {
    meta.deprecated.as_ref().map(|one| since(page.abi, one.since)).unwrap_or_default()
}

/// Numbers that have or had more than one user, and names that changed.
fn notes(page: &Page<'_>, entries: &[RegistryRow<'_>]) -> Vec<String> {
    let mut notes = Vec::new();
    for same in entries.chunk_by(|one, next| one.number == next.number) {
        if same.len() > 1 {
            let names: Vec<String> = same.iter().map(|entry| page.name(entry.name)).collect();
            notes.push(format!("{} is claimed by {}.", same[0].number, list(&names)));
        }
    }
    for entry in entries {
        let Some(meta) = entry.meta else { continue };
        for (number, until) in &meta.history.numbers {
            let others = entries.iter().filter(|other| other.number == *number);
            let names: Vec<String> = others.map(|other| page.name(other.name)).collect();
            let now = if names.is_empty() { "no one" } else { &list(&names) };
            let name = page.name(entry.name);
            notes.push(format!("{name} was {number} before {}; {now} holds that.", linux(*until)));
        }
        for (former, until) in &meta.history.names {
            let name = page.name(entry.name);
            notes.push(format!("{name} was called `{former}` before {}.", linux(*until)));
        }
    }
    notes
}
