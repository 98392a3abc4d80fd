//! Sizes, offsets and constants, a line for each, by gcc and by Go.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use capchain::ir::{Abi, Field, Literal, Struct, Type};
use capchain::names;
use support::fixtures;
use support::process::succeed;

/// The lines of a text.
pub(super) fn sorted(text: &str) -> BTreeSet<String> {
    text.lines().map(str::to_owned).collect()
}

/// The lines that only one of both has.
pub(super) fn difference(gcc: &BTreeSet<String>, other: &BTreeSet<String>) -> String {
    let missing = gcc.difference(other).map(|line| format!("only gcc: {line}\n"));
    let more = other.difference(gcc).map(|line| format!("not gcc: {line}\n"));
    missing.chain(more).collect()
}

/// The names by which C reaches a field: its own, or those of the members of a union.
fn members(field: &Field) -> Vec<&str> {
    match &field.type_ {
        Type::Union(arms) => arms.iter().map(|arm| arm.name.as_str()).collect(),
        _ => vec![&field.name],
    }
}

/// A constant, and the size of the integer that holds it; none of a string. Names that start
/// with an underscore are private in Go and Python.
fn constants(abi: &Abi) -> Vec<(&str, Option<u64>)> {
    let values = abi.groups.iter().flat_map(|group| {
        group.values.iter().map(|value| match value.literal {
            Literal::Text(_) => (value.name.as_str(), None),
            _ => (value.name.as_str(), Some(group.int.size())),
        })
    });
    let ids = abi.capabilities.iter().map(|one| (one.name.as_str(), Some(4)));
    let ioctls = abi.ioctls.iter().map(|one| (one.name.as_str(), Some(4)));
    let all = values.chain(ids).chain(ioctls);
    all.filter(|(name, _)| !name.starts_with('_')).collect()
}

/// What gcc knows of the committed header.
pub(super) fn of_gcc(abi: &Abi, folder: &Path) -> BTreeSet<String> {
    let stem = names::c_stem(&abi.name);
    let mut lines = String::new();
    for one in &abi.structs {
        let name = &one.name;
        lines += &format!("printf(\"size {name} %zu\\n\", sizeof(struct {name}));\n");
        for member in one.fields.iter().flat_map(members) {
            lines += &format!(
                "printf(\"offset {name}.{member} %zu\\n\", offsetof(struct {name}, {member}));\n"
            );
        }
    }
    for (name, size) in constants(abi) {
        lines += &match size {
            None => format!("printf(\"constant {name} %s\\n\", {name});\n"),
            Some(size) => {
                let bits = size * 8;
                format!("printf(\"constant {name} %llu\\n\", (__u64)(__u{bits})({name}));\n")
            }
        };
    }
    let includes = format!("#include <stddef.h>\n#include <stdio.h>\n#include \"{stem}.h\"\n");
    let program = format!("{includes}int main(void) {{\n{lines}return 0;\n}}\n");
    fs::write(folder.join("layout.c"), program).expect("a file");
    let package = names::package(&abi.name);
    let include = fixtures::root().join(format!("generated/{package}/include"));
    let mut gcc = Command::new("gcc");
    gcc.current_dir(folder).args(["-Wall", "-Werror", "-I"]).arg(include);
    succeed(gcc.args(["layout.c", "-o", "layout-of-c"]));
    sorted(&succeed(&mut Command::new(folder.join("layout-of-c"))))
}

/// A Go program that prints the same lines.
pub(super) fn go_program(abi: &Abi) -> String {
    let mut lines = String::new();
    for one in &abi.structs {
        let type_ = names::go_type(&abi.prefix, &one.name);
        let size = format!("unsafe.Sizeof(abi.{type_}{{}})");
        lines += &format!("fmt.Println(\"size {}\", {size})\n", one.name);
        lines += &format!("if abi.Sizeof{type_} != {size} {{\npanic(\"{type_}\")\n}}\n");
        for field in &one.fields {
            let offset = go_offset(&abi.prefix, one, field);
            for member in members(field) {
                lines += &format!("fmt.Println(\"offset {}.{member}\", {offset})\n", one.name);
            }
        }
    }
    let constants = constants(abi).into_iter().map(|(name, size)| match size {
        None => format!("fmt.Println(\"constant {name}\", abi.{name})\n"),
        Some(_) => format!("fmt.Println(\"constant {name}\", uint64(abi.{name}))\n"),
    });
    let lines = lines + &constants.collect::<String>();
    format!(
        "package main\n\nimport (\n\"fmt\"\n\"unsafe\"\n\nabi \"@PACKAGE@\"\n)\n\n\
         func main() {{\n{lines}}}\n"
    )
}

/// The offset of a field; structs of Go have no flexible arrays, but a constant each.
fn go_offset(prefix: &str, one: &Struct, field: &Field) -> String {
    match field.type_ {
        Type::Flexible(..) => format!("abi.{}", names::go_offset(prefix, &one.name, &field.name)),
        _ => {
            let (type_, name) = (names::go_type(prefix, &one.name), names::go_field(&field.name));
            format!("unsafe.Offsetof(abi.{type_}{{}}.{name})")
        }
    }
}
