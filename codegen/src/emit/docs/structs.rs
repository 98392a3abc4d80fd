//! A struct on its page: what it is for, its diagram, a table of its fields
//! with the bytes that no field covers, and the numbers that its fields hold.

use askama::Template;

use super::bullets::Bullets;
use super::facts::{self, remarked, remarks};
use super::groups;
use super::links::Page;
use super::table::{Align, Table};
use super::types;
use super::uses::Uses;
use super::variants::{self, Variant, cell};
use super::words;
use crate::ir::{Field, Meta, Role, Struct, StructId, Type, UnionArm};
use crate::layout::{PerModel, Span};

/// What the template prints.
#[derive(Template)]
#[template(path = "struct.md.jinja", escape = "none")]
struct StructView {
    heading: &'static str,
    name: String,
    doc: Option<String>,
    warning: Option<String>,
    facts: Option<Bullets>,
    image: String,
    numbers: Option<String>,
    fields: Option<String>,
    groups: Vec<String>,
}

/// The struct's part of its page.
pub(super) fn block(page: &Page<'_>, uses: &Uses, id: StructId) -> String {
    let struct_ = page.abi.struct_(id);
    let facts = facts(page, uses, id);
    let view = StructView {
        heading: "##",
        doc: Some(page.doc(&struct_.meta.doc)),
        warning: facts::warning(page, &struct_.meta),
        facts: facts::of_item(page, &struct_.meta, facts),
        ..bare(page, id)
    };
    view.to_string()
}

/// A struct that a capability declares: what is said of the one holds for the
/// other, and stands above already.
pub(super) fn inline(page: &Page<'_>, uses: &Uses, id: StructId) -> String {
    let facts = Bullets::new(facts(page, uses, id));
    StructView { heading: "###", facts, ..bare(page, id) }.to_string()
}

/// What a struct's part of its page always has.
fn bare(page: &Page<'_>, id: StructId) -> StructView {
    let struct_ = page.abi.struct_(id);
    StructView {
        heading: "",
        name: struct_.name.clone(),
        doc: None,
        warning: None,
        facts: None,
        image: page.to(&format!("Layout of struct {}", struct_.name), &svg_path(&struct_.name)),
        numbers: numbers(struct_),
        fields: FieldTable::of(page, struct_).finish(),
        groups: local_groups(page, id),
    }
}

/// The diagram of a struct, below the folder of the reference.
pub(super) fn svg_path(name: &str) -> String {
    format!("svg/{name}.svg")
}

/// The struct's facts that are peculiar to it.
fn facts(page: &Page<'_>, uses: &Uses, id: StructId) -> Vec<String> {
    let struct_ = page.abi.struct_(id);
    let mut facts = vec![size(struct_)];
    facts.extend(uses.of_struct(page, id));
    if let (Some(argsz), Some(minsz)) = (struct_.argsz, struct_.minsz) {
        let ends: Vec<u64> = struct_.spans(minsz).map(Span::end).to_vec();
        let (argsz, minsz) = (&struct_.fields[argsz].name, &struct_.fields[minsz].name);
        facts.push(format!("`{argsz}` must reach the end of `{minsz}`: {} bytes.", cell(&ends)));
    }
    facts
}

/// Size and alignment, by target where they differ.
fn size(struct_: &Struct) -> String {
    let extents = struct_.layouts.each_ref().map(|layout| (layout.size, layout.align));
    let said = |one: &Variant<(u64, u64)>| {
        let (size, align) = one.value;
        let on = if one.label.is_empty() { String::new() } else { format!(" on {}", one.label) };
        format!("{size} bytes, aligned to {align}{on}")
    };
    let sizes: Vec<String> = variants::variants(extents).iter().map(said).collect();
    let packed = if struct_.packed { "; packed" } else { "" };
    format!("{}{packed}.", sizes.join("; "))
}

/// What two numbers in one cell mean, where there are some.
fn numbers(struct_: &Struct) -> Option<String> {
    let labels: Vec<String> = variants::layouts(struct_).into_iter().map(|one| one.label).collect();
    let more = labels.len() > 1;
    more.then(|| format!("Where offset or size differ: {}.", labels.join(" / ")))
}

/// The tables of the numbers that are declared inside the struct.
fn local_groups(page: &Page<'_>, id: StructId) -> Vec<String> {
    let struct_ = page.abi.struct_(id);
    let groups = struct_.fields.iter().filter_map(|field| field.group);
    let local = groups.filter(|group| page.abi.group(*group).field.is_some_and(|of| of.0 == id));
    local.filter_map(|group| groups::inside(page, struct_, group)).collect()
}

