//! Errors in a struct or a chain: kind, offset and bytes.

use crate::layout::Span;

/// An error, its offset, and the bytes that show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The error.
    pub kind: DecodeErrorKind,
    /// The offset of the capability that has it; 0 for the struct itself.
    pub at: u64,
    /// The bytes that are wrong, or that show the error.
    pub marks: Vec<Span>,
}

/// The error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeErrorKind {
    /// There are fewer bytes than every reply of the struct has.
    TooShort {
        /// The number of available bytes.
        len: u64,
        /// The number of required bytes.
        minsz: u64,
    },
    /// An offset points into the fixed part.
    InsideFixed,
    /// An offset points to the end or after it.
    OutOfBounds,
    /// The bytes end inside a capability's header.
    HeaderCut,
    /// The chain returns to a capability that was visited before.
    Cycle,
    /// A capability is shorter than its version requires.
    BodyShort {
        /// Its id.
        id: u64,
        /// The bytes that it requires.
        need: u64,
    },
    /// A capability in a space ends before the end of its fields.
    BodyLimited {
        /// Its id.
        id: u64,
        /// The bytes that it requires.
        need: u64,
        /// The bytes that it has.
        size: u64,
    },
    /// A count is larger than the number of elements in the bytes.
    CountOutOfBounds {
        /// The capability's id, if it is one.
        id: Option<u64>,
        /// The value of the count.
        count: u64,
    },
    /// A capability reaches into the next one.
    Overlap {
        /// Its id.
        id: u64,
        /// The offset of the next capability.
        next: u64,
    },
    /// The bytes end inside a record.
    RecordCut {
        /// The bytes that it requires.
        need: u64,
        /// The bytes that there are.
        len: u64,
    },
    /// The length of a record is less than that of its struct.
    RecordTooShort {
        /// The length.
        length: u64,
        /// The size of the struct.
        need: u64,
    },
    /// The length of data of this type is not known.
    RecordTypeUnknown {
        /// The number of the type.
        number: u64,
    },
}

impl DecodeErrorKind {
    /// The word that programs know it by.
    pub fn word(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::InsideFixed => "inside_fixed",
            Self::OutOfBounds => "out_of_bounds",
            Self::HeaderCut => "header_cut",
            Self::Cycle => "cycle",
            Self::BodyShort { .. } => "body_short",
            Self::BodyLimited { .. } => "body_limited",
            Self::CountOutOfBounds { .. } => "count_out_of_bounds",
            Self::Overlap { .. } => "overlap",
            Self::RecordCut { .. } => "record_cut",
            Self::RecordTooShort { .. } => "record_too_short",
            Self::RecordTypeUnknown { .. } => "record_type_unknown",
        }
    }

    /// Its details besides the offset, by name and in order.
    pub fn details(self) -> Vec<(&'static str, u64)> {
        match self {
            Self::TooShort { len, minsz } => vec![("len", len), ("minsz", minsz)],
            Self::InsideFixed | Self::OutOfBounds | Self::HeaderCut | Self::Cycle => vec![],
            Self::BodyShort { id, need } => vec![("id", id), ("need", need)],
            Self::BodyLimited { id, need, size } => {
                vec![("id", id), ("need", need), ("size", size)]
            }
            Self::CountOutOfBounds { id: None, count } => vec![("count", count)],
            Self::CountOutOfBounds { id: Some(id), count } => vec![("id", id), ("count", count)],
            Self::Overlap { id, next } => vec![("id", id), ("next", next)],
            Self::RecordCut { need, len } => vec![("need", need), ("len", len)],
            Self::RecordTooShort { length, need } => vec![("length", length), ("need", need)],
            Self::RecordTypeUnknown { number } => vec![("number", number)],
        }
    }
}

impl DecodeError {
    /// Fewer bytes than required, and the bytes that state the size, if any.
    pub(super) fn too_short(len: u64, minsz: u64, source: Option<Span>) -> Self {
        Self {
            kind: DecodeErrorKind::TooShort { len, minsz },
            at: 0,
            marks: source.into_iter().collect(),
        }
    }

    /// A sentence for a person; the generated crate has the same.
    pub fn message(&self) -> String {
        let at = self.at;
        match self.kind {
            DecodeErrorKind::TooShort { len, minsz } => {
                format!("the reply has {len} bytes of at least {minsz}")
            }
            DecodeErrorKind::InsideFixed => {
                format!("no capability can start at {at}, in the fixed part")
            }
            DecodeErrorKind::OutOfBounds => {
                format!("no capability can start at {at}, after the reply")
            }
            DecodeErrorKind::HeaderCut => {
                format!("the reply ends in the header of the capability at {at}")
            }
            DecodeErrorKind::Cycle => format!("the chain returns to {at}"),
            DecodeErrorKind::BodyShort { id, need } => {
                format!("capability {id} at {at} requires {need} bytes, more than the reply has")
            }
            DecodeErrorKind::BodyLimited { id, need, size } => {
                format!("capability {id} at {at} requires {need} bytes and has {size}")
            }
            DecodeErrorKind::CountOutOfBounds { id: Some(id), count } => {
                format!("capability {id} at {at} counts {count} elements, more than the reply has")
            }
            DecodeErrorKind::CountOutOfBounds { id: None, count } => {
                format!("the count is {count} elements, more than the reply has")
            }
            DecodeErrorKind::Overlap { id, next } => {
                format!("capability {id} at {at} overlaps the one at {next}")
            }
            DecodeErrorKind::RecordCut { need, len } => {
                format!("the record at offset {at} has {need} bytes, of which {len} were read")
            }
            DecodeErrorKind::RecordTooShort { length, .. } => {
                format!("the record at offset {at} has a length of {length} bytes")
            }
            DecodeErrorKind::RecordTypeUnknown { number } => {
                format!("the record at offset {at} has data of the unknown type {number}")
            }
        }
    }
}

/// The capability that a body belongs to, for error reports.
#[derive(Clone, Copy, Debug)]
pub(super) struct ErrorContext {
    /// The offset of its first byte.
    pub(super) at: u64,
    /// The capability's id, if it is one.
    pub(super) id: Option<u64>,
    /// The offset of the next capability, and the bytes that contain it.
    pub(super) next: Option<(u64, Span)>,
}

impl ErrorContext {
    /// A struct that is no capability.
    pub(super) fn struct_() -> Self {
        Self { at: 0, id: None, next: None }
    }
}
