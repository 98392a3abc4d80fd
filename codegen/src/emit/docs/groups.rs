//! Named numbers: constants, enums, id spaces, and the flags or values that a
//! field of a struct holds.

use askama::Template;

use super::bullet_list::BulletList;
use super::code_names;
use super::cross_refs::CrossRefs;
use super::links::{group_word, registry_path};
use super::metadata::{self, history, with_notes};
use super::page::Page;
use super::phrases::since;
use super::table::{Align, Table};
use super::transitions;
use crate::emit::render;
use crate::ir::{EntryKind, Group, GroupId, GroupKind, Literal, Meta, Struct, Type, Value};
use crate::reply::{Count, WhenLonger, WhenShorter};

/// A group that is an item of its own.
#[derive(Template)]
#[template(path = "group.md.jinja", escape = "none")]
struct GroupView {
    word: &'static str,
    name: String,
    doc: String,
    warning: Option<String>,
    facts: Option<BulletList>,
    table: Option<String>,
    transitions: Option<TransitionsPartView>,
}

/// The transitions between the states of an enum.
struct TransitionsPartView {
    image: String,
    table: String,
}

/// The numbers of a field, below the table of its struct.
#[derive(Template)]
#[template(path = "field_group.md.jinja", escape = "none")]
struct FieldGroupView {
    what: &'static str,
    field: String,
    names: Option<String>,
    table: String,
}

/// The part of the page for a group that is an item.
pub(super) fn block(page: &Page<'_>, uses: &CrossRefs, id: GroupId) -> String {
    let group = page.abi.group(id);
    let mut facts: Vec<String> = uses.of_group(page, id).into_iter().collect();
    if group.kind == GroupKind::IdSpace {
        let registry = page.to("registry", &registry_path(&group.name));
        facts.push(format!("Assigned and free numbers: {registry}."));
    }
    if group.kind == GroupKind::AnonymousEnum {
        facts.push("In C an enum without a tag; this name is only used here.".to_owned());
    }
    let kind = match group.kind {
        GroupKind::Enum => EntryKind::Enum(group),
        _ => EntryKind::Group(group),
    };
    facts.extend(code_names::fact(page, kind));
    let facts = metadata::of_item(page, &group.meta, facts);
    let view = GroupView {
        word: group_word(group.kind),
        name: group.name.clone(),
        doc: page.doc(&group.meta.doc),
        warning: metadata::warning(page, &group.meta),
        facts,
        table: values(page, group, &group.meta).finish(),
        transitions: transitions::table(page, group).map(|table| TransitionsPartView {
            image: page
                .to(&format!("Transitions of enum {}", group.name), &transitions::svg_path(group)),
            table,
        }),
    };
    render::text(&view)
}

/// The table of a group inside a struct.
pub(super) fn inside(page: &Page<'_>, struct_: &Struct, id: GroupId) -> Option<String> {
    let group = page.abi.group(id);
    let field = &struct_.fields[group.field?.1];
    let arm = field.arms().iter().find(|arm| arm.group == Some(id));
    let name = arm.map_or(&field.name, |arm| &arm.name).clone();
    let table = values(page, group, &struct_.meta).finish()?;
    let what = if group.is_flags() { "Flags in" } else { "Values of" };
    let names = code_names::sentence(&page.abi.type_names(group));
    Some(render::text(&FieldGroupView { what, field: name, names, table }))
}

/// The table of a group's numbers.
fn values(page: &Page<'_>, group: &Group, around: &Meta) -> Table {
    let number = if group.is_flags() { "bit" } else { "value" };
    let mut table = Table::new([
        (number, Align::Right),
        ("name", Align::Left),
        ("in Rust", Align::Left),
        ("meaning", Align::Left),
        ("since", Align::Whole),
    ]);
    for value in &group.values {
        let short = group.rust.as_ref().map(|_| format!("`{}`", value.short));
        table.row([
            literal(page, group.is_flags(), value),
            page.anchor(&value.name),
            short.unwrap_or_default(),
            meaning(page, value, around),
            since(page.abi, value.meta.since),
        ]);
    }
    for one in &group.reserved {
        let meaning = with_notes(page.cell(&one.doc), &["reserved".to_owned()]);
        let name = format!("`{}`", one.name);
        let [rust, since] = [String::new(), String::new()];
        table.row([one.value.to_string(), name, rust, meaning, since]);
    }
    table
}

/// The meaning of a number, with its notes.
fn meaning(page: &Page<'_>, value: &Value, around: &Meta) -> String {
    let mut notes: Vec<String> = payload(page, value).into_iter().collect();
    notes.extend(fit_notes(value.shorter, value.longer).map(str::to_owned));
    if !value.gates.is_empty() {
        notes.push(format!("with {}", page.names(&value.gates).join(" or ")));
    }
    if let Some(error) = &value.absent {
        notes.push(format!("`{error}` if the device does not have it"));
    }
    match value.count {
        Some(Count::Moves) => notes.push("a count that moves, not part of the ABI".to_owned()),
        Some(Count::Frozen) => notes.push("a count that never changes".to_owned()),
        None => {}
    }
    notes.extend(history(page, &value.meta));
    if value.meta.source != around.source {
        notes.push(format!("source: {}", metadata::source(page, &value.meta.source)));
    }
    with_notes(page.cell(&value.meta.doc), &notes)
}

/// The effects of data that are shorter or longer than the kernel's form of them.
pub(super) fn fit_notes(
    shorter: Option<WhenShorter>,
    longer: Option<WhenLonger>,
) -> impl Iterator<Item = &'static str> {
    let shorter = shorter.map(|effect| match effect {
        WhenShorter::Refused => "less is refused",
        WhenShorter::ZeroFilled => "missing bytes are zero",
        WhenShorter::Cut => "what does not fit is cut off",
    });
    let longer = longer.map(|effect| match effect {
        WhenLonger::Refused => "more is refused",
        WhenLonger::Zero => "more is refused unless it is zero",
        WhenLonger::Zeroed => "the rest is set to zero",
        WhenLonger::Kept => "the rest is not written",
    });
    shorter.into_iter().chain(longer)
}

/// The type of the data that is passed together with an id or a flag.
pub(super) fn payload(page: &Page<'_>, value: &Value) -> Option<String> {
    let type_ = match (value.payload.as_ref()?, &value.counted_by) {
        (Type::Struct(id), _) => page.struct_(*id),
        (Type::Flexible(element, _), Some(count)) => {
            format!("`{}[{count}]`", page.abi.type_text(element))
        }
        (type_, _) => format!("`{}`", page.abi.type_text(type_)),
    };
    Some(format!("payload: {type_}"))
}

/// A number as the kernel writes it; a flag by the number of its bit.
pub(super) fn literal(page: &Page<'_>, is_flags: bool, value: &Value) -> String {
    match &value.literal {
        Literal::Bit { bit, .. } if is_flags => bit.to_string(),
        Literal::Bit { bit, .. } => format!("`1 << {bit}`"),
        Literal::Hex if value.number >= 0 => format!("{:#x}", value.number),
        Literal::Decimal | Literal::Hex | Literal::Next => value.number.to_string(),
        Literal::Or(names) => page.names(names).join(" or "),
        Literal::Alias(name) => page.names(std::slice::from_ref(name)).join(""),
        Literal::Text(text) => page.cell(&[format!("`\"{text}\"`")]),
    }
}
