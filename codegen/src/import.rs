//! The YAML that a specification lacks to cover headers: as pieces to paste, each with
//! its place, as an overlay, or put into the files. Facts that headers do not state are
//! guessed by convention, and documentation is marked as a draft, which `lint` rejects.

mod items;
mod overlay;
mod places;
mod reserved;
mod unread;
mod values;
mod write;
mod yaml;

use crate::amend::additions::marks::Marks;
use crate::amend::additions::{Additions, Specified, find};
use crate::amend::known_names::KnownNames;
use crate::amend::pieces::{Addition, apply};
use crate::amend::places::Places;
use crate::diagnostic::{Diagnostics, Sources};
use crate::header::Facts;
use crate::ir::Abi;
use crate::spec::Spec;
use crate::spec::wrappers::Placed;
use crate::validate::validate;
use items::ItemYaml;
use yaml::Block;

/// The mark of documentation that is a draft.
pub use crate::names::DRAFT;
pub use write::Edited;

/// The additions to a specification.
#[derive(Debug)]
pub struct Import<'i> {
    spec: &'i Spec,
    /// The folder of the specification, for readers.
    folder: &'i str,
    pieces: Vec<Addition>,
    marks: Marks,
    /// How many things lack.
    pub count: usize,
    /// Names that are not covered, with advice for each.
    pub left: Vec<(String, String)>,
    /// Numbers that are reserved for others, and other things to know, in sentences.
    pub notes: Vec<String>,
    /// Why the specification does not load with the additions: an error is about an item
    /// that it had before.
    pub problems: Diagnostics,
}

/// Finds items that headers have and a specification lacks: `newest` is the ABI of its
/// newest release, `at` that of the release of the headers.
pub fn import<'i>(
    facts: &Facts,
    spec: &'i Spec,
    (newest, at): (&Abi, &Abi),
    given: &[usize],
    folder: &'i str,
) -> Import<'i> {
    let mut facts = facts.clone();
    let undescribed: Vec<_> = facts.not_describable().into_iter().collect();
    undescribed.iter().for_each(|(name, reason)| facts.forget(name, reason.clone()));
    let known = KnownNames::of(&[newest, at], given).with_former(newest);
    let places = Places::of(spec, newest.release, given);
    let base = Specified { spec, abi: newest, known: &known, places: &places, since: at.release };
    let mut forgotten = unread::forget_users(&mut facts, &known);
    loop {
        let Additions { pieces, left, marks, mut notes, .. } = find(&facts, base);
        let count = pieces.len();
        let mut pieces = merged(pieces);
        notes.extend(reserved::allow(spec, &mut pieces));
        let problems = problems_with(spec, &pieces);
        if let Some((name, reason)) = unread::refused(&facts, &problems) {
            facts.forget(&name, reason.clone());
            forgotten.push((name, reason));
            forgotten.extend(unread::forget_users(&mut facts, &known));
            continue;
        }
        let left = left.into_iter().chain(undescribed).chain(forgotten).collect();
        return Import { spec, folder, pieces, marks, count, left, notes, problems };
    }
}

/// What is wrong with a specification that has additions.
fn problems_with(spec: &Spec, pieces: &[Addition]) -> Diagnostics {
    let (mut added, mut problems) = (spec.clone(), Diagnostics::default());
    apply(pieces.to_vec(), &mut added);
    validate(added, false, &mut problems);
    problems
}

impl Import<'_> {
    /// The text to paste, piece by piece, each below a comment with its place; empty if
    /// nothing is missing.
    pub fn text(&self) -> String {
        let mut texts = Vec::<(String, Vec<String>)>::new();
        for piece in &self.pieces {
            let (place, lines) = (self.place(piece), self.block(piece).lines);
            match texts.iter_mut().find(|(other, _)| *other == place) {
                Some((_, other)) => {
                    let item = matches!(piece, Addition::Item { .. });
                    other.extend(item.then(String::new));
                    other.extend(lines);
                }
                None => texts.push((place, lines)),
            }
        }
        let shown = texts.iter().map(|(place, lines)| {
            let lines: String = lines.iter().map(|line| [line, "\n"].concat()).collect();
            ["# ", place, ":\n", &lines].concat()
        });
        shown.collect::<Vec<_>>().join("\n")
    }

    /// The additions as one overlay; empty if nothing is missing. The error is the
    /// reason why they cannot be one.
    pub fn overlay(&self, source: &str) -> Result<String, String> {
        overlay::text(self, source)
    }

    /// The files of the specification with the additions in them.
    pub fn edited(&self, sources: &Sources) -> Result<Vec<Edited>, String> {
        write::edited(self, sources)
    }

    /// The lines of a piece, indented for their place.
    fn block(&self, piece: &Addition) -> Block {
        let yaml = ItemYaml(&self.marks);
        match piece {
            Addition::Item { item, .. } => yaml.item(item).item(),
            Addition::Values { values, .. } => yaml.values(values, 6).indented(6),
            Addition::Held { values, arm, .. } => {
                let indent = if arm.is_some() { 14 } else { 10 };
                yaml.values(values, indent).indented(indent)
            }
            Addition::Fields { owner, fields, .. } => {
                yaml.fields(self.struct_name(*owner), fields, 6).indented(6)
            }
        }
    }
}

/// The pieces; one that comes after an entry of another becomes a part of it.
fn merged(pieces: Vec<Addition>) -> Vec<Addition> {
    let mut merged = Vec::<Addition>::new();
    for mut piece in pieces {
        if !merged.iter_mut().any(|earlier| joined(earlier, &mut piece)) {
            merged.push(piece);
        }
    }
    merged
}

/// Moves the entries of a piece into another one if they come after one of its entries;
/// whether they do.
fn joined(earlier: &mut Addition, piece: &mut Addition) -> bool {
    match (earlier, piece) {
        (
            Addition::Fields { owner, fields, .. },
            Addition::Fields { owner: other, after, fields: new },
        ) if owner == other => moved(fields, after, new),
        (
            Addition::Values { group, values, .. },
            Addition::Values { group: other, after, values: new },
        ) if group == other => moved(values, after, new),
        (
            Addition::Held { owner, field, arm, flags, values, .. },
            Addition::Held { owner: o, field: f, arm: a, flags: g, after, values: new },
        ) if (&*owner, &*field, &*arm, &*flags) == (&*o, &*f, &*a, &*g) => {
            moved(values, after, new)
        }
        _ => false,
    }
}

/// Moves entries to the place after the one of a name, if it is there.
fn moved<T>(
    entries: &mut Vec<(Placed<String>, T)>,
    after: &Option<String>,
    new: &mut Vec<(Placed<String>, T)>,
) -> bool {
    let at = entries.iter().position(|(name, _)| after.as_ref() == Some(&name.value));
    if let Some(at) = at {
        entries.splice(at + 1..at + 1, new.drain(..));
    }
    at.is_some()
}
