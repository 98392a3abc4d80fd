//! Finds the line of a mail that causes a finding: by its place in the new header, or by
//! the name of the item.

use std::borrow::Cow;
use std::collections::HashMap;

use super::apply::AppliedSeries;
use super::fragment::{Element, ElementKind};
use super::header_text::{HeaderText, MailLine};
use super::verdict::ReadHeaders;
use crate::diagnostic::Place;

pub(super) struct Causes<'a> {
    applied: &'a AppliedSeries,
    headers: &'a ReadHeaders,
    /// The names of the items of the new ABI.
    names: HashMap<Place, Cow<'a, str>>,
}

impl<'a> Causes<'a> {
    pub(super) fn new(applied: &'a AppliedSeries, headers: &'a ReadHeaders) -> Self {
        let abi = headers.abi();
        let entries = abi.entries().into_iter();
        let names = entries.map(|entry| (entry.meta.place, entry.qualified_name(abi)));
        Self { applied, headers, names: names.collect() }
    }

    /// The name of the item at a place.
    pub(super) fn name_at(&self, place: Place) -> Option<String> {
        let declared = || {
            let (header, row) = self.row(place)?;
            let mut elements = header.elements.iter().filter(|one| one.rows.contains(&row));
            elements.find_map(declared_name).map(str::to_owned)
        };
        self.names.get(&place).map(|name| name.clone().into_owned()).or_else(declared)
    }

    /// The line that a place in the new headers comes from.
    pub(super) fn of_place(&self, place: Place) -> Option<MailLine> {
        let (header, row) = self.row(place)?;
        header.origins.get(row).copied().flatten()
    }

    /// The new header that contains a place, and the row, from 0.
    fn row(&self, place: Place) -> Option<(&'a HeaderText, usize)> {
        let ReadHeaders { sources, first, .. } = self.headers;
        let header = self.applied.headers.get(place.file().checked_sub(*first)?)?;
        let (line, _) = sources.line_and_column(place);
        Some((header, line.checked_sub(1)?))
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
                owned && declared_name(one) == Some(item)
            })
        });
        let removed = || {
            let mut removed = self.applied.removed.iter();
            removed.find(|removed| removed.name == item).map(|removed| removed.at)
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

/// The name that an element declares; of a declaration with a tag, the tag.
fn declared_name(element: &Element) -> Option<&str> {
    match element.kind {
        ElementKind::Open => element.name.rsplit(' ').next(),
        ElementKind::Close | ElementKind::Directive => None,
        ElementKind::Define | ElementKind::Item => Some(&element.name),
    }
}

/// The tag of the declaration that an element is in.
fn owner_of(header: &HeaderText, element: usize) -> Option<&str> {
    header.containers[element].and_then(|container| declared_name(&header.elements[container]))
}
