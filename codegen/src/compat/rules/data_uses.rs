//! The uses of a struct as the data of a number: with an id or a flag, in memory of which the
//! number determines the type, or in records that are read from a descriptor.

use crate::ir::{Abi, Group, GroupId, Payload, Value};

/// A use of a struct.
#[derive(Clone, Copy, Debug)]
pub(super) enum DataUse<'a> {
    /// Its size is compared.
    Compared,
    /// It is in memory that a field has the address of, as the data of a number.
    Memory(&'a Payload, &'a Value),
    /// It follows the struct of a record; the flag says whether a field has its length.
    Record(bool),
}

/// The uses of a struct as data.
pub(super) fn of<'a>(abi: &'a Abi, struct_: &str) -> Vec<DataUse<'a>> {
    let Some(id) = abi.find_struct(struct_) else { return Vec::new() };
    let of_group = |(at, group): (usize, &'a Group)| {
        let values = group.values.iter().filter(|value| value.payload_struct() == Some(id));
        let uses = values.flat_map(|value| of_value(abi, GroupId(at), value));
        uses.collect::<Vec<_>>()
    };
    abi.groups.iter().enumerate().flat_map(of_group).collect()
}

/// The uses of the data of a number.
fn of_value<'a>(abi: &'a Abi, group: GroupId, value: &'a Value) -> Vec<DataUse<'a>> {
    let streams = abi.fds.iter().filter_map(|kind| kind.stream.as_ref());
    let streams = streams.filter(|stream| stream.numbers(abi) == Some(group));
    let records = streams.map(|one| DataUse::Record(one.length.is_some()));
    let memory = abi.structs.iter().flat_map(|struct_| {
        let payloads = struct_.fields.iter().filter_map(|field| field.payload.as_ref());
        payloads.filter(move |payload| {
            let by = payload.type_by.as_ref();
            by.and_then(|by| by.numbers(abi, struct_)) == Some(group)
        })
    });
    let all: Vec<_> = records.chain(memory.map(|one| DataUse::Memory(one, value))).collect();
    if all.is_empty() { vec![DataUse::Compared] } else { all }
}
