//! Where a chain starts.

use super::{Chain, StructId};
use crate::layout::Int;

/// Where the first capability of a chain is found.
#[derive(Clone, Debug)]
pub enum ChainStart {
    /// At the offset that a field of the host holds, if the host's flag is set.
    AtOffsetField {
        /// The struct before the chain.
        host: Host,
        /// Index of its field `cap_offset`.
        cap_offset: usize,
    },
    /// At a fixed offset after the host, if the host's flag is set.
    After {
        /// The struct before the chain.
        host: Host,
        /// Offset of the first capability.
        offset: u64,
    },
    /// At a fixed offset.
    Fixed {
        /// Offset of the first capability.
        offset: u64,
    },
    /// At the offset that an integer holds.
    FieldAt {
        /// Offset of the integer.
        offset: u64,
        /// Its type.
        int: Int,
    },
    /// Unknown, as the headers from which the ABI was inferred lack the host.
    Unknown,
}

/// The struct before a chain, and the flag that says there is a chain.
#[derive(Clone, Debug)]
pub struct Host {
    /// The struct.
    pub struct_: StructId,
    /// Index of its field `flags`.
    pub flags: usize,
    /// Name and value of the flag.
    pub flag: (String, u64),
}

impl Chain {
    /// The struct before the chain.
    pub fn host(&self) -> Option<&Host> {
        match &self.start {
            ChainStart::AtOffsetField { host, .. } | ChainStart::After { host, .. } => Some(host),
            ChainStart::Fixed { .. } | ChainStart::FieldAt { .. } | ChainStart::Unknown => None,
        }
    }

    /// The struct before the chain, if its `cap_offset` leads to the chain.
    pub fn offset_host(&self) -> Option<&Host> {
        self.cap_offset().and(self.host())
    }

    /// Index of the field `cap_offset` that leads to the chain.
    pub fn cap_offset(&self) -> Option<usize> {
        match self.start {
            ChainStart::AtOffsetField { cap_offset, .. } => Some(cap_offset),
            _ => None,
        }
    }
}
