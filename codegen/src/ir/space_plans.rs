//! The plan of chains in a space, and of the places where chains start.

use super::protocol::BitField;
use super::{CapabilityId, ChainId};

/// What a walk in a space needs besides the format of the headers.
#[derive(Clone, Debug)]
pub struct SpacePlan {
    /// The first offset after those that the chain can have.
    pub end: u64,
    /// The alignment of its capabilities.
    pub align: u64,
    /// The flag that says there is a chain: its integer, and its number as the mask.
    pub flag: Option<BitField>,
    /// Another chain, and the ids of it without one of which there is no chain.
    pub requires: Option<(ChainId, Vec<u64>)>,
    /// The capability of another chain by whose bits fields of bodies exist.
    pub companion: Option<CompanionPlan>,
    /// Words of 32 bits that have a bit for each place of a capability.
    pub slots: u64,
    /// Capabilities and kinds whose arrays have structs as elements, one for each struct.
    pub elements: Vec<CapabilityId>,
}

impl SpacePlan {
    /// The chains that a walk of this one searches.
    pub fn searched(&self) -> impl Iterator<Item = ChainId> {
        let required = self.requires.as_ref().map(|(chain, _)| *chain);
        required.into_iter().chain(self.companion.map(|one| one.chain))
    }

    /// Whether the companion is the one capability that the chain requires, so that one search
    /// finds both.
    pub fn requires_its_companion(&self) -> bool {
        let (Some((chain, ids)), Some(companion)) = (&self.requires, &self.companion) else {
            return false;
        };
        *chain == companion.chain && *ids == [companion.id]
    }
}

/// The first capability with an id of another chain.
#[derive(Clone, Copy, Debug)]
pub struct CompanionPlan {
    /// The chain.
    pub chain: ChainId,
    /// The id.
    pub id: u64,
    /// The bits with its length in bytes.
    pub length: Option<BitField>,
}

/// How the first capability is found.
#[derive(Clone, Debug)]
pub enum FirstPlan {
    /// At a fixed offset.
    At(u64),
    /// At the offset that an integer holds, which is at this offset.
    In(u64, HeldOffset),
    /// As [`FirstPlan::In`], with an offset of the integer for each number of some bits.
    Chosen {
        /// The bits.
        by: BitField,
        /// Their numbers with the offsets.
        offsets: Vec<(u64, u64)>,
        /// The integer.
        held: HeldOffset,
    },
}

/// An integer that holds the offset of the first capability.
#[derive(Clone, Copy, Debug)]
pub struct HeldOffset {
    /// Its width in bytes.
    pub width: u64,
    /// The bits that count.
    pub mask: u64,
    /// The value of these bits that means that there is no capability.
    pub end: u64,
}

/// A kind of a capability.
#[derive(Clone, Debug)]
pub struct KindPlan {
    /// The kind.
    pub capability: CapabilityId,
    /// Bits of the body, with their values: the id, and conditions.
    pub body: Vec<(BitField, u64)>,
    /// Bits of the start of the space, with their values.
    pub space: Vec<(BitField, u64)>,
}
