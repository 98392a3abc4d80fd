//! Reviews a patch of a kernel header, as it is found in a mail, a mailbox or a file: reads
//! the patch, applies it to the header of a release or to a given one, and compares the
//! two. Input is not trusted: nothing in it is executed or followed, and no allocation
//! depends on a number that it states.

mod answer;
mod apply;
mod bases;
mod cause;
mod changed_header;
mod codes;
mod fragment;
mod git_path;
mod handlers;
mod header_text;
mod hunk;
mod included;
mod mail;
mod no_hunk;
mod other_headers;
mod patch;
mod place;
mod quote;
mod remarks;
mod report;
mod scan;
mod scopes;
mod series;
mod sides;
mod text;
mod verdict;

pub use answer::reply;
pub use bases::BaseChoice;
pub use codes::codes;
pub use header_text::MailLine;
pub use mail::{Mail, mails};
pub use report::{Effect, Remark, Review, SeriesReview};
pub use text::text;

use std::collections::{HashMap, HashSet};

use apply::{AppliedSeries, HeaderChange, best_fit};
use bases::Bases;
use header_text::HeaderText;
use included::with_included;
use other_headers::OtherHeaders;
use patch::{FilePatch, Patch};
use series::{Series, series};
use verdict::ReadHeaders;

use crate::diagnostic::Sources;
use crate::ir::Abi;
use crate::lower::lower;
use crate::validate::ValidSpec;

/// Reviews every series of some mails.
/// `sources` has the files of the specification.
pub fn review(
    spec: &ValidSpec,
    sources: &Sources,
    choice: &BaseChoice,
    mails: Vec<Mail>,
) -> Result<Review, String> {
    let patches: Vec<_> = mails.iter().map(patch_of).collect();
    let (all, passed) = series(&mails);
    let (newest, bases) = (lower(spec, None), Bases::new(spec, sources, choice));
    let mut reviewer =
        Reviewer { newest: &newest, bases: &bases, old: HashMap::new(), patches: &patches };
    let has_patch = patches.iter().any(|patch| !patch.files.is_empty());
    let passed = passed.into_iter().map(|(mail, why)| (mail, why.to_owned())).collect();
    let mut review = Review { mails, series: Vec::new(), passed, has_patch };
    for series in all {
        match reviewer.series(&series)? {
            Some(reviewed) => review.series.push(reviewed),
            None => {
                let passed =
                    series.mails.iter().map(|mail| (*mail, without_header(&patches[*mail])));
                review.passed.extend(passed);
            }
        }
    }
    review.passed.sort();
    Ok(review)
}

/// The headers after the first series of some mails, each with its path and text, or the
/// lines that have no certain place.
pub fn patched(
    spec: &ValidSpec,
    sources: &Sources,
    choice: &BaseChoice,
    mails: &[Mail],
) -> Result<Vec<(String, String)>, Vec<Remark>> {
    let (newest, bases) = (lower(spec, None), Bases::new(spec, sources, choice));
    let patches: Vec<_> = mails.iter().map(patch_of).collect();
    let (all, _) = series(mails);
    let changes = all.iter().flat_map(|series| changes(&newest, series, &patches, &bases).0);
    let (_, applied) = best_fit(&bases, &changes.collect::<Vec<_>>());
    match applied.unplaced.is_empty() {
        true => Ok(applied.headers.into_iter().map(|one| (one.path, one.text)).collect()),
        false => Err(applied.unplaced),
    }
}

/// Why a mail is passed over that changes no header of the ABI.
fn without_header(patch: &Patch) -> String {
    let mut files: Vec<_> = patch.files.iter().map(|file| file.path.as_str()).collect();
    files.retain(|file| !file.is_empty());
    files.dedup();
    let changed = match files[..] {
        [] => String::new(),
        [first, ref others @ ..] if others.len() > 2 => {
            format!(": {first} and {} more", others.len())
        }
        _ => [": ", &files.join(", ")].concat(),
    };
    ["changes no specified header", &changed].concat()
}

fn patch_of(mail: &Mail) -> Patch {
    let patch = patch::parse(&quote::lines(&mail.text, mail.flowed));
    if mail.cut { patch.cut() } else { patch }
}

/// The changes of a series to headers of an ABI and to headers that are given with them, and
/// those of its other files.
fn changes<'a>(
    abi: &'a Abi,
    series: &Series,
    patches: &'a [Patch],
    bases: &Bases<'_>,
) -> (Vec<HeaderChange<'a>>, Vec<HeaderChange<'a>>) {
    let (mut changes, mut others) = (Vec::new(), Vec::new());
    for mail in &series.mails {
        for file in &patches[*mail].files {
            let header = changed_header::header_of(abi, file);
            let path = file.path.as_str();
            let (list, header) = match header {
                Some(header) => (&mut changes, abi.headers[header].path.as_str()),
                None if bases.is_given(path) => (&mut changes, path),
                None => (&mut others, path),
            };
            list.push(HeaderChange { mail: *mail, header, file });
        }
    }
    (changes, others)
}

