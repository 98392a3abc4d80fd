//! The tables by which the programs in Go and Python print capabilities.

use std::fmt::Write;

use capchain::ir::protocol::{ArrayPlan, ChainPlan, ElementPlan, IntField};
use capchain::ir::{Abi, CapabilityId, Role, Struct};
use capchain::layout::Int;
use capchain::names;
use serde_json::{Map, Value, json};

/// Each chain with its functions and capabilities.
pub(super) fn table(abi: &Abi) -> Value {
    let chains = abi.protocol.chains.iter().map(|plan| {
        let name = &abi.chain(plan.chain).name;
        let caps = plan.capabilities.iter().map(|id| {
            let plan = &abi.protocol.capabilities[id.0];
            (plan.id.to_string(), cap(abi, *id))
        });
        let value = json!({
            "reply": plan.host.is_some(),
            "python": function(abi, plan, "parse_", "_caps"),
            "caps": caps.collect::<Map<_, _>>(),
            "go_fields": go_fields(abi),
        });
        (name.clone(), value)
    });
    Value::Object(chains.collect())
}

/// The function that reads a reply or a chain.
fn function(abi: &Abi, plan: &ChainPlan, before: &str, after: &str) -> String {
    match &plan.host {
        Some(host) => {
            let host = names::without_prefix(&abi.prefix, &abi.struct_(host.struct_).name);
            [before, host].concat()
        }
        None => [&abi.chain(plan.chain).name, after].concat(),
    }
}

fn cap(abi: &Abi, id: CapabilityId) -> Value {
    let plan = &abi.protocol.capabilities[id.0];
    let Some(struct_) = plan.struct_.map(|id| abi.struct_(id)) else {
        return json!({ "struct": null });
    };
    let field = |int: &IntField| json!([struct_.fields[int.field].name, int.version]);
    json!({
        "struct": struct_.name,
        "fields": plan.fields.iter().map(field).collect::<Vec<_>>(),
        "array": plan.array.as_ref().map(|array| self::array(abi, struct_, array)),
    })
}

fn array(abi: &Abi, owner: &Struct, plan: &ArrayPlan) -> Value {
    let (element, type_, members) = match &plan.element {
        ElementPlan::Int(Int::U8) => ("bytes", "c_uint8".to_owned(), Vec::new()),
        ElementPlan::Int(int) => ("int", ["c_", int_type(*int)].concat(), Vec::new()),
        ElementPlan::Struct(id, members) => {
            let element = abi.struct_(*id);
            let shown = members.iter().map(|member| &element.fields[member.field]);
            let shown = shown.filter(|field| field.role != Role::Reserved);
            ("struct", element.name.clone(), shown.map(|field| field.name.clone()).collect())
        }
    };
    json!({
        "field": owner.fields[plan.field].name,
        "element": element,
        "type": type_,
        "members": members,
    })
}

/// An integer in Go; with `c_` before it, in ctypes.
fn int_type(int: Int) -> &'static str {
    match int {
        Int::U8 => "uint8",
        Int::U16 | Int::Le16 => "uint16",
        Int::U32 | Int::Le32 => "uint32",
        Int::U64 | Int::AlignedU64 | Int::Le64 | Int::AlignedLe64 => "uint64",
        Int::S8 => "int8",
        Int::S16 => "int16",
        Int::S32 => "int32",
        Int::S64 => "int64",
    }
}

/// The names of all fields in Go.
fn go_fields(abi: &Abi) -> Map<String, Value> {
    let fields = abi.structs.iter().flat_map(|one| &one.fields);
    fields.map(|field| (field.name.clone(), names::go_field(&field.name).into())).collect()
}

/// The functions that read each capability and its array.
pub(super) fn go(abi: &Abi) -> String {
    let (mut chains, mut readers) = (String::new(), String::new());
    for plan in &abi.protocol.chains {
        let name = &abi.chain(plan.chain).name;
        let body = match &plan.host {
            Some(host) => {
                let host = names::go_type(&abi.prefix, &abi.struct_(host.struct_).name);
                format!(
                    "reply, err := abi.Parse{host}(b, order)\nif err != nil {{\n\
                     return nil, nil, err\n}}\nreturn reply, reply.Caps(), nil\n"
                )
            }
            None => format!("return nil, abi.{}Caps(b, order), nil\n", names::go_field(name)),
        };
        write!(
            chains,
            "{name:?}: func(b []byte, order binary.ByteOrder) {RESULTS} {{\n{body}}},\n"
        )
        .expect("text");
        readers.extend(plan.capabilities.iter().map(|id| reader(abi, name, *id)));
    }
    format!(
        "package main\n\nimport (\n\"encoding/binary\"\n\nabi \"@PACKAGE@\"\n)\n\n\
         type starter = func(b []byte, order binary.ByteOrder) {RESULTS}\n\n\
         var chains = map[string]starter{{\n{chains}}}\n\n\
         var readers = map[string]func(cap *abi.Cap) (any, any, error){{\n{readers}}}\n"
    )
}

const RESULTS: &str = "(*abi.Reply, *abi.Caps, error)";

fn reader(abi: &Abi, chain: &str, id: CapabilityId) -> String {
    let plan = &abi.protocol.capabilities[id.0];
    let Some(struct_) = plan.struct_.map(|id| abi.struct_(id)) else { return String::new() };
    let type_ = names::go_type(&abi.prefix, &struct_.name);
    let elements = plan.array.as_ref().map(|array| match &array.element {
        ElementPlan::Int(int) => int_type(*int).to_owned(),
        ElementPlan::Struct(id, _) => {
            ["abi.", &names::go_type(&abi.prefix, &abi.struct_(*id).name)].concat()
        }
    });
    let array = match elements {
        None => "return body, nil, nil\n".to_owned(),
        Some(element) => {
            format!("elements, err := abi.Elements[{element}](cap)\nreturn body, elements, err\n")
        }
    };
    format!(
        "\"{chain} {}\": func(cap *abi.Cap) (any, any, error) {{\nvar body abi.{type_}\n\
         if err := cap.Read(&body); err != nil {{\nreturn nil, nil, err\n}}\n{array}}},\n",
        plan.id
    )
}
