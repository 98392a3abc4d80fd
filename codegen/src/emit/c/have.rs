//! What the header says of itself: a macro for every name it declares, names
//! that mean one number beside every kernel header, and names that the kernel
//! has given up.

use super::beside::{Words, stable};
use super::columns::WIDTH;
use super::literal;
use super::values::{columned, lone_define};
use super::view::{DefineView, HaveFieldView, HaveFieldsView};
use crate::emit::named::{self, Named, What, name_since};
use crate::ir::{Field, Role, Type};

/// One macro for every name that is there beside every kernel header.
pub(super) fn names(words: &Words<'_>) -> Vec<String> {
    let lasting = words.all.iter().filter(|named| !named.counts());
    lasting.map(|named| have(words, named.name)).collect()
}

fn have(words: &Words<'_>, name: &str) -> String {
    format!("#define {}HAVE_{name} 1", words.prefix)
}

/// The fields that their structs did not have from the beginning.
pub(super) fn fields(words: &Words<'_>) -> Vec<HaveFieldsView> {
    let headers = 0..words.abi.headers.len();
    let views = headers.map(|header| HaveFieldsView {
        beside: super::beside(words.abi, header, words.prefix),
        names: late(words, header)
            .map(|(owner, field)| have(words, &field_name(owner, field)))
            .collect(),
    });
    views.filter(|view| !view.names.is_empty()).collect()
}

/// The same beside a kernel header that may have them or not. Where nothing
/// came with a field, it is taken to lack.
pub(super) fn fields_beside(words: &Words<'_>, header: usize) -> Vec<HaveFieldView> {
    let companions = &words.companions;
    let fields = late(words, header).filter_map(|(owner, field)| {
        let own = companions.of(owner).filter(|_| !companions.is_first(owner));
        let own = own.map(|name| format!("!defined({name})"));
        let later = companions.of_field(owner, field).map(|name| format!("defined({name})"));
        let when: Vec<_> = own.into_iter().chain(later).collect();
        let view =
            HaveFieldView { name: have(words, &field_name(owner, field)), when: condition(&when) };
        (!when.is_empty()).then_some(view)
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

fn field_name(owner: &Named<'_>, field: &Field) -> String {
    format!("{}_{}", owner.name, field.name)
}

/// The fields of a kernel header's structs that these did not have from the
/// beginning, but for those that mean nothing yet.
fn late<'a>(
    words: &'a Words<'_>,
    header: usize,
) -> impl Iterator<Item = (&'a Named<'a>, &'a Field)> {
    let named =
        words.all.iter().filter(move |named| words.abi.sections[named.section].header == header);
    let structs = named.filter_map(|named| match named.what {
        What::Struct(id) => Some((named, words.abi.struct_(id))),
        _ => None,
    });
    structs.flat_map(|(owner, struct_)| {
        let fields = struct_.fields.iter().filter(move |field| {
            name_since(&field.meta) != owner.since()
                && field.role != Role::Reserved
                && !matches!(field.type_, Type::Union(_))
        });
        fields.map(move |field| (owner, field))
    })
}

/// Names of ours for the numbers that the kernel's own names had otherwise.
pub(super) fn stable_names(words: &Words<'_>) -> Vec<DefineView> {
    let moved = named::renumbered(&words.all);
    let defines = moved.iter().filter_map(|named| {
        let name = stable(words.abi, named.name, words.prefix);
        Some(lone_define(&name, literal::decimal(named.number()?)))
    });
    columned(defines.collect())
}

/// What the kernel called something before, as a name of the same.
pub(super) fn former_names(words: &Words<'_>) -> Vec<DefineView> {
    let former = named::former(&words.all);
    former.iter().map(|old| lone_define(old.name, old.now.name.to_owned())).collect()
}
