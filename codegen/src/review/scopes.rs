//! Which declaration each element of a hunk is in. A hunk can start inside one, and its
//! old side decides, since the added lines are not in the header yet.

use super::fragment::{Element, ElementKind};
use super::sides::{ElementPair, PairedHunk};

/// The place of an element with regard to declarations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// In a declaration of the hunk, counted from 0. The one that the hunk starts in, if
    /// it does, is the first.
    Inside(usize),
    /// At the level of the file.
    File,
    /// Unknown: the hunk has nothing but macros.
    Unknown,
}

impl Scope {
    pub(super) fn declaration(self) -> Option<usize> {
        match self {
            Self::Inside(index) => Some(index),
            _ => None,
        }
    }
}

/// The scope of every pair.
pub(super) fn scopes(paired: &PairedHunk) -> Vec<Scope> {
    let element = |pair: &ElementPair| paired.element(*pair);
    let structural =
        |element: &&Element| !matches!(element.kind, ElementKind::Define | ElementKind::Directive);
    let old = || paired.pairs.iter().filter(|pair| pair.old().is_some()).map(element);
    let first =
        old().find(structural).or_else(|| paired.pairs.iter().map(element).find(structural));
    let mut depth = match first {
        None => return vec![Scope::Unknown; paired.pairs.len()],
        Some(first) => usize::from(!is_at_file_level(first)),
    };
    let mut next = depth;
    let mut scopes = Vec::new();
    for (index, pair) in paired.pairs.iter().enumerate() {
        let inside = |next: usize| match next.checked_sub(1) {
            Some(declaration) => Scope::Inside(declaration),
            None => Scope::File,
        };
        let scope = |next: usize, depth: usize| if depth > 0 { inside(next) } else { Scope::File };
        if pair.old().is_none() {
            scopes.push(scope(next, depth));
            continue;
        }
        match element(pair).kind {
            ElementKind::Open => {
                next += usize::from(depth == 0);
                depth += 1;
                scopes.push(inside(next));
            }
            ElementKind::Close => {
                scopes.push(scope(next, depth));
                let rest = &paired.pairs[index + 1..];
                let mut rest = rest.iter().filter(|pair| pair.old().is_some()).map(element);
                let following = rest.find(structural);
                let inner = depth == 1
                    && following
                        .is_some_and(|one| !is_at_file_level(one) && one.kind != ElementKind::Open);
                depth -= usize::from(depth > 0 && !inner);
            }
            _ => scopes.push(scope(next, depth)),
        }
    }
    scopes
}

/// Whether an element can be at the level of the file only.
fn is_at_file_level(element: &Element) -> bool {
    let starts = |words: &[&str]| words.iter().any(|word| element.key.starts_with(word));
    match element.kind {
        ElementKind::Open => element.name.contains(' ') || element.name == "enum",
        ElementKind::Item => starts(&["typedef ", "extern ", "static "]),
        _ => false,
    }
}
