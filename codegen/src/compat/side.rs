//! The two sides of a comparison.

use crate::ir::{Abi, Group, Knowledge};

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

    /// Whether the side is a header, which cannot have this group: one without numbers is
    /// only a type of the generated crate.
    pub(super) fn cannot_have(&self, group: &Group) -> bool {
        group.values.is_empty() && self.knowledge.headers.is_some()
    }
}
