//! Spaces with chains, kinds of capabilities, and bits of fields.

use super::{CapabilityId, StructId};

/// The space in which a chain is: little-endian bytes of which the chain has some.
#[derive(Clone, Debug)]
pub struct Space {
    /// The first offset after those that the chain can have.
    pub end: u64,
    /// The struct at the start of the space.
    pub struct_: Option<StructId>,
    /// Index of the field with the flag that says there is a chain, and the name and the
    /// number of the flag.
    pub flag: Option<(usize, String, u64)>,
    /// Capabilities of another chain: without one of them, there is no chain.
    pub requires: Vec<CapabilityId>,
}

/// The conditions under which a capability is one of a certain kind.
#[derive(Clone, Debug)]
pub struct KindOf {
    /// The capability of which it is a kind.
    pub parent: CapabilityId,
    /// The bits of its struct that hold its id.
    pub id: Bits,
    /// Bits of its struct, with their values.
    pub body: Vec<(Bits, u64)>,
    /// Bits of the struct of the space, with their values.
    pub space: Vec<(Bits, u64)>,
}

/// Some bits of a field of a struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits {
    /// The field's index.
    pub field: usize,
    /// The lowest bit.
    pub low: u32,
    /// How many bits.
    pub count: u32,
}
