//! Stage 2, validation: refuses every specification that could not be
//! lowered and emitted. `passes` has the checks, and `model` the symbol table that
//! they share.

mod codes;
mod model;
mod passes;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::release::Release;
use crate::spec::Spec;
use model::symbols::Symbols;

/// The most misspelt names that get a hint. The search compares every known name,
/// and a file with more unknown names than this does not need spelling hints.
const MOST_HINTS: usize = 32;

/// A specification without errors, on which every later stage relies.
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

/// The input of the passes, and the problems that they report.
struct Check<'a> {
    spec: &'a Spec,
    index: &'a Symbols<'a>,
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
    let index = Symbols::of(&spec);
    let mut check = Check { spec: &spec, index: &index, incomplete, hints: 0, problems };
    let releases = passes::run(&mut check);
    let valid = !incomplete && !problems.has_errors();
    valid.then_some(ValidSpec { spec, releases })
}
