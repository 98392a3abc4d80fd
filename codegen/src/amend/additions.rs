//! Finds what headers have and a specification lacks, as pieces of the specification.
//! New items come after the nearest known item before them in the header, and after
//! everything that they use.

mod chains;
mod fields;
mod items;
pub mod marks;
mod order;
mod subspaces;
mod text;
mod values;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Guess;
use super::known_names::KnownNames;
use super::pieces::{Addition, ItemAt};
use super::places::Places;
use crate::diagnostic::Place;
use crate::header::classify::Kinds;
use crate::header::conventions::Way;
use crate::header::{ConstantFact, Facts, Spelt, StructFact};
use crate::ir::Abi;
use crate::release::{Release, Since};
use crate::spec::wrappers::Placed;
use crate::spec::{ItemSpec, Spec};
use chains::NewChain;
pub(super) use fields::{expression, shown};
use marks::Marks;
pub(super) use values::c_type;

/// What headers add.
#[derive(Debug, Default)]
pub struct Additions {
    /// The pieces, in an order in which they can be applied.
    pub pieces: Vec<Addition>,
    /// The facts in them that are guesses.
    pub guesses: Vec<Guess>,
    /// The lines of them that a reader should check because they are guesses.
    pub marks: Marks,
    /// Names that the pieces do not cover, each with the reason.
    pub left: Vec<(String, String)>,
    /// What pieces do not say, in sentences.
    pub notes: Vec<String>,
}

/// The specification that is to be extended.
#[derive(Clone, Copy)]
pub struct Specified<'b> {
    /// The specification.
    pub spec: &'b Spec,
    /// Its ABI, in the release whose names the headers use.
    pub abi: &'b Abi,
    /// The names that it has.
    pub known: &'b KnownNames<'b>,
    /// The places of its declarations.
    pub places: &'b Places<'b>,
    /// The release of the additions.
    pub since: Release,
}

/// Finds all additions of headers.
pub fn find(facts: &Facts, base: Specified<'_>) -> Additions {
    let kinds = Kinds { facts, abi: base.abi };
    let mut finder = Finder {
        facts,
        base,
        kinds,
        ways: kinds.ioctl_ways(),
        chains: Vec::new(),
        items: Vec::new(),
        found: Additions::default(),
        names: HashSet::new(),
        held: BTreeMap::new(),
        payloads: HashMap::new(),
    };
    finder.new_chains();
    finder.new_payloads();
    finder.all();
    finder.finish()
}

/// A new item, until its place is known.
struct NewItem {
    /// The known item before it.
    near: ItemAt,
    /// The names that it declares.
    names: Vec<String>,
    /// The names that must be declared before it.
    uses: Vec<String>,
    item: ItemSpec,
}

struct Finder<'f> {
    facts: &'f Facts,
    base: Specified<'f>,
    kinds: Kinds<'f>,
    /// The directions of the structs that ioctls take, by name.
    ways: HashMap<String, Way>,
    /// The chains that the headers bring.
    chains: Vec<NewChain<'f>>,
    items: Vec<NewItem>,
    found: Additions,
    /// The names of groups and chains that are given to new items.
    names: HashSet<String>,
    /// Constants inside new structs that do not fit their field: by name, the struct.
    held: BTreeMap<&'f str, &'f str>,
    /// The structs that are passed together with new ids.
    payloads: HashMap<&'f str, &'f StructFact>,
}

