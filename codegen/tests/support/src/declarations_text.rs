//! The declarations of a specification, of a facts file and of a header, as texts
//! that can be compared.

use std::collections::{BTreeMap, BTreeSet};

use capchain::header;
use capchain::ir::{Abi, Field, GroupKind, Literal, Struct, Type};
use capchain::layout::Int;
use capchain::names;

use crate::facts::{FactField, Facts};

/// Declarations by name, each with a text.
#[derive(Debug, Default, PartialEq)]
pub struct Declarations {
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

/// Panics at the first difference of a release. Returns the number of declarations.
pub fn assert_equal(release: &str, expected: &Declarations, found: &Declarations) -> usize {
    assert_same(release, "constant", &expected.constants, &found.constants);
    assert_same(release, "enumerator", &expected.enumerators, &found.enumerators);
    assert_same(release, "struct", &expected.structs, &found.structs);
    assert_same(release, "i386 layout", &expected.i386, &found.i386);
    assert_eq!(expected.macros, found.macros, "{release}");
    found.constants.len() + found.enumerators.len() + found.structs.len() + found.i386.len()
}

fn assert_same(
    release: &str,
    kind: &str,
    expected: &BTreeMap<String, String>,
    found: &BTreeMap<String, String>,
) {
    for (name, value) in found {
        assert_eq!(expected.get(name), Some(value), "{release}: {kind} {name}");
    }
    for (name, value) in expected {
        assert_eq!(found.get(name), Some(value), "{release}: {kind} {name}");
    }
}

/// The declarations of an ABI.
pub fn of_abi(abi: &Abi) -> Declarations {
    let mut declarations = Declarations::default();
    for group in &abi.groups {
        for value in &group.values {
            let (name, number) = (value.name.clone(), value.number.to_string());
            match (group.kind, &value.literal) {
                (_, Literal::Text(text)) => {
                    declarations.constants.insert(name, format!("{text:?}"))
                }
                (GroupKind::Enum, _) => {
                    declarations.enumerators.insert(name, format!("{number} of {}", group.name))
                }
                (GroupKind::AnonymousEnum, _) => {
                    declarations.enumerators.insert(name, format!("{number} of "))
                }
                _ => declarations.constants.insert(name, number),
            };
        }
    }
    for capability in &abi.capabilities {
        declarations.constants.insert(capability.name.clone(), capability.id.to_string());
    }
    if let Some(numbers) = &abi.ioctl_numbers {
        for ioctl in &abi.ioctls {
            let number = numbers.type_value << 8 | (numbers.base_value + ioctl.number);
            declarations.constants.insert(ioctl.name.clone(), number.to_string());
        }
    }
    declarations.macros = abi.macros.iter().map(|macro_| macro_.name.clone()).collect();
    for struct_ in &abi.structs {
        declarations.structs.insert(struct_.name.clone(), shape(abi, struct_));
        let [lp64, ilp32, _] = &struct_.layouts;
        if (lp64.size, lp64.align) != (ilp32.size, ilp32.align) {
            declarations
                .i386
                .insert(struct_.name.clone(), format!("{} {}", ilp32.size, ilp32.align));
        }
    }
    declarations
}

fn shape(abi: &Abi, struct_: &Struct) -> String {
    let layout = struct_.kernel_layout();
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

/// A type in C. `__aligned_u64` becomes `__u64`, since some copies of the headers
/// have lost the difference; the i386 layouts show it.
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

/// The name of an integer type in C, `__u64` for `__aligned_u64` too.
fn int_name(int: Int) -> &'static str {
    match int {
        Int::AlignedU64 => names::c_int(Int::U64),
        Int::AlignedLe64 => names::c_int(Int::Le64),
        int => names::c_int(int),
    }
}

/// The declarations of a facts file.
pub fn of_facts(facts: &Facts) -> Declarations {
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
    Declarations {
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

/// The declarations of headers, as `capchain::header` reads them.
pub fn of_header(facts: &header::Facts) -> Declarations {
    let mut declarations = Declarations::default();
    for constant in &facts.constants {
        let (name, number) = (constant.name.clone(), constant.number.to_string());
        match (&constant.tag, &constant.spelt) {
            (Some(tag), _) => declarations.enumerators.insert(name, format!("{number} of {tag}")),
            (None, header::Spelt::Text(text)) => {
                declarations.constants.insert(name, format!("{text:?}"))
            }
            (None, _) => declarations.constants.insert(name, number),
        };
    }
    declarations.macros = facts.macros.iter().map(|one| one.name.clone()).collect();
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
        declarations.structs.insert(struct_.name.clone(), lines.join("\n"));
        if (lp64.size, lp64.align) != (ilp32.size, ilp32.align) {
            declarations
                .i386
                .insert(struct_.name.clone(), format!("{} {}", ilp32.size, ilp32.align));
        }
    }
    declarations
}

fn c_fact(type_: &header::TypeFact) -> String {
    use header::TypeFact;
    match type_ {
        TypeFact::Int(int) => int_name(*int).to_owned(),
        TypeFact::Struct(name) => format!("struct {name}"),
        TypeFact::BigEndian(int) => int_name(*int).replacen("__u", "__be", 1),
        TypeFact::Long(true) => "long".to_owned(),
        TypeFact::Long(false) => "unsigned long".to_owned(),
        TypeFact::Pointer(int) => format!("{} *", int_name(*int)),
        TypeFact::Array(element, length, _) => format!("{}[{length}]", c_fact(element)),
        TypeFact::Flexible(element, _) => format!("{}[]", c_fact(element)),
        TypeFact::Union(_) => "union".to_owned(),
    }
}
