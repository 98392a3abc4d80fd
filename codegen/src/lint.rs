//! The rules for a single ABI, independent of older releases: `lint` reads the
//! resolved ABI and reports each break. One file per concern; the catalogue
//! explains every code.
//!
//! An item that must break a rule declares it with the reason: `allow: {L4: padded
//! since 5.10}`. An `allow` that silences nothing is a finding too, so that
//! outdated exceptions are noticed.

mod allow;
mod arguments;
mod arrays;
mod chains;
mod codes;
mod constants;
mod deprecation;
mod doc_references;
mod draft_docs;
mod flags;
mod handlers;
mod holes;
mod layouts;
mod naming;
mod payloads;
mod refusals;
mod subject;
mod types;
mod unions;
mod violation;

use crate::diagnostic::{Code, Diagnostics, Severity};
use crate::ir::Abi;
use allow::AllowList;
use violation::Violation;

/// A rule: its code, its severity, and the function that checks it.
#[derive(Clone, Copy)]
struct Rule {
    code: Code,
    severity: Severity,
    check: for<'a> fn(&'a Abi) -> Vec<Violation<'a>>,
}

/// Every rule, by number. Loading checks L10, L11 and the part of L13 about one bit
/// with two names. The format cannot express the cases of L12, L18, L26 and L27.
/// Rules whose breaks affect no binary are warnings.
const RULES: [Rule; 26] = [
    error(codes::ENUMERATOR_TOO_LARGE, types::enumerators_fit_an_int),
    error(codes::POINTER, types::no_pointers),
    error(codes::UNALIGNED_U64, types::no_plain_u64),
    error(codes::HOLE, holes::no_holes),
    error(codes::LAYOUT_DIFFERS, layouts::one_layout_everywhere),
    error(codes::HARMFUL_PAD, holes::no_pads_that_make_holes),
    error(codes::ARGSZ_AND_FLAGS_FIRST, arguments::start_as_the_protocol_does),
    error(codes::INCOMPLETE_CHAIN_HOST, chains::carriers_are_complete),
    error(codes::CHAIN_MISALIGNED, chains::bodies_keep_the_alignment),
    error(codes::CHAIN_MISALIGNED, handlers::chains_keep_the_alignment),
    error(codes::FLAG_BITS, flags::single_bits_and_exact_masks),
    error(codes::SIGNED_CONSTANT, constants::unsigned),
    error(codes::UNKNOWN_NAME, doc_references::name_what_exists),
    error(codes::ARRAY_NOT_LAST, arrays::last_and_counted),
    error(codes::NO_DIRECTION, arguments::say_which_way),
    error(codes::MINSZ_AFTER_FIRST_RELEASE, handlers::minsz_is_that_of_the_first_release),
    error(codes::INCOMPLETE_REPLY, handlers::replies_are_complete),
    error(codes::UNMARKED_COUNT, constants::counts_are_marked),
    warning(codes::NAME_SCHEME, naming::keeps_to_the_scheme),
    error(codes::AMBIGUOUS_UNION, unions::arms_can_be_told_apart),
    error(codes::INCOMPLETE_DEPRECATION, deprecation::is_said),
    warning(codes::NOT_EMITTED, chains::capabilities_are_emitted),
    error(codes::DRAFT_DOC, draft_docs::are_written),
    error(codes::LENGTH_ELSEWHERE, payloads::carry_their_length),
    error(codes::UNREACHABLE_INPUT, refusals::inputs_can_be_used),
    warning(codes::UNCHECKED_RESERVED, refusals::reserved_fields_are_checked),
];

/// Rules that loading enforces; their exceptions are not checked here.
const AT_LOAD: [Code; 2] = [codes::ID_REUSED, codes::NUMBER_REUSED];

/// Rules about specifications that no header can keep or break.
const SPECIFICATION_ONLY: [Code; 11] = [
    codes::BAD_EXCEPTION,
    codes::UNKNOWN_NAME,
    codes::NO_DIRECTION,
    codes::MINSZ_AFTER_FIRST_RELEASE,
    codes::INCOMPLETE_REPLY,
    codes::UNMARKED_COUNT,
    codes::INCOMPLETE_DEPRECATION,
    codes::NOT_EMITTED,
    codes::DRAFT_DOC,
    codes::UNREACHABLE_INPUT,
    codes::UNCHECKED_RESERVED,
];

/// Whether a header can keep or break a rule.
pub fn header_can_keep(rule: Code) -> bool {
    !SPECIFICATION_ONLY.contains(&rule)
}

/// The findings about a header that an older header does not have, by the rules that a
/// header can keep.
pub fn lint_changed_header(before: &Abi, after: &Abi) -> Diagnostics {
    let (before, after) = (lint(before), lint(after));
    let new = after.new_since(&before).into_iter();
    let new = new.filter(|one| header_can_keep(one.code)).cloned();
    let mut found = Diagnostics::default();
    found.extend(new);
    found
}

/// Finds everything in an ABI that breaks a rule without an `allow`.
pub fn lint(abi: &Abi) -> Diagnostics {
    let mut exceptions = AllowList::of(abi);
    let mut problems = Diagnostics::default();
    for rule in &RULES {
        for finding in (rule.check)(abi) {
            if !exceptions.allow(rule.code, &finding) {
                problems.push(finding.diagnostic(rule.code, rule.severity));
            }
        }
    }
    for finding in exceptions.useless() {
        problems.push(finding.diagnostic(codes::BAD_EXCEPTION, Severity::Warning));
    }
    problems
}

/// The codes that [`lint`] can report, in order.
pub fn codes() -> Vec<Code> {
    let mut codes = vec![codes::BAD_EXCEPTION];
    codes.extend(RULES.iter().map(|rule| rule.code));
    codes.dedup();
    codes
}

const fn error(code: Code, check: for<'a> fn(&'a Abi) -> Vec<Violation<'a>>) -> Rule {
    Rule { code, severity: Severity::Error, check }
}

const fn warning(code: Code, check: for<'a> fn(&'a Abi) -> Vec<Violation<'a>>) -> Rule {
    Rule { code, severity: Severity::Warning, check }
}
