//! Documentation that nobody has written yet.

use super::finding::Finding;
use super::scope;
use crate::ir::Abi;
use crate::names::DRAFT;

/// L28: documentation is written by a person who knows, not taken from a
/// comment or left open.
pub(super) fn are_written(abi: &Abi) -> Vec<Finding<'_>> {
    let draft = |doc: &[String]| doc.iter().any(|paragraph| paragraph.starts_with(DRAFT));
    let items = scope::all(abi).into_iter().filter(|item| draft(&item.meta.doc));
    let findings = items.map(|item| {
        let message = format!("the documentation of `{}` is a draft", item.name);
        Finding::new(item.scope, message)
            .label("nobody has written it yet")
            .help(format!("say in your own words what it is, and drop the {DRAFT}"))
    });
    findings.collect()
}
