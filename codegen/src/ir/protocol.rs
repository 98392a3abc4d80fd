//! The protocol plan: the facts that readers and writers of replies and chains
//! need, computed once by `lower`. Emitters print it and derive nothing from fields
//! and layouts.

pub use super::body_plans::{BodyPlan, ConditionPlan, FixedArray, PartPlan, QuantityPlan};
use super::requests::{
    CountedReply, DataForm, InputKind, RequestElement, RequestPlan, ResultsPlan,
};
pub use super::space_plans::{CompanionPlan, FirstPlan, HeldOffset, KindPlan, SpacePlan};
use super::{CapabilityId, ChainId, IoctlId, StreamPlan, StructId};
use crate::layout::{Int, Model, PerModel};
use crate::reply::{ArgszReply, Padding, Unset, WhenTooSmall};

/// The plan of an ABI.
#[derive(Clone, Debug, Default)]
pub struct Protocol {
    /// The capability headers, in the order of `Abi::cap_headers`.
    pub headers: Vec<HeaderFormat>,
    /// The capabilities, in the order of `Abi::capabilities`.
    pub capabilities: Vec<CapPlan>,
    /// The chains, in the order of `Abi::chains`.
    pub chains: Vec<ChainPlan>,
    /// The chains in a space, each after those on which it depends.
    pub space_order: Vec<ChainId>,
    /// The names of the functions of ioctls, in snake case, in the order of `Abi::ioctls`.
    pub names: Vec<String>,
    /// The requests, in the order of `Abi::ioctls`.
    pub requests: Vec<RequestPlan>,
    /// The replies that end in an array.
    pub counted: Vec<CountedReply>,
    /// The results of requests, each struct at each place once.
    pub results: Vec<ResultsPlan>,
    /// The indexes of the results, in the order of their structs.
    pub results_by_struct: Vec<usize>,
    /// The records that are read from file descriptors.
    pub streams: Vec<StreamPlan>,
    /// The structs that are read or written as they are in memory, sorted.
    pub records: Vec<RecordPlan>,
}

impl Protocol {
    /// The plan of a struct whose `cap_offset` leads to a chain.
    pub fn host(&self, struct_: StructId) -> Option<&HostPlan> {
        let mut hosts = self.chains.iter().filter_map(|chain| chain.host.as_ref());
        hosts.find(|host| host.struct_ == struct_)
    }

    /// The chains in a space, each after those on which it depends.
    pub fn spaces(&self) -> impl Iterator<Item = (&ChainPlan, &SpacePlan)> {
        let plans = self.space_order.iter().map(|id| &self.chains[id.0]);
        plans.filter_map(|plan| Some((plan, plan.space.as_ref()?)))
    }

    /// The requests of an ioctl.
    pub fn requests_of(&self, ioctl: IoctlId) -> &[RequestPlan] {
        let after = |id| self.requests.partition_point(|plan| plan.ioctl < id);
        self.requests.get(after(ioctl)..after(IoctlId(ioctl.0 + 1))).unwrap_or_default()
    }

    /// The data whose type a number determines, those that callers pass and those that they get.
    pub fn data_forms(&self) -> impl Iterator<Item = &DataForm> {
        let inputs = self.requests.iter().flat_map(|plan| &plan.inputs);
        let passed = inputs.filter_map(|input| match &input.kind {
            InputKind::Typed(data) => Some(&data.forms),
            _ => None,
        });
        let returned = self.results.iter().filter_map(|plan| plan.data.as_ref());
        passed.chain(returned.map(|data| &data.forms)).flatten()
    }

    /// The results that are a struct, each at another place.
    pub fn results_of(&self, struct_: StructId) -> impl Iterator<Item = &ResultsPlan> {
        let sorted = &self.results_by_struct;
        let start = sorted.partition_point(|at| self.results[*at].reply.struct_ < struct_);
        let all = sorted[start..].iter().map(|at| &self.results[*at]);
        all.take_while(move |plan| plan.reply.struct_ == struct_)
    }
}

/// A struct that is read or written as it is in memory: an element of an array, or the
/// results of a request.
#[derive(Clone, Debug)]
pub struct RecordPlan {
    /// The struct.
    pub struct_: StructId,
    /// Its size.
    pub size: ByModel,
    /// Its integer fields; of a union, the first member.
    pub fields: Vec<IntField>,
    /// Its structs and its arrays of fixed length.
    pub aggregates: Vec<Aggregate>,
}

