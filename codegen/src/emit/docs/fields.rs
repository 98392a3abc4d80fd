//! The table of a struct's fields: one row for each field, for each member of
//! an anonymous union, and for the bytes that no field covers.

use super::groups::fit_notes;
use super::layout_variants::{cell, layouts};
use super::metadata::{notes, with_notes};
use super::page::Page;
use super::permalinks::member_anchor;
use super::phrases;
use super::table::{Align, Table};
use super::types;
use crate::ir::{
    BitmapLength, Field, GroupId, Meta, NewFd, Payload, PayloadLength, Role, Struct, Type, UnionArm,
};
use crate::layout::{ModelGroup, PerModel, Span};
use crate::reply::{Direction, ReturnedLength};

/// The table; none if a struct has no field.
pub(super) fn table(page: &Page<'_>, struct_: &Struct) -> Option<String> {
    FieldTable::new(page, struct_).table.finish()
}

/// The table of fields while it is filled.
struct FieldTable<'a> {
    page: &'a Page<'a>,
    struct_: &'a Struct,
    variants: Vec<ModelGroup<(u64, &'a [Span])>>,
    table: Table,
}

impl<'a> FieldTable<'a> {
    /// The table of all fields and holes of a struct.
    fn new(page: &'a Page<'a>, struct_: &'a Struct) -> Self {
        let columns = [
            ("offset", Align::Right),
            ("size", Align::Right),
            ("type", Align::Left),
            ("field", Align::Left),
            ("direction", Align::Left),
            ("meaning", Align::Left),
        ];
        let variants = layouts(struct_);
        let mut table = Self { page, struct_, variants, table: Table::new(columns) };
        for (at, field) in struct_.fields.iter().enumerate() {
            table.field(at, field);
            table.hole_after(at);
        }
        table
    }

    fn field(&mut self, at: usize, field: &Field) {
        let [offset, size] = self.place(self.struct_.spans(at), &field.type_);
        let name = match &field.type_ {
            Type::Union(_) => format!("*{}*", field.name.replace('_', "\\_")),
            _ => ["`", &field.name, "`"].concat(),
        };
        let name = self.anchor(&field.name) + &name;
        let type_ = types::linked(self.page, &field.type_, &self.struct_.fields);
        let direction = phrases::direction(field.direction).to_owned();
        let meaning = self.page.cell(&field.meta.doc);
        let meaning = with_notes(meaning, &self.remarks_of(field));
        self.table.row([offset.clone(), size, type_, name, direction, meaning]);
        if let Type::Union(arms) = &field.type_ {
            arms.iter().for_each(|arm| self.arm(&offset, arm, &field.meta));
        }
    }

    /// A member of an anonymous union, at the union's own offset.
    fn arm(&mut self, offset: &str, arm: &UnionArm, around: &Meta) {
        let mut notes = notes(self.page, &arm.meta, around);
        notes.extend(self.gate(arm.valid_if.as_ref()));
        notes.extend(self.held(arm.group));
        let meaning = with_notes(self.page.cell(&arm.meta.doc), &notes);
        let type_ = types::linked(self.page, &arm.type_, &[]);
        let name = format!("or {}`{}`", self.anchor(&arm.name), arm.name);
        self.table.row([offset.to_owned(), String::new(), type_, name, String::new(), meaning]);
    }

    /// The anchor of a member.
    fn anchor(&self, member: &str) -> String {
        ["<a id=\"", &member_anchor(&self.struct_.name, member), "\"></a>"].concat()
    }

