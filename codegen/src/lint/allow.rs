//! Every `allow` of the ABI, and which of them have had a case.

use std::collections::{BTreeMap, BTreeSet};

use super::subject::{self, LintSubject};
use super::violation::Violation;
use super::{AT_LOAD, RULES};
use crate::diagnostic::{Code, Place};
use crate::ir::{Abi, Meta};

/// Every `allow`, and those that have silenced a finding.
pub(super) struct AllowList<'a> {
    /// The items that allow something, each once, by place.
    items: BTreeMap<Place, &'a Meta>,
    used: BTreeSet<(Place, Code)>,
}

impl<'a> AllowList<'a> {
    /// All exceptions of the ABI.
    pub(super) fn of(abi: &'a Abi) -> Self {
        let entries = subject::all(abi).into_iter();
        let owners = entries.filter_map(|(_, subject)| subject.owners.first().copied());
        let allowing = owners.filter(|meta| !meta.allow.is_empty());
        let items = allowing.map(|meta| (meta.place, meta)).collect();
        Self { items, used: BTreeSet::new() }
    }

    /// Whether a finding is allowed, by the innermost item that does.
    pub(super) fn allow(&mut self, code: Code, finding: &Violation<'_>) -> bool {
        let mut owners = finding.subject.owners.iter();
        let allowing = owners.find(|meta| meta.allow.iter().any(|(rule, _)| rule == code.0));
        if let Some(meta) = allowing {
            self.used.insert((meta.place, code));
        }
        allowing.is_some()
    }

    /// The exceptions that are none: without a rule, a case or a reason.
    pub(super) fn unfounded(self) -> Vec<Violation<'a>> {
        let mut findings = Vec::new();
        for meta in self.items.values() {
            for (rule, reason) in &meta.allow {
                findings.extend(self.unfounded_one(meta, rule, reason));
            }
        }
        findings
    }

    fn unfounded_one(&self, meta: &'a Meta, rule: &str, reason: &str) -> Option<Violation<'a>> {
        let known = RULES.iter().map(|rule| rule.code).chain(AT_LOAD).find(|code| code.0 == rule);
        let (message, help) = match known {
            None => (
                format!("`{rule}` is no rule that can be allowed"),
                "`capchain explain` lists the rules",
            ),
            Some(_) if reason.trim().is_empty() => (
                format!("the exception from {rule} has no reason"),
                "say why the rule does not fit here, best with a release or commit",
            ),
            Some(code) if AT_LOAD.contains(&code) || self.used.contains(&(meta.place, code)) => {
                return None;
            }
            Some(_) => (format!("nothing here breaks {rule}"), "remove the `allow`"),
        };
        Some(Violation::new(LintSubject::of(meta), message).label("allowed here").help(help))
    }
}
