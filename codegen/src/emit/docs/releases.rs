//! A page for each release that changed something: additions, changes,
//! deprecations, and handlers with changed reply rules.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use super::bullet_list::BulletList;
use super::changelog::{self, ItemHistory};
use super::links::{Links, release_path};
use super::matrix;
use super::metadata::{source, with_notes};
use super::page::Page;
use super::phrases::{linux, list};
use super::section::summary;
use crate::emit::since::first_releases;
use crate::ir::{Abi, Handler, Ioctl};
use crate::output::OutputFile;
use crate::release::Release;

/// The data of the template.
#[derive(Template)]
#[template(path = "release.md.jinja", escape = "none")]
struct ReleaseView {
    banner: String,
    home: String,
    before: Option<String>,
    next: Option<String>,
    title: String,
    candidate_of: Option<String>,
    parts: Vec<ReleasePartView>,
}

/// Items with the same description.
struct ReleasePartView {
    title: &'static str,
    items: BulletList,
}

/// A page for each release that changed something and for each candidate, and the matrix,
/// which links to them.
pub(super) fn files(
    abi: &Abi,
    links: &Links<'_>,
    histories: &[ItemHistory<'_>],
) -> Vec<OutputFile> {
    let by_release = changelog::by_release(abi, histories);
    let ioctls = changed_ioctls(abi);
    let described = abi.releases.iter().filter(|release| **release <= abi.release);
    let parts = described.map(|release| {
        let path = release_path(*release);
        let changed = by_release.get(release).map(Vec::as_slice).unwrap_or_default();
        let ioctls = ioctls.get(release).map(Vec::as_slice).unwrap_or_default();
        (*release, parts(&Page::new(abi, links, &path), histories, (changed, ioctls), *release))
    });
    let parts = parts.filter(|(release, parts)| !parts.is_empty() || release.is_candidate());
    let (releases, parts): (Vec<_>, Vec<_>) = parts.unzip();
    let files = parts.into_iter().enumerate().map(|(index, parts)| {
        let path = release_path(releases[index]);
        file(&Page::new(abi, links, &path), &releases, index, parts)
    });
    let matrix = matrix::file(&Page::new(abi, links, matrix::PATH), histories, &releases);
    files.chain([matrix]).collect()
}

/// The page of one of the releases that have a page.
fn file(
    page: &Page<'_>,
    releases: &[Release],
    index: usize,
    parts: Vec<ReleasePartView>,
) -> OutputFile {
    let release = releases[index];
    let link = |release: &Release| page.to(&release.bare(), &release_path(*release));
    let whole = releases.iter().find(|other| other.is_final_of(release));
    let view = ReleaseView {
        banner: super::banner(page.abi),
        home: page.to(&page.text(&page.abi.title), "README.md"),
        before: index.checked_sub(1).map(|before| link(&releases[before])),
        next: releases.get(index + 1).map(link),
        title: linux(release),
        candidate_of: whole.map(link),
        parts,
    };
    super::output(&release_path(release), &view)
}

/// The parts of the page of a release, from all histories, and from those and the ioctls that
/// change in it.
fn parts(
    page: &Page<'_>,
    all: &[ItemHistory<'_>],
    (histories, ioctls): (&[&ItemHistory<'_>], &[&Ioctl]),
    release: Release,
) -> Vec<ReleasePartView> {
    let abi = page.abi;
    let new = histories.iter().filter(|history| {
        !history.with_owner && changelog::shown_in(abi, history.meta.since.first()) == Some(release)
    });
    let changed = histories.iter().flat_map(|history| changes(page, history, release));
    let deprecated = histories.iter().filter_map(|history| deprecation(page, history, release));
    let handlers = ioctls.iter().flat_map(|ioctl| behaviour(page, ioctl, release));
    let parts = [
        ("Different in the release", BulletList::new(unlike(page, all, release))),
        ("New", BulletList::new(new.map(|history| came(page, history)))),
        ("Changed", BulletList::new(changed)),
        ("Deprecated", BulletList::new(deprecated)),
        ("Handlers", BulletList::new(handlers)),
    ];
    let parts = parts.into_iter();
    parts.filter_map(|(title, items)| Some(ReleasePartView { title, items: items? })).collect()
}

/// The numbers that only a candidate has.
fn unlike(page: &Page<'_>, all: &[ItemHistory<'_>], release: Release) -> Vec<String> {
    let last = page.abi.releases.iter().find(|final_| final_.is_final_of(release));
    let Some(last) = last else { return Vec::new() };
    let there = all.iter().filter(|history| history.was_renumbered());
    let there = there.filter(|history| history.meta.since.covers(release));
    let changed = there.filter_map(|history| {
        let (here, then) = (history.number_at(release)?, history.number_at(*last)?);
        let what = called(page, history);
        (here != then).then(|| format!("{what} is {here}, but {then} in {}", linux(*last)))
    });
    changed.collect()
}

/// The name of an item, after its kind.
fn called(page: &Page<'_>, history: &ItemHistory<'_>) -> String {
    match history.owner {
        Some(owner) => ["field `", history.name, "` of ", &page.name(owner)].concat(),
        None => [history.kind, " ", &page.name(history.name)].concat(),
    }
}

fn came(page: &Page<'_>, history: &ItemHistory<'_>) -> String {
    let (earliest, first) = first_releases(&page.abi.releases, history.meta.since);
    let mut notes = match earliest == first {
        true => Vec::new(),
        false => vec![format!("maybe already in {}", linux(earliest))],
    };
    if history.name_at(first) != history.name {
        notes.push(format!("called `{}` then", history.name_at(first)));
    }
    let what = with_notes(called(page, history), &notes);
    sentence(&what, &summary(page, &history.meta.doc))
}

/// An item and its description.
fn sentence(what: &str, notes: &str) -> String {
    if notes.is_empty() { what.to_owned() } else { [what, ": ", notes].concat() }
}

/// The changes of an existing item in a release.
fn changes(page: &Page<'_>, history: &ItemHistory<'_>, release: Release) -> Vec<String> {
    let here = |change: &Release| changelog::shown_in(page.abi, *change) == Some(release);
    let meta = history.meta;
    // Most items were only added.
    if history.change_releases().len() == 1 {
        return Vec::new();
    }
    let what = called(page, history);
    let names = meta.history.names.iter().filter(|(_, change)| here(change));
    let names = names.map(|(name, _)| format!("{what}, formerly `{name}`"));
    let numbers = history.renumbered.iter().filter(|(_, change)| here(change));
    let numbers = numbers.map(|(number, change)| {
        let now = history.number_at(change.opening()).map(|number| number.to_string());
        format!("{what} is now {}, formerly {number}", now.unwrap_or_default())
    });
    let types = history.retyped().filter(|(_, change)| here(change));
    let types = types.map(|(type_, _)| format!("{what}, formerly of type `{type_}`"));
    let texts = meta.history.texts.iter().filter(|change| here(change));
    let texts = texts.map(|_| format!("the text of {what} changed"));
    names.chain(numbers).chain(types).chain(texts).collect()
}

fn deprecation(page: &Page<'_>, history: &ItemHistory<'_>, release: Release) -> Option<String> {
    let deprecated = history.meta.deprecated.as_ref()?;
    let here = changelog::shown_in(page.abi, deprecated.since.first()) == Some(release);
    here.then(|| sentence(&called(page, history), &page.cell(&deprecated.doc)))
}

/// The ioctls with handlers that came, changed or went, for each described release.
fn changed_ioctls(abi: &Abi) -> BTreeMap<Release, Vec<&Ioctl>> {
    let mut changed = BTreeMap::<_, Vec<_>>::new();
    for ioctl in &abi.ioctls {
        let ends = ioctl.handlers.iter().flat_map(|one| [Some(one.since.first()), one.until]);
        let shown = ends.flatten().filter_map(|change| changelog::shown_in(abi, change));
        for release in shown.collect::<BTreeSet<_>>() {
            changed.entry(release).or_default().push(ioctl);
        }
    }
    changed
}

/// The handlers of an ioctl with new rules, and those that no longer serve it.
fn behaviour(page: &Page<'_>, ioctl: &Ioctl, release: Release) -> Vec<String> {
    let here = |change: Release| changelog::shown_in(page.abi, change) == Some(release);
    let name = page.name(&ioctl.name);
    let came = ioctl.handlers.iter().filter(|handler| here(handler.since.first()));
    let came = came.map(|handler| {
        let rules = format!("{name}: `{}`, {}", handler.name, source(page, &handler.source));
        sentence(&rules, &page.cell(&handler.doc))
    });
    let follows = |one: &Handler, other: &Handler| {
        one.name == other.name && Some(other.since.first()) == one.until
    };
    let went = ioctl.handlers.iter().filter(|one| one.until.is_some_and(here));
    let went = went.filter(|one| !ioctl.handlers.iter().any(|other| follows(one, other)));
    let went: Vec<_> = went.map(|handler| format!("`{}`", handler.name)).collect();
    let went = (!went.is_empty()).then(|| format!("{name}: no longer served by {}", list(&went)));
    came.chain(went).collect()
}
