//! Bytes that no field covers: their value is undefined, and a 32-bit program may not have them.

use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::{Abi, Field, Role, Struct, Type};
use crate::layout::per_model;
use crate::layout::{Extent, Layout, Model, PerModel, Span};

/// L4: every byte of a struct belongs to a field.
pub(super) fn no_holes(abi: &Abi) -> Vec<Violation<'_>> {
    let holes = abi.structs.iter().flat_map(|struct_| {
        let last = struct_.fields.len();
        (0..last).filter_map(move |field| Some((struct_, field, holes_behind(struct_, field)?)))
    });
    holes.map(|(struct_, field, holes)| hole(abi, struct_, field, &holes)).collect()
}

/// L6: padding that itself causes a hole.
pub(super) fn no_pads_that_make_holes(abi: &Abi) -> Vec<Violation<'_>> {
    let pads = abi.structs.iter().flat_map(|struct_| {
        let reserved = struct_.fields.iter().enumerate();
        let reserved = reserved.filter(|(_, field)| field.role == Role::Reserved);
        reserved.filter_map(move |(index, field)| {
            Some((struct_, index, field, without_harm(abi, struct_, index)?))
        })
    });
    pads.map(|(struct_, index, field, without)| {
        let message = format!("`{}` causes the hole that it should fill", field.name);
        let finding = Violation::new(LintSubject::of_field(abi, struct_, field), message)
            .label(format!("with it, {}", laid_out(struct_, index, &struct_.layouts, index + 1)))
            .help(format!(
                "without it, {}; if it is released, add a second one after it",
                laid_out(struct_, index, &without, index)
            ));
        match struct_.fields.get(index + 1) {
            Some(next) => finding.and(next.meta.place, "the field that it should align"),
            None => finding,
        }
    })
    .collect()
}

/// The holes after a field, at most one on each model.
fn holes_behind(struct_: &Struct, field: usize) -> Option<PerModel<Option<Span>>> {
    let holes = struct_.layouts.each_ref().map(|layout| {
        let end = layout.fields[field].end();
        // An empty flexible array ends at the end of the field before it.
        let next = layout.fields.get(field + 1).map_or(layout.size, |next| next.offset);
        layout.holes.iter().copied().find(|hole| hole.offset == end && end < next)
    });
    holes.iter().any(Option::is_some).then_some(holes)
}

fn hole<'a>(
    abi: &'a Abi,
    struct_: &'a Struct,
    index: usize,
    holes: &PerModel<Option<Span>>,
) -> Violation<'a> {
    let field = &struct_.fields[index];
    let kind = match index + 1 == struct_.fields.len() {
        true => "ends in padding",
        false => "has a hole",
    };
    let message = format!("`{}` {kind} after `{}`", struct_.name, field.name);
    let bytes = holes.map(|hole| match hole {
        Some(hole) => format!("bytes {} to {}", hole.offset, hole.end() - 1),
        None => "none".to_owned(),
    });
    Violation::new(LintSubject::of_field(abi, struct_, field), message)
        .label(per_model(&bytes))
        .help(mended(abi, struct_, index, holes))
}

/// A padding field that closes a hole; checked before it is proposed.
fn mended(abi: &Abi, struct_: &Struct, index: usize, holes: &PerModel<Option<Span>>) -> String {
    let field = &struct_.fields[index];
    if field.role == Role::Reserved && without_harm(abi, struct_, index).is_some() {
        return format!("`{}` itself causes the hole (L6)", field.name);
    }
    let Some(hole) = holes[Model::Lp64.index()] else {
        return "give the fields before it the same size on every target".to_owned();
    };
    let (type_, align) = match hole.size {
        1 => ("u8".to_owned(), 1),
        2 => ("u16".to_owned(), 2),
        4 => ("u32".to_owned(), 4),
        size => (format!("u8[{size}]"), 1),
    };
    // No field can follow a flexible array; padding before it works as well.
    let (side, at) = match field.type_ {
        Type::Flexible(..) => ("before", index),
        _ => ("after", index + 1),
    };
    let pad = Extent { size: hole.size, align };
    let with_pad = relaid(abi, struct_, |extents| extents.insert(at, pad));
    let sizes = with_pad.map(|layouts| layouts.map(|layout| layout.size));
    let outcome = sizes.map(|sizes| format!("; the size is then {}", per_model(&sizes)));
    format!("add a `reserved {type_}` {side} `{}`{}", field.name, outcome.unwrap_or_default())
}

/// The layouts without the field at `index`, if they have fewer bytes in holes.
fn without_harm(abi: &Abi, struct_: &Struct, field: usize) -> Option<PerModel<Layout>> {
    let without = relaid(abi, struct_, |extents| {
        extents.remove(field);
    })?;
    let lost = |layout: &Layout| layout.holes.iter().map(|hole| hole.size).sum::<u64>();
    let mut pairs = without.iter().zip(&struct_.layouts);
    pairs.any(|(without, with)| lost(without) < lost(with)).then_some(without)
}

/// The layouts of a struct with changed fields.
fn relaid(
    abi: &Abi,
    struct_: &Struct,
    change: impl Fn(&mut Vec<Extent>),
) -> Option<PerModel<Layout>> {
    let relaid = Model::ALL.map(|model| {
        let extent = |field: &Field| abi.extent(&field.type_, model);
        let mut extents = struct_.fields.iter().map(extent).collect::<Option<Vec<_>>>()?;
        change(&mut extents);
        Layout::of(&extents, struct_.packed)
    });
    let [lp64, ilp32, ilp32_aligned] = relaid;
    Some([lp64?, ilp32?, ilp32_aligned?])
}

/// The offset of the field after `pad` and the size of the struct in these layouts, in which
/// the field has the index `at`.
fn laid_out(struct_: &Struct, pad: usize, layouts: &PerModel<Layout>, at: usize) -> String {
    let sizes = layouts.each_ref().map(|layout| layout.size);
    let size = format!("the size is {}", per_model(&sizes));
    let Some(next) = struct_.fields.get(pad + 1) else { return size };
    let offsets = layouts.each_ref().map(|layout| layout.fields[at].offset);
    format!("`{}` is at {}; {size}", next.name, per_model(&offsets))
}
