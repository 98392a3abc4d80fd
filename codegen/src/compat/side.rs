//! The two sides of a comparison.

use crate::ir::{Abi, Knowledge};

/// An ABI to compare.
#[derive(Clone, Debug)]
pub struct Side {
    /// Its name for a reader, such as `v5.10`.
    pub name: String,
    /// The ABI.
    pub abi: Abi,
    /// How much of the ABI is known.
    pub knowledge: Knowledge,
}

impl Side {
    /// An ABI that is specified completely.
    pub fn specified(name: impl Into<String>, abi: Abi) -> Self {
        Self { name: name.into(), abi, knowledge: Knowledge::default() }
    }
}
