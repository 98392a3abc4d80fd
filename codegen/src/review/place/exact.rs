//! Places a hunk by its text, as `patch` does: where the header has every line of the old
//! side in a row. White space and a last comma do not count, as mailers and enumerators
//! change them. A place on another line than the patch counts is certain only if the heading of
//! the hunk, or the names of its elements, leave no other one: the same member can have a
//! comment in one struct and none in another.

use super::{Heading, Placer};
use crate::review::fragment::Element;
use crate::review::header_text::HeaderText;

impl Placer<'_> {
    /// Finds the place of everything on the old side by the text of its lines: the only
    /// place that has them, or, in a header with the lines that the patch counts, the one
    /// with the number of the `@@` line. Returns whether there is one.
    pub(super) fn locate_by_text(&mut self, numbered: bool) -> bool {
        let rows: Vec<_> = self.header.text.split('\n').collect();
        let old: Vec<_> = self.paired.old.text.split('\n').collect();
        let fits = |start: &usize| {
            let here = rows.get(*start..).unwrap_or_default();
            here.len() >= old.len() && here.iter().zip(&old).all(|(row, line)| same(row, line))
        };
        let starts: Vec<_> = (0..rows.len()).filter(fits).collect();
        let first = self.hunk.old_start.checked_sub(1).filter(|_| numbered);
        let start = match starts[..] {
            [only] => Some(only),
            _ => first.filter(|start| starts.contains(start)),
        };
        let places = start.and_then(|start| {
            let pairs = self.paired.pairs.iter();
            let olds = pairs.map(|pair| Some(&self.paired.old.elements[pair.old()?]));
            olds.map(|old| old.map_or(Some(None), |old| at(self.header, start, old).map(Some)))
                .collect::<Option<Vec<_>>>()
        });
        let Some(places) = places else { return false };
        if start != first && !self.is_certain(&places) {
            return false;
        }
        self.places = places;
        for (scope, place) in self.scopes.iter().zip(&self.places) {
            let container = place.and_then(|place| self.header.containers[place]);
            if let (Some(declaration), Some(container)) = (scope.declaration(), container) {
                self.containers.insert(declaration, container);
            }
        }
        true
    }

    /// Whether the declarations of the hunk can have no other places than these.
    fn is_certain(&self, places: &[Option<usize>]) -> bool {
        (0..self.declarations()).all(|declaration| {
            let (own, parts) = self.within(declaration);
            match self.heading(&own, declaration) {
                Heading::Declaration(container) => parts.iter().all(|pair| {
                    places[*pair].and_then(|at| self.header.containers[at]) == Some(container)
                }),
                Heading::Lost => false,
                Heading::Silent => self.runs(&parts).len() <= 1,
            }
        })
    }
}

/// The element of a header that one of a hunk is, if the hunk starts in a row.
fn at(header: &HeaderText, start: usize, old: &Element) -> Option<usize> {
    let row = start + old.rows.start;
    let first = header.elements.partition_point(|one| one.rows.start < row);
    let on_row = header.elements[first..].iter().take_while(|one| one.rows.start == row);
    let found = on_row.enumerate().find(|(_, one)| one.name == old.name && one.kind == old.kind)?;
    Some(first + found.0)
}

/// Whether two lines have the same words.
fn same(row: &str, line: &str) -> bool {
    let words = |text| str::split_whitespace(str::trim_end_matches(str::trim_end(text), ','));
    words(row).eq(words(line))
}
