//! Places the hunks of a patch in a header: by their text, or else by the names of what they
//! have, macros by themselves, members and enumerators within their declaration, where
//! comments and line numbers do not count. A change that has no place, or two, is an error.

mod edits;
mod exact;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::fragment::{Element, ElementKind, cut};
use super::header_text::{HeaderText, MailLine};
use super::patch::{BadLine, FilePatch, Hunk};
use super::scopes::{Scope, scopes};
use super::sides::{ElementPair, PairedHunk};

/// The result of applying the changes to one file.
#[derive(Debug)]
pub(super) struct Applied {
    pub(super) header: HeaderText,
    /// Changes that have no certain place.
    pub(super) problems: Vec<BadLine>,
    /// Context lines that the header does not have.
    pub(super) missing: Vec<BadLine>,
    /// Lines that the patch removes or changes, with the names of their elements.
    pub(super) removed: Vec<(String, MailLine)>,
}

/// Applies the changes to a file, made by a mail. `numbered` is set if the header has the
/// lines that the patch counts, as a given header has and that of a release has not.
pub(super) fn apply(header: &HeaderText, file: &FilePatch, mail: usize, numbered: bool) -> Applied {
    let mut applied = Applied {
        header: header.clone(),
        problems: Vec::new(),
        missing: Vec::new(),
        removed: Vec::new(),
    };
    let mut edits = Vec::new();
    let hunks: Vec<_> = file.hunks.iter().map(|hunk| (hunk, PairedHunk::new(hunk))).collect();
    let removed: HashSet<_> = hunks.iter().flat_map(|(_, paired)| paired.removed()).collect();
    for (hunk, paired) in &hunks {
        if let Some(line) = paired.doubtful {
            let message = "the comment that starts here does not end before the next one";
            applied.problems.push(bad(hunk, line, message));
        }
        let mut placer = Placer {
            header,
            hunk,
            paired,
            removed: &removed,
            scopes: scopes(paired),
            places: vec![None; paired.pairs.len()],
            numbered,
            by_text: false,
            containers: HashMap::new(),
            applied: &mut applied,
        };
        placer.locate();
        edits.extend(placer.edits(mail));
    }
    applied.header = header.edited(edits);
    applied
}

fn bad(hunk: &Hunk, line: usize, message: impl Into<String>) -> BadLine {
    BadLine { number: hunk.lines[line].number, message: message.into() }
}

/// What the heading of a hunk says of the declaration in which the hunk starts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heading {
    /// Nothing.
    Silent,
    /// It is this one of the header, by its opening.
    Declaration(usize),
    /// The header does not have it.
    Lost,
}

struct Placer<'a> {
    header: &'a HeaderText,
    hunk: &'a Hunk,
    paired: &'a PairedHunk,
    /// The names that the patch removes from the file.
    removed: &'a HashSet<&'a str>,
    scopes: Vec<Scope>,
    /// The element of the header that each pair is.
    places: Vec<Option<usize>>,
    /// Whether the header has the lines that the patch counts.
    numbered: bool,
    /// Whether the header has all lines of the old side in a row.
    by_text: bool,
    /// The opening in the header of each declaration of the hunk.
    containers: HashMap<usize, usize>,
    applied: &'a mut Applied,
}

