//! Fields that count only under a flag or a number: whether that is given, as
//! far as the struct around them or those around it can tell.

use super::bytes::ByteReader;
use crate::ir::{GroupKind, Struct, Type};

/// What must be given for a field to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate<'a> {
    /// The flag, op, feature or index.
    pub name: &'a str,
    /// Whether it is given; `None` where nothing here tells.
    pub given: Option<bool>,
}

/// The structs that a value lies in, the innermost last, with their places.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'a> {
    around: Vec<(&'a Struct, u64)>,
}

impl<'a> Scope<'a> {
    /// The scope of the fields of the struct at `at`.
    pub(super) fn within(&self, struct_: &'a Struct, at: u64) -> Self {
        let mut around = self.around.clone();
        around.push((struct_, at));
        Self { around }
    }

    /// The struct whose fields are read, and its place.
    pub(super) fn innermost(&self) -> Option<(&'a Struct, u64)> {
        self.around.last().copied()
    }

    /// What must be given for a field to count, if something must.
    pub(super) fn gate(&self, reader: ByteReader<'a>, when: Option<&'a str>) -> Option<Gate<'a>> {
        let name = when?;
        let mut tellers = self.around.iter().rev();
        let given = tellers.find_map(|(struct_, at)| given(reader, struct_, *at, name));
        Some(Gate { name, given })
    }
}

/// Whether the struct at `at` gives a named flag or number, if it can.
fn given(reader: ByteReader<'_>, struct_: &Struct, at: u64, name: &str) -> Option<bool> {
    let fields = struct_.fields.iter().enumerate();
    fields.filter(|(_, field)| matches!(field.type_, Type::Int(_))).find_map(|(index, field)| {
        let group = reader.abi.group(field.group?);
        let value = group.values.iter().find(|value| value.name == name)?;
        let held = reader.unsigned(reader.span(struct_, at, index))?;
        let number = value.number as u64;
        Some(match group.kind {
            GroupKind::Flags => held & number != 0,
            _ => held == number,
        })
    })
}