/// The paths of the headers of an ABI that the patches of some mails change.
pub fn changed_headers(abi: &Abi, mails: &[Mail]) -> Vec<String> {
    let mut paths = Vec::new();
    // Only a mail with the name of a header in its text can change one.
    let names_one = |mail: &&Mail| {
        abi.headers.iter().any(|one| mail.text.contains(changed_header::file_name(&one.path)))
    };
    for mail in mails.iter().filter(names_one) {
        let files = patch_of(mail).files.into_iter();
        let files = files.filter(|file| changed_header::header_of(abi, file).is_some());
        paths.extend(files.map(|file| file.path));
    }
    paths.sort();
    paths.dedup();
    paths
}

struct Reviewer<'r> {
    newest: &'r Abi,
    bases: &'r Bases<'r>,
    /// The ABI of each base, by index.
    old: HashMap<usize, ReadHeaders>,
    patches: &'r [Patch],
}

impl Reviewer<'_> {
    fn series(&mut self, series: &Series) -> Result<Option<SeriesReview>, String> {
        let (changes, others) = changes(self.newest, series, self.patches, self.bases);
        if changes.is_empty() {
            return Ok(None);
        }
        let (gone, changes): (Vec<_>, Vec<_>) =
            changes.iter().copied().partition(|change| is_gone(change, &changes));
        let (base, mut applied) = best_fit(self.bases, &changes);
        let mut seen = HashSet::new();
        let mut remarks = match applied.unplaced.is_empty() {
            true => self.judge(series, (&changes, &others), base, &mut applied, &mut seen)?,
            false => applied.unplaced.clone(),
        };
        remarks.extend(gone.iter().map(other_headers::gone));
        remarks.sort_by_key(|remark| (remark.at.is_none(), remark.at, remark.effect));
        let mut other_files: Vec<_> = others.iter().map(|one| one.file.path.clone()).collect();
        other_files.retain(|path| seen.insert(path.clone()));
        let mut missing = applied.missing;
        missing.extend(changes.iter().filter_map(|change| {
            let short = change.file.short.as_ref()?;
            Some((MailLine { mail: change.mail, line: short.number }, short.message.clone()))
        }));
        Ok(Some(SeriesReview {
            mails: series.mails.clone(),
            base: self.bases.set(base).name.clone(),
            hunks: changes.iter().map(|change| change.file.hunks.len()).sum(),
            remarks,
            missing,
            other_files,
        }))
    }

    /// Judges changes that all have a place in a base. Their headers are whole after it, and
    /// `seen` has the paths of other files of which they consist.
    fn judge(
        &mut self,
        series: &Series,
        (changes, others): (&[HeaderChange<'_>], &[HeaderChange<'_>]),
        base: usize,
        applied: &mut AppliedSeries,
        seen: &mut HashSet<String>,
    ) -> Result<Vec<Remark>, String> {
        let (bases, newest) = (self.bases, self.newest);
        let set = bases.set(base);
        let other_headers = OtherHeaders::of(others);
        let mut whole = |headers: &[HeaderText], others: &[HeaderText]| {
            with_included(newest, headers, others, changes, seen)
        };
        let read = |headers: &[HeaderText]| verdict::read(set.name.clone(), bases, set, headers);
        let own = match other_headers.old.is_empty() {
            true => None,
            false => Some(read(&whole(&set.headers, &other_headers.old))?),
        };
        if own.is_none() && !self.old.contains_key(&base) {
            self.old.insert(base, read(&whole(&set.headers, &[]))?);
        }
        let old = own.as_ref().unwrap_or_else(|| &self.old[&base]);
        applied.headers = whole(&applied.headers, &other_headers.new);
        let name = [&set.name, " with the patch"].concat();
        let new = verdict::read(name, bases, set, &applied.headers)?;
        let mut remarks = verdict::judge(newest, old, &new, applied);
        other_headers.remark(newest, applied, &mut remarks);
        for remark in &mut remarks {
            remark.in_file = in_file(changes, remark);
        }
        let assigned = handlers::assignments(&series.mails, self.patches);
        remarks.extend(handlers::judge(old.abi(), new.abi(), &assigned));
        Ok(remarks)
    }
}

/// Whether a series removes or renames the header of a change, and does not create it again.
fn is_gone(change: &HeaderChange<'_>, all: &[HeaderChange<'_>]) -> bool {
    let removed = |change: &HeaderChange<'_>| change.file.removed || change.file.gone;
    removed(change) && !all.iter().any(|other| other.header == change.header && !removed(other))
}

/// The file and line that the cause of a finding is, as the `@@` lines count.
fn in_file(changes: &[HeaderChange<'_>], remark: &Remark) -> Option<(String, usize)> {
    let at = remark.at?;
    let mut of_mail = changes.iter().filter(|change| change.mail == at.mail);
    of_mail.find_map(|change| {
        let file: &FilePatch = change.file;
        let mut lines = file.hunks.iter().flat_map(|hunk| &hunk.lines);
        let line = lines.rfind(|line| line.number <= at.line)?;
        let own = file.hunks.iter().any(|hunk| hunk.number <= at.line) && line.number <= at.line;
        own.then(|| (file.path.clone(), line.new_number))
    })
}
