//! What a header of the ABI includes is read as a part of it, because programs see it there.

use std::collections::HashSet;

use super::apply::HeaderChange;
use super::changed_header::file_name;
use super::fragment::{Element, ElementKind};
use super::header_text::{Edit, HeaderText};
use crate::ir::Abi;

/// The most headers that are put into one.
const MOST: usize = 64;

/// The headers of an ABI, in which each `#include` of another one of the series, or of a given
/// one, is its text. A header is put into the first one that includes it, as with an include
/// guard. Given headers that none includes are those of another ABI.
pub(super) fn with_included(
    abi: &Abi,
    headers: &[HeaderText],
    others: &[HeaderText],
    changes: &[HeaderChange<'_>],
    read: &mut HashSet<String>,
) -> Vec<HeaderText> {
    let is_own = |header: &&HeaderText| {
        abi.headers.iter().any(|one| file_name(&one.path) == file_name(&header.path))
    };
    let (own, given): (Vec<_>, Vec<_>) = headers.iter().partition(is_own);
    let mut left: Vec<(&HeaderText, bool)> = given.into_iter().map(|one| (one, true)).collect();
    left.extend(others.iter().map(|one| (one, false)));
    let mut whole: Vec<HeaderText> = own.into_iter().cloned().collect();
    for header in &mut whole {
        let root = Root::of(header, changes);
        for _ in 0..MOST {
            let found = header.elements.iter().find_map(|element| {
                let names = root.names(included(header, element)?);
                let at = left.iter().position(|(one, given)| {
                    let loose = *given || root.is_loose;
                    let same = |name: &String| {
                        *name == one.path || loose && file_name(name) == file_name(&one.path)
                    };
                    names.iter().any(same)
                });
                Some((element.bytes.clone(), at?))
            });
            let Some((bytes, at)) = found else { break };
            let (other, _) = left.remove(at);
            read.insert(other.path.clone());
            let lines =
                other.text.split('\n').map(str::to_owned).zip(other.origins.iter().copied());
            let insert = Edit::Insert(bytes.start, lines.collect());
            *header = header.edited(vec![insert, Edit::Remove(bytes)]);
        }
    }
    whole
}

/// Where the headers are that a header can include.
struct Root {
    /// The folder of `<linux/vfio.h>`, and that of the header.
    folders: [String; 2],
    /// Whether the header is a copy whose folder says nothing.
    is_loose: bool,
}

impl Root {
    fn of(header: &HeaderText, changes: &[HeaderChange<'_>]) -> Self {
        let own = |change: &&HeaderChange<'_>| file_name(change.header) == file_name(&header.path);
        let change = changes.iter().find(own);
        let known = change.and_then(|change| {
            let path = change.file.path.as_str();
            Some((path.strip_suffix(change.header)?, path))
        });
        let is_loose = known.is_none() && change.is_some();
        let (root, path) = known.unwrap_or(("include/uapi/", ""));
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        Self { folders: [root.to_owned(), [folder, "/"].concat()], is_loose }
    }

    /// The paths that a name in an `#include` can mean.
    fn names(&self, name: &str) -> Vec<String> {
        let bare = name.trim_matches(['<', '>', '"']);
        let quoted = name.starts_with('"');
        let folders = self.folders.iter().take(if quoted { 2 } else { 1 });
        folders.map(|folder| [folder, bare].concat()).collect()
    }
}

/// What an element includes, with its quotes.
fn included<'h>(header: &'h HeaderText, element: &Element) -> Option<&'h str> {
    let text = header.text.get(element.bytes.clone())?.trim_start().strip_prefix('#')?;
    let rest = text.trim_start().strip_prefix("include")?.trim();
    (element.kind == ElementKind::Directive).then_some(rest)
}

/// Whether a header includes another one.
pub(super) fn includes(header: &HeaderText, other: &HeaderText) -> bool {
    header.elements.iter().any(|element| {
        let name = included(header, element).map(|name| name.trim_matches(['<', '>', '"']));
        name.is_some_and(|name| file_name(name) == file_name(&other.path))
    })
}
