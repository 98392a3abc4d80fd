//! The tables by which the hand-written code walks chains in a space and reads their bodies.

use askama::Template;

use super::chains::tuple;
use super::{comment, rendered};
use crate::emit::document::AbiDocument;
use crate::emit::document::bodies::{PresenceJson, QuantityJson};
use crate::emit::document::capabilities::{CapArrayJson, CapabilityJson, KindJson};
use crate::emit::document::chains::{
    BitsJson, BitsValuesJson, CapHeaderJson, ChainJson, ChainStartJson, SpaceFlagJson, SpaceJson,
};
use crate::emit::document::structs::{FieldJson, StructJson, TypeJson};
use crate::emit::escape;
use crate::ir::Role;
use crate::names;

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

/// The layout of the body of a capability, or of an element of an array.
struct PythonLayout {
    name: String,
    fields: Vec<String>,
    array: Option<PythonArray>,
    compact: bool,
    length: Option<String>,
}

/// The array at the end of a body.
struct PythonArray {
    values: String,
    count: Option<String>,
    conditions: String,
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
    rendered(&PythonSpaces {
        names,
        layouts: layouts(document, &all),
        caps: kinds.iter().chain(&others).map(|cap| known_cap(document, cap)).collect(),
        formats: document.capability_headers.iter().filter(used).map(format_table).collect(),
        chains,
    })
}

/// The layouts of elements and of bodies, each struct once.
fn layouts(document: &AbiDocument<'_>, caps: &[&CapabilityJson<'_>]) -> Vec<PythonLayout> {
    let mut layouts: Vec<PythonLayout> = Vec::new();
    let mut add = |layout: PythonLayout| {
        if layouts.iter().all(|other| other.name != layout.name) {
            layouts.push(layout);
        }
    };
    for cap in caps {
        let Some(body) = cap.struct_.and_then(|name| document.struct_(name)) else { continue };
        let array = cap.array.as_ref();
        let array = array.and_then(|array| Some((array, body.field(array.field)?)));
        if let Some(element) = array.and_then(|(_, field)| document.struct_(element(field)?)) {
            add(layout(element, None));
        }
        add(layout(body, array.map(|(array, field)| array_table(array, field))));
    }
    layouts
}

/// The struct of the elements of an array.
fn element<'a>(array: &FieldJson<'a>) -> Option<&'a str> {
    match &array.type_ {
        TypeJson::Flexible { element, .. } => match **element {
            TypeJson::Struct { struct_ } => Some(struct_),
            _ => None,
        },
        _ => None,
    }
}

fn layout_name(struct_: &str) -> String {
    names::screaming(&[struct_, "_layout"].concat())
}

fn layout(one: &StructJson<'_>, array: Option<PythonArray>) -> PythonLayout {
    let fixed = one.fields.iter().filter(|field| !matches!(field.type_, TypeJson::Flexible { .. }));
    PythonLayout {
        name: layout_name(one.name),
        fields: fixed.map(field).collect(),
        array,
        compact: one.compact,
        length: one.length.as_ref().map(|length| quantity("    ", 0, length)),
    }
}

/// A field; one whose number has no meaning has no name.
fn field(one: &FieldJson<'_>) -> String {
    let (width, count) = match &one.type_ {
        TypeJson::Array { element, length, .. } if is_integer(element) => {
            (one.size.lp64 / length, format!(", count={length}"))
        }
        _ => (one.size.lp64, String::new()),
    };
    let shown = match &one.type_ {
        TypeJson::Array { element, .. } => is_integer(element),
        other => is_integer(other),
    };
    let name = if shown && one.role != Role::Reserved { one.name } else { "" };
    let version =
        if one.version > 1 { format!(", version={}", one.version) } else { String::new() };
    let values =
        format!("{}, {}, {width}{count}{version}", escape::string_literal(name), one.offset.lp64);
    match one.exists_if.is_empty() {
        true => format!("        space.Field({values}),"),
        false => {
            let conditions = conditions("            ", &one.exists_if);
            format!("        space.Field(\n            {values},\n{conditions}        ),")
        }
    }
}

fn is_integer(type_: &TypeJson<'_>) -> bool {
    matches!(type_, TypeJson::Int { .. })
}

