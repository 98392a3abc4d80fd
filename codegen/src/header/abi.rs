//! Infers an ABI from headers, so that `compat` can compare headers. Items that the
//! reference knows keep the facts that no header states: roles, directions, gates,
//! reply rules, chains. New items get them by convention and are listed as guesses,
//! so that a verdict about them can be conditional. Items absent from the headers
//! are removed.

mod groups;
mod indexes;
mod items;
mod structs;

use std::collections::{BTreeSet, HashMap};

use super::classify::Kinds;
use super::declared::Declarations;
use super::facts::{Constant, Facts, Spelt};
use crate::diagnostic::Place;
use crate::ir::{Abi, GroupId, History, Literal, Meta, StructId};
use crate::release::Since;

/// An ABI inferred from headers.
#[derive(Clone, Debug)]
pub struct Told {
    /// The ABI.
    pub abi: Abi,
    /// Names of the items that the reference does not know, whose roles, minsz and
    /// chains are guessed: items by name, fields as `struct.field`.
    pub guessed: BTreeSet<String>,
}

/// Infers the ABI of headers. `reference` supplies the facts that headers do not
/// state, and the items of the headers that are not `given`.
pub fn abi(facts: &Facts, reference: &Abi, given: &[usize]) -> Told {
    let mut teller = Teller {
        kinds: Kinds { facts, abi: reference },
        facts,
        reference,
        given,
        declared: Declarations::of(reference, given),
        abi: reference.clone(),
        guessed: BTreeSet::new(),
        ids: HashMap::new(),
        groups: HashMap::new(),
    };
    teller.structs();
    teller.groups();
    teller.items();
    teller.finish();
    Told { abi: teller.abi, guessed: teller.guessed }
}

struct Teller<'t> {
    kinds: Kinds<'t>,
    facts: &'t Facts,
    reference: &'t Abi,
    given: &'t [usize],
    /// The declarations of the reference in these headers.
    declared: Declarations<'t>,
    /// The result.
    abi: Abi,
    guessed: BTreeSet<String>,
    /// The indexes of structs, by name.
    ids: HashMap<String, StructId>,
    /// The new indexes of the reference's groups.
    groups: HashMap<GroupId, GroupId>,
}

impl Teller<'_> {
    /// Whether a section is about headers that are given.
    fn is_given(&self, section: usize) -> bool {
        self.given.contains(&self.reference.sections[section].header)
    }

    /// Whether the reference declares this name in these headers.
    fn is_known(&self, name: &str) -> bool {
        self.declared.meta(name).is_some()
    }

    /// The metadata of an item that only the headers have.
    fn meta(&self, doc: &str, place: Place) -> Meta {
        Meta {
            doc: vec![if doc.is_empty() {
                "As the header has it.".to_owned()
            } else {
                doc.to_owned()
            }],
            since: Since::Known(self.reference.release),
            source: String::new(),
            deprecated: None,
            history: History::default(),
            allow: Vec::new(),
            place,
        }
    }

    /// The section of a new item: that of the nearest known item before it.
    fn section_at(&self, place: Place) -> usize {
        let structs = self.facts.structs.iter().map(|one| (one.place, one.name.as_str()));
        let constants = self.facts.constants.iter().map(|one| (one.place, one.name.as_str()));
        let mut names: Vec<_> =
            structs.chain(constants).filter(|(other, _)| *other <= place).collect();
        names.sort_unstable_by_key(|(place, _)| std::cmp::Reverse(*place));
        let near = names.into_iter().find_map(|(_, name)| self.section_of(name));
        let first = || (0..self.reference.sections.len()).find(|section| self.is_given(*section));
        near.or_else(first).unwrap_or(0)
    }

    /// The section of the reference that declares a struct, an ioctl or a
    /// number at the level of a file.
    fn section_of(&self, name: &str) -> Option<usize> {
        let struct_ = self.reference.structs.iter().find(|one| one.name == name);
        let listed = || {
            self.reference
                .sections
                .iter()
                .position(|section| section.items.iter().any(|item| self.declares(*item, name)))
        };
        struct_.map(|one| one.section).or_else(listed)
    }
}

/// How a constant of a header is written.
fn literal(constant: &Constant) -> Literal {
    match &constant.spelt {
        Spelt::Hex => Literal::Hex,
        Spelt::Bit { bit, signed } => Literal::Bit { bit: *bit, signed: *signed },
        Spelt::Or(names) => Literal::Or(names.clone()),
        Spelt::Position => Literal::Next,
        Spelt::Text(text) => Literal::Text(text.clone()),
        Spelt::Decimal | Spelt::Ioctl { .. } | Spelt::Computed => Literal::Decimal,
    }
}
