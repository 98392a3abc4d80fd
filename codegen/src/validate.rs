//! Stage 2, validation: refuses every specification that could not be
//! lowered and emitted. `passes` has the checks, and `model` the symbol table that
//! they share.

mod codes;
mod model;
mod passes;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::release::Release;
use crate::spec::Spec;
use model::symbols::Symbols;

/// The most misspelt names of a pass that get a hint. The search compares every known name,
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
    /// The releases that the specification describes; for their own pass none.
    releases: &'a [Release],
    /// Whether items are missing because they could not be read, so that a
    /// reference without a target may not be an error.
    incomplete: bool,
    /// The only release whose layouts and references count, if headers of it amended the
    /// specification: what they insert has no history.
    only: Option<Release>,
    /// Hints given so far by this pass.
    hints: usize,
    problems: &'a mut Diagnostics,
}

impl Check<'_> {
    /// Refuses what is at a place.
    fn refuse(&mut self, code: Code, place: Place, message: impl Into<String>) {
        self.refuse_because(code, place, message, "");
    }

    /// Refuses what is at a place, with the reason.
    fn refuse_because(&mut self, code: Code, place: Place, message: impl Into<String>, why: &str) {
        self.problems.push(Diagnostic::error(code, message).at(place, why));
    }

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
    let releases = check_all(&spec, incomplete, None, problems);
    let valid = !incomplete && !problems.has_errors();
    valid.then_some(ValidSpec { spec, releases })
}

/// Checks a specification that was amended by headers of a release. A header can use a number
/// twice or a name that Rust reserves, and still has an ABI. If the specification
/// cannot be lowered, it is returned as the error.
pub fn validate_amended(
    spec: Spec,
    release: Release,
    problems: &mut Diagnostics,
) -> Result<ValidSpec, Box<Spec>> {
    let releases = check_all(&spec, false, Some(release), problems);
    match problems.errors().all(|error| is_tolerated(error.code)) {
        true => Ok(ValidSpec { spec, releases }),
        false => Err(Box::new(spec)),
    }
}

/// Whether an amended specification with such an error can be lowered.
pub fn is_tolerated(code: Code) -> bool {
    codes::AMENDED.contains(&code)
}

/// Whether an error is about generated outputs only, and not about the ABI.
pub fn is_about_outputs(code: Code) -> bool {
    codes::OF_OUTPUTS.contains(&code)
}

/// Runs every pass; returns the releases.
fn check_all(
    spec: &Spec,
    incomplete: bool,
    only: Option<Release>,
    problems: &mut Diagnostics,
) -> Vec<Release> {
    let index = Symbols::of(spec);
    passes::run(&mut Check {
        spec,
        index: &index,
        releases: &[],
        incomplete,
        only,
        hints: 0,
        problems,
    })
}
