//! Assertions that the compiler lays every struct out as the specification does.
//!
//! A struct of which every byte belongs to a field has only one layout, because
//! C keeps the order of members, and the sizes of their types are known. Its size
//! is therefore all that has to be asserted. Padding splits other structs into
//! runs of fields without padding; the offsets of the first and of the last field
//! of a run prove those of the fields between them. If every offset were asserted,
//! assertions would cost a compiler more than the declarations.

use super::compat_context::after_macro;
use super::tabs::{WIDTH, end_column, tabs};
use super::view::AssertionsView;
use crate::ir::{Abi, Struct, Type};
use crate::layout::{Layout, PerModel, all_equal};

/// The assertions of all structs, grouped by kernel header; `prefix` is the
/// start of the header's own macros.
pub(super) fn views(abi: &Abi, prefix: &str) -> Vec<AssertionsView> {
    let header = |struct_: &Struct| abi.sections[struct_.section].header;
    let runs = abi.structs.chunk_by(|a, b| header(a) == header(b));
    let views = runs.map(|run| AssertionsView {
        after: Some(&abi.headers[header(&run[0])])
            .filter(|header| header.structs)
            .and_then(|header| after_macro(header, prefix)),
        lines: run.iter().flat_map(|struct_| assertion(struct_, prefix)).collect(),
    });
    views.collect()
}

/// Whether an assertion has a number for each data model.
pub(super) fn differ(abi: &Abi) -> bool {
    abi.structs.iter().any(|struct_| {
        let offsets = bounds(struct_).map(|field| offsets(struct_, field));
        offsets.chain([sizes(struct_)]).any(|numbers| !all_equal(&numbers))
    })
}

/// The assertion of a struct, each condition on a line of its own.
fn assertion(struct_: &Struct, prefix: &str) -> Vec<String> {
    let opening = format!("{prefix}_ASSERT(");
    let margin = tabs(0, opening.len()) + &" ".repeat(opening.len() % 8);
    let conditions = conditions(struct_, prefix);
    let last = conditions.len() - 1;
    let lines = conditions.into_iter().enumerate().flat_map(|(index, mut parts)| {
        parts.push(if index < last { "&&" } else { "," }.to_owned());
        filled(&parts, WIDTH - opening.len())
    });
    let mut lines: Vec<_> = lines.map(|line| margin.clone() + &line).collect();
    lines[0].replace_range(..margin.len(), &opening);
    match lines.last_mut() {
        Some(last) if end_column(last) + CLOSING.len() < WIDTH => {
            last.push(' ');
            last.push_str(CLOSING);
        }
        _ => lines.push(margin + CLOSING),
    }
    lines
}

/// The parts of a condition on as few lines as hold them.
fn filled(parts: &[String], width: usize) -> Vec<String> {
    let mut lines = Vec::<String>::new();
    for part in parts {
        let gap = if part == "," { "" } else { " " };
        match lines.last_mut() {
            Some(line) if line.len() + gap.len() + part.len() <= width => {
                line.push_str(gap);
                line.push_str(part);
            }
            _ => lines.push(part.clone()),
        }
    }
    lines
}

/// The message and the end of an assertion.
const CLOSING: &str = "\"layout\");";

/// The conditions, each as the parts that a line break can separate.
fn conditions(struct_: &Struct, prefix: &str) -> Vec<Vec<String>> {
    let name = &struct_.name;
    let number = |numbers: PerModel<u64>| match all_equal(&numbers) {
        true => numbers[0].to_string(),
        false => {
            let [lp64, ilp32, ilp32_aligned] = numbers;
            format!("{prefix}_MODEL({lp64}, {ilp32}, {ilp32_aligned})")
        }
    };
    let size = vec![format!("sizeof(struct {name}) =="), number(sizes(struct_))];
    let offsets = bounds(struct_).map(|index| {
        let (member, offset) = (struct_.fields[index].stored_name(), offsets(struct_, index));
        let [open, close] = [format!("__builtin_offsetof(struct {name},"), format!("{member}) ==")];
        vec![open, close, number(offset)]
    });
    [size].into_iter().chain(offsets).collect()
}

/// The fields next to padding, by index, and flexible arrays, which have no size.
/// The first field is left out, since its offset is always 0.
fn bounds(struct_: &Struct) -> impl Iterator<Item = usize> {
    let gap_after = |index: usize| {
        let gap = |layout: &Layout| {
            let next = layout.fields.get(index + 1).map_or(layout.size, |next| next.offset);
            layout.fields[index].end() < next
        };
        struct_.layouts.iter().any(gap)
    };
    let flexible = |index: usize| matches!(struct_.fields[index].type_, Type::Flexible(..));
    let bound = move |index: &usize| flexible(*index) || gap_after(*index) || gap_after(*index - 1);
    (1..struct_.fields.len()).filter(bound)
}

fn sizes(struct_: &Struct) -> PerModel<u64> {
    struct_.layouts.each_ref().map(|layout| layout.size)
}

fn offsets(struct_: &Struct, field: usize) -> PerModel<u64> {
    struct_.spans(field).map(|span| span.offset)
}