/// The table of fields while it is filled.
struct FieldTable<'a> {
    page: &'a Page<'a>,
    struct_: &'a Struct,
    variants: Vec<Variant<(u64, &'a [Span])>>,
    table: Table<6>,
}

impl<'a> FieldTable<'a> {
    /// The table of all fields and holes of a struct.
    fn of(page: &'a Page<'a>, struct_: &'a Struct) -> Self {
        let columns = [
            ("offset", Align::Right),
            ("size", Align::Right),
            ("type", Align::Left),
            ("field", Align::Left),
            ("direction", Align::Left),
            ("meaning", Align::Left),
        ];
        let variants = variants::layouts(struct_);
        let mut table = Self { page, struct_, variants, table: Table::new(columns) };
        for (at, field) in struct_.fields.iter().enumerate() {
            table.field(at, field);
            table.hole_behind(at);
        }
        table
    }

    fn finish(self) -> Option<String> {
        self.table.finish()
    }

    fn field(&mut self, at: usize, field: &Field) {
        let [offset, size] = self.place(self.struct_.spans(at), &field.type_);
        let name = match &field.type_ {
            Type::Union(_) => format!("*{}*", field.name.replace('_', "\\_")),
            _ => format!("`{}`", field.name),
        };
        let type_ = types::linked(self.page, &field.type_, &self.struct_.fields);
        let direction = words::direction(field.direction).to_owned();
        let meaning = self.page.cell(&field.meta.doc);
        let meaning = remarked(meaning, &self.remarks_of(field));
        self.table.row([offset.clone(), size, type_, name, direction, meaning]);
        if let Type::Union(arms) = &field.type_ {
            arms.iter().for_each(|arm| self.arm(&offset, arm, &field.meta));
        }
    }

    /// A member of an anonymous union, at the union's own offset.
    fn arm(&mut self, offset: &str, arm: &UnionArm, around: &Meta) {
        let mut said = remarks(self.page, &arm.meta, around);
        said.extend(self.gate(arm.when.as_ref()));
        let meaning = remarked(self.page.cell(&arm.meta.doc), &said);
        let type_ = types::linked(self.page, &arm.type_, &[]);
        let name = format!("or `{}`", arm.name);
        self.table.row([offset.to_owned(), String::new(), type_, name, String::new(), meaning]);
    }

    /// The bytes between a field and the next that belong to none.
    fn hole_behind(&mut self, at: usize) {
        let next = |spans: &[Span], size| spans.get(at + 1).map_or(size, |next| next.offset);
        let gap = |one: &Variant<(u64, &[Span])>| {
            let (size, spans) = one.value;
            (spans[at].end(), next(spans, size).saturating_sub(spans[at].end()))
        };
        let gaps: Vec<(u64, u64)> = self.variants.iter().map(gap).collect();
        let covered = matches!(self.struct_.fields[at].type_, Type::Flexible(..));
        if covered || gaps.iter().all(|(_, size)| *size == 0) {
            return;
        }
        let shown = |number: fn(&(u64, u64)) -> u64| {
            let one = |gap: &(u64, u64)| match gap.1 {
                0 => "–".to_owned(),
                _ => format!("*{}*", number(gap)),
            };
            cell(&gaps.iter().map(one).collect::<Vec<_>>())
        };
        let words = ["", "*hole*", "", "*padding that belongs to no field*"].map(str::to_owned);
        let [type_, name, direction, meaning] = words;
        self.table.row([shown(|gap| gap.0), shown(|gap| gap.1), type_, name, direction, meaning]);
    }

    /// Offset and size, each once where all targets agree.
    fn place(&self, spans: PerModel<Span>, type_: &Type) -> [String; 2] {
        let of = |number: fn(Span) -> u64| {
            let numbers = self.variants.iter().map(|one| number(spans[one.model.index()]));
            cell(&numbers.collect::<Vec<_>>())
        };
        let size = match type_ {
            Type::Flexible(..) => String::new(),
            _ => of(|span| span.size),
        };
        [of(|span| span.offset), size]
    }

    /// What is to be said of a field besides its meaning.
    fn remarks_of(&self, field: &Field) -> Vec<String> {
        let mut said = Vec::new();
        if field.version > 1 {
            said.push(format!("version {}", field.version));
        }
        said.extend(remarks(self.page, &field.meta, &self.struct_.meta));
        said.extend(self.gate(field.when.as_ref()));
        if let Some(group) = field.group {
            if self.page.abi.group(group).field.is_none() {
                said.push(format!("one of {}", self.page.group(group)));
            }
        }
        if field.role == Role::Reserved && field.meta.doc.is_empty() {
            said.push("reserved".to_owned());
        }
        said
    }

    fn gate(&self, when: Option<&String>) -> Option<String> {
        when.map(|name| format!("only with {}", self.page.name(name)))
    }
}
