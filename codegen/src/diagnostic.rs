//! Findings: code, place, text and help; collected, sorted, and printed as text,
//! JSON or annotations of a forge. Independent of ABIs and YAML.

mod place;
mod sarif;
pub mod shared_codes;
mod sources;

use std::collections::HashSet;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

pub use place::Place;
pub use sarif::{SarifLevel, SarifResult, sarif};
use sources::Excerpt;
pub use sources::Sources;

/// How many findings are shown to a person; the rest are counted.
const MOST_SHOWN: usize = 100;

/// A stable code such as `V012`; the catalogue explains each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Code(pub &'static str);

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The run fails.
    Error,
    /// A warning; the run continues.
    Warning,
}

/// A place and its label.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Label {
    place: Place,
    text: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its stable code.
    pub code: Code,
    /// Its severity.
    pub severity: Severity,
    /// The message, in one line.
    pub message: String,
    path: Option<String>,
    label: Option<Label>,
    others: Vec<Label>,
    help: Option<String>,
}

impl Diagnostic {
    /// An error of this code.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            path: None,
            label: None,
            others: Vec::new(),
            help: None,
        }
    }

    /// A warning of this code.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// The place that is underlined, if there is one.
    pub fn place(&self) -> Option<Place> {
        self.label.as_ref().map(|label| label.place)
    }

    /// All its places, that which is underlined first.
    pub fn places(&self) -> impl Iterator<Item = Place> + '_ {
        self.label.iter().chain(&self.others).map(|label| label.place)
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The file, if the finding has no line in it.
    pub fn in_file(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The place to underline, and the label below it.
    pub fn at(mut self, place: Place, text: impl Into<String>) -> Self {
        let text = text.into();
        self.label = Some(Label { place, text });
        self
    }

    /// Another place involved.
    pub fn and(mut self, place: Place, text: impl Into<String>) -> Self {
        let text = text.into();
        self.others.push(Label { place, text });
        self
    }

    /// Advice.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a hint, if there is one.
    pub fn maybe_help(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }
}

/// The findings of a run.
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds findings.
    pub fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.list.extend(diagnostics);
    }

    /// Adds all findings of another run.
    pub fn append(&mut self, mut other: Self) {
        self.list.append(&mut other.list);
    }

    /// Adds the findings of another run, each of them once.
    pub fn append_distinct(&mut self, other: Self) {
        let start = self.list.len();
        for diagnostic in other.list {
            if !self.list[start..].contains(&diagnostic) {
                self.list.push(diagnostic);
            }
        }
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// The errors, in the order in which they were found.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter().filter(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The findings, with warnings in place of errors of some codes.
    pub fn softened(self, soft: impl Fn(Code) -> bool) -> impl Iterator<Item = Diagnostic> {
        self.list.into_iter().map(move |mut one| {
            if soft(one.code) {
                one.severity = Severity::Warning;
            }
            one
        })
    }

    /// The number of findings of this severity.
    pub fn count(&self, severity: Severity) -> usize {
        let same = |diagnostic: &&Diagnostic| diagnostic.severity == severity;
        self.list.iter().filter(same).count()
    }

    /// The findings in the order of files and lines.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut list: Vec<_> = self.list.iter().collect();
        list.sort_by_key(|diagnostic| {
            let place = diagnostic.label.as_ref().map(|label| label.place);
            (place, diagnostic.code)
        });
        list
    }

    /// The sorted findings whose code and message are not among those on an older input.
    pub fn new_since(&self, before: &Self) -> Vec<&Diagnostic> {
        let known: HashSet<_> =
            before.list.iter().map(|one| (one.code, one.message.as_str())).collect();
        let mut new = self.sorted();
        new.retain(|one| !known.contains(&(one.code, one.message.as_str())));
        new
    }

    /// The findings for a person, each with its source lines.
    pub fn render(&self, sources: &Sources, color: bool) -> String {
        let renderer = match color {
            true => Renderer::styled(),
            false => Renderer::plain(),
        };
        let mut text = String::new();
        let sorted = self.sorted();
        for diagnostic in sorted.iter().take(MOST_SHOWN) {
            text += &renderer.render(&[report(diagnostic, sources)]);
            text += "\n\n";
        }
        if let Some(more) = sorted.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            text += &format!("... and {more} more\n\n");
        }
        text
    }

    /// The findings as annotations of GitHub's workflow log.
    pub fn github(&self, sources: &Sources) -> String {
        let mut text = String::new();
        for record in self.records(sources) {
            let kind = match record.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let place = record
                .file
                .map(|file| (file, record.line.unwrap_or(1), record.column.unwrap_or(1)));
            text += &github_annotation(kind, place, record.code, record.message);
        }
        text
    }

    /// The findings for a SARIF log.
    pub fn sarif_results<'a>(&'a self, sources: &'a Sources) -> Vec<SarifResult<'a>> {
        let records = self.records(sources).into_iter();
        let result = |record: Record<'a>| SarifResult {
            level: match record.severity {
                Severity::Error => SarifLevel::Error,
                Severity::Warning => SarifLevel::Warning,
            },
            code: record.code,
            message: record.message.to_owned(),
            place: record
                .file
                .map(|file| (file, record.line.unwrap_or(1), record.column.unwrap_or(1))),
        };
        records.map(result).collect()
    }

    /// The findings as data with stable keys.
    pub fn records<'a>(&'a self, sources: &'a Sources) -> Vec<Record<'a>> {
        let sorted = self.sorted();
        sorted.into_iter().map(|one| record(one, sources)).collect()
    }
}

