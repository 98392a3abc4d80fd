//! The pretty-printers of gdb: tables of the ABI, and the hand-written code that reads them.

use askama::Template;
use serde_json::{Map, Value as Json, json};

use super::{OutputFile, banner, render};
use crate::ir::protocol::{BitField, ChainPlan, HostPlan};
use crate::ir::{Abi, CapabilityId, Field, Group, Role, Struct, Type};
use crate::names;

/// The hand-written code.
const PRINTERS: &str = include_str!("../../runtime/gdb/printers.py");

/// The file.
#[derive(Template)]
#[template(path = "gdb/printers.py.jinja", escape = "none")]
struct GdbPrinters {
    banner: String,
    title: String,
    name: String,
    numbers: Vec<String>,
    structs: Vec<(String, String)>,
    chains: Vec<(String, String)>,
    runtime: &'static str,
}

/// The printers of an ABI.
pub(super) fn emit(abi: &Abi) -> Vec<OutputFile> {
    let stem = names::c_stem(&abi.name);
    let structs = abi.structs.iter();
    let printers = GdbPrinters {
        banner: banner::line(abi),
        title: abi.title.clone(),
        name: Json::from(stem.as_str()).to_string(),
        numbers: abi.groups.iter().map(|group| literal(&numbers(group), 4)).collect(),
        structs: structs.map(|one| entry(&one.name, &fields(one))).collect(),
        chains: chains(abi),
        runtime: PRINTERS,
    };
    vec![OutputFile { path: [&stem, ".py"].concat(), contents: render::file(&printers) }]
}

/// The key and the value of an entry of a table.
fn entry(name: &str, value: &Json) -> (String, String) {
    let key = Json::from(name).to_string();
    let used = 4 + key.len() + ": ".len();
    let value = literal(value, used);
    (key, value)
}

/// The columns of a line.
const COLUMNS: usize = 96;

/// A value of JSON as a literal of Python, in which strings, numbers, lists and objects are
/// written alike. It starts after `used` columns, in a line with an indentation of 4. Lists
/// and objects that do not fit in the line have a line for each element.
fn literal(value: &Json, used: usize) -> String {
    indented(value, used, 4)
}

fn indented(value: &Json, used: usize, indentation: usize) -> String {
    let below = indentation + 4;
    let element = |value: &Json, key: String| {
        let text = indented(value, below + key.len(), below);
        (key, text)
    };
    let (elements, [start, end]) = match value {
        Json::Array(values) => {
            (values.iter().map(|value| element(value, String::new())).collect(), ["[", "]"])
        }
        Json::Object(values) => {
            let keyed = |(key, value): (&String, _)| {
                element(value, format!("{}: ", Json::from(key.as_str())))
            };
            (values.iter().map(keyed).collect::<Vec<_>>(), ["{", "}"])
        }
        _ => return value.to_string(),
    };
    let texts: Vec<_> = elements.iter().map(|(key, text)| [key.as_str(), text].concat()).collect();
    let line = [start, &texts.join(", "), end].concat();
    // A comma follows.
    if used + line.len() < COLUMNS && !line.contains('\n') {
        return line;
    }
    let lines = texts.iter().map(|text| format!("{:below$}{text},\n", ""));
    format!("{start}\n{}{:indentation$}{end}", lines.collect::<String>(), "")
}

fn numbers(group: &Group) -> Json {
    let values = group.values.iter().filter(|value| value.count.is_none());
    let values = values.filter_map(|value| {
        let number = i64::try_from(value.number).map(Json::from);
        let number = number.or_else(|_| u64::try_from(value.number).map(Json::from)).ok()?;
        Some(json!([number, value.short, value.name]))
    });
    let flags = u8::from(group.is_flags());
    json!({ "flags": flags, "values": values.collect::<Vec<_>>() })
}

/// The fields of a struct that are not printed as gdb prints them.
fn fields(struct_: &Struct) -> Json {
    let mut found = Map::new();
    for field in &struct_.fields {
        if let Type::Union(arms) = &field.type_ {
            for arm in arms {
                if let Some(group) = arm.group {
                    found.insert(arm.name.clone(), json!({ "numbers": group.0 }));
                }
            }
        }
        let description = description(struct_, field);
        if !description.is_empty() {
            found.insert(field.name.clone(), description.into());
        }
    }
    found.into()
}

fn description(struct_: &Struct, field: &Field) -> Map<String, Json> {
    let mut found = Map::new();
    if let Some(group) = field.group {
        found.insert("numbers".to_owned(), group.0.into());
    }
    if let Some(ids) = field.ids {
        found.insert("ids".to_owned(), ids.0.into());
    }
    if !field.indexes.is_empty() {
        let indexes: Vec<_> = field.indexes.iter().map(|group| group.0).collect();
        found.insert("indexes".to_owned(), indexes.into());
    }
    if field.role == Role::Reserved {
        found.insert("reserved".to_owned(), 1.into());
    }
    if let Type::Flexible(_, Some(count)) = field.type_ {
        found.insert("count".to_owned(), struct_.fields[count].name.clone().into());
    }
    found
}

/// The chains of structs whose offset leads to them.
fn chains(abi: &Abi) -> Vec<(String, String)> {
    let plans = &abi.protocol.chains;
    let hosted = plans.iter().filter_map(|plan| Some((plan, plan.host.as_ref()?)));
    let chain = |(plan, host): (&ChainPlan, &HostPlan)| {
        let header = &abi.protocol.headers[plan.header];
        let bits = |bits: BitField| json!([bits.offset, bits.width, bits.low, bits.mask]);
        let struct_ = abi.struct_(host.struct_);
        let at = |offset: u64| {
            let layout = struct_.kernel_layout();
            let index = layout.fields.iter().position(|span| span.offset == offset);
            index.map(|index| struct_.fields[index].name.as_str())
        };
        let capability = |id: &CapabilityId| {
            let one = abi.capability(*id);
            let struct_ = one.struct_.map_or("", |id| &abi.struct_(id).name);
            (one.id.to_string(), json!([one.name, struct_]))
        };
        let capabilities: Map<_, _> = plan.capabilities.iter().map(capability).collect();
        let chain = json!({
            "argsz": at(host.argsz.1),
            "flags": at(host.flags),
            "flag": host.caps_flag.1,
            "cap_offset": at(host.cap_offset),
            "bound": plan.bound,
            "size": header.size,
            "id": bits(header.id),
            "version": header.version.map_or(json!(0), bits),
            "next": bits(header.next),
            "end": header.end,
            "from_reply": u8::from(header.from_reply),
            "capabilities": capabilities,
        });
        entry(&struct_.name, &chain)
    };
    hosted.map(chain).collect()
}
