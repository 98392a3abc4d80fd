//! Assertions that the compiler lays every struct out as the specification
//! says: one number where all data models agree, otherwise one for each.

use super::tabs::{WIDTH, end_column, tabs};
use super::view::{LayoutView, LayoutsView};
use crate::ir::{Abi, Field, Struct, Type};
use crate::layout::PerModel;

/// The assertions of all structs, those of one kernel header together;
/// `prefix` opens the names of our macros.
pub(super) fn views(abi: &Abi, prefix: &str) -> Vec<LayoutsView> {
    let header = |struct_: &Struct| abi.sections[struct_.section].header;
    let runs = abi.structs.chunk_by(|a, b| header(a) == header(b));
    let views = runs.map(|run| LayoutsView {
        beside: super::beside(abi, header(&run[0]), prefix),
        structs: run.iter().map(|struct_| view(struct_, prefix)).collect(),
    });
    views.collect()
}

/// Whether some layout differs between data models.
pub(super) fn differ(abi: &Abi) -> bool {
    let numbers = abi.structs.iter().flat_map(|struct_| {
        let offsets = (0..struct_.fields.len()).map(|field| offsets(struct_, field));
        offsets.chain([sizes(struct_)])
    });
    numbers.into_iter().any(|numbers| !agree(numbers))
}

fn view(struct_: &Struct, prefix: &str) -> LayoutView {
    let fields = struct_.fields.iter().enumerate().flat_map(|(index, field)| {
        let offsets = offsets(struct_, index);
        members(field).into_iter().map(move |name| (name, offsets))
    });
    let fields = fields.flat_map(|(name, offsets)| {
        assertion(&format!("{prefix}OFFSET"), &struct_.name, Some(name), offsets)
    });
    let size = assertion(&format!("{prefix}SIZE"), &struct_.name, None, sizes(struct_));
    LayoutView { assertions: [String::new()].into_iter().chain(size).chain(fields).collect() }
}

/// The names under which C knows a field: those of a union's members.
fn members(field: &Field) -> Vec<&str> {
    match &field.type_ {
        Type::Union(arms) => arms.iter().map(|arm| arm.name.as_str()).collect(),
        _ => vec![&field.name],
    }
}

fn sizes(struct_: &Struct) -> PerModel<u64> {
    struct_.layouts.each_ref().map(|layout| layout.size)
}

fn offsets(struct_: &Struct, field: usize) -> PerModel<u64> {
    struct_.spans(field).map(|span| span.offset)
}

fn agree(numbers: PerModel<u64>) -> bool {
    numbers.iter().all(|number| *number == numbers[0])
}

/// One assertion, broken behind its first argument where it is too long.
fn assertion(
    macro_: &str,
    struct_: &str,
    field: Option<&str>,
    numbers: PerModel<u64>,
) -> Vec<String> {
    let (plural, numbers) = match agree(numbers) {
        true => ("", numbers[0].to_string()),
        false => ("S", numbers.map(|number| number.to_string()).join(", ")),
    };
    let head = format!("{macro_}{plural}({struct_},");
    let tail = match field {
        Some(field) => format!("{field}, {numbers});"),
        None => format!("{numbers});"),
    };
    let line = format!("{head} {tail}");
    if end_column(&line) <= WIDTH {
        return vec![line];
    }
    let column = macro_.len() + plural.len() + "(".len();
    let margin = tabs(0, column) + &" ".repeat(column % 8);
    vec![head, margin + &tail]
}
