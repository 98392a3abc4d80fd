//! Documentation that is still a draft.

use super::subject;
use super::violation::Violation;
use crate::ir::Abi;
use crate::names::DRAFT;

/// L28: a person has written the documentation; it is neither copied from a comment nor empty.
pub(super) fn are_written(abi: &Abi) -> Vec<Violation<'_>> {
    let draft = |doc: &[String]| doc.iter().any(|paragraph| paragraph.starts_with(DRAFT));
    let entries = subject::all(abi).into_iter().filter(|(entry, _)| draft(&entry.meta.doc));
    let findings = entries.map(|(entry, subject)| {
        let message = format!("the documentation of `{}` is a draft", entry.name);
        Violation::new(subject, message)
            .label("not written by a person yet")
            .help(format!("describe it in your own words, and remove {DRAFT}"))
    });
    findings.collect()
}
