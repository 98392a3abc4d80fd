//! The structs that bytes can be, the most plausible first.

use super::input::Input;
use super::plausible::{Doubts, doubts, size_doubts};
use super::{Subject, decode};
use crate::dump::Dump;
use crate::ir::Abi;
use crate::layout::Target;

/// The weight from which a struct does not fit.
const MOST_WEIGHT: u32 = 10;

/// A struct that fits.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The struct.
    pub subject: Subject,
    /// The larger, the less plausible; 0 if nothing is unusual.
    pub weight: u32,
    /// The strongest reason against it.
    pub reason: Option<String>,
    /// The bytes in the reading that is most plausible for it.
    pub input: Input,
}

impl Candidate {
    /// Whether the struct fits.
    pub fn fits(&self) -> bool {
        self.weight < MOST_WEIGHT
    }

    /// Whether it fits so well that an ABI that nothing names can be meant.
    pub fn fits_well(&self) -> bool {
        2 * self.weight < MOST_WEIGHT
    }
}

/// The subjects that fit a dump, the best first. Equal ones keep their order.
pub fn candidates(
    abi: &Abi,
    subjects: &[Subject],
    target: &'static Target,
    dump: &Dump,
) -> Vec<Candidate> {
    let candidate = |subject: &Subject| {
        let input = Input::of(abi, *subject, target, dump.clone());
        let decoded = decode(abi, *subject, target, &input.bytes);
        let mut found: Doubts = doubts(&decoded);
        found.extend(size_doubts(&decoded));
        let Doubts { weight, reason, .. } = found;
        Candidate { subject: *subject, weight, reason, input }
    };
    let mut found: Vec<_> = subjects.iter().map(candidate).collect();
    if subjects.len() > 1 {
        found.retain(Candidate::fits);
    }
    found.sort_by_key(|candidate| candidate.weight);
    found
}

/// The structs that ioctls take.
pub fn arguments(abi: &Abi) -> Vec<Subject> {
    let mut found = Vec::new();
    for subject in abi.ioctls.iter().filter_map(Subject::argument) {
        if !found.contains(&subject) {
            found.push(subject);
        }
    }
    found
}
