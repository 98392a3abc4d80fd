//! Goes through headers in the order of their text and remembers the nearest known
//! item, after which new items are placed.

use std::collections::HashSet;

use super::Importer;
use super::yaml::Block;
use crate::header::{Constant, FunctionMacro, Spelt, StructFact};

/// Something that a header declares.
#[derive(Clone, Copy)]
enum Declared<'f> {
    Struct(&'f StructFact),
    Macro(&'f FunctionMacro),
    Constant(&'f Constant),
}

impl<'i> Importer<'i> {
    pub(super) fn all(&mut self) {
        let facts = self.facts;
        let structs = facts.structs.iter().map(|one| (one.place, Declared::Struct(one)));
        let macros = facts.macros.iter().map(|one| (one.place, Declared::Macro(one)));
        let constants = facts.constants.iter().map(|one| (one.place, Declared::Constant(one)));
        let mut all: Vec<_> = structs.chain(macros).chain(constants).collect();
        all.sort_by_key(|(place, _)| *place);
        let mut behind = None;
        let mut done = HashSet::<&str>::new();
        for (_, declared) in all {
            match declared {
                Declared::Struct(fact) => self.declared_struct(fact, &mut behind),
                Declared::Macro(found) => self.declared_macro(found, &mut behind),
                Declared::Constant(one) if done.contains(one.name.as_str()) => {}
                Declared::Constant(one) => {
                    done.extend(self.declared_constant(one, &mut behind));
                }
            }
        }
    }

    fn declared_struct(&mut self, fact: &'i StructFact, behind: &mut Option<String>) {
        if self.knows(&fact.name) {
            *behind = self.places.behind(&fact.name).or(behind.take());
            return self.new_fields(fact);
        }
        let id = self.facts.constants.iter().find(|one| {
            one.name.eq_ignore_ascii_case(&fact.name)
                && body_is_near(one, fact)
                && self.kinds.body_of(one).is_some_and(|body| body.name == fact.name)
        });
        match id.filter(|id| !self.knows(&id.name)) {
            Some(id) => {
                if let Some(chain) = self.kinds.chain_of(id).cloned() {
                    self.item(self.capability(id, &chain), behind);
                }
            }
            None => self.item(self.struct_(fact), behind),
        }
    }

    fn declared_macro(&mut self, found: &FunctionMacro, behind: &mut Option<String>) {
        if self.knows(&found.name) {
            *behind = self.places.behind(&found.name).or(behind.take());
            return;
        }
        let what = "a macro with parameters, which needs a twin in Rust that a person writes";
        self.left.push((found.name.clone(), what.to_owned()));
    }

    /// Covers a constant; returns the others that are covered with it.
    fn declared_constant(
        &mut self,
        constant: &'i Constant,
        behind: &mut Option<String>,
    ) -> Vec<&'i str> {
        if self.knows(&constant.name) {
            *behind = self.places.behind(&constant.name).or(behind.take());
            return Vec::new();
        }
        if matches!(constant.spelt, Spelt::Ioctl { .. }) {
            self.item(self.ioctl(constant), behind);
            return Vec::new();
        }
        if let Some(chain) = self.kinds.chain_of(constant).cloned() {
            // A capability with a body is placed at its body.
            let body = self.kinds.body_of(constant);
            if body.is_none_or(|body| !body_is_near(constant, body) || self.knows(&body.name)) {
                self.item(self.capability(constant, &chain), behind);
            }
            return Vec::new();
        }
        if self.is_held_by_what_is_new(constant) || self.joins(constant) {
            return Vec::new();
        }
        let fellows = self.fellows(constant);
        let block = match constant.enum_index {
            Some(_) => self.enumeration(&fellows),
            None => self.constants(&fellows),
        };
        self.item(block, behind);
        fellows.iter().map(|one| one.name.as_str()).collect()
    }

    /// The constants that form one list with a new one: those of its enum, or the
    /// new ones directly after it.
    fn fellows(&self, constant: &'i Constant) -> Vec<&'i Constant> {
        let all = self.facts.constants.iter();
        if constant.enum_index.is_some() {
            return all.filter(|one| one.enum_index == constant.enum_index).collect();
        }
        let from = all.skip_while(|one| one.name != constant.name);
        let alike = |one: &&Constant| {
            let plain = one.enum_index.is_none() && !matches!(one.spelt, Spelt::Ioctl { .. });
            let place = one.within == constant.within;
            plain && place && !self.knows(&one.name) && self.kinds.chain_of(one).is_none()
        };
        from.take_while(alike).collect()
    }

    fn item(&mut self, block: Block, behind: &Option<String>) {
        self.push(behind.clone(), block.item());
    }
}

/// Whether the body of a capability is declared in the file of its id.
fn body_is_near(id: &Constant, body: &StructFact) -> bool {
    id.place.file == body.place.file
}
