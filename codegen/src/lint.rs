//! The rules that a single ABI must keep, whatever came before it: `lint`
//! reads the resolved ABI and says where one is broken. One file for each
//! concern; the catalogue tells what every code means and why.
//!
//! An item that has to break a rule says so itself, with the reason:
//! `allow: {L4: padded since 5.10}`. An `allow` without a case is a finding
//! too, so that no exception outlives its reason.

mod arguments;
mod arrays;
mod chains;
mod constants;
mod deprecation;
mod drafts;
mod exceptions;
mod finding;
mod flags;
mod handlers;
mod holes;
mod layouts;
mod naming;
mod references;
mod scope;
mod types;
mod unions;
mod words;

use crate::diagnostic::{Code, Diagnostics, Severity};
use crate::ir::Abi;
use exceptions::Exceptions;
use finding::Finding;

/// A rule: its code, how much a finding weighs, and what looks for findings.
#[derive(Clone, Copy)]
struct Rule {
    code: Code,
    severity: Severity,
    check: for<'a> fn(&'a Abi) -> Vec<Finding<'a>>,
}

/// Every rule, by number. Loading keeps L10, L11 and what of L13 is about one
/// bit with two names. L12, L18, L26 and L27 have no case that the format can
/// express. Warnings are what breaks no binary.
const RULES: [Rule; 23] = [
    error("L1", types::enumerators_fit_an_int),
    error("L2", types::no_pointers),
    error("L3", types::no_plain_u64),
    error("L4", holes::no_holes),
    error("L5", layouts::one_layout_everywhere),
    error("L6", holes::no_pads_that_make_holes),
    error("L7", arguments::start_with_argsz_and_flags),
    error("L8", chains::carriers_are_complete),
    error("L9", chains::bodies_keep_the_alignment),
    error("L9", handlers::chains_keep_the_alignment),
    error("L13", flags::single_bits_and_exact_masks),
    error("L14", constants::unsigned),
    error("L15", references::name_what_exists),
    error("L16", arrays::last_and_counted),
    error("L17", arguments::say_which_way),
    error("L19", handlers::minsz_is_that_of_the_first_release),
    error("L20", handlers::replies_are_whole),
    error("L21", constants::counts_are_marked),
    warning("L22", naming::keeps_to_the_scheme),
    error("L23", unions::arms_can_be_told_apart),
    error("L24", deprecation::is_said),
    warning("L25", chains::capabilities_are_emitted),
    error("L28", drafts::are_written),
];

/// An `allow` that is none.
const L00: Code = Code("L00");

/// Rules that loading enforces, so that their exceptions are not seen here.
const AT_LOAD: [Code; 2] = [Code("L10"), Code("L11")];

/// Looks for everything in an ABI that breaks a rule and is not allowed to.
pub fn lint(abi: &Abi) -> Diagnostics {
    let mut exceptions = Exceptions::of(abi);
    let mut problems = Diagnostics::default();
    for rule in &RULES {
        for finding in (rule.check)(abi) {
            if !exceptions.allow(rule.code, &finding) {
                problems.push(finding.diagnostic(rule.code, rule.severity));
            }
        }
    }
    for finding in exceptions.unfounded() {
        problems.push(finding.diagnostic(L00, Severity::Warning));
    }
    problems
}

/// The codes that [`lint`] can give, in order.
pub fn codes() -> Vec<Code> {
    let mut codes = vec![L00];
    codes.extend(RULES.iter().map(|rule| rule.code));
    codes.dedup();
    codes
}

const fn error(code: &'static str, check: for<'a> fn(&'a Abi) -> Vec<Finding<'a>>) -> Rule {
    Rule { code: Code(code), severity: Severity::Error, check }
}

const fn warning(code: &'static str, check: for<'a> fn(&'a Abi) -> Vec<Finding<'a>>) -> Rule {
    Rule { code: Code(code), severity: Severity::Warning, check }
}
