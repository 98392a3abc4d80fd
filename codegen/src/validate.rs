//! Stage 2, validation: refuses every specification that could not be
//! lowered and emitted. A list of passes, one concern and one file each; all
//! of them run, so that one look shows every error.

mod capabilities;
mod chains;
mod changes;
mod claims;
mod docs;
mod eras;
mod fields;
mod forms;
mod handlers;
mod headers;
mod ids;
mod index;
mod ioctls;
mod layouts;
mod macros;
mod names;
mod numbers;
mod parts;
mod refs;
mod releases;
mod roles;
mod shapes;
mod spelling;
mod taken;
mod values;
mod versions;
mod views;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::release::Release;
use crate::spec::Spec;
use index::Index;

/// The number of misspelt names that get a hint. The search compares every known
/// name, and a file with more unknown names does not need spelling hints.
const MOST_HINTS: usize = 32;

/// A valid specification, on which all later stages rely.
#[derive(Debug)]
pub struct ValidSpec {
    spec: Spec,
    releases: Vec<Release>,
}

impl ValidSpec {
    /// The specification itself.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Every release that can be described, in order; never empty.
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// The newest release.
    pub fn newest(&self) -> Release {
        self.releases.last().copied().unwrap_or(Release::new(0, 0))
    }
}

/// The input of the passes, and the list of findings.
struct Check<'a> {
    spec: &'a Spec,
    index: &'a Index<'a>,
    /// Whether items are missing because they could not be read, so that a
    /// reference without a target may not be an error.
    incomplete: bool,
    /// Hints given so far.
    hints: usize,
    problems: &'a mut Diagnostics,
}

impl Check<'_> {
    /// Reports that something is missing, unless it may have been refused.
    fn missing(&mut self, problem: Diagnostic) {
        if !self.incomplete {
            self.problems.push(problem);
        }
    }

    /// Whether the search for a hint is still worth its time.
    fn may_hint(&mut self) -> bool {
        self.hints += 1;
        self.hints <= MOST_HINTS
    }
}

/// Checks a specification. With `incomplete`, a part of it could not be read, and
/// references without a target are accepted.
pub fn validate(spec: Spec, incomplete: bool, problems: &mut Diagnostics) -> Option<ValidSpec> {
    let index = Index::of(&spec);
    let mut check = Check { spec: &spec, index: &index, incomplete, hints: 0, problems };
    let releases = releases::check(&mut check);
    docs::check(&mut check);
    names::check(&mut check);
    taken::check(&mut check);
    spelling::check(&mut check);
    views::check(&mut check);
    values::check(&mut check);
    changes::check(&mut check);
    fields::check(&mut check);
    roles::check(&mut check);
    shapes::check(&mut check);
    if !incomplete {
        layouts::check(&mut check);
    }
    headers::check(&mut check);
    chains::check(&mut check);
    capabilities::check(&mut check);
    versions::check(&mut check);
    ioctls::check(&mut check, &releases);
    handlers::check(&mut check);
    macros::check(&mut check);
    ids::check(&mut check);
    let valid = !incomplete && !problems.has_errors();
    valid.then_some(ValidSpec { spec, releases })
}
