//! The edits that a placed hunk makes.

use std::ops::Range;

use super::Placer;
use crate::review::fragment::{Element, ElementKind, cut};
use crate::review::header_text::{Edit, MailLine};
use crate::review::scopes::Scope;
use crate::review::sides::ElementPair;

impl Placer<'_> {
    /// Every edit; a change without a place is a problem instead.
    pub(super) fn edits(&mut self, mail: usize) -> Vec<Edit> {
        let mut edits = Vec::new();
        let pairs = &self.paired.pairs;
        for (pair, place) in self.places.iter().enumerate() {
            let (ElementPair::Removed(_), Some(place)) = (pairs[pair], place) else { continue };
            edits.push(Edit::Remove(self.header.elements[*place].bytes.clone()));
            let number = self.hunk.lines[self.line(pair)].number;
            let name = self.header.elements[*place].name.clone();
            self.applied.removed.push((name, MailLine { mail, line: number }));
        }
        let mut at = 0;
        while at < pairs.len() {
            let added =
                pairs[at..].iter().take_while(|pair| matches!(pair, ElementPair::Added(_))).count();
            let run = at..at + added;
            at += added.max(1);
            if run.is_empty() {
                continue;
            }
            match self.position(run.clone()) {
                Some(byte) => edits.push(Edit::Insert(byte, self.inserted(run, mail))),
                None => {
                    let path = self.header.path.clone();
                    self.problem(run.start, format!("this change has no certain place in {path}"));
                }
            }
        }
        edits
    }

    /// The byte at which a run of added elements is inserted.
    fn position(&self, run: Range<usize>) -> Option<usize> {
        let header = self.header;
        let new = |pair: usize| match self.paired.pairs[pair] {
            ElementPair::Added(index) => Some(&self.paired.new.elements[index]),
            _ => None,
        };
        let structural = run.clone().any(|pair| {
            new(pair).is_some_and(|one| {
                !matches!(one.kind, ElementKind::Define | ElementKind::Directive)
            })
        });
        let located = |pair: usize| Some((pair, self.places[pair]?));
        if run.clone().any(|pair| new(pair).is_some_and(is_about_what_follows)) {
            return self.between(&run);
        }
        if let Scope::Inside(declaration) = self.scopes[run.start] {
            let container = self.containers.get(&declaration).copied();
            if structural && self.has_lost_neighbour(&run, declaration) {
                return None;
            }
            let within = |(pair, place): &(usize, usize)| {
                let inside = container.is_some() && header.containers[*place] == container;
                match structural {
                    true => inside && self.scopes[*pair] == Scope::Inside(declaration),
                    false => true,
                }
            };
            let before = (0..run.start).rev().filter_map(located).find(within);
            if let Some((_, place)) = before {
                return Some(header.after(place));
            }
            let after = (run.end..self.places.len()).filter_map(located).find(within);
            return after.map(|(_, place)| header.elements[place].whole.start);
        }
        // At file level the order means nothing, but neighbours should stay neighbours.
        let before = (0..run.start).rev().find_map(located).map(|(_, place)| place);
        let after = (run.end..self.places.len()).find_map(located).map(|(_, place)| place);
        if let (None, Some(after)) = (before, after) {
            if header.containers[after].is_none_or(|open| open == after) {
                return Some(header.elements[after].whole.start);
            }
        }
        let near = before.or(after).or_else(|| {
            let heading = cut(&self.hunk.heading, false).elements;
            header.container(&heading.first()?.name)
        });
        let Some(near) = near.or(header.elements.len().checked_sub(1)) else { return Some(0) };
        let near = if structural || self.scopes[run.start] == Scope::File {
            header.outside(near)
        } else {
            near
        };
        Some(header.after(near))
    }

    /// The byte between the elements before and after a run, which must follow each other in
    /// the header as they do in the hunk.
    fn between(&self, run: &Range<usize>) -> Option<usize> {
        let old = |pair: &usize| self.old(*pair).is_some();
        let before = (0..run.start).rev().find(old).map(|pair| self.places[pair]);
        let after = (run.end..self.places.len()).find(old).map(|pair| self.places[pair]);
        match (before, after) {
            (Some(Some(before)), Some(Some(after))) if after == before + 1 => {
                Some(self.header.after(before))
            }
            (None, Some(Some(after))) if self.by_text => {
                Some(self.header.elements[after].whole.start)
            }
            (Some(Some(before)), None) if self.by_text => Some(self.header.after(before)),
            (None, None) if self.header.elements.is_empty() => Some(0),
            _ => None,
        }
    }

    /// Whether the header does not have the member before or after a run.
    fn has_lost_neighbour(&self, run: &Range<usize>, declaration: usize) -> bool {
        let own = |pair: &usize| {
            self.scopes[*pair] == Scope::Inside(declaration)
                && self.old(*pair).is_some_and(|one| one.kind == ElementKind::Item)
        };
        let before = (0..run.start).rev().find(own);
        let after = (run.end..self.places.len()).find(own);
        before.into_iter().chain(after).any(|pair| self.places[pair].is_none())
    }

    /// The lines of a run of added elements, with their comments.
    fn inserted(&self, run: Range<usize>, mail: usize) -> Vec<(String, Option<MailLine>)> {
        let side = &self.paired.new;
        let mut lines = Vec::new();
        for pair in run {
            let ElementPair::Added(index) = self.paired.pairs[pair] else { continue };
            let element = &side.elements[index];
            let first = side.text[..element.whole.start].matches('\n').count();
            let own = |row: usize| {
                let line = &self.hunk.lines[side.rows[row]];
                Some(MailLine { mail, line: line.number })
            };
            let comma = if element.enumerator && !element.ended { "," } else { "" };
            let head = &side.text[element.whole.start..element.bytes.end];
            let tail = &side.text[element.bytes.end..element.whole.end];
            let text = [head, comma, tail].concat();
            let text = text.split('\n').enumerate();
            lines.extend(text.map(|(row, text)| (text.to_owned(), own(first + row))));
        }
        lines
    }
}

/// Whether an element changes how what follows it is read: a condition, the packing of structs, or
/// the end or a new meaning of a name that others use.
fn is_about_what_follows(element: &Element) -> bool {
    let is_type = |name: &str| name.starts_with("__") && !name.ends_with('_');
    match element.kind {
        ElementKind::Directive => {
            !element.key.trim_start_matches(['#', ' ']).starts_with("include")
        }
        ElementKind::Define => is_type(&element.name),
        _ => false,
    }
}