impl Placer<'_> {
    fn old(&self, pair: usize) -> Option<&Element> {
        let old = self.paired.pairs[pair].old()?;
        Some(&self.paired.old.elements[old])
    }

    /// The line of the hunk on which a pair starts.
    fn line(&self, pair: usize) -> usize {
        let (side, index) = match self.paired.pairs[pair] {
            ElementPair::Kept(index, _) | ElementPair::Removed(index) => (&self.paired.old, index),
            ElementPair::Added(index) => (&self.paired.new, index),
        };
        side.rows[side.elements[index].rows.start]
    }

    fn problem(&mut self, pair: usize, message: String) {
        let line = self.line(pair);
        self.applied.problems.push(bad(self.hunk, line, message));
    }

    /// Finds the place of everything that is on the old side.
    fn locate(&mut self) {
        self.by_text = self.locate_by_text(self.numbered);
        if !self.by_text {
            self.locate_by_names();
        }
        for pair in 0..self.paired.pairs.len() {
            self.check_removed(pair);
            self.check_added(pair);
        }
    }

    fn locate_by_names(&mut self) {
        for pair in 0..self.paired.pairs.len() {
            self.locate_define(pair);
        }
        for declaration in 0..self.declarations() {
            self.locate_declaration(declaration);
        }
        for pair in 0..self.paired.pairs.len() {
            self.locate_at_file_level(pair);
        }
    }

    fn locate_define(&mut self, pair: usize) {
        let Some(element) = self.old(pair).filter(|one| one.kind == ElementKind::Define) else {
            return;
        };
        let found = self.header.defines.get(&element.name).map_or(&[][..], Vec::as_slice);
        self.places[pair] = match found {
            [] => None,
            [only] => Some(*only),
            several => {
                let same = |index: &&usize| self.header.elements[**index].key == element.key;
                let mut same = several.iter().filter(same);
                same.next().copied().filter(|_| same.next().is_none())
            }
        };
    }

    fn locate_at_file_level(&mut self, pair: usize) {
        let outside = self.scopes[pair] == Scope::File && self.places[pair].is_none();
        let Some(element) = self.old(pair).filter(|_| outside) else { return };
        let Some(positions) = self.header.positions.get(&element.name) else { return };
        let places = positions.iter().map(|position| self.header.structural[*position]);
        let mut same = places.filter(|index| self.header.elements[*index].key == element.key);
        self.places[pair] = same.next().filter(|_| same.next().is_none());
    }

    /// How many declarations the hunk has something of.
    fn declarations(&self) -> usize {
        let inside = self.scopes.iter().filter_map(|scope| scope.declaration());
        inside.max().map_or(0, |last| last + 1)
    }

    /// The pairs in a declaration of the hunk, and those that are no directives of its old side.
    fn within(&self, declaration: usize) -> (Vec<usize>, Vec<usize>) {
        let all = 0..self.paired.pairs.len();
        let own: Vec<_> =
            all.filter(|pair| self.scopes[*pair] == Scope::Inside(declaration)).collect();
        let is_structural = |pair: &usize| {
            self.old(*pair).is_some_and(|one| {
                !matches!(one.kind, ElementKind::Define | ElementKind::Directive)
            })
        };
        let parts = own.iter().copied().filter(is_structural).collect();
        (own, parts)
    }

    /// Finds the declaration of the header that one of the hunk is.
    fn locate_declaration(&mut self, declaration: usize) {
        let (own, parts) = self.within(declaration);
        let mut found = self.runs(&parts);
        if found.len() > 1 || self.heading(&own, declaration) != Heading::Silent {
            let hints = self.hints(&own, declaration);
            let hinted = |run: &Range<usize>| {
                let container = self.header.containers[self.header.structural[run.start]];
                container.is_some_and(|container| hints.contains(&container))
            };
            found.retain(hinted);
        }
        match &found[..] {
            [run] => {
                for (pair, position) in parts.iter().zip(run.clone()) {
                    self.places[*pair] = Some(self.header.structural[position]);
                }
                let first = self.header.structural[run.start];
                if let Some(container) = self.header.containers[first] {
                    self.containers.insert(declaration, container);
                }
            }
            _ => self.locate_one_by_one(declaration, &own, &parts),
        }
    }

    /// The runs of the header's elements that have the names of some pairs.
    fn runs(&self, parts: &[usize]) -> Vec<Range<usize>> {
        let names: Vec<_> =
            parts.iter().filter_map(|pair| Some(self.old(*pair)?.name.as_str())).collect();
        let positions = |name: &str| self.header.positions.get(name).map_or(&[][..], Vec::as_slice);
        let rarest = (0..names.len()).min_by_key(|index| positions(names[*index]).len());
        let Some(rarest) = rarest else { return Vec::new() };
        let structural = &self.header.structural;
        let starts = positions(names[rarest]).iter().filter_map(|at| at.checked_sub(rarest));
        let runs = starts.map(|start| start..start + names.len());
        let same = |run: &Range<usize>| {
            let elements = structural.get(run.clone()).unwrap_or_default();
            let mut pairs = elements.iter().zip(&names);
            elements.len() == names.len()
                && pairs.all(|(index, name)| self.header.elements[*index].name == *name)
        };
        runs.filter(same).collect()
    }

    /// The declarations of the header that a declaration of the hunk can be: by its own
    /// name, by the heading of the hunk, or by the macros inside and after it.
    fn hints(&self, own: &[usize], declaration: usize) -> Vec<usize> {
        let opening = own.iter().find_map(|pair| {
            self.old(*pair).filter(|one| one.kind == ElementKind::Open).map(|one| one.name.clone())
        });
        if let Some(container) = opening.and_then(|name| self.header.container(&name)) {
            return vec![container];
        }
        match self.heading(own, declaration) {
            Heading::Declaration(container) => return vec![container],
            Heading::Lost => return Vec::new(),
            Heading::Silent => {}
        }
        let macros = own.iter().filter_map(|pair| self.places[*pair]);
        let inside = macros.filter_map(|index| self.header.containers[index]);
        inside.chain(self.declaration_before_macro(own)).collect()
    }

    /// The declaration in which the hunk starts, as its heading says it.
    fn heading(&self, own: &[usize], declaration: usize) -> Heading {
        let is_opening =
            |pair: &usize| self.old(*pair).is_some_and(|element| element.kind == ElementKind::Open);
        let elements = cut(&self.hunk.heading, false).elements;
        let named = elements.first().filter(|one| one.kind == ElementKind::Open);
        let Some(named) = named.filter(|_| declaration == 0 && !own.iter().any(is_opening)) else {
            return Heading::Silent;
        };
        match self.header.container(&named.name) {
            Some(container) => Heading::Declaration(container),
            None if named.name.contains(' ') => Heading::Lost,
            None => Heading::Silent,
        }
    }

    /// The declaration of the header that ends before the macro that follows one of the hunk.
    fn declaration_before_macro(&self, own: &[usize]) -> Option<usize> {
        let last = own.last().copied()?;
        self.old(last).filter(|one| one.kind == ElementKind::Close)?;
        let next = (last + 1..self.places.len()).find(|pair| self.old(*pair).is_some())?;
        self.old(next).filter(|one| one.kind == ElementKind::Define)?;
        let place = self.places[next].filter(|_| self.scopes[next] == Scope::File)?;
        let structural = &self.header.structural;
        let before = structural.partition_point(|index| *index < place).checked_sub(1)?;
        self.header.containers[structural[before]]
    }

    /// Finds the parts of a declaration one by one, where the header has others between
    /// them.
    fn locate_one_by_one(&mut self, declaration: usize, own: &[usize], parts: &[usize]) {
        let mut hints = self.hints(own, declaration);
        hints.dedup();
        let [container] = hints[..] else { return };
        self.containers.insert(declaration, container);
        let start = self.header.structural.partition_point(|index| *index < container);
        let within = self.header.structural[start..].iter().copied();
        let within = within.take_while(|index| self.header.containers[*index] == Some(container));
        let within: Vec<_> = within.collect();
        let mut from = 0;
        for pair in parts {
            let Some(element) = self.old(*pair) else { continue };
            let name = &element.name;
            let closing = element.kind == ElementKind::Close;
            let found =
                within[from..].iter().position(|at| self.header.elements[*at].name == *name);
            // The last closing is that of the declaration.
            let found = found.filter(|_| !closing || Some(pair) != parts.last());
            let found = match closing && Some(pair) == parts.last() {
                true => within.len().checked_sub(from + 1),
                false => found,
            };
            if let Some(at) = found {
                self.places[*pair] = Some(within[from + at]);
                from += at + 1;
            }
        }
    }

    /// A removed element has to be there, and a kept one should be.
    fn check_removed(&mut self, pair: usize) {
        let Some(element) = self.old(pair).cloned() else { return };
        let path = self.header.path.clone();
        let line = self.line(pair);
        match (self.paired.pairs[pair], self.places[pair]) {
            (ElementPair::Removed(_), None) => {
                let message = match element.kind {
                    ElementKind::Directive | ElementKind::Close => {
                        format!("{path} has more than one place for this change")
                    }
                    _ => {
                        format!("`{}` is removed, but has no certain place in {path}", element.name)
                    }
                };
                self.problem(pair, message);
            }
            (ElementPair::Removed(_), Some(place))
                if self.is_other_text(&element, &self.header.elements[place]) =>
            {
                let message = format!(
                    "`{}` is removed, but {path} has another text of it: the patch is applied, \
                     or for another header",
                    element.name
                );
                self.problem(pair, message);
            }
            (ElementPair::Kept(..), None)
                if !matches!(element.kind, ElementKind::Directive | ElementKind::Close) =>
            {
                let message = format!("{path} has no `{}` here", element.name);
                self.applied.missing.push(bad(self.hunk, line, message));
            }
            _ => {}
        }
    }

    /// Whether a removed macro, member or enumerator is not that of the header. A header of a
    /// release is not spelt as the kernel's own, so that only numbers are compared with it.
    fn is_other_text(&self, removed: &Element, there: &Element) -> bool {
        let number = |element: &Element| {
            let value = element.key.rsplit(' ').next().unwrap_or_default().to_owned();
            value.parse::<u64>().ok()
        };
        let numbers = || number(removed).zip(number(there));
        match removed.kind {
            ElementKind::Define | ElementKind::Item if self.numbered => removed.key != there.key,
            ElementKind::Define => numbers().is_some_and(|(removed, there)| removed != there),
            _ => false,
        }
    }

    /// An added macro or declaration must not be there already.
    fn check_added(&mut self, pair: usize) {
        let ElementPair::Added(index) = self.paired.pairs[pair] else { return };
        let element = &self.paired.new.elements[index];
        let there = match element.kind {
            ElementKind::Define => self.header.defines.contains_key(&element.name),
            ElementKind::Open => {
                element.name.contains(' ') && self.header.container(&element.name).is_some()
            }
            _ => false,
        };
        if there && !self.removed.contains(element.name.as_str()) {
            let path = &self.header.path;
            let message = format!(
                "`{}` is already in {path}: the patch is applied, or the name is taken",
                element.name
            );
            self.problem(pair, message);
        }
    }
}