/// A size or an offset in bytes, on each data model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByModel(pub PerModel<u64>);

impl ByModel {
    /// The value in the bytes that a kernel reads and writes.
    pub fn kernel(self) -> u64 {
        self.0[Model::KERNEL.index()]
    }

    /// Whether all models have the same value.
    pub fn is_uniform(self) -> bool {
        self.0.iter().all(|value| *value == self.0[0])
    }
}

/// The format of a capability header.
#[derive(Clone, Debug)]
pub struct HeaderFormat {
    /// Size of the header.
    pub size: u64,
    /// Minimum size of a capability: the header, aligned.
    pub min_size: u64,
    /// The id.
    pub id: BitField,
    /// The version; without one, all capabilities have version 1.
    pub version: Option<BitField>,
    /// The offset of the next capability.
    pub next: BitField,
    /// The value of `next` that ends the chain.
    pub end: u64,
    /// Whether `next` counts from the start of the reply, not of the header.
    pub from_reply: bool,
    /// Bits of the header, each with a value that means that there is no capability.
    pub empty: Vec<(BitField, u64)>,
}

/// Bits of an integer in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitField {
    /// Offset of the integer in the header.
    pub offset: u64,
    /// Width of the integer in bytes.
    pub width: u64,
    /// The lowest bit.
    pub low: u32,
    /// Mask, applied after the shift.
    pub mask: u64,
}

/// A chain, with its host and the rules of its handlers.
#[derive(Clone, Debug)]
pub struct ChainPlan {
    /// The chain.
    pub chain: ChainId,
    /// Index of its header format in [`Protocol::headers`].
    pub header: usize,
    /// The struct before the chain, if its `cap_offset` leads to the chain.
    pub host: Option<HostPlan>,
    /// How the first capability is found, unless a `cap_offset` leads to it.
    pub first: Option<FirstPlan>,
    /// The offset before which no capability starts.
    pub bound: u64,
    /// The space in which the chain is, if it is in one.
    pub space: Option<SpacePlan>,
    /// The capabilities by id, each id once: of two that share an id in a
    /// release candidate, the first.
    pub capabilities: Vec<CapabilityId>,
    /// The handlers with a profile, for servers.
    pub profiles: Vec<ProfilePlan>,
}

/// The fixed part of a reply, before a chain. The protocol's own fields have
/// the same offsets on all data models.
#[derive(Clone, Debug)]
pub struct HostPlan {
    /// The struct.
    pub struct_: StructId,
    /// Size of the struct.
    pub size: u64,
    /// Bytes that every reply has.
    pub minsz: u64,
    /// Index and offset of `argsz`.
    pub argsz: (usize, u64),
    /// Offset of `flags`.
    pub flags: u64,
    /// Name and value of the flag that says there is a chain.
    pub caps_flag: (String, u64),
    /// Offset of `cap_offset`.
    pub cap_offset: u64,
    /// The fields that the caller sets, without `argsz`.
    pub inputs: Vec<InputPlan>,
    /// The integer fields that a view shows.
    pub fields: Vec<ReplyField<IntField>>,
    /// The integers that later kernels appended, `cap_offset` first if it is one.
    pub appended: Vec<IntField>,
    /// The structs and arrays that a view shows.
    pub aggregates: Vec<ReplyField<Aggregate>>,
}

/// A field of the fixed part that the caller sets.
#[derive(Clone, Debug)]
pub struct InputPlan {
    /// Index of the field in the struct.
    pub field: usize,
    /// Its offset.
    pub offset: u64,
    /// Its size.
    pub size: u64,
    /// Its type, if it is an integer.
    pub int: Option<Int>,
    /// Whether the reply sets it too.
    pub is_output: bool,
}

/// A field of a reply: an integer, a struct or an array.
#[derive(Clone, Debug)]
pub struct ReplyField<T> {
    /// The integer, struct or array.
    pub value: T,
    /// Whether later kernels appended it, so that a reply may lack it.
    pub is_appended: bool,
    /// Whether the kernel or another server sets it.
    pub is_output: bool,
}

/// A field that is a struct or an array of fixed length.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// Index of the field in its struct.
    pub field: usize,
    /// Its offset.
    pub offset: ByModel,
    /// Its size.
    pub size: ByModel,
    /// The struct, or an element of the array.
    pub element: RequestElement,
    /// The number of elements of an array.
    pub count: Option<u64>,
    /// The version of the capability that added it; 1 elsewhere.
    pub version: u16,
}

