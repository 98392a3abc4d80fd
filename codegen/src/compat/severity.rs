//! What a project makes of findings: other weights for codes, and findings that
//! were looked at and accepted, each with its reason.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::codes::CODES;
use super::finding::{Class, Finding, Party};
use crate::diagnostic::Place;

/// The file that `--rules` names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeverityRules {
    /// What a finding of a code does, where that is not what its class says.
    #[serde(default)]
    pub severity: BTreeMap<String, Weight>,
    /// Findings that break nothing here.
    #[serde(default)]
    pub accept: Vec<Accepted>,
}

/// What findings of a code do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// They fail the run.
    Error,
    /// Printed, without effect on the exit code.
    Note,
}

/// A finding that was looked at.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Its code.
    pub code: String,
    /// What it is about, as it is printed.
    pub subject: String,
    /// Why no program is harmed.
    pub reason: String,
}

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It fails the run.
    Breaks,
    /// It would fail the run, but is accepted.
    Accepted,
    /// It could not be judged.
    NotJudged,
    /// It is only listed.
    Info,
}

/// A place in a file, as a reader counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Location {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character, from 1.
    pub column: usize,
}

/// A finding with what becomes of it.
#[derive(Clone, Debug, Serialize)]
pub struct Assessed {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// Its place.
    #[serde(flatten)]
    pub location: Option<Location>,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Why it was accepted.
    pub reason: Option<String>,
}

impl SeverityRules {
    /// Reads the file; the error is a message for the user.
    pub fn parse(text: &str) -> Result<Self, String> {
        let rules: Self = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        let accepted = rules.accept.iter().map(|one| &one.code);
        for code in rules.severity.keys().chain(accepted) {
            if CODES.iter().all(|known| known.0 != code) {
                return Err(format!("there is no rule `{code}`; they are C1 to C28"));
            }
        }
        match rules.accept.iter().find(|one| one.reason.trim().is_empty()) {
            Some(one) => {
                Err(format!("{} of `{}` is accepted without a reason", one.code, one.subject))
            }
            None => Ok(rules),
        }
    }

    /// What becomes of each finding, those that break first; and what is
    /// accepted and was not found.
    pub fn judge(
        &self,
        findings: Vec<Finding>,
        locate: impl Fn(Party, Place) -> Option<Location>,
    ) -> (Vec<Assessed>, Vec<&Accepted>) {
        let assessed = findings.into_iter().map(|finding| {
            let (verdict, reason) = self.verdict(&finding);
            let location = finding.place.and_then(|(party, place)| locate(party, place));
            Assessed { finding, location, verdict, reason }
        });
        let mut assessed: Vec<_> = assessed.collect();
        assessed.sort_by_key(|one| (!matches!(one.verdict, Verdict::Breaks), one.finding.class));
        let found = |accepted: &&Accepted| assessed.iter().any(|one| accepted.is(&one.finding));
        let idle = self.accept.iter().filter(|one| !found(one)).collect();
        (assessed, idle)
    }

    fn verdict(&self, finding: &Finding) -> (Verdict, Option<String>) {
        let verdict = match self.severity.get(finding.code.0) {
            Some(Weight::Error) => Verdict::Breaks,
            Some(Weight::Note) => Verdict::Info,
            None if finding.class.breaks() => Verdict::Breaks,
            None if finding.class == Class::NotJudged => Verdict::NotJudged,
            None => Verdict::Info,
        };
        match self.accept.iter().find(|one| one.is(finding)) {
            Some(accepted) if verdict != Verdict::Info => {
                (Verdict::Accepted, Some(accepted.reason.trim().to_owned()))
            }
            _ => (verdict, None),
        }
    }
}

impl Accepted {
    fn is(&self, finding: &Finding) -> bool {
        self.code == finding.code.0 && self.subject == finding.subject
    }
}
