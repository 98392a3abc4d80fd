//! Conditions of fields: evaluates `valid_if` with the flags and numbers of the enclosing structs.

use super::bytes::ByteReader;
use crate::ir::{Struct, Type};

/// The condition under which a field is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition<'a> {
    /// The flag, op, feature or index.
    pub name: &'a str,
    /// Whether the condition holds; `None` if the enclosing structs do not determine it.
    pub given: Option<bool>,
}

/// The structs that contain a value, the innermost last, with their offsets.
#[derive(Clone, Debug, Default)]
pub(super) struct Enclosing<'a> {
    around: Vec<(&'a Struct, u64)>,
}

impl<'a> Enclosing<'a> {
    /// The scope of the fields of the struct at `at`.
    pub(super) fn within(&self, struct_: &'a Struct, at: u64) -> Self {
        let mut around = self.around.clone();
        around.push((struct_, at));
        Self { around }
    }

    /// The struct whose fields are read, and its offset.
    pub(super) fn innermost(&self) -> Option<(&'a Struct, u64)> {
        self.around.last().copied()
    }

    /// The condition under which a field is valid, if there is one.
    pub(super) fn gate(
        &self,
        reader: ByteReader<'a>,
        when: Option<&'a str>,
    ) -> Option<Condition<'a>> {
        let name = when?;
        let mut sources = self.around.iter().rev();
        let given = sources.find_map(|(struct_, at)| given(reader, struct_, *at, name));
        Some(Condition { name, given })
    }
}

/// Whether the struct at `at` has a named flag or number, if it has a field for it.
fn given(reader: ByteReader<'_>, struct_: &Struct, at: u64, name: &str) -> Option<bool> {
    let fields = struct_.fields.iter().enumerate();
    fields.filter(|(_, field)| matches!(field.type_, Type::Int(_))).find_map(|(index, field)| {
        let group = reader.abi.group(field.group?);
        let value = group.values.iter().find(|value| value.name == name)?;
        let held = reader.unsigned(reader.span(struct_, at, index))?;
        let number = value.number as u64;
        Some(match group.is_flags() {
            true => held & number != 0,
            false => held == number,
        })
    })
}
