//! Declarations that an older kernel header lacks, if it was included before.
//! It is assumed to have a struct if it defines the macro that the kernel
//! introduced together with the struct; missing enumerators become macros.

use super::compat_context::{CompatContext, after_macro};
use super::groups::{fitted, lone_define};
use super::section::{ioctl_number, macro_lines, title};
use super::view::{
    BackfillView, DefineView, EnumView, EnumeratorView, KernelHeaderView, MissingDecl,
    MissingDeclsView, ReleaseMacrosView,
};
use super::{feature_macros, groups, literal, structs};
use crate::ir::{Entry, EntryKind, Group, Header};

/// A kernel header; none if it has no include guard.
pub(super) fn kernel_header(header: &Header, prefix: &str) -> Option<KernelHeaderView> {
    let defined = header.guards.iter().map(|guard| format!("defined({guard})"));
    Some(KernelHeaderView {
        path: header.path.clone(),
        included: defined.collect::<Vec<_>>().join(" || "),
        after: after_macro(header, prefix)?,
        guards: header.guards.clone(),
    })
}

/// The declarations that a kernel header may lack, by its index; none if all of
/// them came with the header, or if it has no include guard.
pub(super) fn backfill(context: &CompatContext<'_>, header: usize) -> Option<BackfillView> {
    let kernel_header = &context.abi.headers[header];
    let declared =
        |entry: &&Entry<'_>| kernel_header.structs || !matches!(entry.kind, EntryKind::Struct(_));
    let late = context.of_header(header).filter(declared);
    let late: Vec<_> = late.filter(|entry| !context.detecting.is_first(entry)).collect();
    let rest = late.iter().filter(|entry| !context.is_needed_elsewhere(entry));
    let view = BackfillView {
        title: title(&format!("Declarations missing from an older <{}>", kernel_header.path)),
        after: after_macro(kernel_header, &context.prefix)?,
        fields: feature_macros::conditional_fields(context, header),
        missing: missing(context, rest.copied()),
        releases: by_release(context, &late),
    };
    let empty = view.fields.is_empty() && view.missing.is_empty() && view.releases.is_empty();
    (!empty).then_some(view)
}

/// The structs that a kernel header may lack and that declarations of other
/// kernel headers need.
pub(super) fn needed(context: &CompatContext<'_>, header: usize) -> Vec<MissingDeclsView> {
    if !context.abi.headers[header].structs {
        return vec![MissingDeclsView { detected_by: None, decls: all_structs(context, header) }];
    }
    let late = context.of_header(header).filter(|entry| !context.detecting.is_first(entry));
    missing(context, late.filter(|entry| context.is_needed_elsewhere(entry)))
}

/// Every struct of a kernel header.
fn all_structs(context: &CompatContext<'_>, header: usize) -> Vec<MissingDecl> {
    let structs = context.of_header(header).filter_map(|entry| match entry.kind {
        EntryKind::Struct(id) => Some(MissingDecl::Struct(structs::bare(context.abi, id))),
        _ => None,
    });
    structs.collect()
}

/// The declarations among `late` that the preprocessor cannot test for, grouped
/// by the macro that detects them.
fn missing<'a>(
    context: &CompatContext<'_>,
    late: impl Iterator<Item = &'a Entry<'a>>,
) -> Vec<MissingDeclsView> {
    let missing: Vec<_> = late.filter_map(|entry| missing_decl(context, entry)).collect();
    let missing = missing.chunk_by(|a, b| a.0 == b.0).map(|missing| MissingDeclsView {
        detected_by: Some(missing[0].0.to_owned()),
        decls: missing.iter().map(|(_, decl)| decl.clone()).collect(),
    });
    missing.collect()
}

/// A declaration that the preprocessor cannot test for, with the macro that
/// detects it.
fn missing_decl<'a>(
    context: &CompatContext<'a>,
    entry: &Entry<'_>,
) -> Option<(&'a str, MissingDecl)> {
    let decl = match entry.kind {
        EntryKind::Struct(id) => MissingDecl::Struct(structs::bare(context.abi, id)),
        EntryKind::Enum(group) => MissingDecl::Enum(tagged(context, group)),
        EntryKind::Enumerator(_, value) if value.count.is_none() => {
            let define = fitted(lone_define(entry.name, context.number(entry)?));
            let detected_by = context.detecting.of_enumerator(entry)?;
            return Some((detected_by, MissingDecl::Enumerator(define)));
        }
        _ => return None,
    };
    Some((context.detecting.of_type(entry)?, decl))
}

/// Macros by release, and enumerators that no macro detects.
fn by_release(context: &CompatContext<'_>, late: &[&Entry<'_>]) -> Vec<ReleaseMacrosView> {
    let came = |entry: &&Entry<'_>| entry.since().first();
    let mut sorted = late.to_vec();
    sorted.sort_by_key(came);
    let releases = sorted.chunk_by(|a, b| came(a) == came(b));
    let views = releases.map(|entry| ReleaseMacrosView {
        title: format!("/* Linux {} */", came(&entry[0]).bare()),
        defines: entry.iter().filter_map(|entry| define(context, entry)).collect(),
        macros: entry.iter().filter_map(|entry| macro_(entry)).collect(),
    });
    views.filter(|view| !view.defines.is_empty() || !view.macros.is_empty()).collect()
}

/// An enum with its tag. Its enumerators have stable names, since those of the
/// kernel may be macros of the kernel header.
fn tagged(context: &CompatContext<'_>, group: &Group) -> EnumView {
    let enumerators = group.values.iter().map(|value| EnumeratorView {
        above: Vec::new(),
        name: context.stable_name(&value.name),
        value: format!(" = {}", literal::decimal(value.number)),
        trailing: String::new(),
    });
    EnumView { tag: format!(" {}", group.name), enumerators: enumerators.collect() }
}

/// A constant; none for counts, because their value belongs to the enum that declares them.
fn define(context: &CompatContext<'_>, entry: &Entry<'_>) -> Option<DefineView> {
    match entry.kind {
        EntryKind::Constant(_, value) => Some(groups::bare_define(value)),
        EntryKind::Enumerator(_, value) if value.count.is_none() => {
            let detected = context.detecting.of_enumerator(entry).is_some();
            let number = context.number(entry).filter(|_| !detected)?;
            Some(lone_define(entry.name, number))
        }
        EntryKind::Ioctl(id) => {
            let number = ioctl_number(context.abi, context.abi.ioctl(id));
            Some(lone_define(entry.name, number))
        }
        EntryKind::Capability(capability) => {
            Some(lone_define(entry.name, capability.id.to_string()))
        }
        _ => None,
    }
}

/// The name and the lines of a function-like macro.
fn macro_(entry: &Entry<'_>) -> Option<(String, Vec<String>)> {
    match entry.kind {
        EntryKind::Macro(item) => Some((item.name.clone(), macro_lines(item))),
        _ => None,
    }
}
