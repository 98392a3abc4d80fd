//! The tables by which the hand-written code walks chains, and the functions that start it.

use askama::Template;

use super::comment;
use crate::emit::document::AbiDocument;
use crate::emit::document::capabilities::{CapArrayJson, CapabilityJson};
use crate::emit::document::chains::{
    BitsJson, CapHeaderJson, ChainJson, ChainStartJson, IntPlaceJson, ReplyPlacesJson,
};
use crate::emit::{escape, render};
use crate::names;

/// All chains.
#[derive(Template)]
#[template(path = "python/chains.py.jinja", escape = "none")]
struct PythonChains {
    formats: Vec<PythonFormat>,
    chains: Vec<PythonChain>,
    names: Vec<String>,
}

/// The format of the headers of capabilities.
struct PythonFormat {
    name: String,
    size: u64,
    min_size: u64,
    id: String,
    version: String,
    next: String,
    end: u64,
    from_reply: &'static str,
}

/// A chain and its capabilities.
struct PythonChain {
    name: String,
    format: String,
    bound: u64,
    caps: Vec<PythonCap>,
    replies: Option<PythonReplyFunction>,
    walk: Option<PythonWalkFunction>,
}

/// A capability.
struct PythonCap {
    id: String,
    name: String,
    required_size: String,
    array: String,
}

/// The function that reads the reply before a chain.
struct PythonReplyFunction {
    doc: String,
    name: String,
    host: String,
    minsz: u64,
    argsz: u64,
    flags: u64,
    caps_flag: String,
    cap_offset: u64,
    appended: String,
}

/// The function that walks a chain without such a reply.
struct PythonWalkFunction {
    doc: String,
    name: String,
    /// The function of the hand-written module, and its last argument.
    start: &'static str,
    first: String,
}

/// Whether there are chains to walk.
pub(super) fn present(document: &AbiDocument<'_>) -> bool {
    walked(document).next().is_some()
}

pub(super) fn file(document: &AbiDocument<'_>) -> String {
    let chains: Vec<_> = walked(document).map(|chain| table(document, chain)).collect();
    let replies = chains.iter().filter_map(|one| Some(&one.replies.as_ref()?.name));
    let walks = chains.iter().filter_map(|one| Some(&one.walk.as_ref()?.name));
    let mut names: Vec<_> = replies.chain(walks).cloned().collect();
    names.sort();
    let used =
        |header: &&CapHeaderJson<'_>| walked(document).any(|chain| chain.header == header.name);
    let formats = document.capability_headers.iter().filter(used).map(format_table).collect();
    render::file(&PythonChains { formats, chains, names })
}

/// The chains that the hand-written code walks: those that are in no space.
fn walked<'a>(document: &'a AbiDocument<'_>) -> impl Iterator<Item = &'a ChainJson<'a>> {
    document.chains.iter().filter(|chain| chain.space.is_none())
}

fn format_table(header: &CapHeaderJson<'_>) -> PythonFormat {
    PythonFormat {
        name: names::python_format(header.name),
        size: header.size,
        min_size: header.min_size,
        id: bits(&header.id),
        version: header.version.as_ref().map_or("None".to_owned(), bits),
        next: bits(&header.next),
        end: header.end,
        from_reply: if header.from_reply { "True" } else { "False" },
    }
}

fn bits(one: &BitsJson<'_>) -> String {
    format!("walk.Bits(walk.Place({}, {}), {}, {})", one.offset, one.width, one.low, one.count)
}

fn table(document: &AbiDocument<'_>, chain: &ChainJson<'_>) -> PythonChain {
    let replies = match &chain.start {
        ChainStartJson::AtOffsetField { host, places, .. } => {
            Some(replies(document, chain, host.host, places))
        }
        _ => None,
    };
    PythonChain {
        name: names::python_chain(chain.name),
        format: names::python_format(chain.header),
        bound: chain.bound,
        caps: document.capabilities_of(chain.name).into_iter().map(cap).collect(),
        replies,
        walk: walk(chain),
    }
}

fn cap(one: &CapabilityJson<'_>) -> PythonCap {
    let sizes = one.required_size.iter().map(|size| size.lp64.to_string());
    PythonCap {
        id: names::python(one.name),
        name: escape::string_literal(one.short),
        required_size: tuple(sizes),
        array: one.array.as_ref().map_or("None".to_owned(), array),
    }
}

pub(super) fn tuple(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    let comma = if items.len() == 1 { "," } else { "" };
    format!("({}{comma})", items.join(", "))
}

fn array(array: &CapArrayJson<'_>) -> String {
    let count = array.count.as_ref().map_or("None".to_owned(), place);
    format!("walk.CapArray({}, {}, {count})", array.offset.lp64, array.stride.lp64)
}

fn place(int: &IntPlaceJson<'_>) -> String {
    format!("walk.Place({}, {})", int.offset.lp64, int.width)
}

fn replies(
    document: &AbiDocument<'_>,
    chain: &ChainJson<'_>,
    host: &str,
    places: &ReplyPlacesJson<'_>,
) -> PythonReplyFunction {
    let doc = format!("Reads a reply that starts with `{host}`.");
    let ReplyPlacesJson { minsz, argsz, flags, cap_offset, flag, appended } = places;
    PythonReplyFunction {
        doc: comment::docstring("    ", &[doc]),
        name: names::python_parse(document.prefix, host),
        host: names::python_host(chain.name),
        minsz: *minsz,
        argsz: *argsz,
        flags: *flags,
        caps_flag: format!("{flag:#x}"),
        cap_offset: *cap_offset,
        appended: tuple(appended.iter().map(place)),
    }
}

fn walk(chain: &ChainJson<'_>) -> Option<PythonWalkFunction> {
    let (start, first) = match &chain.start {
        ChainStartJson::Fixed { offset } | ChainStartJson::After { offset, .. } => {
            ("walk_from", offset.to_string())
        }
        ChainStartJson::FieldAt { offset, width, .. } => {
            ("walk_by_field", format!("walk.Place({offset}, {width})"))
        }
        ChainStartJson::AtOffsetField { .. }
        | ChainStartJson::Chosen { .. }
        | ChainStartJson::Unknown => return None,
    };
    let doc = format!("Walks the chain `{}` in these bytes.", chain.name);
    let name = names::python_caps(chain.name);
    let doc = comment::docstring("    ", &[doc]);
    Some(PythonWalkFunction { doc, name, start, first })
}
