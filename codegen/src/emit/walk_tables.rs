//! The tables by which hand-written code walks chains of replies, for the languages that are
//! emitted from the document: a language only spells what is in them.

use super::document::AbiDocument;
use super::document::capabilities::{CapArrayJson, CapabilityJson};
use super::document::chains::{
    BitsJson, CapHeaderJson, ChainJson, ChainStartJson, IntPlaceJson, ReplyPlacesJson,
};
use super::escape;
use crate::names::TableKind;

/// How a language writes tables.
pub(super) trait Spelling {
    const TRUE: &'static str;
    const FALSE: &'static str;
    /// The hand-written function that walks from an offset.
    const WALK_FROM: &'static str;
    /// The one that walks from where a field leads.
    const WALK_BY_FIELD: &'static str;

    /// The name of the table of an item.
    fn table(&self, item: &str, table: TableKind) -> String;
    /// The constant with the id of a capability.
    fn id(&self, constant: &str) -> String;
    /// The function that reads a reply which starts with a struct.
    fn parse(&self, host: &str) -> DocumentedName;
    /// The function that walks a chain in bytes without such a reply.
    fn caps(&self, chain: &str) -> DocumentedName;

    /// Some bits of an integer.
    fn bits(&self, bits: &BitsJson<'_>) -> String;
    /// An integer of so many bytes at an offset.
    fn place(&self, offset: u64, width: u64) -> String;
    /// An array at the end of a capability.
    fn array(&self, offset: u64, stride: u64, count: String) -> String;
    /// A value that can be missing.
    fn optional(&self, value: Option<String>) -> String;
    /// A list of sizes.
    fn sizes(&self, sizes: impl Iterator<Item = u64>) -> String;
    /// A list of places, each as offset and width.
    fn places(&self, places: impl Iterator<Item = (u64, u64)>) -> String;
}

/// A name with the comment for its definition.
pub(super) struct DocumentedName {
    pub(super) name: String,
    pub(super) doc: String,
}

/// The tables of an ABI.
pub(super) struct WalkTables {
    pub(super) formats: Vec<FormatTable>,
    pub(super) chains: Vec<ChainTable>,
}

/// The format of the headers of capabilities.
pub(super) struct FormatTable {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) min_size: u64,
    pub(super) id: String,
    pub(super) version: String,
    pub(super) next: String,
    pub(super) end: u64,
    pub(super) from_reply: &'static str,
}

/// A chain and its capabilities.
pub(super) struct ChainTable {
    pub(super) name: String,
    pub(super) format: String,
    pub(super) bound: u64,
    pub(super) caps: Vec<CapTable>,
    pub(super) replies: Option<RepliesTable>,
    pub(super) walk: Option<WalkFunction>,
}

/// A capability.
pub(super) struct CapTable {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) required_size: String,
    pub(super) array: String,
}

/// The replies before a chain, and the function that reads one.
pub(super) struct RepliesTable {
    pub(super) function: DocumentedName,
    pub(super) host: String,
    pub(super) minsz: u64,
    pub(super) argsz: u64,
    pub(super) flags: u64,
    pub(super) caps_flag: String,
    pub(super) cap_offset: u64,
    pub(super) appended: String,
}

/// The function that walks a chain in bytes without such a reply.
pub(super) struct WalkFunction {
    pub(super) function: DocumentedName,
    /// The hand-written function that it calls.
    pub(super) start: &'static str,
    /// Where that starts.
    pub(super) first: String,
}

/// Whether there are chains to walk.
pub(super) fn present(document: &AbiDocument<'_>) -> bool {
    walked(document).next().is_some()
}

/// All tables. Headers that no walked chain has get none.
pub(super) fn tables(document: &AbiDocument<'_>, spelling: &impl Spelling) -> WalkTables {
    let used =
        |header: &&CapHeaderJson<'_>| walked(document).any(|chain| chain.header == header.name);
    let formats = document.capability_headers.iter().filter(used);
    WalkTables {
        formats: formats.map(|header| format_table(spelling, header)).collect(),
        chains: walked(document).map(|chain| chain_table(document, spelling, chain)).collect(),
    }
}

/// The chains that are in no space, which has tables of its own.
fn walked<'a>(document: &'a AbiDocument<'_>) -> impl Iterator<Item = &'a ChainJson<'a>> {
    document.chains.iter().filter(|chain| chain.space.is_none())
}

fn format_table<S: Spelling>(spelling: &S, header: &CapHeaderJson<'_>) -> FormatTable {
    let version = header.version.as_ref();
    FormatTable {
        name: spelling.table(header.name, TableKind::Format),
        size: header.size,
        min_size: header.min_size,
        id: spelling.bits(&header.id),
        version: spelling.optional(version.map(|bits| spelling.bits(bits))),
        next: spelling.bits(&header.next),
        end: header.end,
        from_reply: if header.from_reply { S::TRUE } else { S::FALSE },
    }
}

fn chain_table(
    document: &AbiDocument<'_>,
    spelling: &impl Spelling,
    chain: &ChainJson<'_>,
) -> ChainTable {
    let caps = document.capabilities_of(chain.name).into_iter();
    ChainTable {
        name: spelling.table(chain.name, TableKind::Chain),
        format: spelling.table(chain.header, TableKind::Format),
        bound: chain.bound,
        caps: caps.map(|cap| cap_table(spelling, cap)).collect(),
        replies: replies(spelling, chain),
        walk: walk(spelling, chain),
    }
}

fn cap_table(spelling: &impl Spelling, cap: &CapabilityJson<'_>) -> CapTable {
    let array = |array: &CapArrayJson<'_>| {
        let count = array.count.as_ref().map(place);
        let count = spelling.optional(count.map(|(offset, width)| spelling.place(offset, width)));
        spelling.array(array.offset.lp64, array.stride.lp64, count)
    };
    CapTable {
        id: spelling.id(cap.name),
        name: escape::string_literal(cap.short),
        required_size: spelling.sizes(cap.required_size.iter().map(|size| size.lp64)),
        array: spelling.optional(cap.array.as_ref().map(array)),
    }
}

fn place(int: &IntPlaceJson<'_>) -> (u64, u64) {
    (int.offset.lp64, int.width)
}

fn replies(spelling: &impl Spelling, chain: &ChainJson<'_>) -> Option<RepliesTable> {
    let ChainStartJson::AtOffsetField { host, places, .. } = &chain.start else { return None };
    let ReplyPlacesJson { minsz, argsz, flags, cap_offset, flag, appended } = places;
    Some(RepliesTable {
        function: spelling.parse(host.host),
        host: spelling.table(chain.name, TableKind::Host),
        minsz: *minsz,
        argsz: *argsz,
        flags: *flags,
        caps_flag: format!("{flag:#x}"),
        cap_offset: *cap_offset,
        appended: spelling.places(appended.iter().map(place)),
    })
}

fn walk<S: Spelling>(spelling: &S, chain: &ChainJson<'_>) -> Option<WalkFunction> {
    let (start, first) = match &chain.start {
        ChainStartJson::Fixed { offset } | ChainStartJson::After { offset, .. } => {
            (S::WALK_FROM, offset.to_string())
        }
        ChainStartJson::FieldAt { offset, width, .. } => {
            (S::WALK_BY_FIELD, spelling.place(*offset, *width))
        }
        ChainStartJson::AtOffsetField { .. }
        | ChainStartJson::Chosen { .. }
        | ChainStartJson::Unknown => return None,
    };
    Some(WalkFunction { function: spelling.caps(chain.name), start, first })
}
