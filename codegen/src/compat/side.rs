//! The two sides of a comparison.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Place;
use crate::ir::Abi;

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

/// How much of an ABI is known. The default is an ABI that is specified completely.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// The headers that the ABI was read from, indexes into [`Abi::headers`]. Items of other
    /// headers are unknown. `None` if the ABI was not read from headers.
    pub headers: Option<Vec<usize>>,
    /// Facts that are guessed: items by name, fields as `struct.field`.
    pub guessed: BTreeSet<String>,
    /// Items of the headers that were not read, by name.
    pub unread: BTreeMap<String, UnreadItem>,
}

/// An item that was not read.
#[derive(Clone, Debug)]
pub struct UnreadItem {
    /// Its text without comments and spaces, to compare it with that of the other side.
    pub text: String,
    /// Why it was not read, in one sentence.
    pub reason: String,
    /// Where it starts.
    pub place: Place,
}

impl Side {
    /// An ABI that is specified completely.
    pub fn specified(name: impl Into<String>, abi: Abi) -> Self {
        Self { name: name.into(), abi, knowledge: Knowledge::default() }
    }
}