/// Something that a header declares.
#[derive(Clone, Copy)]
enum HeaderItem<'f> {
    Struct(&'f StructFact),
    Macro(&'f str),
    Constant(&'f ConstantFact),
}

impl<'f> Finder<'f> {
    /// The direction of the argument of an ioctl, or of the payload of a number that is
    /// called like it.
    fn way_of(&self, struct_: &str) -> Option<Way> {
        self.ways.get(struct_).copied().or_else(|| self.kinds.way_of_number(struct_))
    }

    fn all(&mut self) {
        let facts = self.facts;
        let structs = facts.structs.iter().map(|one| (one.place, HeaderItem::Struct(one)));
        let macros = facts.macros.iter().map(|one| (one.place, HeaderItem::Macro(&one.name)));
        let constants = facts.constants.iter().map(|one| (one.place, HeaderItem::Constant(one)));
        let mut all: Vec<_> = structs.chain(macros).chain(constants).collect();
        all.sort_by_key(|(place, _)| *place);
        let mut near = self.base.places.last();
        let mut before_all = true;
        let mut done = HashSet::<&str>::new();
        for (_, declared) in all {
            let name = match declared {
                HeaderItem::Struct(one) => one.name.as_str(),
                HeaderItem::Macro(name) => name,
                HeaderItem::Constant(one) => one.name.as_str(),
            };
            if self.base.known.has(name) {
                if let Some(at) = self.base.places.owner(name) {
                    (near, before_all) = (at, false);
                }
                if let HeaderItem::Struct(fact) = declared {
                    self.new_fields(fact);
                }
                continue;
            }
            let place = if before_all { self.base.places.last() } else { near };
            match declared {
                HeaderItem::Struct(fact) => self.new_struct(fact, place),
                HeaderItem::Macro(name) => {
                    let why = "a macro with parameters needs a function in Rust that does the same";
                    self.found.left.push((name.to_owned(), why.to_owned()));
                }
                HeaderItem::Constant(one) if done.contains(one.name.as_str()) => {}
                HeaderItem::Constant(one) => done.extend(self.new_constant(one, place)),
            }
        }
        self.leftovers();
    }

    /// Covers a constant; returns the names of the others that are covered with it.
    fn new_constant(&mut self, constant: &'f ConstantFact, near: ItemAt) -> Vec<&'f str> {
        if matches!(constant.spelt, Spelt::Ioctl { .. }) {
            self.ioctl(constant, near);
            return Vec::new();
        }
        if let Some(chain) = self.chain_of(constant) {
            // A capability with a body is placed at its body.
            let body = self.kinds.body_of(constant);
            if body.is_none_or(|body| self.is_separate(constant, body)) {
                self.capability(constant, &chain, near);
            }
            return Vec::new();
        }
        if self.is_held_by_new_field(constant) || self.joins(constant) {
            return Vec::new();
        }
        let fellows = self.fellows(constant);
        match constant.enum_index {
            Some(_) => self.enumeration(&fellows, near),
            None => self.constants(&fellows, near),
        }
        fellows.iter().map(|one| one.name.as_str()).collect()
    }

    /// Whether the body of a capability is not declared together with its id: in
    /// another file, or by the specification already.
    fn is_separate(&self, id: &ConstantFact, body: &StructFact) -> bool {
        id.place.file() != body.place.file() || self.base.known.has(&body.name)
    }

    /// The constants that form one list with a new one: those of its enum, or the
    /// new ones directly after it.
    fn fellows(&self, constant: &'f ConstantFact) -> Vec<&'f ConstantFact> {
        let all = self.facts.constants.iter();
        if constant.enum_index.is_some() {
            return all.filter(|one| one.enum_index == constant.enum_index).collect();
        }
        let space = subspaces::of(self.facts, self.base.abi, &constant.name);
        let alike = |one: &&ConstantFact| {
            let plain = one.enum_index.is_none() && !matches!(one.spelt, Spelt::Ioctl { .. });
            plain
                && one.within == constant.within
                && !self.base.known.has(&one.name)
                && self.chain_of(one).is_none()
                && !self.held.contains_key(one.name.as_str())
                && (std::ptr::eq(*one, constant) || self.kinds.group_of(one).is_none())
                && subspaces::of(self.facts, self.base.abi, &one.name) == space
        };
        all.skip_while(|one| one.name != constant.name).take_while(alike).collect()
    }

    /// Adds a new item near a known one.
    fn item(&mut self, near: ItemAt, names: Vec<String>, uses: Vec<String>, item: ItemSpec) {
        self.items.push(NewItem { near, names, uses, item });
    }

    fn guess(&mut self, name: impl Into<String>, reason: impl Into<String>) {
        self.found.guesses.push(Guess { name: name.into(), reason: reason.into() });
    }

    /// A name for a new group or chain, which nothing else has.
    fn own_name(&mut self, wanted: &str) -> String {
        let taken = |name: &str| {
            self.names.contains(name)
                || self.base.abi.groups.iter().any(|group| group.name == name)
                || self.base.abi.chains.iter().any(|chain| chain.name == name)
        };
        let wanted = if crate::names::is_name(wanted) { wanted } else { "others" };
        let name = crate::names::free(wanted, taken);
        self.names.insert(name.clone());
        name
    }

    fn since(&self, place: Place) -> Option<Placed<Since>> {
        Some(Placed { value: Since::Known(self.base.since), place })
    }
}

/// A text at a place.
fn placed(text: impl Into<String>, place: Place) -> Placed<String> {
    Placed { value: text.into(), place }
}
