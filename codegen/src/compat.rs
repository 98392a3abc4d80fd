//! Does a new ABI break programs or kernels? First the structural difference of two ABIs, as
//! plain data (`diff`), then the verdicts: each rule (`rules`) claims differences and judges
//! them by the rules C1 to C28. A difference that no rule claims is not judged, and the
//! comparison says so. The catalogue explains every rule.

mod codes;
mod diff;
mod evidence;
mod finding;
mod keys;
mod matching;
pub mod program;
mod rules;
mod severity;
mod side;
mod text;
mod type_names;
mod unread;
mod witness;

pub(crate) use codes::NAME_REMOVED;
pub use evidence::{Within, Witness, WitnessClaim, WitnessPiece};
pub use finding::{Affected, Bump, Class, Finding, Party, VersionImpact, Window};
pub use keys::{CANNOT_BREAK, Reason};
pub use severity::{Accepted, Assessed, Location, SeverityRules, Verdict};
pub use side::Side;
pub use text::finding_text;

use std::collections::HashSet;

use crate::diagnostic::Code;
use matching::Matching;
use rules::{Comparison, RULES};

/// Everything about `new` that a program or a kernel of `old` may notice, and the reverse.
pub fn compare(old: &Side, new: &Side) -> Vec<Finding> {
    let matching = Matching::new(old, new);
    let differences = diff::differences(&matching);
    let mut findings = rules::judge(&Comparison { matching: &matching, differences: &differences });
    let mut known = HashSet::new();
    findings.retain(|one| known.insert((one.code, one.subject.clone(), one.message.clone())));
    let mut findings = unread::apply(&matching, findings);
    findings.extend(type_names::judge(&matching));
    findings
}

/// The keys of the IR that differ between two sides, each as often as it differs.
pub fn differing_keys(old: &Side, new: &Side) -> Vec<&'static str> {
    let matching = Matching::new(old, new);
    diff::differences(&matching).into_iter().map(|difference| difference.key.0).collect()
}

/// The keys of the IR that some rule judges, in order.
pub fn compared_keys() -> Vec<&'static str> {
    let mut keys: Vec<_> = RULES.iter().flat_map(|rule| rule.keys).map(|key| key.0).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The codes that [`compare`] can give, in order.
pub fn codes() -> Vec<Code> {
    codes::CODES.to_vec()
}
