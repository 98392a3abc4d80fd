//! The uses of a struct as the data of a number: with an id or a flag, in memory of which the
//! number determines the type, or in records that are read from a descriptor.

use crate::ir::{Abi, GroupId};

/// A use of a struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DataUse {
    /// Its size is compared.
    Compared,
    /// It follows the struct of a record; the flag says whether a field has its length.
    Record(bool),
}

/// The uses of a struct as data.
pub(super) fn of(abi: &Abi, struct_: &str) -> Vec<DataUse> {
    let Some(id) = abi.find_struct(struct_) else { return Vec::new() };
    let groups =
        abi.groups.iter().enumerate().filter(|(_, group)| {
            group.values.iter().any(|value| value.payload_struct() == Some(id))
        });
    groups.flat_map(|(group, _)| of_group(abi, GroupId(group))).collect()
}

/// The uses of the data of numbers.
fn of_group(abi: &Abi, group: GroupId) -> Vec<DataUse> {
    let streams = abi.fds.iter().filter_map(|kind| kind.stream.as_ref());
    let streams = streams.filter(|stream| stream.numbers(abi) == Some(group));
    let records: Vec<_> = streams.map(|one| DataUse::Record(one.length.is_some())).collect();
    if records.is_empty() { vec![DataUse::Compared] } else { records }
}
