//! The verdicts of `compat` on iommufd and its family are those of
//! `codegen/tests/iommufd/verdicts.txt`, where each has its evidence in the kernel's source, and
//! everything that differs between two sources has a verdict, or a reason why it has none, in
//! `differences.txt`. `.ci/verdict-evidence` looks for the evidence and the differences.

use std::collections::BTreeSet;

use support::fixtures;
use support::program::run;

const VERDICTS: &str = include_str!("../iommufd/verdicts.txt");
const DIFFERENCES: &str = include_str!("../iommufd/differences.txt");

/// A part of a file, under a line that starts with `==`.
struct Section {
    /// The words of that line.
    head: Vec<&'static str>,
    entries: Vec<Entry>,
}

/// A line, with the indented lines that follow.
struct Entry {
    text: &'static str,
    lines: Vec<&'static str>,
}

fn sections(text: &'static str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let section = sections.last_mut();
        if line.trim_start().starts_with('#') {
            continue;
        } else if let Some(head) = line.strip_prefix("== ") {
            sections.push(Section { head: head.split(' ').collect(), entries: Vec::new() });
        } else if let Some(line) = line.strip_prefix("  ") {
            let entry = section.and_then(|section| section.entries.last_mut());
            entry.expect("an entry before an indented line").lines.push(line);
        } else {
            let entries = &mut section.expect("a section").entries;
            entries.push(Entry { text: line, lines: Vec::new() });
        }
    }
    sections
}

/// The sections with verdicts.
fn compared() -> impl Iterator<Item = Section> {
    sections(VERDICTS).into_iter().filter(|section| section.head[0] != "every")
}

impl Section {
    /// The items to which it is limited.
    fn items(&self) -> &[&'static str] {
        let of = self.head.iter().position(|word| *word == "of");
        of.map_or(&[], |at| &self.head[at + 1..])
    }
}

impl Entry {
    /// Why no program is harmed.
    fn guard(&self) -> Option<&'static str> {
        self.lines.iter().find(|line| is_guard(line)).copied()
    }

    fn evidence(&self) -> impl Iterator<Item = &'static str> {
        self.lines.iter().filter(|line| !is_guard(line)).copied()
    }

    /// The code and the subject of a verdict: `C24 iommu_hw_info.flags`.
    fn reference(&self) -> String {
        let (code, rest) = self.text.split_once(']').expect("a code");
        let code = code.split('[').nth(1).expect("a code");
        format!("{code} {}", rest.trim_start().split(':').next().expect("a subject"))
    }
}

fn is_guard(line: &str) -> bool {
    line.starts_with("gate: ") || line.starts_with("safe ")
}

/// The verdicts that the program prints, each with its gate or condition.
fn printed(section: &Section) -> Vec<String> {
    let [abi, from, to] = [section.head[0], section.head[1], section.head[2]];
    let folder = format!("spec/{abi}");
    let text = run(&fixtures::root(), &["compat", from, to, "--spec", &folder]).stdout;
    let is_here = |head: &str| {
        let subject = head.split(' ').nth(1).unwrap_or_default().trim_end_matches(':');
        let item = subject.split('.').next().unwrap_or_default();
        section.items().is_empty() || section.items().contains(&item)
    };
    let mut verdicts = Vec::new();
    for block in text.split("\n\n") {
        // Functions that only the outputs have are not about the kernel.
        let is_verdict =
            |head: &&str| head.contains("[C") && !head.contains(": functions for the ");
        let Some(head) = block.lines().next().filter(is_verdict) else { continue };
        if is_here(head) {
            let guard = block.lines().map(str::trim).find(|line| is_guard(line));
            verdicts.push([head, guard.unwrap_or_default()].join("\n"));
        }
    }
    verdicts
}

#[test]
fn the_verdicts_with_evidence_are_those_of_compat() {
    let mut count = 0;
    for section in compared() {
        let known = section.entries.iter();
        let known: Vec<_> =
            known.map(|one| [one.text, one.guard().unwrap_or_default()].join("\n")).collect();
        let printed = printed(&section);
        let differ = printed.iter().zip(&known).find(|(one, other)| one != other);
        assert_eq!(differ, None, "{:?}", section.head);
        assert_eq!(printed.len(), known.len(), "{:?}", section.head);
        count += known.len();
    }
    println!("{count} verdicts");
    assert!(count >= 87, "{count}");
}

/// The names in backquotes that a header declares.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2).filter(|name| name.contains('_'))
}

#[test]
fn every_name_of_a_verdict_is_in_its_evidence() {
    let mut count = 0;
    for section in compared() {
        for entry in &section.entries {
            let (subject, message) = entry.text.split_once(": ").expect("a message");
            let subject = subject.split(' ').nth(1).expect("a subject");
            let new = message.ends_with("is new").then_some(subject);
            let others = names(message).filter(|name| !subject.starts_with(name));
            for name in new.into_iter().chain(others) {
                let is_there = entry.evidence().any(|line| line.contains(name));
                assert!(is_there, "{}: no evidence of {name}", entry.text);
                count += 1;
            }
            assert!(entry.evidence().count() > 0, "{}", entry.text);
        }
    }
    assert!(count >= 100, "{count}");
}

#[test]
fn every_refusal_of_an_ioctl_has_evidence() {
    let all = sections(VERDICTS);
    let proved: BTreeSet<_> = all
        .iter()
        .filter(|section| section.head[0] == "every")
        .flat_map(|section| &section.entries)
        .filter(|entry| entry.evidence().count() > 0)
        .map(|entry| entry.text)
        .collect();
    let guards = all.iter().flat_map(|section| &section.entries).filter_map(Entry::guard);
    let refusals: BTreeSet<_> =
        guards.filter(|gate| gate.starts_with("gate: old kernels refuse it")).collect();
    assert_eq!(refusals, proved);
}

#[test]
fn every_difference_of_the_sources_has_a_verdict_or_a_reason() {
    let verdicts: BTreeSet<_> = compared()
        .flat_map(|section| {
            let head = section.head[..3].join(" ");
            let entries = section.entries.into_iter();
            entries.map(move |entry| format!("{head} {}", entry.reference()))
        })
        .collect();
    let (mut told, mut untold) = (0, 0);
    for section in sections(DIFFERENCES) {
        let [abi, from, to] = [section.head[0], section.head[1], section.head[2]];
        for entry in &section.entries {
            let (function, said) = entry.text.split_once(": ").expect("a function");
            let mut referred = 0;
            for part in said.split("; ") {
                let (abi, part) = match part.strip_prefix("vfio C") {
                    Some(rest) => ("vfio", ["C", rest].concat()),
                    None => (abi, part.to_owned()),
                };
                let code = part.strip_prefix('C').and_then(|rest| rest.split(' ').next());
                if code.is_some_and(|code| code.parse::<u32>().is_ok()) {
                    let verdict = format!("{abi} {from} {to} {part}");
                    assert!(verdicts.contains(&verdict), "{function}: no verdict {verdict}");
                    referred += 1;
                }
            }
            let reason = said.strip_prefix("no verdict: ").is_some_and(|why| !why.is_empty());
            assert_ne!(referred > 0, reason, "{function}: a verdict, or a reason");
            assert!(!entry.lines.is_empty(), "{function}");
            told += usize::from(!reason);
            untold += usize::from(reason);
        }
    }
    println!("{told} functions have a verdict, {untold} a reason");
    assert!(told >= 50 && untold >= 30, "{told} {untold}");
}
