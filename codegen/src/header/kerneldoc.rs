//! Kerneldoc: comments that start with `/**`, whose first line names what they describe and
//! whose `@name:` lines describe its members. Some headers leave out the second asterisk.

use std::collections::HashMap;

use super::comments::limited;
use super::tokens::CommentToken;
use crate::diagnostic::Place;

/// The comments of all headers that are kerneldoc.
#[derive(Default)]
pub(super) struct Kerneldocs {
    docs: Vec<Kerneldoc>,
    /// Their indexes by file and first byte.
    places: HashMap<(usize, usize), usize>,
    /// Their indexes by file and subject, in the order of the file.
    subjects: HashMap<(usize, String), Vec<usize>>,
    /// The same by file and member.
    members: HashMap<(usize, String), Vec<usize>>,
}

/// A comment that is kerneldoc.
pub(super) struct Kerneldoc {
    /// `struct`, `union`, `enum` or nothing.
    kind: &'static str,
    /// What it describes; empty for a comment between the members.
    subject: String,
    /// Its text without the subject and the members.
    text: String,
    /// The texts of the members.
    pub(super) members: HashMap<String, String>,
    place: Place,
}

impl Kerneldocs {
    /// Reads the comments that are kerneldoc.
    pub(super) fn of(comments: &HashMap<usize, Vec<CommentToken<'_>>>) -> Self {
        let mut found = Self::default();
        for doc in comments.values().flatten().filter_map(parsed) {
            let (file, index) = (doc.place.file(), found.docs.len());
            found.places.insert((file, doc.place.start()), index);
            found.subjects.entry((file, doc.subject.clone())).or_default().push(index);
            for name in doc.members.keys() {
                found.members.entry((file, name.clone())).or_default().push(index);
            }
            found.docs.push(doc);
        }
        found
    }

    /// The nearest comment before a place that describes something of this name.
    pub(super) fn about(&self, name: &str, before: Place) -> Option<&Kerneldoc> {
        self.nearest(self.subjects.get(&(before.file(), name.to_owned()))?, before)
    }

    /// The text of a number in the nearest comment before it that has it as a member.
    pub(super) fn number(&self, name: &str, before: Place) -> Option<&str> {
        let all = self.members.get(&(before.file(), name.to_owned()))?;
        Some(self.nearest(all, before)?.members.get(name)?)
    }

    /// The text of a field: in a comment above it, between the fields of the struct that
    /// starts at `start`.
    pub(super) fn inside(&self, name: &str, start: Place, before: Place) -> Option<&str> {
        let all = self.members.get(&(before.file(), name.to_owned()))?;
        let doc = self.nearest(all, before)?;
        let is_inside = doc.subject.is_empty() && start.start() < doc.place.start();
        is_inside.then(|| doc.members.get(name)).flatten().map(String::as_str)
    }

    /// The comment at a place.
    pub(super) fn at(&self, place: Place) -> Option<&Kerneldoc> {
        self.places.get(&(place.file(), place.start())).map(|index| &self.docs[*index])
    }

    fn nearest(&self, indexes: &[usize], before: Place) -> Option<&Kerneldoc> {
        let after = indexes.partition_point(|at| self.docs[*at].place.start() < before.start());
        indexes[..after].last().map(|at| &self.docs[*at])
    }
}

impl Kerneldoc {
    /// What it says about its subject as a whole.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it describes a type, or members only: something else after it is not meant.
    pub(super) fn is_about_another(&self, name: &str) -> bool {
        match self.kind {
            "" => self.subject.is_empty() && !self.members.is_empty(),
            _ => self.subject != name,
        }
    }
}

fn parsed(comment: &CommentToken<'_>) -> Option<Kerneldoc> {
    let marked = comment.text.strip_prefix("/**");
    let inside = marked.or_else(|| comment.text.strip_prefix("/*"))?.strip_suffix("*/")?;
    if inside.starts_with(['*', '<', '!']) {
        return None;
    }
    let lines = inside.lines().map(|line| line.trim().trim_start_matches('*').trim());
    let mut lines = lines.skip_while(|line| line.is_empty()).peekable();
    let first = *lines.peek()?;
    let (kind, subject, mut text) = match first.starts_with('@') {
        true => ("", "", String::new()),
        false => {
            lines.next();
            let (kind, subject, rest) = subject(first)?;
            (kind, subject, rest.to_owned())
        }
    };
    let mut members = HashMap::<String, String>::new();
    let mut member = None::<String>;
    for line in lines {
        if let Some((name, rest)) = member_line(line) {
            members.insert(name.to_owned(), rest.to_owned());
            member = Some(name.to_owned());
            continue;
        }
        // An empty line ends the description of a member, and a sentence.
        let section = line.split_whitespace().next().is_some_and(is_section);
        if line.is_empty() || section {
            member = None;
            if text.ends_with(|last: char| last.is_alphanumeric()) {
                text.push('.');
            }
        }
        let target = member.as_ref().and_then(|name| members.get_mut(name)).unwrap_or(&mut text);
        if !line.is_empty() {
            target.extend([" ", line]);
        }
    }
    if marked.is_none() && (subject.is_empty() || members.is_empty()) {
        return None;
    }
    let words = |text: &str| limited(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let text = words(&text).trim_end_matches(':').to_owned();
    let members = members.into_iter().map(|(name, text)| (name, words(&text))).collect();
    let (subject, place) = (subject.to_owned(), comment.place);
    Some(Kerneldoc { kind, subject, text, members, place })
}

/// The kind and the name at the start of the first line, and what it says of them.
fn subject(line: &str) -> Option<(&'static str, &str, &str)> {
    let kinds = ["struct", "union", "enum"];
    let kind = kinds
        .into_iter()
        .find(|kind| line.strip_prefix(kind).is_some_and(|rest| rest.starts_with([' ', '\t'])));
    let rest = line[kind.map_or(0, str::len)..].trim_start();
    let end = rest.find(|one: char| !one.is_ascii_alphanumeric() && one != '_');
    let (name, said) = rest.split_at(end.unwrap_or(rest.len()));
    let said = said.trim_start();
    let named = said.is_empty() || said.starts_with(['-', ':']);
    (!name.is_empty() && (named || kind.is_some()))
        .then(|| (kind.unwrap_or(""), name, said.trim_start_matches(['-', ':', ' '])))
}

/// The name and the text of `@name: text`. Members of members are called as in C.
fn member_line(line: &str) -> Option<(&str, &str)> {
    let (name, text) = line.strip_prefix('@')?.split_once(':')?;
    let name = name.trim_end();
    let plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '.');
    (!name.is_empty() && name.chars().all(plain))
        .then(|| (name.rsplit('.').next().unwrap_or(name), text.trim()))
}

/// Whether a word starts a section, which describes no member.
fn is_section(word: &str) -> bool {
    matches!(word, "Return:" | "Returns:" | "Context:" | "Note:" | "Description:" | "Errors:")
}
