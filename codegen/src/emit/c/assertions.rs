//! Assertions that the compiler lays every struct out as the specification
//! says: one number where all data models agree, otherwise one for each.

use super::tabs::{WIDTH, end_column, tabs};
use super::view::{LayoutView, LayoutsView};
use crate::ir::{Abi, Struct};
use crate::layout::{PerModel, all_equal};

/// The assertions of all structs, those of one kernel header together;
/// `prefix` opens the names of our macros.
pub(super) fn views(abi: &Abi, prefix: &str) -> Vec<LayoutsView> {
    let header = |struct_: &Struct| abi.sections[struct_.section].header;
    let runs = abi.structs.chunk_by(|a, b| header(a) == header(b));
    let views = runs.map(|run| LayoutsView {
        beside: super::beside(abi, header(&run[0]), prefix),
        structs: run.iter().map(|struct_| view(abi, struct_, prefix)).collect(),
    });
    views.collect()
}

/// Whether some layout differs between data models.
pub(super) fn differ(abi: &Abi) -> bool {
    let numbers = abi.structs.iter().flat_map(|struct_| {
        let offsets = (0..struct_.fields.len()).map(|field| offsets(struct_, field));
        offsets.chain([sizes(struct_)])
    });
    numbers.into_iter().any(|numbers| !all_equal(&numbers))
}

fn view(abi: &Abi, struct_: &Struct, prefix: &str) -> LayoutView {
    let fields = abi.members(struct_).into_iter().flat_map(|member| {
        let offsets = member.spans.map(|span| span.offset);
        assertion(&format!("{prefix}OFFSET"), &struct_.name, Some(member.name), offsets)
    });
    let size = assertion(&format!("{prefix}SIZE"), &struct_.name, None, sizes(struct_));
    LayoutView { assertions: [String::new()].into_iter().chain(size).chain(fields).collect() }
}

fn sizes(struct_: &Struct) -> PerModel<u64> {
    struct_.layouts.each_ref().map(|layout| layout.size)
}

fn offsets(struct_: &Struct, field: usize) -> PerModel<u64> {
    struct_.spans(field).map(|span| span.offset)
}

/// One assertion, broken behind its first argument where it is too long.
fn assertion(
    macro_: &str,
    struct_: &str,
    field: Option<&str>,
    numbers: PerModel<u64>,
) -> Vec<String> {
    let (plural, numbers) = match all_equal(&numbers) {
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
