//! Deprecated items.

use super::subject::{self, LintSubject};
use super::violation::Violation;
use crate::ir::{Abi, Entry, Meta};

/// L24: a deprecated item is marked as such, with a release, and as a whole.
pub(super) fn is_said(abi: &Abi) -> Vec<Violation<'_>> {
    let mut findings = Vec::new();
    for (Entry { name, meta, .. }, subject) in subject::all(abi) {
        let by_name = name.split('_').any(|word| word.eq_ignore_ascii_case("deprecated"));
        match &meta.deprecated {
            None if by_name => {
                let message = format!("`{name}` is deprecated by its name only");
                let finding = Violation::new(subject, message).label("without `deprecated`");
                findings.push(
                    finding.help("add `deprecated` with the release and what to use instead"),
                );
            }
            Some(deprecated) if deprecated.since.first() < meta.since.first() => {
                let message = format!("`{name}` was deprecated before it was added");
                let label = format!("since {}, deprecated since {}", meta.since, deprecated.since);
                findings.push(
                    Violation::new(subject, message)
                        .label(label)
                        .help("correct one of the releases"),
                );
            }
            _ => {}
        }
    }
    findings.extend(halves(abi));
    findings
}

/// An id and its struct go together.
fn halves(abi: &Abi) -> Vec<Violation<'_>> {
    let capabilities = abi.capabilities.iter().filter_map(|one| {
        let struct_ = abi.struct_(one.struct_?);
        Some((&one.name, &one.meta, LintSubject::of(&one.meta), struct_))
    });
    let values = abi.groups.iter().flat_map(|group| {
        let values = group.values.iter();
        values.filter_map(move |value| {
            let subject = LintSubject::of_value(abi, group, value);
            Some((&value.name, &value.meta, subject, abi.struct_(value.payload_struct()?)))
        })
    });
    let old = |meta: &Meta| meta.deprecated.is_some();
    let halves = capabilities.chain(values);
    let uneven = halves.filter(|(_, meta, _, struct_)| old(meta) != old(&struct_.meta));
    uneven
        .map(|(name, meta, subject, struct_)| {
            let (gone, kept) = match old(meta) {
                true => (name, &struct_.name),
                false => (&struct_.name, name),
            };
            let message = format!("`{gone}` is deprecated, but `{kept}` is not");
            Violation::new(subject, message)
                .label("an id")
                .and(struct_.meta.place, "and its struct")
                .help("deprecate both in the same release, or none")
        })
        .collect()
}
