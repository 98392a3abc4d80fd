//! In Rust, an optional input is a field of its own, and all others are parameters.

use super::forms;
use crate::ir::protocol::HostPlan;
use crate::ir::requests::{
    InlineCount, InputKind, MemoryLength, RequestElement, RequestInput, RequestPlan,
};
use crate::ir::{Abi, Descriptor};
use crate::layout::Int;

/// An input.
#[derive(PartialEq, Eq)]
struct RustInput<'a> {
    name: &'a str,
    type_: RustType<'a>,
    /// Whether the method that calls the ioctl takes file descriptors in place of numbers.
    fd: Option<Descriptor>,
    is_optional: bool,
}

/// The type of an input.
#[derive(PartialEq, Eq)]
enum RustType<'a> {
    /// A number, perhaps of a type with names.
    Number(Int, Option<&'a str>),
    /// A struct.
    Struct(&'a str),
    /// An array of some length.
    Array(RustElement<'a>, u64),
    /// A reference to elements in the argument: an array of some length, or a slice.
    Elements(RustElement<'a>),
    /// A reference to memory: an array of some length, or a slice.
    Memory { element: RustElement<'a>, length: Option<u64>, is_written: bool },
    /// Data of one of several types.
    Data { type_name: &'a str, is_written: bool, is_strided: bool },
    /// The bytes of a field that is no integer.
    Bytes(u64),
}

#[derive(PartialEq, Eq)]
enum RustElement<'a> {
    Int(Int),
    Struct(&'a str),
}

/// Why programs that make a request do not compile, or do something else.
pub(super) fn request(
    (before, old): (&Abi, &RequestPlan),
    (now, new): (&Abi, &RequestPlan),
) -> Vec<String> {
    let mut reasons = changes(&request_inputs(before, old), &request_inputs(now, new));
    reasons.extend(forms((before, old), (now, new)));
    if !old.borrows() && new.borrows() {
        reasons.push("the type in Rust gets a lifetime".to_owned());
    }
    reasons
}

/// The same of a request for a reply with a chain.
pub(super) fn reply(
    (before, old): (&Abi, &HostPlan),
    (now, new): (&Abi, &HostPlan),
) -> Vec<String> {
    changes(&host_inputs(before, old), &host_inputs(now, new))
}

/// What programs notice of other inputs.
fn changes(old: &[RustInput<'_>], new: &[RustInput<'_>]) -> Vec<String> {
    let mut reasons = Vec::new();
    for input in new {
        let before = old.iter().find(|one| one.name == input.name);
        let reason = match before {
            Some(before) if before != input => "has another type",
            None if !input.is_optional => "is added",
            _ => continue,
        };
        reasons.push(format!("`{}` {reason}", input.name));
    }
    let gone = old.iter().filter(|input| new.iter().all(|one| one.name != input.name));
    reasons.extend(gone.map(|input| format!("`{}` is gone", input.name)));
    let parameters = |inputs: &[RustInput<'_>]| {
        let required = inputs.iter().filter(|input| !input.is_optional);
        required.map(|input| input.name.to_owned()).collect::<Vec<_>>()
    };
    if reasons.is_empty() && parameters(old) != parameters(new) {
        reasons.push("the inputs have another order".to_owned());
    }
    reasons
}

fn request_inputs<'a>(abi: &'a Abi, plan: &'a RequestPlan) -> Vec<RustInput<'a>> {
    let inputs = plan.inputs.iter().map(|input| RustInput {
        name: &input.name,
        type_: type_of(abi, input),
        fd: input.descriptor(),
        is_optional: input.present.is_some(),
    });
    inputs.collect()
}

fn type_of<'a>(abi: &'a Abi, input: &'a RequestInput) -> RustType<'a> {
    let element = |element: RequestElement| match element {
        RequestElement::Int(int) => RustElement::Int(int.value()),
        RequestElement::Struct(id, _) => RustElement::Struct(&abi.struct_(id).name),
    };
    match &input.kind {
        InputKind::Number { int, group, .. } => {
            RustType::Number(int.value(), group.and_then(|id| abi.group(id).rust.as_deref()))
        }
        InputKind::Choice { int, type_name, .. } => RustType::Number(*int, Some(type_name)),
        InputKind::Struct { struct_, .. } => RustType::Struct(&abi.struct_(*struct_).name),
        InputKind::Inline { element: of, count, .. } => match count {
            InlineCount::Fixed(length) => RustType::Array(element(*of), *length),
            InlineCount::Field(..) | InlineCount::ToEnd => RustType::Elements(element(*of)),
        },
        InputKind::Memory { direction, element: of, length, .. } => RustType::Memory {
            element: element(*of),
            length: match length {
                MemoryLength::Fixed(length) => Some(*length),
                _ => None,
            },
            is_written: direction.is_written(),
        },
        InputKind::Typed(data) => RustType::Data {
            type_name: &data.type_name,
            is_written: data.direction.is_written(),
            is_strided: data.stride_field.is_some(),
        },
    }
}

fn host_inputs<'a>(abi: &'a Abi, host: &HostPlan) -> Vec<RustInput<'a>> {
    let struct_ = abi.struct_(host.struct_);
    let inputs = host.inputs.iter().map(|input| {
        let field = &struct_.fields[input.field];
        let type_ = match input.int {
            Some(int) => {
                let group = field.group.and_then(|id| abi.group(id).rust.as_deref());
                RustType::Number(int.value(), group)
            }
            None => RustType::Bytes(input.size),
        };
        RustInput { name: &field.name, type_, fd: None, is_optional: false }
    });
    inputs.collect()
}
