//! Regions with a space of another ABI: the bits that each handler keeps, and the
//! capabilities that it shows.

use askama::Template;

use super::metadata::source;
use super::page::Page;
use super::phrases::span;
use super::table::{Align, Table};
use crate::emit::render;
use crate::ir::{
    BitsAt, KeptBits, Region, RegionHandler, ReleaseSpan, ShownCap, ShownChain, ShownLength,
};
use crate::reply::{FirstHidden, KeptValue};

/// The data of the template.
#[derive(Template)]
#[template(path = "region.md.jinja", escape = "none")]
struct RegionDocView {
    name: String,
    doc: String,
    index: String,
    space: String,
    handlers: Vec<RegionHandlerView>,
}

/// A handler of a region.
struct RegionHandlerView {
    name: String,
    doc: String,
    releases: String,
    source: String,
    keeps: Option<String>,
    chains: Vec<ShownChainView>,
}

/// A chain of which a handler shows capabilities.
struct ShownChainView {
    name: String,
    first_hidden: &'static str,
    none: Option<String>,
    shows: Option<String>,
    keeps: Option<String>,
}

/// The region's part of its page.
pub(super) fn block(page: &Page<'_>, region: &Region) -> String {
    let view = RegionDocView {
        name: region.name.clone(),
        doc: page.doc(&region.doc),
        index: page.name(&region.name),
        space: region.space.clone(),
        handlers: region.handlers.iter().map(|one| handler(page, one)).collect(),
    };
    render::text(&view)
}

fn handler(page: &Page<'_>, handler: &RegionHandler) -> RegionHandlerView {
    RegionHandlerView {
        name: handler.name.clone(),
        doc: page.doc(&handler.doc),
        releases: releases(page, handler.releases),
        source: source(page, &handler.source),
        keeps: kept_table(page, handler.keeps.iter().map(|kept| ("", kept))),
        chains: handler.chains.iter().map(|chain| shown_chain(page, chain)).collect(),
    }
}

fn shown_chain(page: &Page<'_>, chain: &ShownChain) -> ShownChainView {
    let mut shows = Table::new([
        ("capability", Align::Left),
        ("releases", Align::Whole),
        ("bytes", Align::Left),
    ]);
    for cap in &chain.shows {
        shows.row([format!("`{}`", cap.name), releases(page, cap.releases), length(cap)]);
    }
    let every = chain.keeps.iter().map(|kept| ("", kept));
    let own = chain
        .shows
        .iter()
        .flat_map(|cap| cap.keeps.iter().map(move |kept| (cap.name.as_str(), kept)));
    ShownChainView {
        name: chain.chain.clone(),
        first_hidden: match chain.first_hidden {
            FirstHidden::Unlinked => "the offset before the chain leads to the next one",
            FirstHidden::Anchor => "its header stays, with id 0, version 0 and its next offset",
        },
        none: chain.none.map(bits),
        shows: shows.finish(),
        keeps: kept_table(page, every.chain(own)),
    }
}

fn kept_table<'a>(
    page: &Page<'_>,
    keeps: impl Iterator<Item = (&'a str, &'a KeptBits)>,
) -> Option<String> {
    let mut table = Table::new([
        ("capability", Align::Left),
        ("bytes", Align::Left),
        ("releases", Align::Whole),
        ("read", Align::Left),
        ("condition", Align::Left),
        ("content", Align::Left),
    ]);
    for (cap, kept) in keeps {
        table.row([
            if cap.is_empty() { String::new() } else { format!("`{cap}`") },
            bits(kept.bits),
            releases(page, kept.releases),
            match kept.value {
                KeptValue::Device => "a copy".to_owned(),
                KeptValue::Zero => "0".to_owned(),
                KeptValue::One => "1".to_owned(),
                KeptValue::Host => "from the host".to_owned(),
            },
            kept.when.map(condition).unwrap_or_default(),
            page.cell(&kept.doc),
        ]);
    }
    table.finish()
}

/// Releases, unless they are all.
fn releases(page: &Page<'_>, releases: ReleaseSpan) -> String {
    span(page.abi, releases.since, releases.until)
}

/// A place, such as `0x06..0x08 & 0x10`.
fn bits(bits: BitsAt) -> String {
    let BitsAt { at, size, mask } = bits;
    let whole = mask == u64::MAX >> (64 - 8 * size.clamp(1, 8));
    match whole {
        true => format!("`{at:#04x}..{:#04x}`", at + size),
        false => format!("`{at:#04x}..{:#04x} & {mask:#x}`", at + size),
    }
}

fn condition(condition: crate::ir::BitsAre) -> String {
    match condition.number {
        Some(number) => format!("{} is {number:#x}", bits(condition.bits)),
        None => format!("{} is not 0", bits(condition.bits)),
    }
}

fn length(cap: &ShownCap) -> String {
    match cap.length {
        ShownLength::Least(length) => format!("at least {length}"),
        ShownLength::In(field) => format!("as {} has it; hidden if 0", bits(field)),
    }
}