impl Aggregate {
    /// The struct, or that of the elements of an array.
    pub fn struct_(&self) -> Option<StructId> {
        self.element.struct_()
    }
}

/// An integer field of a struct.
#[derive(Clone, Debug)]
pub struct IntField {
    /// Index of the field in the struct.
    pub field: usize,
    /// Its type.
    pub int: Int,
    /// Its offset.
    pub offset: ByModel,
    /// The version of the capability that added it; 1 elsewhere.
    pub version: u16,
}

/// A capability.
#[derive(Clone, Debug)]
pub struct CapPlan {
    /// The id.
    pub id: u64,
    /// The newest version.
    pub newest: u16,
    /// The struct; a capability without one is only a header.
    pub struct_: Option<StructId>,
    /// Bytes that a capability of each version needs, from version 1 on:
    /// up to the end of its last field of fixed size.
    pub required_size: Vec<ByModel>,
    /// Bytes that a writer puts before the array, for each version.
    pub fixed_size: Vec<u64>,
    /// The integer fields that a view shows.
    pub fields: Vec<IntField>,
    /// The structs and arrays that a view of a capability in a reply shows.
    pub aggregates: Vec<Aggregate>,
    /// The arrays of fixed length that a view of a capability in a space shows.
    pub fixed_arrays: Vec<FixedArray>,
    /// The array at the end.
    pub array: Option<ArrayPlan>,
    /// The fields that need not exist.
    pub body: BodyPlan,
    /// The bits with its length in bytes.
    pub length: Option<BitField>,
    /// Its kinds, in the order of the specification.
    pub kinds: Vec<KindPlan>,
}

impl CapPlan {
    /// The array of structs that it ends with, their struct and the fields that a view shows.
    pub fn elements(&self) -> Option<(&ArrayPlan, StructId, &[IntField])> {
        let array = self.array.as_ref()?;
        match &array.element {
            ElementPlan::Struct(id, fields) => Some((array, *id, fields)),
            ElementPlan::Int(_) => None,
        }
    }
}

/// The array at the end of a capability.
#[derive(Clone, Debug)]
pub struct ArrayPlan {
    /// Index of the array among the fields of the struct.
    pub field: usize,
    /// Offset of the first element.
    pub offset: ByModel,
    /// Bytes from one element to the next.
    pub stride: ByModel,
    /// The field that counts the elements; without one, the array extends to
    /// the end of the capability.
    pub count: Option<IntField>,
    /// The bits that have the number of elements, if no field does.
    pub counted: Option<QuantityPlan>,
    /// The length of each element, if they have different lengths.
    pub each: Option<QuantityPlan>,
    /// The elements.
    pub element: ElementPlan,
    /// The fields of elements that need not exist.
    pub body: BodyPlan,
    /// The indexes of the other fields that an element can end before, by its length.
    pub cut: Vec<usize>,
}

impl ArrayPlan {
    /// Whether an element can end before a field that it would have otherwise.
    pub fn ends_before(&self, field: &IntField) -> bool {
        self.cut.contains(&field.field)
    }
}

/// An element of an array.
#[derive(Clone, Debug)]
pub enum ElementPlan {
    /// An integer.
    Int(Int),
    /// A struct with these integer fields.
    Struct(StructId, Vec<IntField>),
}

/// The rules of a handler, with all defaults resolved.
#[derive(Clone, Debug)]
pub struct ProfilePlan {
    /// The profile's name.
    pub name: String,
    /// The ioctl, and the index of the handler among its handlers.
    pub handler: (IoctlId, usize),
    /// Bytes that argsz must cover.
    pub minsz: u64,
    /// The possible ends of the fixed part: the last of these offsets that argsz
    /// covers counts. Without any, as much as argsz covers.
    pub fixed_ends: Vec<u64>,
    /// Size of the fixed part.
    pub fixed_size: u64,
    /// Offset of the first capability.
    pub first_cap: u64,
    /// The alignment of further capabilities.
    pub align: u64,
    /// The reply to a caller whose buffer is too small for the chain.
    pub when_too_small: WhenTooSmall,
    /// The content of the bytes between capabilities.
    pub padding: Padding,
    /// When argsz is set to the size of the full reply.
    pub argsz: ArgszReply,
    /// The content of bytes of the fixed part that are not set.
    pub unset: Unset,
}
