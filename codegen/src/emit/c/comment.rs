//! C comments: documentation from the specification, notes and metadata, as one
//! line or as a block.

use std::borrow::Cow;

use super::tabs::WIDTH;
use crate::emit::escape::in_c;
use crate::emit::since::since_text;
use crate::emit::wrap::{unbroken, wrap};
use crate::ir::{Deprecated, Reserved};
use crate::release::{Release, Since};

/// The parts of a comment, in the order in which they are printed.
#[derive(Clone, Debug, Default)]
pub(super) struct Comment<'a> {
    paragraphs: Vec<Cow<'a, str>>,
    /// Entries of a list.
    entries: Vec<String>,
    /// Lines `label: text`, after an empty line.
    labels: Vec<String>,
    /// Lines without a label.
    facts: Vec<String>,
}

impl<'a> Comment<'a> {
    /// The documentation of an item.
    pub(super) fn of(doc: &'a [String]) -> Self {
        let paragraphs = doc.iter().map(|paragraph| Cow::Borrowed(paragraph.as_str()));
        Self { paragraphs: paragraphs.collect(), ..Self::default() }
    }

    /// Adds notes in parentheses to the last paragraph.
    pub(super) fn notes(mut self, notes: &[String]) -> Self {
        if let (Some(last), false) = (self.paragraphs.last_mut(), notes.is_empty()) {
            *last = [last, " (", &notes.join("; "), ")"].concat().into();
        }
        self
    }

    /// Adds a title before the text.
    pub(super) fn titled(mut self, title: &str) -> Self {
        self.paragraphs.insert(0, title.to_owned().into());
        self
    }

    /// Adds a paragraph.
    pub(super) fn paragraph(mut self, text: String) -> Self {
        self.paragraphs.push(text.into());
        self
    }

    /// Adds a line `label: text`.
    pub(super) fn label(mut self, label: &str, text: &str) -> Self {
        self.labels.push([label, ": ", text].concat());
        self
    }

    /// Adds a line without a label.
    pub(super) fn fact(mut self, text: String) -> Self {
        self.facts.push(text);
        self
    }

    /// Adds the deprecation, if there is one.
    pub(super) fn deprecated(self, deprecated: Option<&Deprecated>) -> Self {
        let Some(Deprecated { since, doc }) = deprecated else { return self };
        let (since, doc) = (since.first().bare(), doc.join(" "));
        let stop = if doc.ends_with('.') { "" } else { "." };
        self.fact(format!("Deprecated since Linux {since}: {doc}{stop}"))
    }

    /// Adds the first release of the item.
    pub(super) fn since(self, releases: &[Release], since: Since) -> Self {
        self.fact(format!("Since Linux {}.", since_text(releases, since)))
    }

    /// Lists the reserved numbers.
    pub(super) fn reserved(mut self, reserved: &[Reserved]) -> Self {
        if !reserved.is_empty() {
            self.paragraphs.push("Reserved:".into());
        }
        self.entries.extend(reserved.iter().map(|Reserved { value, name, doc }| {
            let doc = doc.join(" ");
            format!("{value}, {name}: {doc}")
        }));
        self
    }

    /// The comment above code that is indented by `indent` columns: one line if
    /// it fits, otherwise a block.
    pub(super) fn above(&self, indent: usize) -> Vec<String> {
        let one_line = self.one_line().filter(|line| indent + line.chars().count() <= WIDTH);
        match one_line {
            Some(line) => vec![line],
            None => self.block(indent),
        }
    }

    /// The comment as a block; no lines if it is empty.
    pub(super) fn block(&self, indent: usize) -> Vec<String> {
        let text = self.text(WIDTH - indent - " * ".len());
        let lines = text.iter().map(|line| match line.is_empty() {
            true => " *".to_owned(),
            false => [" * ", line].concat(),
        });
        match text.is_empty() {
            true => Vec::new(),
            false => ["/*".to_owned()].into_iter().chain(lines).chain([" */".to_owned()]).collect(),
        }
    }

    /// The lines of a block, without comment marks.
    fn text(&self, width: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for (index, paragraph) in self.paragraphs.iter().enumerate() {
            if index > 0 {
                lines.push(String::new());
            }
            lines.extend(wrap(&in_c(paragraph), width));
        }
        for entry in &self.entries {
            let entry = wrap(&in_c(entry), width - "- ".len()).into_iter().enumerate();
            lines.extend(entry.map(|(index, line)| match index {
                0 => format!("- {line}"),
                _ => format!("  {line}"),
            }));
        }
        if !self.labels.is_empty() && !lines.is_empty() {
            lines.push(String::new());
        }
        for line in self.labels.iter().chain(&self.facts) {
            lines.extend(wrap(&in_c(line), width));
        }
        lines
    }

    /// The comment on one line, if it is a single paragraph.
    pub(super) fn one_line(&self) -> Option<String> {
        let more = [&self.entries, &self.labels, &self.facts];
        let [text] = &self.paragraphs[..] else { return None };
        let alone = more.iter().all(|lines| lines.is_empty());
        alone.then(|| ["/* ", &unbroken(&in_c(text)), " */"].concat())
    }
}

/// The first release of a part, if it is later than that of the whole.
pub(super) fn since_note(releases: &[Release], part: Since, whole: Since) -> Option<String> {
    let later = part.first() > whole.first();
    later.then(|| format!("since {}", since_text(releases, part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment<'a>(paragraphs: &[&'a str]) -> Comment<'a> {
        let paragraphs = paragraphs.iter().map(|text| Cow::Borrowed(*text));
        Comment { paragraphs: paragraphs.collect(), ..Comment::default() }
    }

    #[test]
    fn a_short_text_takes_one_line_and_a_long_one_a_block() {
        let short = comment(&["number of areas"]);
        assert_eq!(short.above(8), ["/* number of areas */"]);
        assert_eq!(short.block(8), ["/*", " * number of areas", " */"]);
        let long = "x".repeat(66);
        let exact = comment(&[&long]);
        assert_eq!(exact.above(8).len(), 1);
        assert_eq!(exact.above(9).len(), 3);
        assert!(Comment::default().above(0).is_empty());
    }

    #[test]
    fn facts_stand_below_the_text() {
        let since = Since::Known(Release::new(4, 6));
        let deprecated = Deprecated { since, doc: ["nobody emits it".to_owned()].into() };
        let comment = comment(&["First.", "Second."]).label("Argument", "none");
        let lines = comment.deprecated(Some(&deprecated)).since(&[], since).block(0);
        let expected = [
            "/*",
            " * First.",
            " *",
            " * Second.",
            " *",
            " * Argument: none",
            " * Deprecated since Linux 4.6: nobody emits it.",
            " * Since Linux 4.6.",
            " */",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn the_first_release_of_a_part_is_noted_if_it_is_later() {
        let release = |minor| Release::new(5, minor);
        let whole = Since::Known(release(3));
        let releases: Vec<_> = (3..7).map(release).collect();
        let note = |part| since_note(&releases, part, whole);
        assert_eq!(note(whole), None);
        let later = note(Since::Known(release(4)));
        assert_eq!(later.as_deref(), Some("since 5.4"));
        let between = note(Since::Between(release(4), release(6)));
        assert_eq!(between.as_deref(), Some("since 5.6, maybe 5.5"));
        let noted = comment(&["a flag"]).notes(&["since 5.4".to_owned(), "version 2".to_owned()]);
        assert_eq!(noted.one_line().as_deref(), Some("/* a flag (since 5.4; version 2) */"));
    }
}
