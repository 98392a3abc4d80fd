//! Writes Rust from the resolved ABI that passes all values of a reply, read with
//! the views of the generated crate, to a program that prints the conformance text,
//! or to another program with the same functions. No capability is special: getters
//! have the names of fields.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use capchain::ir::protocol::{ArrayPlan, ChainPlan, ElementPlan};
use capchain::ir::{Abi, CapabilityId, Chain, Field, GroupId, Role, Struct};
use capchain::layout::Int;
use capchain::names;

use crate::{rust_values, rustc};

/// The main program, the same for every ABI.
const MAIN: &str = include_str!("../../programs/canonical.rs");
/// The functions that print the conformance text in Rust.
pub const TEXT: &str = include_str!("../../programs/text.rs");

/// Writes the program and compiles it against the crate of the ABI.
pub fn compile(folder: &Path, abi: &Abi) -> PathBuf {
    std::fs::write(folder.join("chains.rs"), source(abi)).expect("a file");
    std::fs::write(folder.join("text.rs"), TEXT).expect("a file");
    rustc::program(folder, abi, "generated_abi", MAIN)
}

/// The module `chains`: a function per chain, and the choice between them.
/// Functions of the enclosing module print the values.
pub fn source(abi: &Abi) -> String {
    let mut choice = String::new();
    for Chain { name, .. } in &abi.chains {
        writeln!(choice, "        {name:?} => {name}(text_of, bytes, wire),").expect("text");
    }
    let names: Vec<_> = abi.chains.iter().map(|chain| &chain.name).collect();
    let tellers = abi.chains.iter().map(|chain| chain.name.as_str()).collect::<Vec<_>>().join(", ");
    let functions: String = abi.protocol.chains.iter().map(|plan| function(abi, plan)).collect();
    format!(
        "//! Each chain by its views.\n\n\
         use generated_abi::views::{{self, Wire}};\n\n\
         #[allow(unused_imports, reason = \"an ABI may need some of it only\")]\n\
         use super::{{\n    \
         Text, cap, element, error, hex, no_host, no_reply, number, reply, shows, unforeseen,\n}};\n\n\
         /// The chains, by name.\n\
         #[allow(dead_code, reason = \"not every program asks\")]\n\
         pub(crate) const NAMES: &[&str] = &{names:?};\n\n\
         /// The function of each chain.\n\
         #[allow(dead_code, reason = \"not every program asks\")]\n\
         pub(crate) const TELLERS: &[fn(&mut Text, &[u8], Wire)] = &[{tellers}];\n\n\
         /// Prints a reply; false for an unknown chain.\n\
         pub(crate) fn canonical(text_of: &mut Text, chain: &str, bytes: &[u8], wire: Wire) \
         -> bool {{\n    \
         match chain {{\n{choice}        _ => return false,\n    }}\n    true\n}}\n{functions}"
    )
}

fn function(abi: &Abi, plan: &ChainPlan) -> String {
    let name = &abi.chain(plan.chain).name;
    let cap_type = [&names::rust_type(name), "Cap"].concat();
    let arms: String = plan.capabilities.iter().map(|id| arm(abi, &cap_type, *id)).collect();
    let (head, caps) = start(abi, name, plan);
    format!(
        "\nfn {name}(text_of: &mut Text, bytes: &[u8], wire: Wire) {{\n{head}    \
         for found in {caps} {{\n        match found {{\n            \
         Err(damage) => error(text_of, damage),\n\
         {arms}            Ok(views::{cap_type}::Unknown(view)) => {{\n                \
         cap(text_of, view.offset(), view.id().into(), view.version(), \"?\");\n                \
         number(text_of, \"bytes\", view.bytes().len() as u64);\n            }}\n            \
         Ok(other) => unforeseen(text_of, &other),\n        }}\n    }}\n}}\n"
    )
}

