//! Feature-test macros (`VFIO_ABI_HAVE_*`), one for each declared name, stable
//! names for values that differ between releases, and former names.

use std::collections::HashSet;

use super::compat_context::{CompatContext, after_macro};
use super::groups::{aligned, fitted, lone_define};
use super::tabs::WIDTH;
use super::view::{ConditionalFeatureView, DefineView, FieldFeaturesView};
use crate::ir::{self, Entry, EntryKind, Member, renumbered};

/// The macros of all names that are declared whatever kernel header was
/// included before.
pub(super) fn names(context: &CompatContext<'_>) -> Vec<String> {
    let always = context.entries.iter().filter(|entry| !entry.is_count());
    let always = always.filter(|entry| !context.is_undetected(entry));
    always.map(|entry| feature(context, entry.name)).collect()
}

fn feature(context: &CompatContext<'_>, name: &str) -> String {
    ["#define ", &macro_name(&context.prefix, name), " 1"].concat()
}

/// The macro that is defined if a name is declared.
pub(super) fn macro_name(prefix: &str, name: &str) -> String {
    [prefix, "HAVE_", name].concat()
}

/// The macros of names that a kernel header may lack: fields that are newer
/// than their structs, enumerators that count the others, and types that no macro detects.
pub(super) fn fields(context: &CompatContext<'_>) -> Vec<FieldFeaturesView> {
    let headers = context.abi.headers.iter().enumerate();
    let views = headers.map(|(index, header)| {
        let fields = late(context, index);
        let fields = fields.map(|(owner, field)| feature(context, &field_name(owner, &field)));
        let counts = context
            .of_header(index)
            .filter(|entry| entry.is_count() || context.is_undetected(entry));
        FieldFeaturesView {
            after: after_macro(header, &context.prefix).filter(|_| header.structs),
            names: fields.chain(counts.map(|entry| feature(context, entry.name))).collect(),
        }
    });
    views.filter(|view| !view.names.is_empty()).collect()
}

/// The macros of the fields that a kernel header is known to have. A field that
/// no macro detects is assumed to be missing.
pub(super) fn conditional_fields(
    context: &CompatContext<'_>,
    header: usize,
) -> Vec<ConditionalFeatureView> {
    let detecting = &context.detecting;
    if !context.abi.headers[header].structs {
        return Vec::new();
    }
    let fields = late(context, header).filter_map(|(owner, field)| {
        let own = detecting.of_type(owner).filter(|_| !detecting.is_first(owner));
        let own = own.map(|name| format!("!defined({name})"));
        let later = detecting.of_member(owner, &field).map(|name| format!("defined({name})"));
        let any: Vec<_> = own.into_iter().chain(later).collect();
        let name = feature(context, &field_name(owner, &field));
        (!any.is_empty()).then(|| ConditionalFeatureView { name, condition: if_any(&any) })
    });
    fields.collect()
}

/// An `#if` that holds if one of the conditions does, on one line if it fits.
fn if_any(conditions: &[String]) -> Vec<String> {
    let whole = format!("#if {}", conditions.join(" || "));
    if whole.len() <= WIDTH {
        return vec![whole];
    }
    let last = conditions.len().saturating_sub(1);
    let lines = conditions.iter().enumerate().map(|(index, condition)| {
        let before = if index == 0 { "#if " } else { "\t" };
        let after = if index == last { "" } else { " || \\" };
        format!("{before}{condition}{after}")
    });
    lines.collect()
}

fn field_name(owner: &Entry<'_>, field: &Member<'_>) -> String {
    format!("{}_{}", owner.name, field.name)
}

/// The fields of a kernel header's structs that are newer than their structs.
fn late<'a>(
    context: &'a CompatContext<'_>,
    header: usize,
) -> impl Iterator<Item = (&'a Entry<'a>, Member<'a>)> {
    let structs = context.of_header(header).filter_map(|entry| match entry.kind {
        EntryKind::Struct(id) => Some((entry, context.abi.struct_(id))),
        _ => None,
    });
    structs.flat_map(|(owner, struct_)| {
        let fields = context.abi.own_members(struct_).into_iter();
        let fields = fields.filter(move |field| field.meta.name_since() != owner.since());
        fields.map(move |field| (owner, field))
    })
}

/// Stable names of all values that had another number in some release, and of
/// the other values of their enums.
pub(super) fn stable_names(context: &CompatContext<'_>) -> Vec<DefineView> {
    let moved: HashSet<_> = renumbered(&context.entries).iter().map(|entry| entry.name).collect();
    let stable = |entry: &&Entry<'_>| entry.tag().is_some() || moved.contains(entry.name);
    let defines = context.entries.iter().filter(stable).filter_map(|entry| {
        Some(lone_define(&context.stable_name(entry.name), context.number(entry)?))
    });
    aligned(defines.collect()).into_iter().map(fitted).collect()
}

/// Former names, defined as the present ones.
pub(super) fn former_names(context: &CompatContext<'_>) -> Vec<DefineView> {
    let former = ir::former_names(&context.entries);
    former.iter().map(|old| lone_define(old.name, old.now.name.to_owned())).collect()
}
