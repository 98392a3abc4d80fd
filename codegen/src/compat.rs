//! Does a new ABI break anyone? Compares two resolved ABIs by the rules C1 to
//! C23 and tells, of every difference that matters, who is harmed and how that
//! can be seen. One file for each concern; the catalogue tells what every code
//! means and why.

mod advice;
mod chains;
mod constants;
mod fields;
mod finding;
mod growth;
mod handlers;
mod ioctls;
mod members;
mod pairs;
pub mod program;
mod rules;
mod structs;
mod text;
mod witness;

pub use advice::{Advice, Step};
pub use finding::{Class, Finding, Party, Victim, Window};
pub use rules::{Accepted, Judged, Judgement, Location, Rules};
pub use text::told;
pub use witness::{Claim, Witness};

use std::collections::BTreeSet;

use crate::diagnostic::Code;
use crate::ir::Abi;
use pairs::Pairs;

/// One of the two ABIs, with what it is called.
#[derive(Clone, Debug)]
pub struct Side {
    /// Its name for a reader, such as `v5.10`.
    pub name: String,
    /// The ABI.
    pub abi: Abi,
    /// What had to be guessed if a bare header tells it, which says nothing of
    /// handlers: items by name, fields as `struct.field`.
    pub told_by: Option<BTreeSet<String>>,
}

/// Everything about `new` that a program or a kernel of `old` may notice, and
/// the reverse, in the order of the specification.
pub fn compare(old: &Side, new: &Side) -> Vec<Finding> {
    let pairs = Pairs::new(old, new);
    let mut findings = structs::compare(&pairs);
    findings.extend(constants::compare(&pairs));
    findings.extend(ioctls::compare(&pairs));
    if old.told_by.is_none() && new.told_by.is_none() {
        findings.extend(handlers::compare(&pairs));
    }
    findings.extend(chains::compare(&pairs));
    findings
}

/// The codes that [`compare`] can give, in order.
pub fn codes() -> Vec<Code> {
    finding::CODES.to_vec()
}
