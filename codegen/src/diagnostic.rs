//! What is wrong, where, and what to do about it: collected, sorted and shown
//! as text, JSON or annotations of a forge. Knows no ABI and no YAML.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

/// A stable code such as `V012`; the catalogue tells what each means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Code(pub &'static str);

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The run fails.
    Error,
    /// Worth a look; the run goes on.
    Warning,
}

/// A stretch of a source file, counted in characters from its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index of the file in [`Sources`].
    pub file: usize,
    /// The first character.
    pub start: usize,
    /// The character behind the last.
    pub end: usize,
}

/// A place and what to say of it.
#[derive(Clone, Debug)]
struct Label {
    place: Place,
    text: String,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Its stable code.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in one line.
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

    /// The file, where no line of it can be pointed at.
    pub fn in_file(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The place to underline, and what to write under it.
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

    /// What to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with a hint, if there is one.
    pub fn maybe_help(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }
}

/// The text of every file that a place can point into.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<(String, String)>,
}

impl Sources {
    /// Adds a file and tells its index.
    pub fn add(&mut self, path: String, text: String) -> usize {
        self.files.push((path, text));
        self.files.len() - 1
    }

    /// The text of a file.
    pub fn text(&self, file: usize) -> &str {
        self.files.get(file).map_or("", |(_, text)| text)
    }

    /// The path of a file.
    pub fn path(&self, file: usize) -> &str {
        self.files.get(file).map_or("", |(path, _)| path)
    }

    /// Line and column of a place's start, both from 1.
    fn line_and_column(&self, place: Place) -> (usize, usize) {
        let before = self.text(place.file).chars().take(place.start);
        before.fold((1, 1), |(line, column), character| match character {
            '\n' => (line + 1, 1),
            _ => (line, column + 1),
        })
    }

    /// The bytes of a place, at least one character wide where there is one.
    fn bytes(&self, place: Place) -> std::ops::Range<usize> {
        let text = self.text(place.file);
        let byte = |character: usize| {
            let at = text.char_indices().nth(character);
            at.map_or(text.len(), |(byte, _)| byte)
        };
        byte(place.start)..byte(place.end.max(place.start + 1))
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

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many weigh this much.
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

    /// The findings for a person, each with its source lines.
    pub fn render(&self, sources: &Sources, color: bool) -> String {
        let renderer = match color {
            true => Renderer::styled(),
            false => Renderer::plain(),
        };
        let mut text = String::new();
        for diagnostic in self.sorted() {
            text += &renderer.render(&[report(diagnostic, sources)]);
            text += "\n\n";
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
            let file = record.file.unwrap_or_default();
            let (line, column) = (record.line.unwrap_or(1), record.column.unwrap_or(1));
            let (code, message) = (record.code.0, escape_github(record.message));
            text +=
                &format!("::{kind} file={file},line={line},col={column},title={code}::{message}\n");
        }
        text
    }

    /// The findings as data with stable keys.
    pub fn records<'a>(&'a self, sources: &'a Sources) -> Vec<Record<'a>> {
        let sorted = self.sorted();
        sorted.into_iter().map(|one| record(one, sources)).collect()
    }
}

/// One finding as machines read it.
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
    let file = place.map(|place| sources.path(place.file));
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
    Related { file: sources.path(label.place.file), line, column, text: &label.text }
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
        group = group.element(snippet(label, &diagnostic.others, sources));
    }
    for label in elsewhere(diagnostic) {
        group = group.element(snippet(label, &[], sources));
    }
    group.elements(diagnostic.help.as_deref().map(|help| Level::HELP.message(help)))
}

/// The other places that lie in another file than the finding itself.
fn elsewhere(diagnostic: &Diagnostic) -> impl Iterator<Item = &Label> {
    let home = diagnostic.label.as_ref().map(|label| label.place.file);
    let away = move |label: &&Label| Some(label.place.file) != home;
    diagnostic.others.iter().filter(away)
}

fn snippet<'a>(
    label: &'a Label,
    others: &'a [Label],
    sources: &'a Sources,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let file = label.place.file;
    let context = others
        .iter()
        .filter(|other| other.place.file == file)
        .map(|other| (AnnotationKind::Context, other));
    let annotations = std::iter::once((AnnotationKind::Primary, label)).chain(context);
    Snippet::source(sources.text(file)).path(sources.path(file)).annotations(annotations.map(
        |(kind, label)| {
            let annotation = kind.span(sources.bytes(label.place));
            match label.text.as_str() {
                "" => annotation,
                text => annotation.label(text),
            }
        },
    ))
}

/// The characters that end a workflow command, in its own escapes.
fn escape_github(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
