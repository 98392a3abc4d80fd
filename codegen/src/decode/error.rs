//! What can be wrong with a struct or a chain, told by kind, place and bytes.

use crate::layout::Span;

/// What is wrong, where, and the bytes that say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// What is wrong.
    pub kind: Kind,
    /// The offset of the capability it is about; 0 of the struct itself.
    pub at: u64,
    /// The bytes that are wrong, or that say what is wrong.
    pub marks: Vec<Span>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There are fewer bytes than every such struct has.
    TooShort {
        /// How many count.
        len: u64,
        /// How many there must be.
        minsz: u64,
    },
    /// A capability is said to start inside the fixed part.
    InsideFixed,
    /// A capability is said to start behind the end.
    OutOfBounds,
    /// The bytes end inside a capability's header.
    HeaderCut,
    /// The chain comes back to itself.
    Cycle,
    /// A capability is shorter than its version needs.
    BodyShort {
        /// Its id.
        id: u64,
        /// The bytes that it needs.
        need: u64,
    },
    /// More elements are counted than there are.
    CountOutOfBounds {
        /// The capability's id, if it is one.
        id: Option<u64>,
        /// The elements that are counted.
        count: u64,
    },
    /// A capability reaches into the next one.
    Overlap {
        /// Its id.
        id: u64,
        /// Where the next one starts.
        next: u64,
    },
}

impl Kind {
    /// The word that programs know it by.
    pub fn word(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::InsideFixed => "inside_fixed",
            Self::OutOfBounds => "out_of_bounds",
            Self::HeaderCut => "header_cut",
            Self::Cycle => "cycle",
            Self::BodyShort { .. } => "body_short",
            Self::CountOutOfBounds { .. } => "count_out_of_bounds",
            Self::Overlap { .. } => "overlap",
        }
    }

    /// What it tells beside the place, by name and in order.
    pub fn details(self) -> Vec<(&'static str, u64)> {
        match self {
            Self::TooShort { len, minsz } => vec![("len", len), ("minsz", minsz)],
            Self::InsideFixed | Self::OutOfBounds | Self::HeaderCut | Self::Cycle => vec![],
            Self::BodyShort { id, need } => vec![("id", id), ("need", need)],
            Self::CountOutOfBounds { id: None, count } => vec![("count", count)],
            Self::CountOutOfBounds { id: Some(id), count } => vec![("id", id), ("count", count)],
            Self::Overlap { id, next } => vec![("id", id), ("next", next)],
        }
    }
}

impl DecodeError {
    /// Fewer bytes than there must be; the bytes that say so, if some do.
    pub(super) fn too_short(len: u64, minsz: u64, said_at: Option<Span>) -> Self {
        Self { kind: Kind::TooShort { len, minsz }, at: 0, marks: said_at.into_iter().collect() }
    }

    /// A sentence for a person.
    pub fn message(&self) -> String {
        let at = self.at;
        match self.kind {
            Kind::TooShort { len, minsz } => {
                format!("{len} bytes count, and there must be {minsz}")
            }
            Kind::InsideFixed => format!("no capability can start at {at}, in the fixed part"),
            Kind::OutOfBounds => format!("no capability can start at {at}, behind the end"),
            Kind::HeaderCut => format!("the bytes end in the header of the capability at {at}"),
            Kind::Cycle => format!("the chain comes back to {at}"),
            Kind::BodyShort { id, need } => {
                format!("capability {id} at {at} needs {need} bytes, more than there are")
            }
            Kind::CountOutOfBounds { id: Some(id), count } => {
                format!("capability {id} at {at} counts {count} elements, more than there are")
            }
            Kind::CountOutOfBounds { id: None, count } => {
                format!("{count} elements are counted, more than there are")
            }
            Kind::Overlap { id, next } => {
                format!("capability {id} at {at} reaches into the one at {next}")
            }
        }
    }
}

/// What a body belongs to, for telling what is wrong with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ErrorContext {
    /// Where it starts.
    pub(super) at: u64,
    /// The capability's id, if it is one.
    pub(super) id: Option<u64>,
    /// Where the next capability starts, and the bytes that say so.
    pub(super) next: Option<(u64, Span)>,
}

impl ErrorContext {
    /// A struct that is no capability.
    pub(super) fn struct_() -> Self {
        Self { at: 0, id: None, next: None }
    }
}
