//! The flags that say whether optional inputs of a request are present.

use super::fields::int;
use super::requests::bits;
use crate::ir::requests::FixedFlags;
use crate::ir::{Abi, Field, Group, Role, Struct, Type, Value};
use crate::layout::Int;
use crate::reply::Direction;

/// The group of the flags of a struct, with their field.
fn flags<'a>(abi: &'a Abi, struct_: &Struct) -> Option<(usize, Int, &'a Group)> {
    let index = struct_.fields.iter().position(|field| field.role == Role::Flags)?;
    let field = &struct_.fields[index];
    Some((index, int(&field.type_)?, abi.group(field.group?)))
}

/// The flag of a struct that says whether an input of it is present.
fn flag_of<'a>(abi: &'a Abi, struct_: &Struct, field: &Field) -> Option<&'a Value> {
    let is_input = matches!(field.direction, Some(Direction::In | Direction::InOut));
    let (_, _, group) = flags(abi, struct_)?;
    let name = field
        .input_arm()
        .map_or(&field.valid_if, |arm| &arm.valid_if)
        .as_ref()
        .filter(|_| is_input && !matches!(field.type_, Type::Flexible(..)))?;
    group.values.iter().find(|flag| flag.name == *name)
}

/// The flag that says that an input of a struct at an offset is present.
pub(super) fn present(abi: &Abi, struct_: &Struct, base: u64, field: &Field) -> Option<FixedFlags> {
    let flag = flag_of(abi, struct_, field)?;
    let (index, int, _) = flags(abi, struct_)?;
    Some(FixedFlags {
        offset: base + struct_.kernel_span(index).offset,
        int,
        value: flag.number as u64,
    })
}

/// The flags that say whether optional inputs are present.
pub(super) fn optional(abi: &Abi, struct_: &Struct) -> u64 {
    bits(struct_.fields.iter().filter_map(|field| flag_of(abi, struct_, field)))
}
