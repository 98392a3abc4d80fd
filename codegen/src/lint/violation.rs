//! A finding of a rule, before `allow` is applied. The table of rules adds the code
//! and the severity.

use super::subject::LintSubject;
use crate::diagnostic::{Code, Diagnostic, Place, Severity};

/// Something that breaks a rule.
pub(super) struct Violation<'a> {
    pub(super) subject: LintSubject<'a>,
    message: String,
    label: String,
    others: Vec<(Place, String)>,
    help: Option<String>,
}

impl<'a> Violation<'a> {
    /// A finding in one line.
    pub(super) fn new(subject: LintSubject<'a>, message: impl Into<String>) -> Self {
        let (label, others, help) = (String::new(), Vec::new(), None);
        Self { subject, message: message.into(), label, others, help }
    }

    /// The label below the place.
    pub(super) fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// Another place involved.
    pub(super) fn and(mut self, place: Place, text: impl Into<String>) -> Self {
        self.others.push((place, text.into()));
        self
    }

    /// Advice.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The finding as it is shown.
    pub(super) fn diagnostic(self, code: Code, severity: Severity) -> Diagnostic {
        let start = match severity {
            Severity::Error => Diagnostic::error(code, self.message),
            Severity::Warning => Diagnostic::warning(code, self.message),
        };
        let start = match self.subject.file {
            Some(file) => start.in_file(file),
            None => start.at(self.subject.place, self.label),
        };
        let others = self.others.into_iter();
        others.fold(start, |problem, (place, text)| problem.and(place, text)).maybe_help(self.help)
    }
}
