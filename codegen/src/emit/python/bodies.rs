//! The layouts of bodies in a space, and of the elements of their arrays.

use super::chains::tuple;
use crate::emit::document::AbiDocument;
use crate::emit::document::bodies::{PresenceJson, QuantityJson};
use crate::emit::document::capabilities::{CapArrayJson, CapabilityJson};
use crate::emit::document::chains::BitsJson;
use crate::emit::document::structs::{FieldJson, StructJson, TypeJson};
use crate::emit::escape;
use crate::ir::Role;
use crate::names::{self, TableKind};

/// The layout of the body of a capability, or of an element of an array.
pub(super) struct PythonLayout {
    pub(super) name: String,
    pub(super) fields: Vec<String>,
    pub(super) array: Option<PythonArray>,
    pub(super) compact: bool,
    pub(super) length: Option<String>,
}

/// The array at the end of a body.
pub(super) struct PythonArray {
    pub(super) values: String,
    pub(super) count: Option<String>,
    pub(super) conditions: String,
}

/// The layouts of elements and of bodies, each struct once.
pub(super) fn layouts(
    document: &AbiDocument<'_>,
    caps: &[&CapabilityJson<'_>],
) -> Vec<PythonLayout> {
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
        let array = array.map(|(array, field)| array_table(array, field));
        add(layout(body, array));
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

fn layout(one: &StructJson<'_>, array: Option<PythonArray>) -> PythonLayout {
    let fixed = one.fields.iter().filter(|field| !matches!(field.type_, TypeJson::Flexible { .. }));
    PythonLayout {
        name: names::python_table(one.name, TableKind::Layout),
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
    match one.conditions.is_empty() {
        true => format!("        space.Field({values}),"),
        false => {
            let conditions = conditions("            ", &one.conditions);
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
    let more = [indent, "    "].concat();
    let one = |one: &PresenceJson<'_>| {
        let of = match (one.space, one.companion) {
            (Some(_), _) => START,
            (None, Some(_)) => COMPANION,
            (None, None) => BODY,
        };
        condition(&more, of, &one.bits, ranges(one))
    };
    let lines: String = all.iter().map(one).collect();
    format!("{indent}conditions=(\n{lines}{indent}),\n")
}

/// What has the bits of a condition.
pub(super) const BODY: &str = "body";
pub(super) const START: &str = "start";
const COMPANION: &str = "companion";

fn ranges(one: &PresenceJson<'_>) -> String {
    tuple(one.numbers.iter().map(|[first, last]| format!("({first}, {last})")))
}

pub(super) fn condition(indent: &str, of: &str, place: &BitsJson<'_>, numbers: String) -> String {
    format!(
        "{indent}space.Condition(\n{indent}    \"{of}\",\n{indent}    {},\n{indent}    {numbers},\n\
         {indent}),\n",
        bits(place)
    )
}

pub(super) fn bits(one: &BitsJson<'_>) -> String {
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
    let element = element(field)
        .map_or("None".to_owned(), |name| names::python_table(name, TableKind::Layout));
    PythonArray {
        values: format!(
            "{indent}{},\n{indent}{start},\n{indent}{stride},\n{indent}{element},",
            escape::string_literal(field.name)
        ),
        count: field_count.or(count),
        conditions: conditions(indent, &field.conditions),
    }
}
