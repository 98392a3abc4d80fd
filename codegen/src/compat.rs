//! Does a new ABI break anyone? Compares two resolved ABIs by the rules C1 to
//! C23 and tells, of every difference that matters, who is harmed and how that
//! can be seen. One file for each concern; the catalogue tells what every code
//! means and why.

mod added_fields;
mod chains;
mod codes;
mod constants;
mod fields;
mod handlers;
mod ioctls;
mod matching;
pub mod program;
mod report;
mod rules;
mod semver;
mod side;
mod struct_diff;
mod structs;
mod text;
mod witness;

pub use report::{Affected, Claim, Class, Finding, Party, Window, Witness};
pub use rules::{Accepted, Assessed, Location, Rules, Verdict};
pub use semver::{Bump, VersionImpact};
pub use side::{Knowledge, Side, Unread};
pub use text::told;

use std::collections::HashSet;

use crate::diagnostic::Code;
use crate::ir::{Entry, EntryKind};
use matching::Matching;

/// Everything about `new` that a program or a kernel of `old` may notice, and
/// the reverse, in the order of the specification.
pub fn compare(old: &Side, new: &Side) -> Vec<Finding> {
    let matching = Matching::new(old, new);
    let mut findings = structs::compare(&matching);
    findings.extend(constants::compare(&matching));
    findings.extend(ioctls::compare(&matching));
    if old.knowledge.headers.is_none() && new.knowledge.headers.is_none() {
        findings.extend(handlers::compare(&matching));
    }
    findings.extend(chains::compare(&matching));
    let untold: HashSet<_> = [old, new].into_iter().flat_map(untold).collect();
    findings.retain(|one| {
        let item = one.subject.split('.').next().unwrap_or_default();
        !untold.contains(item)
    });
    findings
}

/// The names of all that belongs to headers which are not given.
fn untold(side: &Side) -> Vec<String> {
    let Some(given) = &side.knowledge.headers else { return Vec::new() };
    let abi = &side.abi;
    let is_given = |section: usize| given.contains(&abi.sections[section].header);
    let is_item =
        |entry: &Entry<'_>| !matches!(entry.kind, EntryKind::Member(..) | EntryKind::Union(..));
    let items = abi.entries().into_iter().filter(is_item);
    let others = items.filter(|entry| !is_given(entry.section));
    others.map(|entry| entry.name.to_owned()).collect()
}

/// The codes that [`compare`] can give, in order.
pub fn codes() -> Vec<Code> {
    codes::CODES.to_vec()
}
