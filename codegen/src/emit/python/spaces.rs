//! The tables by which the hand-written code walks chains in a space and reads their bodies.

use askama::Template;

use super::bodies::{BODY, PythonLayout, START, bits, condition, layouts};
use super::chains::tuple;
use super::comment;
use crate::emit::document::AbiDocument;
use crate::emit::document::capabilities::{CapabilityJson, KindJson};
use crate::emit::document::chains::{
    BitsJson, CapHeaderJson, ChainJson, ChainStartJson, SpaceFlagJson, SpaceJson,
};
use crate::emit::{escape, render};
use crate::names::{self, TableKind};

/// All chains in a space.
#[derive(Template)]
#[template(path = "python/spaces.py.jinja", escape = "none")]
struct PythonSpaces {
    names: Vec<String>,
    layouts: Vec<PythonLayout>,
    caps: Vec<PythonSpaceCap>,
    formats: Vec<PythonSpaceFormat>,
    chains: Vec<PythonSpaceChain>,
}

/// A capability.
struct PythonSpaceCap {
    table: String,
    id: String,
    name: String,
    required_size: String,
    layout: String,
    length: Option<String>,
    kinds: Vec<PythonKind>,
}

/// A kind of a capability.
struct PythonKind {
    conditions: String,
    table: String,
}

/// The format of the headers of capabilities.
struct PythonSpaceFormat {
    name: String,
    size: u64,
    id: String,
    version: String,
    next: String,
    mask: String,
    end: u64,
    from_space: &'static str,
    empty: Vec<PythonEmpty>,
}

/// Bits of a header with the values that mean that there is no capability.
struct PythonEmpty {
    bits: String,
    values: String,
}

/// A chain.
struct PythonSpaceChain {
    name: String,
    function: String,
    doc: String,
    format: String,
    bound: u64,
    end: u64,
    flag: String,
    start: Vec<String>,
    caps: Vec<String>,
    requires: Option<PythonRequirement>,
    companion: Option<PythonCompanion>,
}

/// The capability of another chain by whose bits fields exist.
struct PythonCompanion {
    chain: String,
    id: String,
}

/// Another chain, of whose capabilities one is required.
struct PythonRequirement {
    chain: String,
    ids: Vec<String>,
}

/// The chains in a space.
fn in_space<'a>(
    document: &'a AbiDocument<'_>,
) -> impl Iterator<Item = (&'a ChainJson<'a>, &'a SpaceJson<'a>)> {
    document.chains.iter().filter_map(|chain| Some((chain, chain.space.as_ref()?)))
}

/// Whether there are chains in a space.
pub(super) fn present(document: &AbiDocument<'_>) -> bool {
    in_space(document).next().is_some()
}

pub(super) fn file(document: &AbiDocument<'_>) -> String {
    let is_there =
        |cap: &&CapabilityJson<'_>| in_space(document).any(|(one, _)| one.name == cap.chain);
    let all: Vec<_> = document.capabilities.iter().filter(is_there).collect();
    // A table comes after those that it refers to.
    let (kinds, others): (Vec<_>, Vec<_>) = all.iter().copied().partition(|cap| cap.kind.is_some());
    let used =
        |header: &&CapHeaderJson<'_>| in_space(document).any(|(one, _)| one.header == header.name);
    let chains: Vec<_> =
        in_space(document).map(|(chain, space)| table(document, chain, space)).collect();
    let mut names: Vec<_> = chains.iter().map(|chain| chain.function.clone()).collect();
    names.sort();
    render::file(&PythonSpaces {
        names,
        layouts: layouts(document, &all),
        caps: kinds.iter().chain(&others).map(|cap| known_cap(document, cap)).collect(),
        formats: document.capability_headers.iter().filter(used).map(format_table).collect(),
        chains,
    })
}

fn known_cap(document: &AbiDocument<'_>, cap: &CapabilityJson<'_>) -> PythonSpaceCap {
    let kinds = document.capabilities.iter().filter_map(|one| {
        let kind =
            one.kind.as_ref().filter(|kind| kind.of == cap.name && one.chain == cap.chain)?;
        Some(PythonKind {
            conditions: kind_conditions(kind),
            table: names::python_cap(one.chain, one.short),
        })
    });
    PythonSpaceCap {
        table: names::python_cap(cap.chain, cap.short),
        id: names::python_item(cap.name),
        name: escape::string_literal(cap.short),
        required_size: tuple(cap.required_size.iter().map(|size| size.lp64.to_string())),
        layout: cap.struct_.map_or("space.Layout(())".to_owned(), |name| {
            names::python_table(name, TableKind::Layout)
        }),
        length: cap.length.as_ref().map(bits),
        kinds: kinds.collect(),
    }
}

