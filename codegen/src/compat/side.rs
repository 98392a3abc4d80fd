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

    /// The headers of the ABI that were not given, if the side was read from headers: their
    /// items are not compared.
    pub fn headers_not_given(&self) -> impl Iterator<Item = &str> {
        let given = self.knowledge.headers.as_deref();
        let headers = self.abi.headers.iter().enumerate();
        let others = headers.filter(move |(at, _)| given.is_some_and(|given| !given.contains(at)));
        others.map(|(_, header)| header.path.as_str())
    }

    /// Whether the side is a header, which cannot have this group: one without numbers is
    /// only a type of the generated crate.
    pub(super) fn cannot_have(&self, group: &Group) -> bool {
        group.values.is_empty() && self.knowledge.headers.is_some()
    }
}
