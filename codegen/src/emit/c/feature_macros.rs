//! What the header says of itself: a macro for every name it declares, names
//! that mean one number beside every kernel header, and names that the kernel
//! has given up.

use std::collections::HashSet;

use super::groups::{columned, fitted, lone_define};
use super::kernel_compat::{CompatContext, stable};
use super::literal;
use super::tabs::WIDTH;
use super::view::{DefineView, HaveFieldView, HaveFieldsView};
use crate::ir::{self, Entry, EntryKind, Member, renumbered};

/// One macro for every name that is there beside every kernel header.
pub(super) fn names(context: &CompatContext<'_>) -> Vec<String> {
    let lasting = context.entries.iter().filter(|entry| !entry.is_count());
    lasting.map(|entry| have(context, entry.name)).collect()
}

fn have(context: &CompatContext<'_>, name: &str) -> String {
    format!("#define {}HAVE_{name} 1", context.prefix)
}

/// What may lack beside a kernel header: fields that their structs did not have
/// from the beginning, and enumerators that count the others.
pub(super) fn fields(context: &CompatContext<'_>) -> Vec<HaveFieldsView> {
    let headers = 0..context.abi.headers.len();
    let views = headers.map(|header| {
        let fields = late(context, header);
        let fields = fields.map(|(owner, field)| have(context, &field_name(owner, &field)));
        let counts = context.of_header(header).filter(|entry| entry.is_count());
        HaveFieldsView {
            beside: super::beside(context.abi, header, context.prefix),
            names: fields.chain(counts.map(|entry| have(context, entry.name))).collect(),
        }
    });
    views.filter(|view| !view.names.is_empty()).collect()
}

/// The fields that a kernel header surely has. Where nothing came with a field,
/// it is taken to lack.
pub(super) fn fields_beside(context: &CompatContext<'_>, header: usize) -> Vec<HaveFieldView> {
    let detecting = &context.detecting;
    let fields = late(context, header).filter_map(|(owner, field)| {
        let own = detecting.of(owner).filter(|_| !detecting.is_first(owner));
        let own = own.map(|name| format!("!defined({name})"));
        let later = detecting.of_member(owner, &field).map(|name| format!("defined({name})"));
        let when: Vec<_> = own.into_iter().chain(later).collect();
        let name = have(context, &field_name(owner, &field));
        (!when.is_empty()).then(|| HaveFieldView { name, when: condition(&when) })
    });
    fields.collect()
}

/// A condition of which one part is enough, on one line if it fits.
fn condition(parts: &[String]) -> Vec<String> {
    let whole = format!("#if {}", parts.join(" || "));
    if whole.len() <= WIDTH {
        return vec![whole];
    }
    let last = parts.len().saturating_sub(1);
    let lines = parts.iter().enumerate().map(|(index, part)| {
        let before = if index == 0 { "#if " } else { "\t" };
        let behind = if index == last { "" } else { " || \\" };
        format!("{before}{part}{behind}")
    });
    lines.collect()
}

fn field_name(owner: &Entry<'_>, field: &Member<'_>) -> String {
    format!("{}_{}", owner.name, field.name)
}

/// The fields of a kernel header's structs that these did not have from the
/// beginning.
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

/// Names of ours for the numbers that the kernel's own names had otherwise, and
/// for all of an enum with a tag, since one number alone is of little use.
pub(super) fn stable_names(context: &CompatContext<'_>) -> Vec<DefineView> {
    let moved: HashSet<_> = renumbered(&context.entries).iter().map(|entry| entry.name).collect();
    let told =
        context.entries.iter().filter(|entry| entry.tag().is_some() || moved.contains(entry.name));
    let defines = told.filter_map(|entry| {
        let name = stable(context.abi, entry.name, context.prefix);
        Some(lone_define(&name, number(context, entry)?))
    });
    columned(defines.collect()).into_iter().map(fitted).collect()
}

/// A number, with the type of its enum where that has a tag.
pub(super) fn number(context: &CompatContext<'_>, entry: &Entry<'_>) -> Option<String> {
    let number = literal::decimal(entry.number()?);
    Some(match entry.tag() {
        Some(tag) => format!("{}CAST(enum {tag}, {number})", context.prefix),
        None => number,
    })
}

/// What the kernel called something before, as a name of the same.
pub(super) fn former_names(context: &CompatContext<'_>) -> Vec<DefineView> {
    let former = ir::former_names(&context.entries);
    former.iter().map(|old| lone_define(old.name, old.now.name.to_owned())).collect()
}
