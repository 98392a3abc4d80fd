//! Template data of chains in a space.

use askama::Template;

use super::body;
use crate::emit::c::literal::literal;
use crate::ir::protocol::{BitField, HeldOffset};

/// The part.
#[derive(Template)]
#[template(path = "spaces.h.jinja", escape = "none")]
pub(in crate::emit::c) struct SpacesView {
    pub(super) stem: String,
    pub(super) macro_prefix: String,
    pub(super) runtime: String,
    pub(super) chains: Vec<SpaceChainView>,
}

/// A chain.
pub(super) struct SpaceChainView {
    pub(super) format: SpaceFormatView,
    pub(super) start: SpaceStartView,
    /// The function that visits the next capability.
    pub(super) next: String,
    pub(super) elements: Vec<body::ElementView>,
    pub(super) caps: Vec<SpaceCapView>,
    pub(super) kinds: Vec<SpaceCapView>,
}

/// The rules of a chain.
pub(super) struct SpaceFormatView {
    pub(super) name: String,
    /// The table of values of headers that mean that there is no capability.
    pub(super) empty: String,
    pub(super) empty_values: Vec<String>,
    pub(super) size: u64,
    pub(super) id: String,
    pub(super) version: String,
    pub(super) next: String,
    pub(super) end: String,
    /// 0 or 1.
    pub(super) from_space: u32,
    pub(super) first: u64,
    pub(super) limit: u64,
    pub(super) align: u64,
}

/// The function that starts a walk.
pub(super) struct SpaceStartView {
    pub(super) comment: Vec<String>,
    pub(super) name: String,
    pub(super) flag: Option<BitsView>,
    pub(super) requires: Option<SearchView>,
    pub(super) companion: Option<CompanionView>,
    pub(super) chosen: Option<ChosenView>,
    pub(super) held: Option<HeldView>,
    /// The offset of the first capability, which can be the value of bits.
    pub(super) first: Option<String>,
}

impl SpaceStartView {
    /// Whether bits of the space are read.
    pub(super) fn reads_bits(&self) -> bool {
        self.flag.is_some() || self.held.is_some()
    }
}

/// Bits of an integer.
pub(super) struct BitsView {
    pub(super) offset: u64,
    pub(super) width: u64,
    pub(super) low: u32,
    pub(super) mask: String,
}

impl BitsView {
    pub(super) fn of(bits: BitField) -> Self {
        let BitField { offset, width, low, mask } = bits;
        Self { offset, width, low, mask: literal(mask) }
    }
}

/// A search for a capability of another chain.
pub(super) struct SearchView {
    /// The function that starts a walk over it.
    pub(super) start: String,
    pub(super) format: String,
    /// The condition that `cap` is one of those that are searched.
    pub(super) test: String,
}

/// The capability of another chain by whose bits fields exist.
pub(super) struct CompanionView {
    /// The search for it, unless that for what is required finds it.
    pub(super) search: Option<SearchView>,
    /// The bits with its length.
    pub(super) length: Option<String>,
}

/// The place of the first offset for each value of some bits.
pub(super) struct ChosenView {
    pub(super) by: BitsView,
    pub(super) offsets: Vec<(u64, u64)>,
}

/// The field with the first offset.
pub(super) struct HeldView {
    /// Its offset, unless other bits have determined it.
    pub(super) at: Option<u64>,
    pub(super) width: u64,
    pub(super) mask: String,
    pub(super) end: String,
}

impl HeldView {
    pub(super) fn of(at: Option<u64>, held: HeldOffset) -> Self {
        let HeldOffset { width, mask, end } = held;
        Self { at, width, mask: literal(mask), end: literal(end) }
    }
}

/// A capability or a kind of one.
pub(super) struct SpaceCapView {
    pub(super) id: u64,
    pub(super) constant: String,
    pub(super) title: String,
    /// The C struct of its values, and its member that says where it is.
    pub(super) name: String,
    pub(super) place: String,
    pub(super) read: String,
    /// The functions that search for it: in the rest of a walk, and in a space.
    pub(super) next: String,
    pub(super) find: String,
    pub(super) length: Option<String>,
    /// Bytes that it needs, by `cap->version`.
    pub(super) required_size: String,
    /// The tables of its body, and the function that computes the bytes that it needs, if
    /// these depend on its bits.
    pub(super) body: Option<body::BodyView>,
    /// Whether fields need not exist, and whether there are arrays of fixed length.
    pub(super) optional: bool,
    pub(super) fixed: bool,
    /// The size that its count requires.
    pub(super) counted: Option<String>,
    pub(super) values: Vec<body::SpaceValueView>,
    pub(super) array: Option<SpaceArrayView>,
    pub(super) conditions: Vec<ConditionView>,
}

/// A condition of a kind.
pub(super) struct ConditionView {
    /// The initializer of the bits and their value.
    pub(super) value: String,
    /// The call that reads the bits.
    pub(super) test: String,
}

/// The array at the end of a capability.
pub(super) struct SpaceArrayView {
    pub(super) name: String,
    pub(super) count_name: String,
    pub(super) get: String,
    pub(super) type_: String,
    /// Where it starts, in a function with this capability as `cap` or in `from`.
    pub(super) start: String,
    pub(super) start_of: String,
    pub(super) stride: u64,
    pub(super) counted: Option<String>,
    /// The function that reads an element that is a struct.
    pub(super) read: Option<String>,
    /// The table of the length of each element.
    pub(super) each: Option<String>,
}