/// The argument with conditions; nothing without any.
fn conditions(indent: &str, all: &[PresenceJson<'_>]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let one = |one: &PresenceJson<'_>| {
        let numbers = one.numbers.iter().map(|[first, last]| format!("({first}, {last})"));
        condition(&[indent, "    "].concat(), one.space.is_some(), &one.bits, tuple(numbers))
    };
    let lines: String = all.iter().map(one).collect();
    format!("{indent}conditions=(\n{lines}{indent}),\n")
}

fn condition(indent: &str, at_start: bool, of: &BitsJson<'_>, numbers: String) -> String {
    let at_start = if at_start { "True" } else { "False" };
    format!(
        "{indent}space.Condition(\n{indent}    {at_start},\n{indent}    {},\n{indent}    {numbers},\n\
         {indent}),\n",
        bits(of)
    )
}

fn bits(one: &BitsJson<'_>) -> String {
    format!("space.Bits({}, {}, {}, {})", one.offset, one.width, one.low, one.count)
}

fn quantity(indent: &str, start: u64, one: &QuantityJson<'_>) -> String {
    let QuantityJson { plus, unit, .. } = one;
    let (more, bits) = (format!("{indent}    "), bits(&one.bits));
    format!("space.Quantity(\n{more}{start}, {bits}, {plus}, {unit}\n{indent})")
}

fn array_table(array: &CapArrayJson<'_>, field: &FieldJson<'_>) -> PythonArray {
    let indent = "        ";
    let (start, stride) = (array.offset.lp64, array.stride.lp64);
    let field_count = array.count.as_ref().map(|count| {
        let bits = count.width * 8;
        let more = format!(
            "{indent}    0, space.Bits({}, {}, 0, {bits}), 0, 1",
            count.offset.lp64, count.width
        );
        format!("space.Quantity(\n{more}\n{indent})")
    });
    let count = field
        .count
        .as_ref()
        .map(|count| quantity(indent, if count.first_of.is_some() { start } else { 0 }, count));
    let element = element(field).map_or("None".to_owned(), layout_name);
    PythonArray {
        values: format!(
            "{indent}{},\n{indent}{start},\n{indent}{stride},\n{indent}{element},",
            escape::string_literal(field.name)
        ),
        count: field_count.or(count),
        conditions: conditions(indent, &field.exists_if),
    }
}

fn table_name(cap: &CapabilityJson<'_>) -> String {
    names::screaming(&[cap.chain, "_", cap.short, "_cap"].concat())
}

fn known_cap(document: &AbiDocument<'_>, cap: &CapabilityJson<'_>) -> PythonSpaceCap {
    let kinds = document.capabilities.iter().filter_map(|one| {
        let kind =
            one.kind.as_ref().filter(|kind| kind.of == cap.name && one.chain == cap.chain)?;
        Some(PythonKind { conditions: kind_conditions(one.id, kind), table: table_name(one) })
    });
    PythonSpaceCap {
        table: table_name(cap),
        id: names::python(cap.name),
        name: escape::string_literal(cap.short),
        required_size: tuple(cap.required_size.iter().map(|size| size.lp64.to_string())),
        layout: cap.struct_.map_or("space.Layout(())".to_owned(), layout_name),
        length: cap.length.as_ref().map(bits),
        kinds: kinds.collect(),
    }
}

/// The bits of a capability and of the space that make it a kind.
fn kind_conditions(id: u64, kind: &KindJson<'_>) -> String {
    let one = |at_start: bool, of: &BitsJson<'_>, number: u64| {
        condition("                ", at_start, of, format!("(({number}, {number}),)"))
    };
    let all = |at_start: bool, conditions: &[BitsValuesJson<'_>]| {
        let numbers = conditions.iter().flat_map(|condition| {
            condition.values.iter().map(|number| one(at_start, &condition.bits, *number))
        });
        numbers.collect::<String>()
    };
    [one(false, &kind.id, id), all(false, &kind.body), all(true, &kind.space)].concat()
}

fn format_table(header: &CapHeaderJson<'_>) -> PythonSpaceFormat {
    let empty = header.empty.iter().map(|empty| PythonEmpty {
        bits: bits(&empty.bits),
        values: tuple(empty.values.iter().map(ToString::to_string)),
    });
    PythonSpaceFormat {
        name: format_name(header.name),
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

fn format_name(header: &str) -> String {
    names::screaming(&[header, "_format"].concat())
}

fn chain_name(chain: &str) -> String {
    names::screaming(&[chain, "_chain"].concat())
}

fn table(
    document: &AbiDocument<'_>,
    chain: &ChainJson<'_>,
    space: &SpaceJson<'_>,
) -> PythonSpaceChain {
    let required = document.capabilities.iter();
    let mut required = required.filter(|cap| space.requires.contains(&cap.name)).peekable();
    let requires = required.peek().map(|cap| chain_name(cap.chain));
    let caps = document.capabilities.iter();
    let caps = caps.filter(|cap| cap.chain == chain.name && cap.kind.is_none());
    let doc = format!("The capabilities of the chain `{}` in a space.", chain.name);
    PythonSpaceChain {
        name: chain_name(chain.name),
        function: names::python_variable(&[chain.name, "caps"]),
        doc: comment::docstring("    ", &[doc]),
        format: format_name(chain.header),
        bound: chain.bound,
        end: space.end,
        flag: space.flag.as_ref().map_or("None".to_owned(), |flag| {
            let SpaceFlagJson { offset, width, number, .. } = flag;
            format!("space.Flag({offset}, {width}, {number:#x})")
        }),
        start: start(&chain.start),
        caps: caps.map(table_name).collect(),
        requires: requires.map(|chain| PythonRequirement {
            chain,
            ids: required.map(|cap| names::python(cap.name)).collect(),
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
                format!("    (numbers.{}, ({}, {width})),", names::python(one.constant), one.offset)
            });
            let by = [format!("by={},", bits(by)), "places=(".to_owned()];
            by.into_iter().chain(places).chain(["),".to_owned()]).collect()
        }
        ChainStartJson::AtOffsetField { .. }
        | ChainStartJson::After { .. }
        | ChainStartJson::Unknown => Vec::new(),
    }
}
