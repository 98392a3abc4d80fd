//! Memory that an argument has the address of.

use super::subject::LintSubject;
use super::violation::Violation;
use crate::ir::{Abi, Field, Payload, PayloadLength, Struct};
use crate::reply::Direction;

/// L29: the argument carries the length of memory that the kernel writes.
pub(super) fn carry_their_length(abi: &Abi) -> Vec<Violation<'_>> {
    let fields =
        abi.structs.iter().flat_map(|one| one.fields.iter().map(move |field| (one, field)));
    fields.filter_map(|(struct_, field)| unbounded(abi, struct_, field)).collect()
}

fn unbounded<'a>(abi: &'a Abi, struct_: &'a Struct, field: &'a Field) -> Option<Violation<'a>> {
    let Payload { direction, length, .. } = field.payload.as_deref()?;
    let PayloadLength::Bytes(Some(other), length) = length else { return None };
    if *direction == Direction::In {
        return None;
    }
    let source = abi.struct_(*other).fields.iter().find(|field| field.name == *length);
    let message = format!(
        "the kernel writes to `{}`, and `{}` does not carry the length",
        field.name, struct_.name
    );
    let finding = Violation::new(LintSubject::of_field(abi, struct_, field), message)
        .label("the kernel cannot know the size of the buffer")
        .help(
            "add a field with the length of the buffer, and write no more than that; a caller \
             built for a smaller payload is overrun as soon as the payload grows",
        );
    Some(match source {
        Some(source) => finding.and(source.meta.place, "the length of the payload"),
        None => finding,
    })
}
