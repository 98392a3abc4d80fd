//! Applies a series to the headers of a base, patch by patch.

use super::bases::{Bases, HeaderSet};
use super::changed_header::file_name;
use super::codes::{NO_PLACE, UNREADABLE_LINE, unplaced};
use super::header_text::{HeaderText, MailLine};
use super::patch::{BadLine, FilePatch};
use super::place;
use super::report::Remark;

/// A change of a header by a mail.
#[derive(Clone, Copy)]
pub(super) struct HeaderChange<'p> {
    pub(super) mail: usize,
    /// The path of the header in an `#include`.
    pub(super) header: &'p str,
    pub(super) file: &'p FilePatch,
}

/// The headers after a series.
pub(super) struct AppliedSeries {
    pub(super) headers: Vec<HeaderText>,
    /// Lines that cannot be read or placed.
    pub(super) unplaced: Vec<Remark>,
    /// Context lines that the base does not have.
    pub(super) missing: Vec<(MailLine, String)>,
    pub(super) removed: Vec<RemovedName>,
}

/// A declaration, one of whose lines a series removes or changes.
pub(super) struct RemovedName {
    pub(super) name: String,
    /// The header, as an `#include` has it.
    pub(super) header: String,
    pub(super) at: MailLine,
}

impl AppliedSeries {
    /// How badly the series fits; the default is a perfect fit.
    fn misfit(&self) -> (usize, usize) {
        (self.unplaced.len(), self.missing.len())
    }
}

/// Applies a series to the base that it fits best, the newest of several.
pub(super) fn best_fit(bases: &Bases<'_>, changes: &[HeaderChange<'_>]) -> (usize, AppliedSeries) {
    let mut best = (0, apply(bases.set(0), changes));
    for index in 1..bases.count() {
        if best.1.misfit() == (0, 0) {
            break;
        }
        let applied = apply(bases.set(index), changes);
        if applied.misfit() < best.1.misfit() {
            best = (index, applied);
        }
    }
    best
}

fn apply(set: &HeaderSet, changes: &[HeaderChange<'_>]) -> AppliedSeries {
    let mut result = AppliedSeries {
        headers: set.headers.clone(),
        unplaced: Vec::new(),
        missing: Vec::new(),
        removed: Vec::new(),
    };
    for HeaderChange { mail, header, file } in changes.iter().copied() {
        let at = |line: &BadLine| MailLine { mail, line: line.number };
        for line in &file.problems {
            result.unplaced.push(unplaced(UNREADABLE_LINE, at(line), line.message.clone()));
        }
        let named = |text: &&mut HeaderText| file_name(&text.path) == file_name(header);
        let hunk = file.hunks.first().map_or(1, |hunk| hunk.number);
        let first = MailLine { mail, line: hunk };
        let Some(text) = result.headers.iter_mut().find(named) else {
            let message = format!("{header} is not among the given headers");
            result.unplaced.push(unplaced(NO_PLACE, first, message));
            continue;
        };
        if file.removed {
            let message = format!("the patch removes {header}");
            result.unplaced.push(unplaced(NO_PLACE, first, message));
            continue;
        }
        let applied = place::apply(text, file, mail, set.release.is_none());
        let no_place = |line: &BadLine| unplaced(NO_PLACE, at(line), line.message.clone());
        result.unplaced.extend(applied.problems.iter().map(no_place));
        result.missing.extend(applied.missing.iter().map(|line| (at(line), line.message.clone())));
        result.removed.extend(applied.removed.into_iter().map(|(name, at)| RemovedName {
            name: name.rsplit(' ').next().unwrap_or(&name).to_owned(),
            header: header.to_owned(),
            at,
        }));
        *text = applied.header;
    }
    if set.release.is_none() {
        // A given header has to have the whole context.
        let missing = std::mem::take(&mut result.missing).into_iter();
        result.unplaced.extend(missing.map(|(at, message)| unplaced(NO_PLACE, at, message)));
    }
    result
}
