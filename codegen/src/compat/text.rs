//! A finding for a reader.

use super::evidence::{Witness, WitnessClaim};
use super::finding::{Bump, Class, Finding, VersionImpact};
use super::severity::{Assessed, Verdict};
use crate::hex::spaced;

/// Bytes in a line of a dump.
const LINE: usize = 16;

/// A finding with all that is known of it: what breaks in full, the rest in two
/// or three lines.
pub fn finding_text(assessed: &Assessed) -> String {
    let Assessed { finding, location, verdict, reason } = assessed;
    let head = match verdict {
        Verdict::Breaks => "error",
        Verdict::Accepted => "accepted",
        Verdict::NotJudged => "not judged",
        Verdict::Info if finding.class.breaks() => "lowered",
        Verdict::Info => finding.class.words(),
    };
    let mut lines =
        vec![format!("{head}[{}] {}: {}", finding.code.0, finding.subject, finding.message)];
    lines.extend(reason.as_ref().map(|reason| format!("accepted: {reason}")));
    lines.extend(facts(finding));
    lines.extend(location.as_ref().map(|at| format!("at {}:{}:{}", at.file, at.line, at.column)));
    if *verdict != Verdict::Info || finding.class == Class::Growth {
        lines.extend(finding.witness.iter().flat_map(shown));
    }
    lines.extend(finding.help.as_ref().map(|help| format!("help: {help}")));
    lines.join("\n  ") + "\n"
}

fn facts(finding: &Finding) -> Vec<String> {
    let affected = finding.affected.map(|affected| format!("harmed: {}", affected.words()));
    let class = finding.class.breaks().then(|| format!("this is: {}", finding.class.words()));
    let gate = finding.gate.as_ref().map(|gate| format!("gate: {gate}"));
    let window = finding.window.map(|window| {
        format!(
            "for argsz in [{}, {}) a program that never asks twice loses the chain",
            window.from, window.to
        )
    });
    let condition = finding.condition.clone();
    [class, affected, gate, window, condition, major(finding)].into_iter().flatten().collect()
}

/// The outputs for which a finding that breaks nothing is a major step, and why it is one.
fn major(finding: &Finding) -> Option<String> {
    let VersionImpact { crate_, header, .. } = finding.versions;
    let outputs = [("crate", crate_), ("header", header)].into_iter();
    let outputs = outputs.filter(|(_, step)| *step == Bump::Major).map(|(name, _)| name);
    let outputs: Vec<_> = outputs.filter(|_| !finding.class.breaks()).collect();
    (!outputs.is_empty()).then(|| {
        let outputs = outputs.join(" and the ");
        format!("programs run as before, but not all compile again: a major step of the {outputs}")
    })
}

/// A witness, line by line.
fn shown(witness: &Witness) -> Vec<String> {
    let on = witness.target.map(|target| format!(" on {target}")).unwrap_or_default();
    let mut lines = vec![format!(
        "witness: {} makes `{}`{on}, {} reads it",
        witness.made_by, witness.struct_, witness.read_by
    )];
    lines.extend(dump(&witness.bytes));
    lines.extend(witness.claims.iter().map(|claim| ["  ", &claimed(claim)].concat()));
    lines
}

fn dump(bytes: &[u8]) -> impl Iterator<Item = String> {
    let line =
        |(index, chunk): (usize, &[u8])| format!("  {:04x}  {}", index * LINE, spaced(chunk));
    bytes.chunks(LINE).enumerate().map(line)
}

/// A claim in a line.
pub(super) fn claimed(claim: &WitnessClaim) -> String {
    match claim {
        WitnessClaim::Misread { field, offset, meant, found, .. } => {
            let (meant, found) = (spaced(meant), spaced(found));
            format!("`{field}` is read at {offset}: {found}, where {meant} was meant")
        }
        WitnessClaim::Unset { field, offset, found, .. } => {
            let found = spaced(found);
            format!("`{field}` is read at {offset}: {found}, which nobody wrote")
        }
        WitnessClaim::Refused { argsz, demanded } => {
            format!("argsz {argsz} is refused with EINVAL, {demanded} is demanded")
        }
        WitnessClaim::Answered { argsz, offset, before, now } => {
            let (before, now) = (spaced(before), spaced(now));
            format!("with an argsz of {argsz} there is {now} at {offset}, {before} before")
        }
        WitnessClaim::Failed { argsz, before, now } => {
            format!("with an argsz of {argsz} the call fails with {now}, where {before} was meant")
        }
        WitnessClaim::TakenFor { offset, id, is, taken_for } => {
            format!("the capability at {offset} is {is}, and taken for {taken_for}: both are {id}")
        }
        WitnessClaim::Understood { number, said, understood } => {
            let number = number.map(|number| format!(" as {number}")).unwrap_or_default();
            match understood {
                Some(other) => format!("{said} is passed{number}, and taken for {other}"),
                None => format!("{said} is passed{number}, which means nothing there"),
            }
        }
    }
}
