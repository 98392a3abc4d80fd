//! The result of `compat`: the findings on two ABIs, in each format.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    CommandResult, FINDINGS, LintFormat, Output, SUCCESS, json, judged_breaks, plural, sarif,
};
use crate::compat::{Assessed, Finding, Side, Verdict, VersionImpact, finding_text, program};
use crate::diagnostic::{SarifLevel, SarifResult, github_annotation};

/// The exit code if nothing breaks, but something that differs was not judged.
const NOT_JUDGED: u8 = 2;

/// The findings on two sides.
#[derive(Debug)]
pub struct ComparisonReport<'a> {
    /// The ABI that programs were built with.
    pub old: &'a Side,
    /// The ABI that replaces it.
    pub new: &'a Side,
    /// The findings with their verdicts.
    pub judged: &'a [Assessed],
}

impl ComparisonReport<'_> {
    /// The result in a format.
    ///
    /// # Errors
    ///
    /// Those of [`json()`].
    pub fn shown(&self, format: LintFormat) -> CommandResult {
        let output = match format {
            LintFormat::Text => Ok(Output::success(self.text())),
            LintFormat::Json => self.json(),
            LintFormat::Github => Ok(Output::success(self.github())),
            LintFormat::Sarif => self.sarif(),
        }?;
        Ok(Output { code: self.code(), ..output })
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        let any = |verdict: Verdict| self.judged.iter().any(|one| one.verdict == verdict);
        match (any(Verdict::Breaks), any(Verdict::NotJudged)) {
            (true, _) => FINDINGS,
            (false, true) => NOT_JUDGED,
            (false, false) => SUCCESS,
        }
    }

    fn advice(&self) -> VersionImpact {
        let findings = self.judged.iter().map(|one| &one.finding);
        VersionImpact::of_all(findings)
    }

    fn count(&self, counts: impl Fn(&Assessed) -> bool) -> usize {
        self.judged.iter().filter(|one| counts(one)).count()
    }

    fn text(&self) -> String {
        let mut text: String = self.judged.iter().map(|one| finding_text(one) + "\n").collect();
        let breaks = self.count(|one| one.verdict == Verdict::Breaks);
        let accepted = self.count(|one| one.verdict == Verdict::Accepted);
        let not_judged = self.count(|one| one.verdict == Verdict::NotJudged);
        let others = self.judged.len() - breaks - accepted - not_judged;
        let others = plural(others, "other difference");
        let part = |count: usize, what: &str| match count {
            0 => String::new(),
            some => format!(", {some} {what}"),
        };
        let breaks = super::breaks(breaks, not_judged) + &part(accepted, "accepted");
        let breaks = breaks + &part(not_judged, "not judged");
        let VersionImpact { crate_, header, wire } = self.advice();
        let (old, new) = (&self.old.name, &self.new.name);
        text += &format!("{old} to {new}: {breaks}, {others}\n");
        let (crate_, header, wire) = (crate_.word(), header.word(), wire.word());
        let least = if not_judged > 0 { "at least " } else { "" };
        text += &format!("versions: {least}crate {crate_}, header {header}, wire {wire}\n");
        let not_compared = self.not_compared();
        if !not_compared.is_empty() {
            text += &format!(
                "not compared, because not given: {}\n",
                Vec::from_iter(not_compared).join(", ")
            );
        }
        text
    }

    /// The headers whose items were not compared.
    fn not_compared(&self) -> BTreeSet<&str> {
        [self.old, self.new].into_iter().flat_map(Side::headers_not_given).collect()
    }

    /// A program in Rust or C that shows the wire breaks, if there are any.
    pub fn program(&self, in_rust: bool) -> Option<String> {
        let sides = format!("{} {}", self.old.name, self.new.name).replace("*/", "* /");
        let broken = |one: &&Finding| one.class.breaks() && one.witness.is_some();
        let findings: Vec<_> = self.judged.iter().map(|one| &one.finding).filter(broken).collect();
        (!findings.is_empty()).then(|| match in_rust {
            false => program::c(&sides, &findings),
            true => program::rust(&sides, &findings),
        })
    }

    fn json(&self) -> CommandResult {
        let breaks = self.count(|one| one.verdict == Verdict::Breaks);
        let not_judged = self.count(|one| one.verdict == Verdict::NotJudged);
        json(&json!({
            "version": 1,
            "old": self.old.name,
            "new": self.new.name,
            "breaks": judged_breaks(breaks, not_judged),
            "not_judged": not_judged,
            "not_compared": self.not_compared(),
            "findings": self.judged,
            "versions": self.advice(),
        }))
    }

    fn sarif(&self) -> CommandResult {
        let results = self.judged.iter().map(|Assessed { finding, location, verdict, .. }| {
            let level = match verdict {
                Verdict::Breaks | Verdict::NotJudged => SarifLevel::Error,
                Verdict::Accepted => SarifLevel::Warning,
                Verdict::Info => SarifLevel::Note,
            };
            let place = location.as_ref().map(|at| (at.file.as_str(), at.line, at.column));
            let message = format!("{}: {}", finding.subject, finding.message);
            SarifResult { level, code: finding.code, message, place }
        });
        sarif(&results.collect::<Vec<_>>())
    }

    fn github(&self) -> String {
        let mut text = String::new();
        for Assessed { finding, location, verdict, .. } in self.judged {
            let kind = match verdict {
                Verdict::Breaks => "error",
                Verdict::Accepted | Verdict::NotJudged => "warning",
                Verdict::Info => "notice",
            };
            let place = location.as_ref().map(|at| (at.file.as_str(), at.line, at.column));
            let (subject, message) = (&finding.subject, &finding.message);
            let harmed = finding.affected.map(|affected| format!("; harmed: {}", affected.words()));
            let message = format!("{subject}: {message}{}", harmed.unwrap_or_default());
            text += &github_annotation(kind, place, finding.code, &message);
        }
        text
    }
}
