//! Writes Rust from the resolved ABI that tells all of a reply by the views of
//! the generated crate: to a program that prints the canonical text, or to any
//! other that has the same functions. Knows no capability: getters are called as
//! fields are.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use capchain::ir::{Abi, Capability, Chain, Field, GroupId, Role, StructId, Type};
use capchain::layout::Int;
use capchain::names;

use crate::rustc;

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

/// The module `chains`: a function per chain, and the choice between them. What
/// is found is told by functions of the module around it.
pub fn source(abi: &Abi) -> String {
    let mut choice = String::new();
    for Chain { name, .. } in &abi.chains {
        writeln!(choice, "        {name:?} => {name}(text_of, bytes, wire),").expect("text");
    }
    let names: Vec<_> = abi.chains.iter().map(|chain| &chain.name).collect();
    let tellers = abi.chains.iter().map(|chain| chain.name.as_str()).collect::<Vec<_>>().join(", ");
    let functions: String = abi.chains.iter().map(|chain| function(abi, chain)).collect();
    format!(
        "//! Each chain by its views.\n\n\
         use generated_abi::views::{{self, Wire}};\n\n\
         #[allow(unused_imports, reason = \"an ABI may need some of it only\")]\n\
         use super::{{\n    \
         Text, cap, element, error, hex, no_host, no_reply, number, reply, unforeseen,\n}};\n\n\
         /// The chains, by name.\n\
         #[allow(dead_code, reason = \"not every program asks\")]\n\
         pub(crate) const NAMES: &[&str] = &{names:?};\n\n\
         /// What tells all of a reply of each.\n\
         #[allow(dead_code, reason = \"not every program asks\")]\n\
         pub(crate) const TELLERS: &[fn(&mut Text, &[u8], Wire)] = &[{tellers}];\n\n\
         /// Tells all of a reply; false of a chain that is not known.\n\
         pub(crate) fn canonical(text_of: &mut Text, chain: &str, bytes: &[u8], wire: Wire) \
         -> bool {{\n    \
         match chain {{\n{choice}        _ => return false,\n    }}\n    true\n}}\n{functions}"
    )
}

fn function(abi: &Abi, chain: &Chain) -> String {
    let cap_type = [&names::group_type(&chain.name), "Cap"].concat();
    let (name, mut ids, mut arms) = (&chain.name, Vec::new(), String::new());
    for index in &chain.capabilities {
        let capability = abi.capability(*index);
        if !ids.contains(&capability.id) {
            ids.push(capability.id);
            arms += &arm(abi, &cap_type, capability);
        }
    }
    let (head, caps) = start(abi, chain);
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
fn start(abi: &Abi, chain: &Chain) -> (String, String) {
    let Some(host) = chain.offset_host() else {
        let caps = names::group_type(&chain.name);
        let head = "    no_host(text_of);\n".to_owned();
        return (head, format!("views::{caps}Caps::parse_as(bytes, wire)"));
    };
    let struct_ = abi.struct_(host.struct_);
    let view = names::group_type(names::without_prefix(&abi.prefix, &struct_.name));
    let argsz = ident(&struct_.fields[struct_.argsz.expect("a host has argsz")].name);
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
fn arm(abi: &Abi, cap_type: &str, capability: &Capability) -> String {
    let variant = names::group_type(&capability.short);
    let (id, short) = (capability.id, &capability.short);
    let fields = capability.struct_.map(|id| &abi.struct_(id).fields);
    let fields = fields.into_iter().flatten().filter(|field| is_told(field));
    let lines: String = fields.map(|field| field_lines(abi, field)).collect();
    format!(
        "            Ok(views::{cap_type}::{variant}(view)) => {{\n                \
         cap(text_of, view.offset(), {id}, view.version(), {short:?});\n\
         {lines}                number(text_of, \"bytes\", view.bytes().len() as u64);\n            \
         }}\n"
    )
}

fn is_told(field: &Field) -> bool {
    !matches!(field.role, Role::Header | Role::Reserved)
}

fn field_lines(abi: &Abi, field: &Field) -> String {
    let (name, getter) = (&field.name, ident(&names::view_getter(&field.name)));
    match &field.type_ {
        Type::Int(int) => {
            let raw = raw(abi, field.group, *int);
            match field.version {
                0 | 1 => {
                    format!("                number(text_of, {name:?}, view.{getter}(){raw});\n")
                }
                _ => format!(
                    "                if let Some(found) = view.{getter}() {{\n                    \
                     number(text_of, {name:?}, found{raw});\n                }}\n"
                ),
            }
        }
        Type::Flexible(element, _) => match **element {
            Type::Int(Int::U8) => {
                format!("                hex(text_of, {name:?}, view.{getter}());\n")
            }
            Type::Struct(id) => {
                let lines = element_lines(abi, name, id);
                format!(
                    "                for (index, each) in view.{getter}().iter().enumerate() \
                     {{\n{lines}                }}\n"
                )
            }
            _ => panic!("views have no getter for the array `{name}`"),
        },
        _ => panic!("views have no getter for `{name}`"),
    }
}

fn element_lines(abi: &Abi, array: &str, id: StructId) -> String {
    let mut lines = String::new();
    for field in abi.struct_(id).fields.iter().filter(|field| is_told(field)) {
        let Type::Int(int) = field.type_ else { panic!("elements have no `{}`", field.name) };
        let (name, member, raw) = (&field.name, ident(&field.name), raw(abi, field.group, int));
        writeln!(
            lines,
            "                    element(text_of, {array:?}, index, {name:?}, each.{member}{raw});"
        )
        .expect("text");
    }
    lines
}

/// How the number of flags or of a named number is reached.
pub fn raw(abi: &Abi, group: Option<GroupId>, int: Int) -> &'static str {
    let group = group.map(|id| abi.group(id)).filter(|group| group.int.size() == int.size());
    match group.is_some_and(|group| group.rust.is_some()) {
        true => ".0",
        false => "",
    }
}

/// A name as Rust takes it.
pub fn ident(name: &str) -> String {
    match names::is_rust_identifier(name) {
        true => name.to_owned(),
        false => ["r#", name].concat(),
    }
}
