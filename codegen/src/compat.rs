//! Does a new ABI break anyone? Compares two resolved ABIs by the rules C1 to
//! C23 and tells, of every difference that matters, who is harmed and how that
//! can be seen. One file for each concern; the catalogue tells what every code
//! means and why.

mod advice;
mod chains;
mod codes;
mod constants;
mod fields;
mod growth;
mod handlers;
mod ioctls;
mod pairs;
pub mod program;
mod report;
mod rules;
mod struct_diff;
mod structs;
mod text;
mod witness;

pub use advice::{Advice, Step};
pub use report::{Claim, Class, Finding, Party, Victim, Window, Witness};
pub use rules::{Accepted, Judged, Judgement, Location, Rules};
pub use text::told;

use std::collections::{BTreeSet, HashSet};

use crate::diagnostic::Code;
use crate::ir::{Abi, Entry, EntryKind};
use pairs::Pairs;

/// One of the two ABIs, with what it is called.
#[derive(Clone, Debug)]
pub struct Side {
    /// Its name for a reader, such as `v5.10`.
    pub name: String,
    /// The ABI.
    pub abi: Abi,
    /// What is to be known of it if only headers tell it.
    pub headers: Option<Headers>,
}

/// What headers tell of an ABI. They say nothing of handlers.
#[derive(Clone, Debug)]
pub struct Headers {
    /// Those that are given, indexes into [`Abi::headers`]: what belongs to
    /// others is not told.
    pub given: Vec<usize>,
    /// What had to be guessed: items by name, fields as `struct.field`.
    pub guessed: BTreeSet<String>,
}

/// Everything about `new` that a program or a kernel of `old` may notice, and
/// the reverse, in the order of the specification.
pub fn compare(old: &Side, new: &Side) -> Vec<Finding> {
    let pairs = Pairs::new(old, new);
    let mut findings = structs::compare(&pairs);
    findings.extend(constants::compare(&pairs));
    findings.extend(ioctls::compare(&pairs));
    if old.headers.is_none() && new.headers.is_none() {
        findings.extend(handlers::compare(&pairs));
    }
    findings.extend(chains::compare(&pairs));
    let untold: HashSet<_> = [old, new].into_iter().flat_map(untold).collect();
    findings.retain(|one| {
        let item = one.subject.split('.').next().unwrap_or_default();
        !untold.contains(item)
    });
    findings
}

/// The names of all that belongs to headers which are not given.
fn untold(side: &Side) -> Vec<String> {
    let Some(headers) = &side.headers else { return Vec::new() };
    let abi = &side.abi;
    let given = |section: usize| headers.given.contains(&abi.sections[section].header);
    let is_item =
        |entry: &Entry<'_>| !matches!(entry.kind, EntryKind::Member(..) | EntryKind::Union(..));
    let items = abi.entries().into_iter().filter(is_item);
    let others = items.filter(|entry| !given(entry.section));
    others.map(|entry| entry.name.to_owned()).collect()
}

/// The codes that [`compare`] can give, in order.
pub fn codes() -> Vec<Code> {
    codes::CODES.to_vec()
}
