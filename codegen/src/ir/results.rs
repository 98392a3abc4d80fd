//! The plan of results: the structs of arguments that the kernel writes.

use super::IoctlId;
use super::protocol::{Aggregate, ByModel, IntField, ReplyField};
use super::requests::{ReplyStruct, ReturnedData};

/// The results of requests in one struct at one place of their argument.
#[derive(Clone, Debug)]
pub struct ResultsPlan {
    /// The name of its view, in snake case.
    pub name: String,
    /// The first ioctl with these results.
    pub ioctl: IoctlId,
    /// The struct and its place.
    pub reply: ReplyStruct,
    /// Offset of the struct in the argument, on each data model.
    pub start: ByModel,
    /// Bytes that every argument has.
    pub minsz: ByModel,
    /// Offset of `argsz` in the argument.
    pub argsz: Option<u64>,
    /// The integer fields; of a union, the first member.
    pub fields: Vec<ReplyField<IntField>>,
    /// The structs and arrays.
    pub aggregates: Vec<ReplyField<Aggregate>>,
    /// The data that the kernel returns in other memory, if a number determines their type.
    pub data: Option<ReturnedData>,
}
