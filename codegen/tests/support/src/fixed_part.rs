//! Writes Rust and C from the resolved ABI that print the fixed part of replies,
//! field by field: with the view of a host, and for any other struct with the
//! struct itself, as programs without chains read it.

use std::fmt::Write;

use capchain::ir::{Abi, Field, Role, Struct, Type};
use capchain::layout::Int;
use capchain::names::{self, c_name};

use crate::rust_program::{ident, raw};

/// The fields that every reply has, without argsz.
pub fn fields(struct_: &Struct) -> impl Iterator<Item = (usize, &Field, Int)> {
    let minsz = struct_.minsz.unwrap_or(0);
    let fields = struct_.fields.iter().enumerate().take(minsz + 1);
    let own = |role| matches!(role, Role::Argsz | Role::CapOffset | Role::Reserved);
    fields.filter_map(move |(index, field)| match field.type_ {
        Type::Int(int) if !own(field.role) => Some((index, field, int)),
        _ => None,
    })
}

/// The structs that the ABI has, and whether a chain follows each.
fn known<'a>(abi: &'a Abi, names: &[String]) -> Vec<(&'a Struct, bool)> {
    let known = abi.structs.iter().enumerate().filter(|(_, one)| names.contains(&one.name));
    let hosted = |id: usize| {
        let mut hosts = abi.chains.iter().filter_map(|chain| chain.offset_host());
        hosts.any(|host| host.struct_.0 == id)
    };
    known.map(|(id, struct_)| (struct_, hosted(id))).collect()
}

/// The module `fixed`: a function that prints the fixed part of a struct.
pub fn rust_source(abi: &Abi, structs: &[String]) -> String {
    let mut arms = String::new();
    for (struct_, hosted) in known(abi, structs) {
        let name = &struct_.name;
        let lines: String = fields(struct_).map(|one| rust_line(abi, name, hosted, one)).collect();
        let head = match hosted {
            true => {
                let view = names::rust_type(names::without_prefix(&abi.prefix, name));
                format!("let Ok(view) = views::{view}::parse(bytes) else {{ return }};")
            }
            false => format!(
                "let one = uapi::{name}::new();\n            \
                 *text += &format!(\"reply argsz={{}} need=none\\n\", \
                 number(bytes, 0, size_of_val(&one.argsz)));"
            ),
        };
        writeln!(arms, "        {name:?} => {{\n            {head}\n{lines}        }}")
            .expect("text");
    }
    format!(
        "//! The fixed part of replies.\n\n\
         #[allow(unused_imports, reason = \"an ABI may need some of it only\")]\n\
         use generated_abi::{{uapi, views}};\n\
         #[allow(unused_imports, reason = \"an ABI may need some of it only\")]\n\
         use std::mem::offset_of;\n\n\
         #[allow(unused_imports, reason = \"an ABI may need some of it only\")]\n\
         use super::number;\n\n\
         /// Prints the fixed part of a struct.\n\
         #[allow(unused_variables, reason = \"an ABI may know none of them\")]\n\
         pub(crate) fn tell(text: &mut String, name: &str, bytes: &[u8]) {{\n    \
         match name {{\n{arms}        _ => {{}}\n    }}\n}}\n"
    )
}

fn rust_line(
    abi: &Abi,
    struct_: &str,
    hosted: bool,
    (_, field, int): (usize, &Field, Int),
) -> String {
    let (name, member) = (&field.name, ident(&field.name));
    let value = match hosted {
        true => format!("view.{member}(){}", raw(abi, field.group, int)),
        false => format!(
            "number(bytes, offset_of!(uapi::{struct_}, {member}), size_of_val(&one.{member}))"
        ),
    };
    format!("            *text += &format!(\"fixed {name}={{}}\\n\", {value});\n")
}

/// The file `fixed.h`: a function for each struct, and a table of them.
pub fn c_source(abi: &Abi, stem: &str, structs: &[String]) -> String {
    let (mut functions, mut table) = (String::new(), String::new());
    for (struct_, hosted) in known(abi, structs) {
        let name = &struct_.name;
        let mut lines = String::new();
        for (_, field, _) in fields(struct_) {
            let field = &field.name;
            writeln!(
                lines,
                "\tprintf(\"fixed {field}=%llu\\n\", (unsigned long long)info.{field});"
            )
            .expect("text");
        }
        let head = match hosted {
            true => {
                let id = abi.find_struct(name).expect("a struct");
                let chain = abi.chain_of(id).expect("a chain");
                let view = c_name(stem, &[&chain.name, "info"]);
                format!(
                    "\tstruct {view} info;\n\n\tif ({view}_parse(bytes, len, &info))\n\
                     \t\treturn;\n"
                )
            }
            false => format!(
                "\tstruct {name} info;\n\n\tmemset(&info, 0, sizeof(info));\n\
                 \tmemcpy(&info, bytes, len < sizeof(info) ? len : sizeof(info));\n\
                 \tprintf(\"reply argsz=%u need=none\\n\", info.argsz);\n"
            ),
        };
        functions += &format!(
            "static void part_{name}(const __u8 *bytes, size_t len)\n{{\n{head}{lines}}}\n"
        );
        writeln!(table, "\t{{ {name:?}, part_{name} }},").expect("text");
    }
    format!(
        "{functions}static const struct {{\n\tconst char *name;\n\
         \tvoid (*tell)(const __u8 *bytes, size_t len);\n}} parts[] = {{\n{table}}};\n"
    )
}
