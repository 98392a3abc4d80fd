//! The `allow` entries of the ABI, and which of them silenced a finding.

use std::collections::{BTreeMap, BTreeSet};

use super::subject::{self, LintSubject};
use super::violation::Violation;
use super::{AT_LOAD, RULES};
use crate::diagnostic::{Code, Place};
use crate::ir::{Abi, Meta};

/// All `allow` entries, and those that have silenced a finding.
pub(super) struct AllowList<'a> {
    /// The items that allow something, each once, by place.
    items: BTreeMap<Place, &'a Meta>,
    used: BTreeSet<(Place, Code)>,
}

impl<'a> AllowList<'a> {
    /// Collects the `allow` entries of the ABI.
    pub(super) fn of(abi: &'a Abi) -> Self {
        let entries = subject::all(abi).into_iter();
        let owners = entries.filter_map(|(_, subject)| subject.owners.first().copied());
        let allowing = owners.filter(|meta| !meta.allow.is_empty());
        let items = allowing.map(|meta| (meta.place, meta)).collect();
        Self { items, used: BTreeSet::new() }
    }

    /// Whether a finding is allowed. The innermost item that allows it counts.
    pub(super) fn allow(&mut self, code: Code, finding: &Violation<'_>) -> bool {
        let mut owners = finding.subject.owners.iter();
        let allowing = owners.find(|meta| meta.allow.iter().any(|(rule, _)| rule == code.0));
        if let Some(meta) = allowing {
            self.used.insert((meta.place, code));
        }
        allowing.is_some()
    }

    /// The `allow` entries without a rule, a finding or a reason.
    pub(super) fn useless(self) -> Vec<Violation<'a>> {
        let mut findings = Vec::new();
        for meta in self.items.values() {
            for (rule, reason) in &meta.allow {
                findings.extend(self.useless_entry(meta, rule, reason));
            }
        }
        findings
    }

    fn useless_entry(&self, meta: &'a Meta, rule: &str, reason: &str) -> Option<Violation<'a>> {
        let known = RULES.iter().map(|rule| rule.code).chain(AT_LOAD).find(|code| code.0 == rule);
        let (message, help) = match known {
            None => (
                format!("`{rule}` is not a rule that can be allowed"),
                "`capchain explain` lists the rules",
            ),
            Some(_) if reason.trim().is_empty() => (
                format!("`allow` for {rule} has no reason"),
                "state why the rule does not apply here, with a release or commit if possible",
            ),
            Some(code) if AT_LOAD.contains(&code) || self.used.contains(&(meta.place, code)) => {
                return None;
            }
            Some(_) => (format!("{rule} is not broken here"), "remove the `allow`"),
        };
        Some(Violation::new(LintSubject::of(meta), message).label("allowed here").help(help))
    }
}
