//! What the specification says and what headers contain, in one form to be
//! compared.

use std::collections::{BTreeMap, BTreeSet};

use capchain::header;
use capchain::ir::{Abi, Field, GroupKind, Literal, Struct, Type};
use capchain::layout::{Int, Model};

use crate::facts::{FactField, Facts};

/// What the specification says and what a header contains, as text to compare.
#[derive(Debug, Default, PartialEq)]
pub struct Told {
    /// Constants and their values.
    pub constants: BTreeMap<String, String>,
    /// Function-like macros.
    pub macros: BTreeSet<String>,
    /// Enumerators, each with its value and the tag of its enum.
    pub enumerators: BTreeMap<String, String>,
    /// Structs, each with its size, its alignment and a line for each field.
    pub structs: BTreeMap<String, String>,
    /// Size and alignment of structs where i386 differs from x86-64.
    pub i386: BTreeMap<String, String>,
}

/// Fails where two do not tell the same of a release.
pub fn assert_alike(release: &str, said: &Told, is: &Told) -> usize {
    assert_same(release, "constant", &said.constants, &is.constants);
    assert_same(release, "enumerator", &said.enumerators, &is.enumerators);
    assert_same(release, "struct", &said.structs, &is.structs);
    assert_same(release, "i386 layout", &said.i386, &is.i386);
    assert_eq!(said.macros, is.macros, "{release}");
    is.constants.len() + is.enumerators.len() + is.structs.len() + is.i386.len()
}

fn assert_same(
    release: &str,
    what: &str,
    said: &BTreeMap<String, String>,
    is: &BTreeMap<String, String>,
) {
    for (name, value) in is {
        assert_eq!(said.get(name), Some(value), "{release}: {what} {name}");
    }
    for (name, value) in said {
        assert_eq!(is.get(name), Some(value), "{release}: {what} {name}");
    }
}

/// What the specification says.
pub fn said(abi: &Abi) -> Told {
    let mut told = Told::default();
    for group in &abi.groups {
        for value in &group.values {
            let (name, number) = (value.name.clone(), value.number.to_string());
            match (group.kind, &value.literal) {
                (_, Literal::Text(text)) => told.constants.insert(name, format!("{text:?}")),
                (GroupKind::Enum, _) => {
                    told.enumerators.insert(name, format!("{number} of {}", group.name))
                }
                (GroupKind::AnonymousEnum, _) => {
                    told.enumerators.insert(name, format!("{number} of "))
                }
                _ => told.constants.insert(name, number),
            };
        }
    }
    for capability in &abi.capabilities {
        told.constants.insert(capability.name.clone(), capability.id.to_string());
    }
    if let Some(numbers) = &abi.ioctl_numbers {
        for ioctl in &abi.ioctls {
            let number = numbers.type_value << 8 | (numbers.base_value + ioctl.number);
            told.constants.insert(ioctl.name.clone(), number.to_string());
        }
    }
    told.macros = abi.macros.iter().map(|macro_| macro_.name.clone()).collect();
    for struct_ in &abi.structs {
        told.structs.insert(struct_.name.clone(), shape(abi, struct_));
        let [lp64, ilp32, _] = &struct_.layouts;
        if (lp64.size, lp64.align) != (ilp32.size, ilp32.align) {
            told.i386.insert(struct_.name.clone(), format!("{} {}", ilp32.size, ilp32.align));
        }
    }
    told
}

fn shape(abi: &Abi, struct_: &Struct) -> String {
    let layout = &struct_.layouts[Model::Lp64.index()];
    let mut lines = vec![format!("size {} align {}", layout.size, layout.align)];
    for (field, span) in struct_.fields.iter().zip(&layout.fields) {
        lines.extend(field_lines(abi, field, span.offset, span.size));
    }
    lines.join("\n")
}

fn field_lines(abi: &Abi, field: &Field, offset: u64, size: u64) -> Vec<String> {
    let Type::Union(arms) = &field.type_ else {
        let type_ = c_type(abi, &field.type_);
        return vec![format!("{offset} {size} {type_} {}", field.name)];
    };
    let arms =
        arms.iter().map(|arm| format!("{offset} arm {} {}", c_type(abi, &arm.type_), arm.name));
    arms.collect()
}

