//! The page of numbers: the spaces with their next free number, the claims of
//! proposals, and the numbers that several names want.

use askama::Template;

use super::bullet_list::BulletList;
use super::links::registry_path;
use super::page::Page;
use super::phrases::{list, since};
use super::table::{Align, Table};
use crate::ir::{Holder, NumberSpace, NumberUse, Proposal, SpaceKind};
use crate::output::OutputFile;

/// Its path; no subject can have a page there.
pub(super) const PATH: &str = "numbers.md";

/// The data of the template.
#[derive(Template)]
#[template(path = "numbers.md.jinja", escape = "none")]
struct NumbersView {
    banner: String,
    home: String,
    spaces: Option<String>,
    contentions: Option<BulletList>,
    claims: Option<String>,
    proposals: Option<String>,
}

/// The page.
pub(super) fn file(page: &Page<'_>, all: &[NumberSpace<'_>]) -> OutputFile {
    let contentions = all.iter().flat_map(|space| contentions(page, space));
    let view = NumbersView {
        banner: super::banner(page.abi),
        home: page.to(&page.text(&page.abi.title), "README.md"),
        contentions: BulletList::new(contentions),
        claims: claims(page, all),
        proposals: proposals(page),
        spaces: spaces(page, all),
    };
    super::output(PATH, &view)
}

fn spaces(page: &Page<'_>, all: &[NumberSpace<'_>]) -> Option<String> {
    let mut table = Table::new([
        ("kind", Align::Left),
        ("space", Align::Left),
        ("taken", Align::Right),
        ("claimed", Align::Right),
        ("next free", Align::Whole),
    ]);
    for space in all {
        let taken = space.uses.iter().filter(|one| matches!(one.holder, Holder::Abi(_))).count();
        let claimed = space.uses.iter().filter(|one| one.current_claim().is_some()).count();
        table.row([
            space.kind.word().to_owned(),
            name(page, space),
            taken.to_string(),
            if claimed == 0 { String::new() } else { claimed.to_string() },
            space.next_free.map_or_else(|| "none".to_owned(), |free| number(page, space, free)),
        ]);
    }
    table.finish()
}

/// The name of a space, linked to its registry if it has one.
fn name(page: &Page<'_>, space: &NumberSpace<'_>) -> String {
    let code = format!("`{}`", space.name);
    let chain = space.kind == SpaceKind::Capabilities && page.abi.find_chain(&space.name).is_some();
    let ids = space.kind == SpaceKind::Ids
        && page.abi.groups.iter().any(|group| group.name == space.name);
    if chain || ids { page.to(&code, &registry_path(&space.name)) } else { code }
}

/// A number as the header of its space writes it.
fn number(page: &Page<'_>, space: &NumberSpace<'_>, number: i128) -> String {
    match (space.kind, &page.abi.ioctl_numbers) {
        (SpaceKind::Ioctls, Some(numbers)) => format!("`{} + {number}`", numbers.base_name),
        (SpaceKind::Flags, _) => format!("bit {number}"),
        _ => number.to_string(),
    }
}

fn contentions(page: &Page<'_>, space: &NumberSpace<'_>) -> Vec<String> {
    let told = |uses: &Vec<NumberUse<'_>>| {
        let names: Vec<_> = uses.iter().map(|one| user(page, one)).collect();
        let number = number(page, space, uses.first()?.number);
        Some(format!("{number} of {}: {}.", name(page, space), list(&names)))
    };
    space.contended().iter().filter_map(told).collect()
}

/// A user of a number, and since when or in which proposal.
fn user(page: &Page<'_>, one: &NumberUse<'_>) -> String {
    let name = page.name(one.name);
    match one.holder {
        Holder::Abi(meta) => format!("{name} (since {})", since(page.abi, meta.since)),
        Holder::Tree(_) => format!("{name} (reserved)"),
        Holder::Proposal(proposal, _) => {
            let posted = proposal.posted.as_ref().map(|day| format!(", posted {day}"));
            let title = page.text(&proposal.title);
            format!("{name} ({title}{})", posted.unwrap_or_default())
        }
    }
}

fn claims(page: &Page<'_>, all: &[NumberSpace<'_>]) -> Option<String> {
    let mut table = Table::new([
        ("space", Align::Left),
        ("number", Align::Whole),
        ("name", Align::Left),
        ("proposal", Align::Left),
        ("meaning", Align::Left),
    ]);
    for space in all {
        for (proposal, claim) in space.uses.iter().filter_map(|one| one.current_claim()) {
            table.row([
                name(page, space),
                number(page, space, claim.number),
                format!("`{}`", claim.name),
                page.text(&proposal.title),
                page.cell(&claim.doc),
            ]);
        }
    }
    table.finish()
}

/// Every proposal with its date, source and fate.
fn proposals(page: &Page<'_>) -> Option<String> {
    let mut table = Table::new([
        ("proposal", Align::Left),
        ("file", Align::Left),
        ("posted", Align::Whole),
        ("replaced by", Align::Left),
        ("source", Align::Left),
    ]);
    for proposal in &page.abi.proposals {
        let Proposal { name, title, source, posted, replaced_by, .. } = proposal;
        table.row([
            page.text(title),
            format!("`{name}.yaml`"),
            posted.clone().unwrap_or_default(),
            replaced_by.as_ref().map(|name| format!("`{name}.yaml`")).unwrap_or_default(),
            page.text(source),
        ]);
    }
    table.finish()
}
