//! C programs that print the values of the names in the facts, and the expected
//! output.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use support::facts::{Enumerator, Extent, FactField, FactStruct, Facts};

/// The names of all structs and their members.
pub(crate) fn members(facts: &Facts) -> BTreeMap<String, Vec<String>> {
    let names = facts.structs.iter().map(|(name, struct_)| {
        let members = placed(struct_).into_iter().map(|(member, _)| member.name.clone());
        (name.clone(), members.collect())
    });
    names.collect()
}

/// The expected output of [`program`], line by line.
pub(crate) fn answers(facts: &Facts) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for (name, value) in &facts.constants {
        lines.insert(match value.as_str() {
            Some(text) => format!("text {name} {}", text.trim_matches('"')),
            None => format!("number {name} {value}"),
        });
    }
    for (name, Enumerator { value, tag }) in &facts.enums {
        lines.insert(format!("number {name} {value}"));
        if !tag.is_empty() {
            lines.insert(format!("enum {tag}"));
        }
    }
    for (name, struct_) in &facts.structs {
        lines.insert(format!("struct {name} {} {}", struct_.size, struct_.align));
        for (FactField { name: member, size, .. }, offset) in placed(struct_) {
            lines.insert(format!("member {name}.{member} {offset} {size} 1"));
        }
    }
    lines
}

/// A program that prints the value of every name in the included headers.
pub(crate) fn program(facts: &Facts, includes: &str) -> String {
    let mut body = String::new();
    for (name, value) in &facts.constants {
        let _ = match value.is_string() {
            true => writeln!(body, "TEXT({name});"),
            false => writeln!(body, "NUMBER({name});"),
        };
    }
    for (name, Enumerator { tag, .. }) in &facts.enums {
        let _ = writeln!(body, "NUMBER({name});");
        if !tag.is_empty() {
            let _ = writeln!(body, "ENUM({tag});");
        }
    }
    for (name, struct_) in &facts.structs {
        let _ = writeln!(body, "STRUCT({name});");
        for (FactField { name: member, type_, size, .. }, _) in placed(struct_) {
            let type_ = type_.replace("__aligned_u64", "__u64");
            let _ = match size {
                0 => writeln!(body, "FLEXIBLE({name}, {member}, {type_});"),
                _ => writeln!(body, "MEMBER({name}, {member}, {type_});"),
            };
        }
    }
    format!("{includes}{PRELUDE}int main(void)\n{{\n{body}return 0;\n}}\n")
}

/// A flexible array has no size, but an incomplete type; an enum without a
/// declaration has no size either, and does not compile.
const PRELUDE: &str = r#"
#include <stddef.h>
#include <stdio.h>
#define TEXT(name) printf("text " #name " %s\n", name)
#define NUMBER(name) printf("number " #name " %lld\n", (long long)(name))
#define ENUM(tag) printf(sizeof(enum tag) ? "enum " #tag "\n" : "")
#define STRUCT(s) \
	printf("struct " #s " %zu %zu\n", sizeof(struct s), _Alignof(struct s))
#define FIELD(s, m) (((struct s *)0)->m)
#define PLACED(s, m, size, type) \
	printf("member " #s "." #m " %zu %zu %d\n", offsetof(struct s, m), size, \
		__builtin_types_compatible_p(__typeof__(FIELD(s, m)), type))
#define MEMBER(s, m, type) PLACED(s, m, sizeof(FIELD(s, m)), type)
#define FLEXIBLE(s, m, type) PLACED(s, m, (size_t)0, type)
"#;

/// Assertions of everything that is equal on all targets, for the direction bits of
/// `_IO` on a target, and for the layouts of i386.
pub(crate) fn assertions(facts: &Facts, ioc_none: u32, i386: bool) -> String {
    let mut text = String::new();
    for (name, value) in &facts.constants {
        let Some(number) = value.as_i64() else { continue };
        let direction = if IOCTLS.contains(&number) { i64::from(ioc_none) } else { 0 };
        let _ = writeln!(text, "ASSERT({name} == {});", number + direction);
    }
    for (name, struct_) in &facts.structs {
        let FactStruct { size, align, .. } = struct_;
        let (size, align) = match facts.i386_differs.get(name) {
            Some(Extent { size, align }) if i386 => (size, align),
            _ => (size, align),
        };
        let _ = writeln!(
            text,
            "ASSERT(sizeof(struct {name}) == {size});\n\
             ASSERT(_Alignof(struct {name}) == {align});"
        );
    }
    format!("#define ASSERT(what) _Static_assert(what, #what)\n{text}")
}

/// The numbers of VFIO's ioctls on x86.
const IOCTLS: std::ops::Range<i64> = 0x3b64..0x3c00;

/// Members with their offsets, including those of anonymous unions.
fn placed(struct_: &FactStruct) -> Vec<(&FactField, u64)> {
    let mut placed = Vec::new();
    for field in &struct_.fields {
        match &field.fields {
            Some(arms) => placed.extend(arms.iter().map(|arm| (arm, field.offset + arm.offset))),
            None => placed.push((field, field.offset)),
        }
    }
    placed
}
