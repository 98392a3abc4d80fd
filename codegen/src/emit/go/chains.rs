//! The tables by which the hand-written code walks chains, and the functions that start it.

use askama::Template;

use super::comment;
use super::names::GoNames;
use crate::emit::document::AbiDocument;
use crate::emit::document::capabilities::{CapArrayJson, CapabilityJson};
use crate::emit::document::chains::{
    BitsJson, CapHeaderJson, ChainJson, ChainStartJson, IntPlaceJson, ReplyPlacesJson,
};
use crate::emit::{escape, render};
use crate::names;

/// All chains.
#[derive(Template)]
#[template(path = "go/chains.go.jinja", escape = "none")]
struct GoChains {
    package: String,
    formats: Vec<GoFormat>,
    chains: Vec<GoChain>,
    uses_order: bool,
}

/// The format of the headers of capabilities.
struct GoFormat {
    name: String,
    size: u64,
    min_size: u64,
    id: String,
    version: String,
    next: String,
    end: u64,
    from_reply: bool,
}

/// A chain and its capabilities.
struct GoChain {
    name: String,
    format: String,
    bound: u64,
    caps: Vec<String>,
    replies: Option<GoReplyFunction>,
    walk: Option<GoWalkFunction>,
}

/// The function that reads the reply before a chain.
struct GoReplyFunction {
    doc: String,
    name: String,
    host: String,
    places: String,
    appended: String,
}

/// The function that walks a chain without such a reply.
struct GoWalkFunction {
    doc: String,
    name: String,
    /// The function of the runtime, and its last argument.
    start: String,
    first: String,
}

pub(super) fn file(document: &AbiDocument<'_>, names: &GoNames<'_>) -> String {
    let chains: Vec<_> = walked(document).map(|chain| table(document, names, chain)).collect();
    let uses_order = chains.iter().any(|one| one.replies.is_some() || one.walk.is_some());
    let used =
        |header: &&CapHeaderJson<'_>| walked(document).any(|chain| chain.header == header.name);
    let formats = document.capability_headers.iter().filter(used).map(format_table).collect();
    render::file(&GoChains { package: names.package.clone(), formats, chains, uses_order })
}

/// The chains that the hand-written code walks: those that are in no space.
fn walked<'a>(document: &'a AbiDocument<'_>) -> impl Iterator<Item = &'a ChainJson<'a>> {
    document.chains.iter().filter(|chain| chain.space.is_none())
}

fn format_table(header: &CapHeaderJson<'_>) -> GoFormat {
    GoFormat {
        name: names::go_format(header.name),
        size: header.size,
        min_size: header.min_size,
        id: bits(&header.id),
        version: header.version.as_ref().map_or("nil".to_owned(), |one| ["&", &bits(one)].concat()),
        next: bits(&header.next),
        end: header.end,
        from_reply: header.from_reply,
    }
}

fn bits(one: &BitsJson<'_>) -> String {
    format!("bits{{place{{{}, {}}}, {}, {}}}", one.offset, one.width, one.low, one.count)
}

fn table(document: &AbiDocument<'_>, names: &GoNames<'_>, chain: &ChainJson<'_>) -> GoChain {
    let replies = match &chain.start {
        ChainStartJson::AtOffsetField { host, places, .. } => {
            Some(replies(names, chain, host.host, places))
        }
        _ => None,
    };
    GoChain {
        name: names::go_chain(chain.name),
        format: names::go_format(chain.header),
        bound: chain.bound,
        caps: document.capabilities_of(chain.name).into_iter().map(cap).collect(),
        replies,
        walk: walk(chain),
    }
}

fn cap(one: &CapabilityJson<'_>) -> String {
    let sizes: Vec<_> = one.required_size.iter().map(|size| size.lp64.to_string()).collect();
    let array = one.array.as_ref().map_or("nil".to_owned(), array);
    let sizes = sizes.join(", ");
    let short = escape::string_literal(one.short);
    format!("{{{}, {short}, []uint64{{{sizes}}}, {array}}}", one.name)
}

fn array(array: &CapArrayJson<'_>) -> String {
    let count =
        array.count.as_ref().map_or("nil".to_owned(), |one| ["&place", &place(one)].concat());
    format!("&capArray{{{}, {}, {count}}}", array.offset.lp64, array.stride.lp64)
}

fn place(int: &IntPlaceJson<'_>) -> String {
    format!("{{{}, {}}}", int.offset.lp64, int.width)
}

fn replies(
    names: &GoNames<'_>,
    chain: &ChainJson<'_>,
    host: &str,
    places: &ReplyPlacesJson<'_>,
) -> GoReplyFunction {
    let type_ = names.struct_(host);
    let name = names::go_parse(&type_);
    let doc = format!("{name} reads a reply that starts with {type_}.");
    let ReplyPlacesJson { minsz, argsz, flags, cap_offset, flag, appended } = places;
    GoReplyFunction {
        doc: comment::of("", &[doc]),
        name,
        host: names::go_host(chain.name),
        places: format!("{minsz}, {argsz}, {flags}, {cap_offset}, {flag:#x}"),
        appended: appended.iter().map(place).collect::<Vec<_>>().join(", "),
    }
}

fn walk(chain: &ChainJson<'_>) -> Option<GoWalkFunction> {
    let (start, first) = match &chain.start {
        ChainStartJson::Fixed { offset } | ChainStartJson::After { offset, .. } => {
            ("newCaps", offset.to_string())
        }
        ChainStartJson::FieldAt { offset, width, .. } => {
            ("newCapsByField", format!("place{{{offset}, {width}}}"))
        }
        ChainStartJson::AtOffsetField { .. }
        | ChainStartJson::Chosen { .. }
        | ChainStartJson::Unknown => return None,
    };
    let name = names::caps(chain.name);
    let doc = format!("{name} walks the chain in these bytes.");
    Some(GoWalkFunction { doc: comment::of("", &[doc]), name, start: start.to_owned(), first })
}
