//! Reasons why the view of a space is not that of a device, or not complete.

use std::collections::BTreeSet;

use crate::decode::doubtful_start;
use crate::ir::Abi;

/// A reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewProblem {
    /// The input has fewer bytes than the start of every space, or a number that none has.
    Size {
        /// The bytes of the input.
        len: u64,
        /// The bytes that a space can have.
        sizes: Vec<u64>,
    },
    /// Every bit is 1, as of a device that does not answer.
    NoAnswer,
    /// The values at the start are unusual.
    Doubtful(String),
    /// The input ends before a capability of the chain, or inside its header.
    Cut {
        /// The chain.
        chain: String,
        /// The offset of the capability.
        at: u64,
    },
    /// A chain leads to an offset that no capability of it can have.
    Outside {
        /// The chain.
        chain: String,
        /// The offset.
        at: u64,
    },
    /// A chain returns to a capability.
    Cycle {
        /// The chain.
        chain: String,
        /// The offset of the capability.
        at: u64,
    },
}

impl ViewProblem {
    /// The word that programs know it by.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Size { .. } => "size",
            Self::NoAnswer => "no_answer",
            Self::Doubtful(_) => "doubtful",
            Self::Cut { .. } => "cut",
            Self::Outside { .. } => "outside",
            Self::Cycle { .. } => "cycle",
        }
    }

    /// The chain that has it, and the offset.
    pub fn place(&self) -> Option<(&str, u64)> {
        match self {
            Self::Cut { chain, at } | Self::Outside { chain, at } | Self::Cycle { chain, at } => {
                Some((chain, *at))
            }
            Self::Size { .. } | Self::NoAnswer | Self::Doubtful(_) => None,
        }
    }

    /// A sentence for a person.
    pub fn message(&self) -> String {
        match self {
            Self::Size { len, sizes } => {
                let sizes: Vec<_> = sizes.iter().map(u64::to_string).collect();
                let sizes = sizes.join(" or ");
                format!("the input has {len} bytes, and a whole space or its start has {sizes}")
            }
            Self::NoAnswer => "every byte is 0xff: the device did not answer".to_owned(),
            Self::Doubtful(reason) => format!("the input is perhaps no such space: {reason}"),
            Self::Cut { chain, at } => {
                format!("the input ends before the capability at {at:#05x} of the chain {chain}")
            }
            Self::Outside { chain, at } => {
                format!("the chain {chain} leads to {at:#05x}, which is outside of it")
            }
            Self::Cycle { chain, at } => format!("the chain {chain} returns to {at:#05x}"),
        }
    }
}

/// The problems of the bytes themselves: their number and their start.
pub(super) fn of_bytes(space: &Abi, bytes: &[u8]) -> Vec<ViewProblem> {
    let spaces = space.chains.iter().filter_map(|chain| Some((chain, chain.space.as_ref()?)));
    let sizes: BTreeSet<u64> = spaces.flat_map(|(chain, space)| [chain.bound, space.end]).collect();
    let len = bytes.len() as u64;
    let wrong_size = (!sizes.is_empty() && !sizes.contains(&len))
        .then(|| ViewProblem::Size { len, sizes: sizes.into_iter().collect() });
    let start = match !bytes.is_empty() && bytes.iter().all(|byte| *byte == 0xff) {
        true => Some(ViewProblem::NoAnswer),
        false => doubtful_start(space, bytes).map(ViewProblem::Doubtful),
    };
    wrong_size.into_iter().chain(start).collect()
}
