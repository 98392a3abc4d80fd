//! The text of a header to which patches are applied. Each line knows the mail that it
//! comes from, so that a finding about it can be shown there.

use std::collections::HashMap;
use std::ops::Range;

use super::fragment::{Element, ElementKind, cut};

/// A line of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MailLine {
    /// The mail, by index.
    pub mail: usize,
    /// The line of its text, from 1.
    pub line: usize,
}

/// A header in elements.
#[derive(Clone, Debug)]
pub(super) struct HeaderText {
    pub(super) path: String,
    pub(super) text: String,
    /// The mail that each line comes from; none for lines of the base.
    pub(super) origins: Vec<Option<MailLine>>,
    pub(super) elements: Vec<Element>,
    /// The opening of the outermost declaration that each element is in.
    pub(super) containers: Vec<Option<usize>>,
    /// The closing of each outermost declaration, by its opening.
    closings: HashMap<usize, usize>,
    /// The macros of each name.
    pub(super) defines: HashMap<String, Vec<usize>>,
    /// The elements that are no directives.
    pub(super) structural: Vec<usize>,
    /// Positions in `structural` by name.
    pub(super) positions: HashMap<String, Vec<usize>>,
}

/// A change of a text.
#[derive(Debug)]
pub(super) enum Edit {
    /// Whole lines that are inserted at a byte.
    Insert(usize, Vec<(String, Option<MailLine>)>),
    /// Bytes that are removed.
    Remove(Range<usize>),
}

impl Edit {
    fn at(&self) -> usize {
        match self {
            Self::Insert(at, _) => *at,
            Self::Remove(bytes) => bytes.start,
        }
    }
}

impl HeaderText {
    /// The text of a base.
    pub(super) fn new(path: &str, text: &str) -> Self {
        let text = with_last_commas(text);
        let origins = vec![None; text.split('\n').count()];
        Self::with_origins(path, text, origins)
    }

    /// A text whose lines come from mails.
    pub(super) fn with_origins(path: &str, text: String, origins: Vec<Option<MailLine>>) -> Self {
        let elements = cut(&text, false).elements;
        let mut header = Self {
            path: path.to_owned(),
            text,
            origins,
            containers: Vec::with_capacity(elements.len()),
            closings: HashMap::new(),
            defines: HashMap::new(),
            structural: Vec::new(),
            positions: HashMap::new(),
            elements: Vec::new(),
        };
        let mut open: Vec<usize> = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            match element.kind {
                ElementKind::Open => open.push(index),
                ElementKind::Define => {
                    header.defines.entry(element.name.clone()).or_default().push(index);
                }
                _ => {}
            }
            header.containers.push(open.first().copied());
            if element.kind == ElementKind::Close {
                if let (Some(start), true) = (open.pop(), open.is_empty()) {
                    header.closings.insert(start, index);
                }
            }
            if !matches!(element.kind, ElementKind::Define | ElementKind::Directive) {
                let position = header.structural.len();
                header.positions.entry(element.name.clone()).or_default().push(position);
                header.structural.push(index);
            }
        }
        header.elements = elements;
        header
    }

    /// The element after which items at file level can be added: the given one, or the
    /// closing of the declaration that it is in.
    pub(super) fn outside(&self, element: usize) -> usize {
        let closing = self.containers[element].and_then(|open| self.closings.get(&open));
        closing.copied().unwrap_or(element)
    }

    /// The opening of the only declaration with this name.
    pub(super) fn container(&self, name: &str) -> Option<usize> {
        let found = self.positions.get(name)?.iter().map(|position| self.structural[*position]);
        let mut found = found.filter(|index| self.containers[*index] == Some(*index));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The byte after an element and its comments, at the end of its line if nothing but
    /// a comment follows.
    pub(super) fn after(&self, element: usize) -> usize {
        let element = &self.elements[element];
        let rest = &self.text[element.whole.end..];
        let line = rest.split('\n').next().unwrap_or_default();
        match line.trim().is_empty() {
            true => element.whole.end + line.len(),
            false => element.bytes.end,
        }
    }

    /// The text after some edits.
    pub(super) fn edited(&self, mut edits: Vec<Edit>) -> Self {
        edits.sort_by_key(Edit::at);
        let mut output = EditedText { text: String::new(), origins: Vec::new(), line: None };
        let (mut at, mut row) = (0, 0);
        for edit in edits {
            if edit.at() < at {
                continue;
            }
            row = output.base(&self.text[at..edit.at()], &self.origins, row);
            at = edit.at();
            match edit {
                Edit::Insert(_, lines) => {
                    for (line, origin) in lines {
                        output.end_line();
                        output.text += &line;
                        output.line = origin;
                    }
                    if !self.text[at..].starts_with('\n') {
                        output.end_line();
                    }
                }
                Edit::Remove(bytes) => {
                    row += self.text[bytes.clone()].matches('\n').count();
                    at = bytes.end;
                }
            }
        }
        output.base(&self.text[at..], &self.origins, row);
        output.origins.push(output.line);
        Self::with_origins(&self.path, output.text, output.origins)
    }
}

struct EditedText {
    text: String,
    /// Of the lines that have ended.
    origins: Vec<Option<MailLine>>,
    /// Of the present line.
    line: Option<MailLine>,
}

impl EditedText {
    fn end_line(&mut self) {
        self.text.push('\n');
        self.origins.push(self.line.take());
    }

    /// Copies text of the base that starts in a row; returns the row at its end.
    fn base(&mut self, text: &str, origins: &[Option<MailLine>], mut row: usize) -> usize {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.end_line();
                row += 1;
            }
            self.text += line;
            if !line.trim().is_empty() {
                self.line = self.line.or(origins.get(row).copied().flatten());
            }
        }
        row
    }
}

/// A header in which every enumerator ends with a comma, so that others can follow.
fn with_last_commas(text: &str) -> String {
    let elements = cut(text, false).elements;
    let mut enums = Vec::new();
    let mut commas = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        match element.kind {
            ElementKind::Open => enums.push(element.name.starts_with("enum")),
            ElementKind::Close => {
                let last = index.checked_sub(1).map(|before| &elements[before]);
                let last = last.filter(|last| last.kind == ElementKind::Item && !last.ended);
                if let (Some(true), Some(last)) = (enums.pop(), last) {
                    commas.push(last.bytes.end);
                }
            }
            _ => {}
        }
    }
    let (mut whole, mut at) = (String::with_capacity(text.len() + commas.len()), 0);
    for comma in commas {
        whole += &text[at..comma];
        whole.push(',');
        at = comma;
    }
    whole + &text[at..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_keep_the_origin_of_every_line() {
        let header = HeaderText::new("a.h", "enum {\n\tA,\n\tB\n};\n");
        let origin = Some(MailLine { mail: 3, line: 7 });
        let after = header.after(2);
        let edited = header.edited(vec![
            Edit::Insert(after, vec![("\tC,".to_owned(), origin)]),
            Edit::Remove(header.elements[1].bytes.clone()),
        ]);
        assert_eq!(edited.text, "enum {\n\t\n\tB,\n\tC,\n};\n");
        assert_eq!(edited.origins, [None, None, None, origin, None, None]);
        assert_eq!(edited.container("enum"), Some(0));
    }
}
