//! Names in texts must exist.

use std::collections::BTreeSet;

use super::subject::{self, LintSubject};
use super::violation::Violation;
use crate::ir::{Abi, Doc};
use crate::names;

/// L15: a name in backticks, in `valid_if` or in a macro is the name of
/// something.
pub(super) fn name_what_exists(abi: &Abi) -> Vec<Violation<'_>> {
    let known = known(abi);
    let mut findings = Vec::new();
    for (subject, text, names) in named(abi) {
        for name in names.into_iter().filter(|name| !known.contains(name.as_str())) {
            let near = names::nearest(&name, known.iter().copied());
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    "name an existing item; use backticks only for names of this ABI".to_owned()
                }
            };
            let message = format!("there is no `{name}`");
            findings.push(Violation::new(subject.clone(), message).label(text).help(help));
        }
    }
    findings
}

/// Everything that can be named.
fn known(abi: &Abi) -> BTreeSet<&str> {
    let entries = abi.entries();
    let histories = entries.iter().map(|entry| &entry.meta.history);
    let former = histories.flat_map(|history| history.names.iter().map(|(name, _)| name.as_str()));
    let mut known: BTreeSet<_> = entries.iter().map(|entry| entry.name).chain(former).collect();
    known.extend(abi.sections.iter().map(|section| section.name.as_str()));
    known.extend(abi.fds.iter().map(|fd| fd.name.as_str()));
    known.extend(abi.cap_headers.iter().map(|header| header.name.as_str()));
    let reserved = abi.groups.iter().flat_map(|group| &group.reserved);
    let reserved = reserved.chain(abi.chains.iter().flat_map(|chain| &chain.reserved));
    known.extend(reserved.map(|reserved| reserved.name.as_str()));
    known
}

/// Every text, with its description and the names in it.
fn named(abi: &Abi) -> Vec<(LintSubject<'_>, &'static str, Vec<String>)> {
    let mut all = Vec::new();
    all.push((LintSubject::file("abi"), "", quoted([&abi.doc])));
    for section in &abi.sections {
        all.push((LintSubject::file(&section.name), "", quoted([&section.doc])));
    }
    for (entry, subject) in subject::all(abi) {
        let deprecated = entry.meta.deprecated.iter().map(|deprecated| &deprecated.doc);
        let docs = [&entry.meta.doc].into_iter().chain(deprecated);
        all.push((subject, "in its documentation", quoted(docs)));
    }
    for ioctl in &abi.ioctls {
        all.push((LintSubject::of(&ioctl.meta), "in `returns`", quoted(&ioctl.returns)));
        for handler in &ioctl.handlers {
            let subject = LintSubject::of_handler(ioctl, handler);
            all.push((subject, "in its documentation", quoted([&handler.doc])));
        }
    }
    for macro_ in &abi.macros {
        let names = words(&macro_.c).filter(|word| !macro_.args.iter().any(|arg| arg == word));
        let names = names.map(str::to_owned).collect();
        all.push((LintSubject::of(&macro_.meta), "in its text", names));
    }
    all.extend(conditions(abi));
    all
}

/// The names in `valid_if` and `gates`.
fn conditions(abi: &Abi) -> Vec<(LintSubject<'_>, &'static str, Vec<String>)> {
    let mut all = Vec::new();
    for struct_ in &abi.structs {
        for field in &struct_.fields {
            let names = field.valid_if.iter().cloned().collect();
            all.push((LintSubject::of_field(abi, struct_, field), "in its `valid_if`", names));
            for arm in field.arms() {
                let names = arm.valid_if.iter().cloned().collect();
                all.push((
                    LintSubject::of_arm(abi, struct_, field, &arm.meta),
                    "in its `valid_if`",
                    names,
                ));
            }
        }
    }
    for group in &abi.groups {
        for value in &group.values {
            let subject = LintSubject::of_value(abi, group, value);
            all.push((subject, "in its `gates`", value.gates.clone()));
        }
    }
    all
}

/// The names in backticks, alone or after the word for their kind.
fn quoted<'a>(docs: impl IntoIterator<Item = &'a Doc>) -> Vec<String> {
    let paragraphs = docs.into_iter().flat_map(|doc| doc.iter());
    let quotes = paragraphs.flat_map(|paragraph| paragraph.split('`').skip(1).step_by(2));
    let bare = quotes.map(|quote| {
        let kind = ["struct ", "enum ", "union "].iter().find_map(|kind| quote.strip_prefix(kind));
        kind.unwrap_or(quote).to_owned()
    });
    bare.filter(|name| names::is_name(name)).collect()
}

/// The identifiers of a piece of C that are not its types.
fn words(c: &str) -> impl Iterator<Item = &str> {
    let pieces = c.split(|one: char| !one.is_ascii_alphanumeric() && one != '_');
    pieces.filter(|word| names::is_name(word) && !word.starts_with("__"))
}
