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

use std::collections::{BTreeSet, HashSet};

use crate::diagnostic::Code;
use crate::ir::{Abi, Item};
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
    let others = abi.sections.iter().filter(|section| !headers.given.contains(&section.header));
    let items = others.flat_map(|section| &section.items);
    let names = items.flat_map(|item| match item {
        Item::Struct(id) => {
            let held = abi.held_groups(*id).flat_map(|group| &group.values);
            let names = held.map(|value| value.name.clone());
            names.chain([abi.struct_(*id).name.clone()]).collect()
        }
        Item::Group(id) => {
            let group = abi.group(*id);
            let names = group.values.iter().map(|value| value.name.clone());
            names.chain([group.name.clone()]).collect()
        }
        Item::Macro(index) => vec![abi.macro_(*index).name.clone()],
        Item::Ioctl(index) => vec![abi.ioctl(*index).name.clone()],
        Item::Chain(id) => vec![abi.chain(*id).name.clone()],
        Item::Capability(index) => vec![abi.capability(*index).name.clone()],
    });
    names.collect::<Vec<_>>()
}

/// The codes that [`compare`] can give, in order.
pub fn codes() -> Vec<Code> {
    finding::CODES.to_vec()
}