/// One finding as JSON.
#[derive(Debug, Serialize)]
pub struct Record<'a> {
    code: Code,
    severity: Severity,
    message: &'a str,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    help: Option<&'a str>,
    related: Vec<Related<'a>>,
}

/// Another place of a finding.
#[derive(Debug, Serialize)]
struct Related<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    text: &'a str,
}

fn record<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Record<'a> {
    let place = diagnostic.label.as_ref().map(|label| label.place);
    let position = place.map(|place| sources.line_and_column(place));
    let file = place.map(|place| sources.path(place.file()));
    Record {
        code: diagnostic.code,
        severity: diagnostic.severity,
        message: &diagnostic.message,
        file: file.or(diagnostic.path.as_deref()),
        line: position.map(|(line, _)| line),
        column: position.map(|(_, column)| column),
        help: diagnostic.help.as_deref(),
        related: diagnostic.others.iter().map(|label| related(label, sources)).collect(),
    }
}

fn related<'a>(label: &'a Label, sources: &'a Sources) -> Related<'a> {
    let (line, column) = sources.line_and_column(label.place);
    Related { file: sources.path(label.place.file()), line, column, text: &label.text }
}

fn report<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.0)
        .elements(diagnostic.path.as_deref().map(Origin::path));
    if let Some(label) = &diagnostic.label {
        group = shown(group, label, &diagnostic.others, sources);
    }
    for label in elsewhere(diagnostic) {
        group = shown(group, label, &[], sources);
    }
    group.elements(diagnostic.help.as_deref().map(|help| Level::HELP.message(help)))
}

/// The related places in other files than the finding's own.
fn elsewhere(diagnostic: &Diagnostic) -> impl Iterator<Item = &Label> {
    let home = diagnostic.label.as_ref().map(|label| label.place.file());
    let away = move |label: &&Label| Some(label.place.file()) != home;
    diagnostic.others.iter().filter(away)
}

/// Adds the lines of a place, with those of the others in the same file.
fn shown<'a>(
    group: Group<'a>,
    label: &'a Label,
    others: &'a [Label],
    sources: &'a Sources,
) -> Group<'a> {
    let file = label.place.file();
    let context = others.iter().filter(move |other| other.place.file() == file);
    let places = std::iter::once(label).chain(context.clone()).map(|label| label.place);
    let Some(excerpt) = sources.excerpt(places) else {
        let (line, column) = sources.line_and_column(label.place);
        let origin = Origin::path(sources.path(file)).line(line).char_column(column);
        return group.element(origin);
    };
    let context = context.map(|other| (AnnotationKind::Context, other));
    let annotations = std::iter::once((AnnotationKind::Primary, label)).chain(context);
    let annotations = annotations.map(|(kind, label)| annotation(kind, label, &excerpt, sources));
    let snippet = Snippet::source(excerpt.text).line_start(excerpt.line).path(sources.path(file));
    group.element(snippet.annotations(annotations.collect::<Vec<_>>()))
}

fn annotation<'a>(
    kind: AnnotationKind,
    label: &'a Label,
    excerpt: &Excerpt<'_>,
    sources: &Sources,
) -> annotate_snippets::Annotation<'a> {
    let bytes = sources.bytes(label.place);
    let within = |byte: usize| byte.saturating_sub(excerpt.start).min(excerpt.text.len());
    let annotation = kind.span(within(bytes.start)..within(bytes.end));
    match label.text.as_str() {
        "" => annotation,
        text => annotation.label(text),
    }
}

/// One annotation of GitHub's workflow log: its kind, its place as file, line
/// and column, and its text on one line.
pub fn github_annotation(
    kind: &str,
    place: Option<(&str, usize, usize)>,
    code: Code,
    message: &str,
) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let place = place.map(|(file, line, column)| {
        let file = escape(file).replace(':', "%3A").replace(',', "%2C");
        format!("file={file},line={line},col={column},")
    });
    let (place, code) = (place.unwrap_or_default(), code.0);
    format!("::{kind} {place}title={code}::{}\n", escape(message))
}
