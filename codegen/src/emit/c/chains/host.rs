//! The struct in front of a chain: where the protocol's fields lie in it, what
//! the caller sets, and its values.

use super::fields::span;
use super::taken::Taken;
use super::view::{HostView, ValueView};
use super::{Emitter, literal};
use crate::ir::{Field, Host, Role, Struct};
use crate::layout::Model;
use crate::names;
use crate::reply::Direction;

impl Emitter<'_> {
    pub(super) fn host(&self, (host, cap_offset): (&Host, usize), taken: &mut Taken) -> HostView {
        let struct_ = self.abi.struct_(host.struct_);
        let layout = &struct_.layouts[Model::Lp64.index()];
        let stem = names::without_prefix(&self.abi.prefix, &struct_.name);
        let mut name = |words: &[&str]| self.name(taken, &[&[stem], words].concat());
        let mut members = Taken::members(struct_.fields.iter().map(|field| field.name.as_str()));
        let reply = members.take("reply".to_owned());
        let place = format!("info->{reply}.bytes");
        let values = (0..struct_.fields.len()).filter_map(|index| {
            let value = self.value(struct_, index, (&place, "values->"))?;
            told(&struct_.fields[index]).then(|| host_value(struct_, index, value, &mut members))
        });
        let spans = inputs(struct_);
        let minsz = struct_.minsz.map_or(layout.size, |field| span(struct_, field).end());
        HostView {
            name: name(&[]),
            kernel: struct_.name.clone(),
            values: values.collect(),
            table: name(&["host"]),
            inputs: name(&["inputs"]),
            kept: spans.iter().map(|(_, size, _)| size).sum::<u64>().max(1),
            spans,
            read: name(&["read"]),
            parse: name(&["parse"]),
            request: name(&["request"]),
            fixed: name(&["fixed"]),
            size: layout.size,
            minsz,
            argsz: span(struct_, struct_.argsz.unwrap_or(0)).offset,
            flags: span(struct_, host.flags).offset,
            caps: literal(host.flag.1),
            caps_name: host.flag.0.clone(),
            cap_offset: span(struct_, cap_offset).offset,
            reply,
        }
    }
}

/// Whether a field tells something that the protocol does not take care of.
fn told(field: &Field) -> bool {
    !matches!(field.role, Role::Reserved | Role::CapOffset)
}

/// A field of the fixed part; one that later kernels appended may be missing.
fn host_value(struct_: &Struct, index: usize, value: ValueView, members: &mut Taken) -> ValueView {
    let field = &struct_.fields[index];
    let appended = struct_.minsz.is_some_and(|minsz| index > minsz);
    let has = appended.then(|| members.take(["has_", &field.name].concat()));
    ValueView { has, set: field.role != Role::Argsz && !is_input(field), ..value }
}

/// Whether the caller alone sets the field.
fn is_input(field: &Field) -> bool {
    field.direction == Some(Direction::In)
}

/// The fields that the caller sets: offsets, sizes, and 1 where a reply does
/// not set it as well. argsz is the protocol's.
fn inputs(struct_: &Struct) -> Vec<(u64, u64, u32)> {
    let fields = struct_.fields.iter().enumerate();
    let inputs = fields.filter(|(_, field)| {
        let input = matches!(field.direction, Some(Direction::In | Direction::InOut));
        input && field.role != Role::Argsz
    });
    let spans = inputs.map(|(index, field)| {
        let span = span(struct_, index);
        (span.offset, span.size, u32::from(is_input(field)))
    });
    spans.filter(|(_, size, _)| *size > 0).collect()
}