    /// The bytes between a field and the next that belong to none.
    fn hole_after(&mut self, at: usize) {
        let next = |spans: &[Span], size| spans.get(at + 1).map_or(size, |next| next.offset);
        let gap = |one: &ModelGroup<(u64, &[Span])>| {
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
        let words = ["", "*hole*", "", "*padding*"].map(str::to_owned);
        let [type_, name, direction, meaning] = words;
        self.table.row([shown(|gap| gap.0), shown(|gap| gap.1), type_, name, direction, meaning]);
    }

    /// Offset and size, each once if all targets agree.
    fn place(&self, spans: PerModel<Span>, type_: &Type) -> [String; 2] {
        let of = |number: fn(Span) -> u64| {
            let numbers = self.variants.iter().map(|one| number(spans[one.models[0].index()]));
            cell(&numbers.collect::<Vec<_>>())
        };
        let size = match type_ {
            Type::Flexible(..) => String::new(),
            _ => of(|span| span.size),
        };
        [of(|span| span.offset), size]
    }

    /// Notes about a field besides its meaning.
    fn remarks_of(&self, field: &Field) -> Vec<String> {
        let mut texts = Vec::new();
        if field.role == Role::Reserved {
            texts.push("reserved".to_owned());
        }
        if field.version > 1 {
            texts.push(format!("version {}", field.version));
        }
        texts.extend(notes(self.page, &field.meta, &self.struct_.meta));
        texts.extend(self.gate(field.valid_if.as_ref()));
        texts.extend(phrases::exists_if(self.page.abi, self.struct_, field));
        texts.extend(phrases::count(self.page.abi, self.struct_, field));
        texts.extend(self.held(field.group));
        texts.extend(self.index_of(&field.indexes));
        texts.extend(field.payload.as_ref().map(|payload| self.payload(payload)));
        texts.extend(field.returns_fd.map(|new| match new {
            NewFd::Kind(kind) => format!("a new `{}`", self.page.abi.fds[kind].name),
            NewFd::Other => "a new file descriptor".to_owned(),
        }));
        texts
    }

    /// The group of the numbers that a field holds, if it is separate.
    fn held(&self, group: Option<GroupId>) -> Option<String> {
        let group = group.filter(|id| self.page.abi.group(*id).field.is_none())?;
        Some(format!("one of {}", self.page.group(group)))
    }

    /// The enums of an index.
    fn index_of(&self, indexes: &[GroupId]) -> Option<String> {
        let groups = indexes.iter().map(|id| self.page.group(*id)).collect::<Vec<_>>();
        (!groups.is_empty()).then(|| format!("an index of {}", groups.join(" or ")))
    }

    /// The memory that a field has the address of.
    fn payload(&self, payload: &Payload) -> String {
        let who = match payload.direction {
            Direction::In => "the kernel reads",
            Direction::Out => "the kernel writes",
            Direction::InOut => "the kernel reads and writes",
        };
        let element = match &payload.element {
            Type::Struct(id) => self.page.struct_(*id),
            type_ => format!("`{}`", self.page.abi.type_text(type_)),
        };
        let length = match &payload.length {
            PayloadLength::Fixed(count) => format!("{count} elements of type {element}"),
            PayloadLength::Elements(field) => {
                format!("`{field}` elements of type {element}")
            }
            PayloadLength::Bytes(None, field) => format!("`{field}` bytes"),
            PayloadLength::Strided { count, stride } => {
                format!("`{count}` elements of `{stride}` bytes each")
            }
            PayloadLength::Bytes(Some(other), field) => {
                format!("as many bytes as `{field}` of {} says", self.page.struct_(*other))
            }
            PayloadLength::Bits(BitmapLength { range, page, bytes }) => {
                let range = range.iter().map(|(struct_, field)| match struct_ {
                    Some(id) => format!("`{field}` of {}", self.page.struct_(*id)),
                    None => format!("`{field}`"),
                });
                let range = range.collect::<Vec<_>>().join(" or ");
                let bytes = bytes.iter().map(|bytes| format!(" of `{bytes}` bytes"));
                let bytes = bytes.collect::<String>();
                format!(
                    "a bitmap{bytes}, with one bit for each `{page}` bytes of {range}, in {element}"
                )
            }
        };
        let type_by = payload.type_by.iter().map(|by| match by.struct_ {
            Some(id) => format!(", of the type of `{}` of {}", by.field, self.page.struct_(id)),
            None => format!(", of the type of `{}`", by.field),
        });
        let type_by = type_by.collect::<String>();
        let lasting = if payload.lasting { ", also after the call" } else { "" };
        let fit = fit_notes(payload.shorter, payload.longer);
        let fit = fit.map(|note| ["; ", note].concat()).collect::<String>();
        let returns = payload.returns.map_or("", |returned| match returned {
            ReturnedLength::Full => "; the full length is returned",
            ReturnedLength::Written => "; the length that was written is returned",
            ReturnedLength::Done => "; the number that is done is returned",
        });
        let too_small = payload.too_small.iter().map(|error| format!("; `{error}` if too small"));
        let too_small = too_small.collect::<String>();
        format!("at this address {who} {length}{type_by}{lasting}{fit}{returns}{too_small}")
    }

    fn gate(&self, when: Option<&String>) -> Option<String> {
        when.map(|name| format!("only with {}", self.page.name(name)))
    }
}
