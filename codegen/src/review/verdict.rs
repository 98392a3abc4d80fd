//! Compares the headers before and after a series, and finds the line of a mail that
//! causes each finding.

use super::apply::AppliedSeries;
use super::bases::{Bases, HeaderSet};
use super::cause::Causes;
use super::header_text::HeaderText;
use super::remarks;
use super::report::{Effect, Remark};
use crate::amend::{Amended, amend};
use crate::compat::{self, Assessed, Class, Finding, Party, Side, Verdict};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, Sources, shared_codes};
use crate::ir::Abi;
use crate::lint::{header_can_keep, lint};

/// An ABI with the text of its headers.
pub(super) struct ReadHeaders {
    side: Side,
    /// Errors and warnings of reading.
    problems: Diagnostics,
    /// The findings of `lint`.
    lint: Diagnostics,
    /// The files of the specification, then the headers.
    pub(super) sources: Sources,
    /// The index of the first header.
    pub(super) first: usize,
}

impl ReadHeaders {
    pub(super) fn abi(&self) -> &Abi {
        &self.side.abi
    }
}

/// Reads headers as an ABI, which is shown under a name.
pub(super) fn read(
    name: String,
    bases: &Bases<'_>,
    set: &HeaderSet,
    headers: &[HeaderText],
) -> Result<ReadHeaders, String> {
    let mut sources = bases.sources.clone();
    let add = |header: &HeaderText| sources.add(header.path.clone(), header.text.clone());
    let files: Vec<_> = headers.iter().map(add).collect();
    let amended = match set.amend_base(bases.spec) {
        Some(base) => base.amend(&sources, &files)?,
        None => amend(bases.spec, None, &sources, &files)?,
    };
    let first = files.first().copied().unwrap_or_default();
    let lint = lint(&amended.abi);
    let (side, problems) = side(name, amended);
    Ok(ReadHeaders { side, problems, lint, sources, first })
}

/// Everything to say about a series that was placed completely.
pub(super) fn judge(
    newest: &Abi,
    old: &ReadHeaders,
    new: &ReadHeaders,
    applied: &AppliedSeries,
) -> Vec<Remark> {
    let causes = Causes::new(applied, new);
    let unreadable = new.problems.new_since(&old.problems);
    let mut remarks: Vec<_> = unreadable.into_iter().map(|one| problem(one, &causes)).collect();
    if remarks.iter().any(|remark| remark.effect == Effect::NotJudged) {
        return remarks;
    }
    let findings = compat::compare(&old.side, &new.side);
    remarks.extend(findings.into_iter().map(|one| finding(one, &causes)));
    let asked = new.lint.new_since(&old.lint).into_iter();
    let asked = asked.filter(|one| header_can_keep(one.code));
    remarks.extend(asked.map(|one| question(one, &causes)));
    let asked = remarks::all(&old.side.abi, &new.side.abi, newest);
    remarks.extend(asked.into_iter().map(|one| Remark {
        effect: one.effect,
        code: one.code,
        at: causes.of_name(&one.subject),
        subject: one.subject,
        message: one.message,
        details: Vec::new(),
        help: Some(one.help),
        in_file: None,
    }));
    remarks
}

/// Amended headers as a side of a comparison, and the problems of reading them.
fn side(name: String, amended: Amended) -> (Side, Diagnostics) {
    let Amended { abi, knowledge, problems, .. } = amended;
    (Side { name, abi, knowledge }, problems)
}

/// A problem of reading the new headers.
fn problem(one: &Diagnostic, causes: &Causes<'_>) -> Remark {
    // An item that breaks a rule of `lint` was read.
    let effect = match one.severity {
        Severity::Error if !shared_codes::ALL.contains(&one.code) => Effect::NotJudged,
        _ => Effect::Question,
    };
    Remark { effect, ..question(one, causes) }
}

fn question(one: &Diagnostic, causes: &Causes<'_>) -> Remark {
    let effect = match one.severity {
        Severity::Error => Effect::Question,
        Severity::Warning => Effect::Note,
    };
    let changed = one.places().find_map(|place| Some((place, causes.of_place(place)?)));
    let place = changed.map(|(place, _)| place).or(one.place());
    let subject = place.and_then(|place| causes.name_at(place));
    let line = changed.map(|(_, line)| line);
    Remark {
        effect,
        code: one.code,
        at: line.or_else(|| causes.of_name(subject.as_deref()?)),
        subject: subject.unwrap_or_default(),
        message: one.message.clone(),
        details: Vec::new(),
        help: one.hint().map(str::to_owned),
        in_file: None,
    }
}

fn finding(one: Finding, causes: &Causes<'_>) -> Remark {
    let (effect, verdict) = match one.class {
        Class::NotJudged => (Effect::NotJudged, Verdict::NotJudged),
        class if class.breaks() => (Effect::Breaks, Verdict::Breaks),
        _ => (Effect::Note, Verdict::Info),
    };
    let place = one.place.filter(|(party, _)| *party == Party::New).map(|(_, place)| place);
    let at = place.and_then(|place| causes.of_place(place));
    let at = at.or_else(|| causes.of_name(&one.subject));
    let (code, subject) = (one.code, one.subject.clone());
    let (message, help) = (one.message.clone(), one.help.clone());
    let text =
        compat::finding_text(&Assessed { finding: one, location: None, verdict, reason: None });
    let details = text.lines().skip(1).filter(|line| !line.trim_start().starts_with("help: "));
    let details = details.map(|line| line.strip_prefix("  ").unwrap_or(line).to_owned());
    let details = details.filter(|line| !line.is_empty()).collect();
    Remark { effect, code, subject, message, details, help, at, in_file: None }
}