/// The bits of a capability and of the space that make it a kind.
fn kind_conditions(kind: &KindJson<'_>) -> String {
    let one = |of: &str, place: &BitsJson<'_>, number: u64| {
        condition("                ", of, place, format!("(({number}, {number}),)"))
    };
    let own = kind.compared.iter().map(|(bits, number)| one(BODY, bits, *number));
    let space = kind.space.iter().flat_map(|condition| {
        condition.values.iter().map(|number| one(START, &condition.bits, *number))
    });
    own.chain(space).collect()
}

fn format_table(header: &CapHeaderJson<'_>) -> PythonSpaceFormat {
    let empty = header.empty.iter().map(|empty| PythonEmpty {
        bits: bits(&empty.bits),
        values: tuple(empty.values.iter().map(ToString::to_string)),
    });
    PythonSpaceFormat {
        name: names::python_table(header.name, TableKind::Format),
        size: header.size,
        id: bits(&header.id),
        version: header.version.as_ref().map_or("None".to_owned(), bits),
        next: bits(&header.next),
        mask: format!("{:#x}", header.mask.unwrap_or(u64::MAX)),
        end: header.end,
        from_space: if header.from_reply { "True" } else { "False" },
        empty: empty.collect(),
    }
}

fn table(
    document: &AbiDocument<'_>,
    chain: &ChainJson<'_>,
    space: &SpaceJson<'_>,
) -> PythonSpaceChain {
    let required = document.capabilities.iter();
    let mut required = required.filter(|cap| space.requires.contains(&cap.name)).peekable();
    let requires = required.peek().map(|cap| names::python_table(cap.chain, TableKind::Chain));
    let mut companions = document.capabilities.iter();
    let companion = companions.find(|cap| Some(cap.name) == space.companion);
    let caps = document.capabilities.iter();
    let caps = caps.filter(|cap| cap.chain == chain.name && cap.kind.is_none());
    let doc = format!("The capabilities of the chain `{}` in a space.", chain.name);
    PythonSpaceChain {
        name: names::python_table(chain.name, TableKind::Chain),
        function: names::python_caps(chain.name),
        doc: comment::docstring("    ", &[doc]),
        format: names::python_table(chain.header, TableKind::Format),
        bound: chain.bound,
        end: space.end,
        flag: space.flag.as_ref().map_or("None".to_owned(), |flag| {
            let SpaceFlagJson { offset, width, number, .. } = flag;
            format!("space.Flag({offset}, {width}, {number:#x})")
        }),
        start: start(&chain.start),
        caps: caps.map(|cap| names::python_cap(cap.chain, cap.short)).collect(),
        requires: requires.map(|chain| PythonRequirement {
            chain,
            ids: required.map(|cap| names::python_item(cap.name)).collect(),
        }),
        companion: companion.map(|cap| PythonCompanion {
            chain: names::python_table(cap.chain, TableKind::Chain),
            id: names::python_item(cap.name),
        }),
    }
}

/// The arguments by which the first capability is found.
fn start(start: &ChainStartJson<'_>) -> Vec<String> {
    match start {
        ChainStartJson::Fixed { offset } => vec![format!("offset={offset},")],
        ChainStartJson::FieldAt { offset, width, .. } => {
            vec![format!("place=({offset}, {width}),")]
        }
        ChainStartJson::Chosen { by, offsets, width, .. } => {
            let places = offsets.iter().map(|one| {
                format!(
                    "    (numbers.{}, ({}, {width})),",
                    names::python_item(one.constant),
                    one.offset
                )
            });
            let by = [format!("by={},", bits(by)), "places=(".to_owned()];
            by.into_iter().chain(places).chain(["),".to_owned()]).collect()
        }
        ChainStartJson::AtOffsetField { .. }
        | ChainStartJson::After { .. }
        | ChainStartJson::Unknown => Vec::new(),
    }
}
