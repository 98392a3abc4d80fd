//! The two sides of a hunk in elements, paired: what both have, and what only the old or
//! the new one has.

use super::fragment::{Element, ElementKind, cut};
use super::patch::{Hunk, Sign};
use super::scan::starts_in_comment;

/// One side of a hunk.
#[derive(Debug)]
pub(super) struct SideText {
    pub(super) text: String,
    /// The line of the hunk that each row is, by index.
    pub(super) rows: Vec<usize>,
    pub(super) elements: Vec<Element>,
}

/// A hunk in elements.
#[derive(Debug)]
pub(super) struct PairedHunk {
    pub(super) old: SideText,
    pub(super) new: SideText,
    /// The elements in order.
    pub(super) pairs: Vec<ElementPair>,
    /// The line of the hunk with a comment that does not end where it should.
    pub(super) doubtful: Option<usize>,
}

/// An element of a hunk: its index on each side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ElementPair {
    /// On both sides.
    Kept(usize, usize),
    /// On the old side only.
    Removed(usize),
    /// On the new side only.
    Added(usize),
}

impl ElementPair {
    /// The element of the old side.
    pub(super) fn old(self) -> Option<usize> {
        match self {
            Self::Kept(old, _) | Self::Removed(old) => Some(old),
            Self::Added(_) => None,
        }
    }
}

impl PairedHunk {
    pub(super) fn new(hunk: &Hunk) -> Self {
        let (old, doubtful_old) = side(hunk, Sign::Added);
        let (new, doubtful_new) = side(hunk, Sign::Removed);
        let pairs = pairs(hunk, &old, &new);
        Self { old, new, pairs, doubtful: doubtful_old.or(doubtful_new) }
    }

    /// The names of the elements that only the old side has.
    pub(super) fn removed(&self) -> impl Iterator<Item = &str> {
        let removed = self.pairs.iter().filter(|pair| matches!(pair, ElementPair::Removed(_)));
        removed.map(|pair| self.element(*pair).name.as_str())
    }

    /// An element; of a kept one, that of the old side.
    pub(super) fn element(&self, pair: ElementPair) -> &Element {
        match pair {
            ElementPair::Kept(index, _) | ElementPair::Removed(index) => &self.old.elements[index],
            ElementPair::Added(index) => &self.new.elements[index],
        }
    }
}

impl SideText {
    /// Whether an element is on context lines only.
    fn is_context(&self, hunk: &Hunk, element: &Element) -> bool {
        let mut rows = self.rows[element.rows.clone()].iter();
        rows.all(|line| hunk.lines[*line].sign == Sign::Context)
    }
}

/// The side that has all lines but those of one sign.
fn side(hunk: &Hunk, other: Sign) -> (SideText, Option<usize>) {
    let lines = hunk.lines.iter().enumerate().filter(|(_, line)| line.sign != other);
    let rows: Vec<_> = lines.map(|(index, _)| index).collect();
    let texts = || rows.iter().map(|row| hunk.lines[*row].text.as_str());
    let text = texts().collect::<Vec<_>>().join("\n");
    let fragment = cut(&text, starts_in_comment(texts()));
    let doubtful = fragment.doubtful_comment.map(|at| rows[text[..at].matches('\n').count()]);
    (SideText { text, rows, elements: fragment.elements }, doubtful)
}

fn pairs(hunk: &Hunk, old: &SideText, new: &SideText) -> Vec<ElementPair> {
    let mut pairs = Vec::new();
    let (mut at_old, mut at_new) = (0, 0);
    loop {
        let (left, right) = (old.elements.get(at_old), new.elements.get(at_new));
        let pair = match (left, right) {
            (None, None) => break,
            (Some(one), _) if !old.is_context(hunk, one) => ElementPair::Removed(at_old),
            (_, Some(one)) if !new.is_context(hunk, one) => ElementPair::Added(at_new),
            (Some(one), Some(other)) if one.key == other.key => ElementPair::Kept(at_old, at_new),
            (Some(_), _) => ElementPair::Removed(at_old),
            (None, Some(_)) => ElementPair::Added(at_new),
        };
        at_old += usize::from(!matches!(pair, ElementPair::Added(_)));
        at_new += usize::from(!matches!(pair, ElementPair::Removed(_)));
        pairs.push(pair);
    }
    let runs = pairs.chunk_by(|a, b| is_kept(*a) == is_kept(*b));
    runs.flat_map(|run| unchanged(run, old, new)).collect()
}

fn is_kept(pair: ElementPair) -> bool {
    matches!(pair, ElementPair::Kept(..))
}

/// A run of removed and added elements, in which those that changed in white space,
/// comments or the separator only are kept.
fn unchanged(run: &[ElementPair], old: &SideText, new: &SideText) -> Vec<ElementPair> {
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for pair in run {
        match pair {
            ElementPair::Kept(..) => return run.to_vec(),
            ElementPair::Removed(index) => removed.push(*index),
            ElementPair::Added(index) => added.push(*index),
        }
    }
    let mut pairs = Vec::new();
    let mut from = 0;
    for index in removed {
        let key = &old.elements[index].key;
        // An added declaration of several lines has closings of its own.
        let kind = old.elements[index].kind;
        let same = |other: &usize| new.elements[*other].key == *key;
        let found = added[from..].iter().position(same).filter(|_| kind != ElementKind::Close);
        match found {
            Some(at) => {
                pairs.extend(added[from..from + at].iter().map(|other| ElementPair::Added(*other)));
                pairs.push(ElementPair::Kept(index, added[from + at]));
                from += at + 1;
            }
            None => pairs.push(ElementPair::Removed(index)),
        }
    }
    pairs.extend(added[from..].iter().map(|other| ElementPair::Added(*other)));
    pairs
}
