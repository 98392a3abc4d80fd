//! The pretty-printers of gdb: tables of the ABI, and the hand-written code that reads them.

use askama::Template;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::{OutputFile, banner};
use crate::ir::protocol::{BitField, ChainPlan, HostPlan};
use crate::ir::{Abi, CapabilityId, Field, Group, GroupKind, Role, Struct, Type};
use crate::layout::Model;
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
        name: literal(&stem),
        numbers: abi.groups.iter().map(|group| literal(&numbers(group))).collect(),
        structs: structs.map(|one| (literal(&one.name), literal(&fields(one)))).collect(),
        chains: chains(abi),
        runtime: PRINTERS,
    };
    let text = printers.render().expect("writing to a string cannot fail");
    vec![OutputFile { path: [&stem, ".py"].concat(), contents: text.trim_end().to_owned() + "\n" }]
}

/// Strings, numbers, lists and objects of JSON are literals of Python as well.
fn literal(value: &impl Serialize) -> String {
    let mut text = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, SpacedFormatter);
    value.serialize(&mut serializer).expect("these values can be printed");
    String::from_utf8_lossy(&text).into_owned()
}

/// Objects and lists on one line, with spaces after commas and colons.
struct SpacedFormatter;

impl serde_json::ser::Formatter for SpacedFormatter {
    fn begin_array_value<W: ?Sized + std::io::Write>(
        &mut self,
        to: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { to.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(
        &mut self,
        to: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { to.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(
        &mut self,
        to: &mut W,
    ) -> std::io::Result<()> {
        to.write_all(b": ")
    }
}

fn numbers(group: &Group) -> Json {
    let values = group.values.iter().filter(|value| value.count.is_none());
    let values = values.filter_map(|value| {
        let number = i64::try_from(value.number).map(Json::from);
        let number = number.or_else(|_| u64::try_from(value.number).map(Json::from)).ok()?;
        Some(json!([number, value.short, value.name]))
    });
    let flags = u8::from(group.kind == GroupKind::Flags);
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
            let layout = &struct_.layouts[Model::Lp64.index()];
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
        (literal(&struct_.name), literal(&chain))
    };
    hosted.map(chain).collect()
}