/// A type as C spells it, without the difference between `__u64` and
/// `__aligned_u64`, which some copies of the headers had lost: the i386
/// layouts tell it.
fn c_type(abi: &Abi, type_: &Type) -> String {
    match type_ {
        Type::Int(int) => int_name(*int).to_owned(),
        Type::Struct(id) => format!("struct {}", abi.struct_(*id).name),
        Type::Pointer(int) => format!("{} *", int_name(*int)),
        Type::Array(element, length, _) => format!("{}[{length}]", c_type(abi, element)),
        Type::Flexible(element, _) => format!("{}[]", c_type(abi, element)),
        Type::Union(_) => "union".to_owned(),
    }
}

fn int_name(int: Int) -> &'static str {
    match int {
        Int::U8 => "__u8",
        Int::U16 => "__u16",
        Int::U32 => "__u32",
        Int::U64 | Int::AlignedU64 => "__u64",
        Int::S8 => "__s8",
        Int::S16 => "__s16",
        Int::S32 => "__s32",
        Int::S64 => "__s64",
    }
}

/// What a facts file contains.
pub fn contained(facts: &Facts) -> Told {
    let constants = facts.constants.iter().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (name.clone(), text)
    });
    let enumerators = facts.enums.iter().map(|(name, enumerator)| {
        (name.clone(), format!("{} of {}", enumerator.value, enumerator.tag))
    });
    let structs = facts.structs.iter().map(|(name, struct_)| {
        let mut lines = vec![format!("size {} align {}", struct_.size, struct_.align)];
        lines.extend(struct_.fields.iter().flat_map(fact_lines));
        (name.clone(), lines.join("\n"))
    });
    let i386 = facts.i386_differs.iter();
    let i386 = i386.map(|(name, other)| (name.clone(), format!("{} {}", other.size, other.align)));
    Told {
        constants: constants.collect(),
        macros: facts.function_macros.iter().cloned().collect(),
        enumerators: enumerators.collect(),
        structs: structs.collect(),
        i386: i386.collect(),
    }
}

fn fact_lines(field: &FactField) -> Vec<String> {
    let type_ = field.type_.replace("__aligned_u64", "__u64");
    match &field.fields {
        Some(arms) => arms
            .iter()
            .map(|arm| format!("{} arm {} {}", field.offset, arm.type_, arm.name))
            .collect(),
        None => vec![format!("{} {} {type_} {}", field.offset, field.size, field.name)],
    }
}

/// What the reader finds in headers.
pub fn read(facts: &header::Facts) -> Told {
    let mut told = Told::default();
    for constant in &facts.constants {
        let (name, number) = (constant.name.clone(), constant.number.to_string());
        match (&constant.tag, &constant.spelt) {
            (Some(tag), _) => told.enumerators.insert(name, format!("{number} of {tag}")),
            (None, header::Spelt::Text(text)) => told.constants.insert(name, format!("{text:?}")),
            (None, _) => told.constants.insert(name, number),
        };
    }
    told.macros = facts.macros.iter().map(|one| one.name.clone()).collect();
    for struct_ in &facts.structs {
        let [lp64, ilp32, _] = &struct_.layouts;
        let mut lines = vec![format!("size {} align {}", lp64.size, lp64.align)];
        for (field, span) in struct_.fields.iter().zip(&lp64.fields) {
            let (offset, size) = (span.offset, span.size);
            match &field.type_ {
                header::TypeFact::Union(arms) => lines.extend(
                    arms.iter().map(|(name, arm)| format!("{offset} arm {} {name}", c_fact(arm))),
                ),
                type_ => lines.push(format!("{offset} {size} {} {}", c_fact(type_), field.name)),
            }
        }
        told.structs.insert(struct_.name.clone(), lines.join("\n"));
        if (lp64.size, lp64.align) != (ilp32.size, ilp32.align) {
            told.i386.insert(struct_.name.clone(), format!("{} {}", ilp32.size, ilp32.align));
        }
    }
    told
}

fn c_fact(type_: &header::TypeFact) -> String {
    use header::TypeFact;
    match type_ {
        TypeFact::Int(int) => int_name(*int).to_owned(),
        TypeFact::Struct(name) => format!("struct {name}"),
        TypeFact::Pointer(int) => format!("{} *", int_name(*int)),
        TypeFact::Array(element, length, _) => format!("{}[{length}]", c_fact(element)),
        TypeFact::Flexible(element, _) => format!("{}[]", c_fact(element)),
        TypeFact::Union(_) => "union".to_owned(),
    }
}
