//! What `compat` says about every pair of releases, as data for the page that compares two
//! releases. One file for each older release that differs from the release before it.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{AbiHistory, script};
use crate::compat::{Finding, Side, compare};
use crate::ir::Abi;
use crate::output::OutputFile;
use crate::release::Release;

/// The findings between two ABIs.
pub(super) fn between(old: &Abi, new: &Abi) -> Vec<Finding> {
    let side = |abi: &Abi| Side::specified(abi.release.to_string(), abi.clone());
    compare(&side(old), &side(new))
}

/// The releases that differ from the release before them.
pub(super) fn distinct(history: &AbiHistory) -> Vec<&Abi> {
    let mut found: Vec<&Abi> = Vec::new();
    for abi in &history.releases {
        if found.last().is_none_or(|last| !between(last, abi).is_empty()) {
            found.push(abi);
        }
    }
    found
}

/// The data of all pairs of releases that differ.
pub(super) fn files(releases: &[&Abi]) -> Vec<OutputFile> {
    let files = releases.iter().enumerate().map(|(at, old)| {
        let mut collected = FindingTable::default();
        let others = releases[at + 1..].iter();
        let to: Map<_, _> = others
            .map(|new| {
                let found = between(old, new).into_iter();
                let indexes: Vec<_> = found.map(|one| collected.index(&one)).collect();
                (new.release.to_string(), indexes.into())
            })
            .collect();
        let data = json!({
            "abi": old.name,
            "old": old.release.to_string(),
            "findings": collected.findings,
            "to": to,
        });
        script(&format!("compare/{}/{}.js", old.name, old.release), "addComparison", &data)
    });
    files.collect()
}

/// For each ABI its releases, each with the earlier release that has the same ABI.
pub(super) fn releases(histories: &[(&AbiHistory, Vec<&Abi>)]) -> OutputFile {
    let one = |(history, distinct): &(&AbiHistory, Vec<&Abi>)| {
        let distinct: Vec<Release> = distinct.iter().map(|abi| abi.release).collect();
        let same = |abi: &Abi| {
            let before = distinct.iter().rfind(|release| **release <= abi.release);
            let before = before.copied().unwrap_or(abi.release);
            json!([abi.release.to_string(), before.to_string()])
        };
        let releases: Vec<_> = history.releases.iter().map(same).collect();
        let name = history.newest.name.clone();
        json!({ "name": name, "title": history.newest.title, "releases": releases })
    };
    let abis: Vec<_> = histories.iter().map(one).collect();
    script("compare/releases.js", "setReleases", &Value::from(abis))
}

/// Findings of several comparisons, each stored once.
#[derive(Default)]
struct FindingTable {
    findings: Vec<Value>,
    known: HashMap<String, usize>,
}

impl FindingTable {
    fn index(&mut self, finding: &Finding) -> usize {
        let data = json!({
            "code": finding.code.0,
            "class": finding.class.words(),
            "breaks": finding.class.breaks(),
            "subject": finding.subject,
            "message": finding.message,
            "affected": finding.affected.map(|affected| affected.words()),
            "gate": finding.gate,
        });
        let next = self.findings.len();
        let index = *self.known.entry(data.to_string()).or_insert(next);
        if index == next {
            self.findings.push(data);
        }
        index
    }
}