/// The lines that make the first line of the text, and the walk.
fn start(abi: &Abi, chain: &str, plan: &ChainPlan) -> (String, String) {
    let Some(host) = &plan.host else {
        let caps = names::rust_type(chain);
        let head = "    no_host(text_of);\n".to_owned();
        return (head, format!("views::{caps}Caps::parse_as(bytes, wire)"));
    };
    let struct_ = abi.struct_(host.struct_);
    let view = names::rust_type(names::without_prefix(&abi.prefix, &struct_.name));
    let argsz = ident(&struct_.fields[host.argsz.0].name);
    let head = format!(
        "    let view = match views::{view}::parse_as(bytes, wire) {{\n        \
         Err(views::ReplyError::TooShort {{ len, minsz }}) => \
         return no_reply(text_of, len, minsz),\n        \
         Err(other) => return unforeseen(text_of, &other),\n        Ok(view) => view,\n    }};\n    \
         reply(text_of, view.{argsz}(), view.required_size());\n"
    );
    (head, "view.caps()".to_owned())
}

/// The arm of a known capability.
fn arm(abi: &Abi, cap_type: &str, id: CapabilityId) -> String {
    let (short, plan) = (&abi.capability(id).short, &abi.protocol.capabilities[id.0]);
    let (id, variant) = (plan.id, names::rust_type(short));
    let mut lines = String::new();
    let mut getters = Vec::new();
    if let Some(struct_) = plan.struct_.map(|id| abi.struct_(id)) {
        let shown = struct_.fields.iter();
        let shown = shown.filter(|field| !matches!(field.role, Role::Header | Role::Reserved));
        getters.extend(shown.clone().flat_map(|field| match field.arms() {
            [_, _, ..] => field.arms().iter().map(|arm| names::view_getter(&arm.name)).collect(),
            _ => vec![names::view_getter(field.stored_name())],
        }));
        lines.extend(shown.map(|field| own(abi, field)));
        lines.extend(plan.array.iter().map(|plan| array(abi, struct_, plan)));
    }
    format!(
        "            Ok(views::{cap_type}::{variant}(view)) => {{\n                \
         cap(text_of, view.offset(), {id}, view.version(), {short:?});\n                \
         shows(&view, &{getters:?});\n\
         {lines}                number(text_of, \"bytes\", view.bytes().len() as u64);\n            \
         }}\n"
    )
}

/// The lines of a field of a capability.
fn own(abi: &Abi, field: &Field) -> String {
    let call = |name: &str| format!("view.{}()", ident(&names::view_getter(name)));
    match field.version {
        0 | 1 => rust_values::field(abi, field, &field.name, &call),
        _ => {
            let found = call(field.stored_name());
            let lines = rust_values::field(abi, field, &field.name, &|_| "found".to_owned());
            format!("if let Some(found) = {found} {{\n{lines}}}\n")
        }
    }
}

fn array(abi: &Abi, struct_: &Struct, plan: &ArrayPlan) -> String {
    let name = &struct_.fields[plan.field].name;
    let getter = ident(&names::view_getter(name));
    let lines: String = match &plan.element {
        ElementPlan::Int(Int::U8) => {
            return format!("                hex(text_of, {name:?}, view.{getter}());\n");
        }
        ElementPlan::Int(_) => {
            format!("                    element(text_of, {name:?}, nth0, \"\", item0);\n")
        }
        ElementPlan::Struct(id, _) => {
            rust_values::fields(abi, abi.struct_(*id), &format!("{name}[{{nth0}}]"), "item0")
        }
    };
    format!(
        "                for (nth0, item0) in view.{getter}().iter().enumerate() \
         {{\n{lines}                }}\n"
    )
}

/// The expression for the number of flags or of a named number.
pub fn raw(abi: &Abi, group: Option<GroupId>, int: Int) -> &'static str {
    let group = group.map(|id| abi.group(id)).filter(|group| group.int.size() == int.size());
    match group.is_some_and(|group| group.rust.is_some()) {
        true => ".0",
        false => "",
    }
}

/// A name as a Rust identifier.
pub fn ident(name: &str) -> String {
    match names::is_rust_identifier(name) {
        true => name.to_owned(),
        false => ["r#", name].concat(),
    }
}
