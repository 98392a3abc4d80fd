//! The C types that the suffix of a literal gives to a number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The type of a macro in C.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema,
)]
pub enum LiteralType {
    /// `unsigned int`: 32 bits.
    #[serde(rename = "unsigned int")]
    UnsignedInt,
    /// `unsigned long`: as wide as a pointer.
    #[serde(rename = "unsigned long")]
    UnsignedLong,
    /// `unsigned long long`: 64 bits.
    #[serde(rename = "unsigned long long")]
    UnsignedLongLong,
}

impl LiteralType {
    /// Its words in C.
    pub fn words(self) -> &'static str {
        match self {
            Self::UnsignedInt => "unsigned int",
            Self::UnsignedLong => "unsigned long",
            Self::UnsignedLongLong => "unsigned long long",
        }
    }

    /// The suffix of its literals.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::UnsignedInt => "U",
            Self::UnsignedLong => "UL",
            Self::UnsignedLongLong => "ULL",
        }
    }

    /// The type that a literal of the header has always: `1U << 31`, and 64 bits, for which C
    /// would choose a type by the target.
    pub fn needed(bit: Option<u32>, number: i128) -> Option<Self> {
        match bit {
            Some(31) if number > 0 => Some(Self::UnsignedInt),
            _ if number > i128::from(u32::MAX) => Some(Self::UnsignedLongLong),
            _ => None,
        }
    }

    /// Whether a number can have the type on every target. Where a `long` has 32 bits, it has
    /// the lower ones of a number whose upper ones are all set, as the complement of a mask.
    pub fn holds(self, number: i128) -> bool {
        let small = (0..=i128::from(u32::MAX)).contains(&number);
        let complement = (0xffff_ffff_0000_0000..1 << 64).contains(&number);
        match self {
            Self::UnsignedInt => small,
            Self::UnsignedLong => small || complement,
            Self::UnsignedLongLong => (0..1 << 64).contains(&number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_holds_what_32_bits_keep() {
        let masks = [0, 0xf, 0xffff_ffff, 0xffff_ffff_ffff_fff0, 0xffff_ffff_0000_0000];
        assert!(masks.iter().all(|mask| LiteralType::UnsignedLong.holds(*mask)));
        let others = [-1, 0x1_0000_0000, 0xffff_fffe_ffff_ffff, 1 << 64];
        assert!(others.iter().all(|other| !LiteralType::UnsignedLong.holds(*other)));
    }
}
