//! What the parts about chains, requests and replies have in common: the names of the header,
//! and the expressions that load and store integers.

use super::part_text::NameStarts;
use super::unique_names::UniqueNames;
use crate::ir::protocol::RecordPlan;
use crate::ir::{Abi, StructId};
use crate::layout::Int;
use crate::names;

/// Prints the protocol plan in C.
pub(super) struct Emitter<'h, 'a> {
    pub(super) abi: &'a Abi,
    /// The prefix of our types and functions.
    pub(super) stem: &'h str,
    /// The prefix of our macros.
    pub(super) macro_prefix: &'h str,
    /// The starts of both.
    pub(super) starts: &'h NameStarts,
    /// The structs that are not declared after a kernel header which may lack them.
    pub(super) undetected: &'h [StructId],
}

impl Emitter<'_, '_> {
    /// A unique name for the header's own declarations.
    pub(super) fn name(&self, names: &mut UniqueNames, words: &[&str]) -> String {
        names.reserve(names::c_name(self.stem, words))
    }

    /// A unique name that is not part of the API: two underscores follow the prefix.
    pub(super) fn internal(&self, names: &mut UniqueNames, words: &[&str]) -> String {
        self.name(names, &[&[""], words].concat())
    }

    /// Loads an integer at `place + offset`.
    pub(super) fn load(&self, int: Int, place: &str, offset: u64) -> String {
        self.load_at(int, place, &offset.to_string())
    }

    /// Loads an integer at an offset that is an expression.
    pub(super) fn load_at(&self, int: Int, place: &str, offset: &str) -> String {
        let number = match (int.size(), offset) {
            (1, _) => format!("{place}[{offset}]"),
            (size, "0") => format!("{}__u{}({place})", self.stem, size * 8),
            (size, _) => format!("{}__u{}({place} + {offset})", self.stem, size * 8),
        };
        match int.signed() {
            true => self.cast(int, &number),
            false => number,
        }
    }

    /// The record of a struct.
    pub(super) fn record(&self, id: StructId) -> Option<&RecordPlan> {
        self.abi.protocol.records.iter().find(|record| record.struct_ == id)
    }

    /// The number to store for a value.
    pub(super) fn store(&self, int: Int, value: &str) -> String {
        match int.signed() {
            true => self.cast(Int::U64, value),
            false => value.to_owned(),
        }
    }

    fn cast(&self, int: Int, value: &str) -> String {
        format!("{}_CAST({}, {value})", self.macro_prefix, c_type(int))
    }
}

/// The expression for `place + offset`.
pub(super) fn plus(place: &str, offset: u64) -> String {
    match offset {
        0 => place.to_owned(),
        _ => format!("{place} + {offset}"),
    }
}

/// The type of a variable that holds the integer.
pub(super) fn c_type(int: Int) -> &'static str {
    names::c_int(int.value())
}
