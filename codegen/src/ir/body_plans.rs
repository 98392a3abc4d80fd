//! The plan of bodies in a space: fields that need not exist, numbers in bits, arrays of fixed
//! length.

use super::BitsOf;
use super::protocol::{BitField, IntField};

/// An array of fixed length.
#[derive(Clone, Debug)]
pub struct FixedArray {
    /// Its first element, which has its field and its offset.
    pub first: IntField,
    /// How many elements it has.
    pub count: u64,
}

/// A body in a space with fields that need not exist.
#[derive(Clone, Debug, Default)]
pub struct BodyPlan {
    /// These fields, in order.
    pub parts: Vec<PartPlan>,
    /// Whether they take no room if they do not exist.
    pub compact: bool,
    /// The end of the other fields, with every part before.
    pub end: u64,
}

impl BodyPlan {
    /// A field that need not exist.
    pub fn part(&self, field: usize) -> Option<&PartPlan> {
        self.parts.iter().find(|part| part.field == field)
    }

    /// Whether parts can move what is at an offset.
    pub fn moves(&self, offset: u64) -> bool {
        self.compact && self.parts.iter().any(|part| part.offset < offset)
    }
}

/// A field that need not exist.
#[derive(Clone, Debug)]
pub struct PartPlan {
    /// Index of the field in the struct.
    pub field: usize,
    /// Its offset, with every part before.
    pub offset: u64,
    /// Its size; 0 for a flexible array.
    pub size: u64,
    /// The conditions, all of which hold if it exists.
    pub conditions: Vec<ConditionPlan>,
}

impl PartPlan {
    /// Whether the companion of the chain decides, which need not be there.
    pub fn has_companion(&self) -> bool {
        self.conditions.iter().any(|one| matches!(one.of, BitsOf::Companion(..)))
    }
}

/// A condition of a field.
#[derive(Clone, Debug)]
pub struct ConditionPlan {
    /// What has the bits.
    pub of: BitsOf,
    /// The bits.
    pub bits: BitField,
    /// The numbers that they have then: the first and the last one of each range.
    pub numbers: Vec<(u64, u64)>,
}

/// A number that some bits of a body have: `(bits + plus) * unit`.
#[derive(Clone, Copy, Debug)]
pub struct QuantityPlan {
    /// The bits.
    pub bits: BitField,
    /// What is added.
    pub plus: u64,
    /// What the sum is multiplied by.
    pub unit: u64,
}
