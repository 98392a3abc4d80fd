//! What is proposed for an ABI, and the numbers that this claims.

use super::Doc;
use crate::diagnostic::Place;

/// A proposal, which is not part of the ABI.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The name of its file.
    pub name: String,
    /// Title for a reader.
    pub title: String,
    /// Where it was posted.
    pub source: String,
    /// The day on which it was posted.
    pub posted: Option<String>,
    /// The proposal that replaced it.
    pub replaced_by: Option<String>,
    /// The numbers that it claims.
    pub claims: Vec<Claim>,
}

/// A number that a proposal claims.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The space of the number.
    pub space: ClaimedSpace,
    /// The number; of a flag, that of its bit.
    pub number: i128,
    /// The name of the number.
    pub name: String,
    /// Its meaning.
    pub doc: Doc,
    /// Its place in the proposal.
    pub place: Place,
}

/// The space of a claimed number, which need not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimedSpace {
    /// The ids of a chain.
    Chain(String),
    /// The numbers of a group.
    Numbers(String),
    /// The ioctls of a kind of file descriptor, with the backends.
    Ioctls(String, Vec<String>),
}
