//! Spaces with chains, kinds of capabilities, and bits of fields.

use super::{Abi, CapabilityId, Field, Struct, StructId, Type};

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
    /// The capability of another chain by whose bits fields of its bodies exist.
    pub companion: Option<CapabilityId>,
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

impl KindOf {
    /// The bits of the struct of the kind with this id, with their values: the id first.
    pub fn conditions(&self, id: u64) -> impl Iterator<Item = (Bits, u64)> {
        std::iter::once((self.id, id)).chain(self.body.iter().copied())
    }
}

/// A condition without which a field of a body does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// What has the bits.
    pub of: BitsOf,
    /// The bits.
    pub bits: Bits,
    /// The numbers that they can have then: the first and the last one of each range.
    pub numbers: Vec<(u64, u64)>,
}

impl Presence {
    /// The condition, after those without which its bits do not exist: a field of a companion
    /// can have conditions itself.
    pub fn all(&self, abi: &Abi) -> Vec<Self> {
        let mut all = Vec::new();
        if let BitsOf::Companion(_, struct_) = self.of {
            let field = &abi.struct_(struct_).fields[self.bits.field];
            all.extend(field.exists_if.iter().map(|one| match one.of {
                BitsOf::Body => Self { of: self.of, ..one.clone() },
                BitsOf::Start(_) | BitsOf::Companion(..) => one.clone(),
            }));
        }
        all.push(self.clone());
        all
    }
}

/// What has the bits of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BitsOf {
    /// The body itself.
    Body,
    /// The struct at the start of the space.
    Start(StructId),
    /// The companion of the chain, with its struct. If it is not there or too short, it is
    /// unknown whether the field exists.
    Companion(CapabilityId, StructId),
}

impl BitsOf {
    /// The struct with the bits, which is `body` if the body has them.
    pub fn struct_of<'a>(self, abi: &'a Abi, body: &'a Struct) -> &'a Struct {
        match self {
            Self::Body => body,
            Self::Start(id) | Self::Companion(_, id) => abi.struct_(id),
        }
    }
}

/// A number that some bits of a body have: `(bits + plus) * unit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// The index of the array whose first element has the bits, and its struct; none if the
    /// body itself has them.
    pub element: Option<(usize, StructId)>,
    /// The bits.
    pub bits: Bits,
    /// What is added.
    pub plus: u64,
    /// What the sum is multiplied by.
    pub unit: u64,
}

impl Quantity {
    /// The number that the bits mean.
    pub fn of(&self, bits: u64) -> u64 {
        bits.saturating_add(self.plus).saturating_mul(self.unit)
    }
}

impl Field {
    /// The struct of the elements, if it is an array of structs at the end of another one.
    pub fn element(&self) -> Option<StructId> {
        match &self.type_ {
            Type::Flexible(element, _) => match **element {
                Type::Struct(id) => Some(id),
                _ => None,
            },
            _ => None,
        }
    }
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

impl Bits {
    /// The largest number that they can hold.
    pub fn mask(self) -> u64 {
        u64::MAX.checked_shr(64 - self.count.min(64)).unwrap_or(0)
    }

    /// The number that they hold in a field.
    pub fn of(self, field: u64) -> u64 {
        field.checked_shr(self.low).unwrap_or(0) & self.mask()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_hold_the_numbers_of_their_mask() {
        let field = 0x8000_0000_000a_bcd0;
        let cases = [(0, 0, 0, 0), (4, 8, 0xff, 0xcd), (63, 1, 1, 1), (0, 64, u64::MAX, field)];
        for (low, count, mask, number) in cases {
            let bits = Bits { field: 0, low, count };
            assert_eq!((bits.mask(), bits.of(field)), (mask, number), "{bits:?}");
        }
    }
}
