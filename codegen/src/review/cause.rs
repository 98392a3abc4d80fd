//! Finds the line of a mail that causes a finding: by its place in the new header, or by
//! the name of the item.

use super::apply::AppliedSeries;
use super::fragment::{Element, ElementKind};
use super::header_text::{HeaderText, MailLine};
use super::verdict::ReadHeaders;
use crate::diagnostic::Place;

pub(super) struct Causes<'a> {
    pub(super) applied: &'a AppliedSeries,
    pub(super) headers: &'a ReadHeaders,
}

impl Causes<'_> {
    /// The line that a place in the new headers comes from.
    pub(super) fn of_place(&self, place: Place) -> Option<MailLine> {
        let ReadHeaders { sources, first, .. } = self.headers;
        let header = self.applied.headers.get(place.file.checked_sub(*first)?)?;
        let (line, _) = sources.line_and_column(place);
        header.origins.get(line.checked_sub(1)?).copied().flatten()
    }

    /// The line that adds or changes an item, or `declaration.member`; or else the first
    /// line that changes the declaration.
    pub(super) fn of_name(&self, name: &str) -> Option<MailLine> {
        let (owner, item) = match name.split_once('.') {
            Some((owner, item)) => (Some(owner), item),
            None => (None, name),
        };
        let headers = || self.applied.headers.iter();
        let added = headers().find_map(|header| {
            lines(header, |index, one| {
                let owned = owner.is_none_or(|owner| owner_of(header, index) == Some(owner));
                owned && is_named(one, item)
            })
        });
        let removed = || {
            let mut removed = self.applied.removed.iter();
            removed.find(|(removed, _)| *removed == item).map(|(_, line)| *line)
        };
        // What a declaration contains says more than the macros between its members.
        let inside = || {
            let owner = owner.unwrap_or(item);
            [ElementKind::Item, ElementKind::Open, ElementKind::Define].iter().find_map(|kind| {
                headers().find_map(|header| {
                    lines(header, |index, one| {
                        one.kind == *kind && owner_of(header, index) == Some(owner)
                    })
                })
            })
        };
        added.or_else(removed).or_else(inside)
    }
}

/// The first line of a mail that an element comes from.
fn lines(header: &HeaderText, wanted: impl Fn(usize, &Element) -> bool) -> Option<MailLine> {
    let elements = header.elements.iter().enumerate();
    let mut found = elements.filter(|(index, one)| wanted(*index, one)).map(|(_, one)| one);
    found.find_map(|one| {
        let mut rows = header.origins.get(one.rows.clone())?.iter();
        rows.find_map(|origin| *origin)
    })
}

fn is_named(element: &Element, name: &str) -> bool {
    match element.kind {
        ElementKind::Open => element.name.rsplit(' ').next() == Some(name),
        ElementKind::Close | ElementKind::Directive => false,
        _ => element.name == name,
    }
}

/// The tag of the declaration that an element is in.
fn owner_of(header: &HeaderText, element: usize) -> Option<&str> {
    let container = header.containers[element]?;
    header.elements[container].name.rsplit(' ').next()
}
