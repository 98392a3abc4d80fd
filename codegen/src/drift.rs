//! Compares a kernel's headers with the specification of that release, in both
//! directions. Each difference is a finding with a code; the catalogue explains the
//! codes.

mod best_fit;
mod codes;
mod constants;
mod macros;
mod structs;

pub use codes::codes;

pub use best_fit::{BestFit, best_fit};

use crate::diagnostic::{Diagnostic, Diagnostics, Place, Severity};
use crate::header::{Declarations, Facts};
use crate::ir::{Abi, Meta, UnreadItem};
use codes::{NOT_IN_HEADER, NOT_READ, NOT_SPECIFIED};
use macros::MACRO;

/// The result of a comparison.
#[derive(Debug, Default)]
pub struct Drift {
    /// The differences; uncertain ones are warnings.
    pub findings: Diagnostics,
    /// How much was compared.
    pub compared: Compared,
}

impl Drift {
    /// How many differences there are.
    pub fn differences(&self) -> usize {
        self.findings.count(Severity::Error)
    }
}

/// How many of each kind both have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Numbers and strings.
    pub constants: usize,
    /// Macros with parameters.
    pub macros: usize,
    /// Structs.
    pub structs: usize,
    /// Fields of these structs.
    pub fields: usize,
}

/// Compares headers with an ABI, of which the `given` headers count. `newest` is
/// used to find the release of items that the ABI lacks.
pub fn drift(facts: &Facts, abi: &Abi, newest: &Abi, given: &[usize]) -> Drift {
    let (declared, later) = (Declarations::of(abi, given), Declarations::of(newest, given));
    let mut comparison = HeaderComparison {
        facts,
        abi,
        declared: &declared,
        later: &later,
        complete: given.iter().any(|header| abi.headers[*header].complete),
        drift: Drift::default(),
    };
    comparison.constants();
    comparison.macros();
    comparison.structs();
    comparison.not_read();
    comparison.drift
}

struct HeaderComparison<'c> {
    facts: &'c Facts,
    abi: &'c Abi,
    declared: &'c Declarations<'c>,
    later: &'c Declarations<'c>,
    /// Whether the ABI has all items of one of the headers.
    complete: bool,
    drift: Drift,
}

impl HeaderComparison<'_> {
    fn push(&mut self, finding: Diagnostic) {
        self.drift.findings.push(finding);
    }

    /// Items of the headers that the ABI lacks.
    fn lacking(&mut self, kind: &str, name: &str, place: Place) {
        if !self.complete {
            return;
        }
        let release = self.abi.release;
        let message = format!("{release} has no {kind} `{name}` in the specification");
        let later = self.later.meta(name);
        let doubt = later.is_some_and(|meta| meta.since.is_uncertain_at(release));
        let finding = match doubt {
            true => Diagnostic::warning(NOT_SPECIFIED, message),
            false => Diagnostic::error(NOT_SPECIFIED, message),
        };
        let successor = self.later.successor(name);
        let help = match (later, successor) {
            (Some(meta), _) => format!("the specification has it since {}", meta.since),
            (None, Some((now, since))) => format!("it is called `{now}` since {since}"),
            (None, None) if kind == MACRO => "describe it with `macro`, which needs a function in \
                Rust that does the same; `capchain import` leaves it out"
                .to_owned(),
            (None, None) => "`capchain import` prints what to add for it".to_owned(),
        };
        self.push(finding.at(place, "in the header").help(help));
    }

    /// Declarations of the headers that were not read, of names that the ABI has, and parts
    /// that depend on who includes the header.
    fn not_read(&mut self) {
        let unread = &self.facts.unread;
        let counts = |name: &str| name.starts_with('#') || self.declared.meta(name).is_some();
        let finding = |(name, item): (&String, &UnreadItem)| {
            let message = format!("`{name}` is not compared: {}", item.reason);
            Diagnostic::error(NOT_READ, message).at(item.place, "in the header")
        };
        let findings: Vec<_> =
            unread.iter().filter(|(name, _)| counts(name)).map(finding).collect();
        findings.into_iter().for_each(|finding| self.push(finding));
    }

    /// Items of the ABI that the headers lack.
    fn gone(&mut self, kind: &str, name: &str, meta: &Meta) {
        if self.facts.unread.contains_key(name) {
            return;
        }
        let message = format!("the header has no {kind} `{name}`");
        let label = format!("in the specification since {}", meta.since);
        self.push(Diagnostic::error(NOT_IN_HEADER, message).at(meta.place, label));
    }
}
