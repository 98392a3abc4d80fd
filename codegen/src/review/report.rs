//! The result of a review. Data only.

use serde::Serialize;

use super::header_text::MailLine;
use super::mail::Mail;
use crate::diagnostic::Code;

/// The review of an input.
#[derive(Debug, Default)]
pub struct Review {
    /// The mails of the input.
    pub mails: Vec<Mail>,
    /// The reviewed series, in the order of their first mails.
    pub series: Vec<SeriesReview>,
    /// Mails that were passed over, by index, with the reason.
    pub passed: Vec<(usize, String)>,
    /// Whether any text of the input is a patch.
    pub has_patch: bool,
}

/// The review of patches that were posted together.
#[derive(Debug)]
pub struct SeriesReview {
    /// Its mails, by index into [`Review::mails`], in order.
    pub mails: Vec<usize>,
    /// The base: a release or a header.
    pub base: String,
    /// How many hunks change a specified header.
    pub hunks: usize,
    /// Findings in the order of the lines that cause them. With an unplaced line there are
    /// no others, because half a patch is not judged.
    pub remarks: Vec<Remark>,
    /// Context lines that the base does not have, and hunks that the end of a mail cuts.
    pub missing: Vec<(MailLine, String)>,
    /// Changed files that are no specified header.
    pub other_files: Vec<String>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Its effect on the exit code.
    pub effect: Effect,
    /// The rule.
    pub code: Code,
    /// The item, or `struct.field`; empty for a line that cannot be placed.
    pub subject: String,
    /// The finding in one sentence.
    pub message: String,
    /// Who is harmed, under which condition, and what can be seen, line by line.
    pub details: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// The line of a mail that causes it.
    pub at: Option<MailLine>,
    /// The same line in the changed file: path, and number by the `@@` line.
    pub in_file: Option<(String, usize)>,
}

/// The effect of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It breaks programs or kernels.
    Breaks,
    /// A line has no certain place, or an item could not be read.
    NotJudged,
    /// A reviewer would ask for a change.
    Question,
    /// A fact that a reviewer should know.
    Note,
}

impl Effect {
    /// The word for a reader.
    pub fn word(self) -> &'static str {
        match self {
            Self::Breaks => "break",
            Self::NotJudged => "not judged",
            Self::Question => "question",
            Self::Note => "note",
        }
    }
}

impl Review {
    /// Adds the review of the same mails by another specification.
    pub fn merge(&mut self, other: Self) {
        self.series.extend(other.series);
        self.passed.retain(|(mail, _)| other.passed.iter().any(|(same, _)| same == mail));
    }

    /// How many findings have this effect.
    pub fn count(&self, effect: Effect) -> usize {
        let remarks = self.series.iter().flat_map(|series| &series.remarks);
        remarks.filter(|remark| remark.effect == effect).count()
    }

    /// A line of a mail.
    pub fn line(&self, at: MailLine) -> &str {
        let mail = self.mails.get(at.mail).map_or("", |mail| mail.text.as_str());
        let line = mail.split('\n').nth(at.line.saturating_sub(1)).unwrap_or_default();
        line.trim_end_matches('\r')
    }
}
