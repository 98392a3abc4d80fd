//! One layout for all: a 64-bit kernel reads the struct of a 32-bit program
//! as if it were its own.

use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::{Abi, Struct};
use crate::layout::{all_equal, per_model};

/// L5: sizes and offsets are the same on every target. Only the alignment may
/// differ, which L3 checks.
pub(super) fn one_layout_everywhere(abi: &Abi) -> Vec<Violation<'_>> {
    let structs = abi.structs.iter();
    structs.filter_map(|struct_| differs(abi, struct_)).collect()
}

fn differs<'a>(abi: &'a Abi, struct_: &'a Struct) -> Option<Violation<'a>> {
    let sizes = struct_.layouts.each_ref().map(|layout| layout.size);
    let moved = (0..struct_.fields.len()).find(|field| !all_equal(&struct_.spans(*field)));
    if moved.is_none() && all_equal(&sizes) {
        return None;
    }
    let message = format!("`{}` does not have the same layout everywhere", struct_.name);
    let finding = Violation::new(LintSubject::of_struct(abi, struct_), message)
        .label(format!("its size is {}", per_model(&sizes)))
        .help("make every u64 and user address `aligned_u64`, and declare the padding as `reserved` fields");
    let Some(moved) = moved else { return Some(finding) };
    let spans = struct_.spans(moved);
    let offsets = spans.map(|span| span.offset);
    let text = match all_equal(&offsets) {
        false => format!("is at {}", per_model(&offsets)),
        true => format!("its size is {}", per_model(&spans.map(|span| span.size))),
    };
    Some(finding.and(struct_.fields[moved].meta.place, text))
}
