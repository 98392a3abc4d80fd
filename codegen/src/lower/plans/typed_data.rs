//! Data whose type a number of the argument determines, with the forms that they can have.

use super::fields::{int, number_field, size};
use crate::ir::requests::{
    DataForm, FormBody, IntPlace, NamedField, ReturnedData, ReturnedPlaces, TypedData, TypedLength,
};
use crate::ir::{Abi, Field, GroupId, Payload, PayloadLength, Struct, TypeField, Value};
use crate::names;
use crate::reply::Direction;

/// The data at the address in a field, if the caller passes them. `request` is the name of
/// the request, `base` the offset of the struct and `address` that of the field.
pub(super) fn passed(
    abi: &Abi,
    (struct_, base): (&Struct, u64),
    payload: &Payload,
    address: u64,
    request: &str,
) -> Option<TypedData> {
    let (name, group) = chooser(abi, struct_, payload)?;
    if payload.direction == Direction::Out {
        return None;
    }
    let place = |name: &str| number_field((struct_, base), name);
    let named = |name: &str| {
        let field = struct_.fields.iter().find(|field| field.name == name);
        let doc = field.map(|field| field.meta.doc.clone()).unwrap_or_default();
        let is_original = field.is_some_and(|field| field.meta.since == struct_.meta.since);
        NamedField { name: name.to_owned(), doc, is_original }
    };
    let length = match &payload.length {
        PayloadLength::Bytes(None, length) => TypedLength::Bytes(place(length)?),
        PayloadLength::Strided { count, stride } => {
            TypedLength::Strided { count: place(count)?, stride: place(stride)? }
        }
        _ => return None,
    };
    Some(TypedData {
        type_name: type_name(request),
        number: place(name)?,
        number_field: named(name),
        group,
        address,
        direction: payload.direction,
        stride_field: match &payload.length {
            PayloadLength::Strided { stride, .. } => Some(named(stride)),
            _ => None,
        },
        length,
        forms: forms(abi, group),
    })
}

/// The data at the address in a field of an argument, if the kernel returns them. Every
/// argument has the bytes up to `minsz`.
pub(super) fn returned(
    abi: &Abi,
    struct_: &Struct,
    minsz: u64,
    request: &str,
) -> Option<ReturnedData> {
    let place = |name: &str| {
        let members = abi.members(struct_).into_iter();
        let mut named = members.filter(|member| member.name == name);
        named.find_map(|member| {
            let (offset, int) = (member.kernel_span().offset, int(member.type_)?);
            (offset + int.size() <= minsz).then_some(IntPlace { offset, int })
        })
    };
    let typed = |field: &Field| {
        let payload = field.payload.as_ref()?;
        let (number, group) = chooser(abi, struct_, payload)?;
        let PayloadLength::Bytes(None, length) = &payload.length else { return None };
        let written = payload.direction == Direction::Out && payload.returns.is_some();
        written.then(|| ReturnedData {
            type_name: type_name(request),
            number: number.to_owned(),
            is_member: struct_.fields.iter().all(|field| field.name != *number),
            group,
            places: place(number)
                .zip(place(length))
                .map(|(number, length)| ReturnedPlaces { number, length }),
            length: length.clone(),
            memory: field.name.clone(),
            forms: forms(abi, group),
        })
    };
    struct_.fields.iter().find_map(typed)
}

/// The field of the same struct whose number determines the type, if its numbers have a
/// type in Rust.
pub(super) fn chooser<'a>(
    abi: &Abi,
    struct_: &Struct,
    payload: &'a Payload,
) -> Option<(&'a str, GroupId)> {
    let by = payload.type_by.as_ref().filter(|by| by.struct_.is_none())?;
    Some((&by.field, numbers(abi, struct_, by)?))
}

/// The numbers that a field, or a member of a union, holds, if they have a type in Rust.
pub(super) fn numbers(abi: &Abi, own: &Struct, by: &TypeField) -> Option<GroupId> {
    let group = by.numbers(abi, own)?;
    abi.group(group).rust.as_ref().map(|_| group)
}

fn type_name(request: &str) -> String {
    names::rust_type(&[request, "_data"].concat())
}

/// One form for each number with data, or of which it is known that it has none. Of
/// several names of one number the first counts.
pub(super) fn forms(abi: &Abi, group: GroupId) -> Vec<DataForm> {
    let values = &abi.group(group).values;
    let is_first = |index: usize, value: &Value| {
        values[..index].iter().all(|before| before.number != value.number)
    };
    let values = values.iter().enumerate();
    let values = values.filter(|(index, value)| {
        let known = value.without_payload || value.payload_struct().is_some();
        known && is_first(*index, value)
    });
    let form = |(index, value): (usize, &Value)| DataForm {
        number: (group, index),
        short: names::option("", &value.short),
        body: value.payload_struct().map(|id| {
            let struct_ = abi.struct_(id);
            FormBody { struct_: id, size: size(struct_), minsz: least(struct_) }
        }),
    };
    values.map(form).collect()
}

/// The bytes of a payload that the kernel needs at least.
fn least(struct_: &Struct) -> u64 {
    let end = |field: usize| struct_.kernel_span(field).end();
    struct_.minsz.map_or(struct_.kernel_layout().size, end)
}

/// The fields of a struct that follow from data: the number of their type, and their length.
pub(super) fn derived<'a>(struct_: &'a Struct, abi: &Abi) -> Vec<&'a str> {
    let mut names = Vec::new();
    for payload in struct_.fields.iter().filter_map(|field| field.payload.as_ref()) {
        if let Some((number, _)) = chooser(abi, struct_, payload) {
            if payload.direction != Direction::Out {
                names.push(number);
            }
        }
        if let PayloadLength::Strided { count, stride } = &payload.length {
            names.extend([count.as_str(), stride.as_str()]);
        }
    }
    names
}
