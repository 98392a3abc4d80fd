//! What reviewers of kernel headers ask for besides what `compat` and `lint` find: each
//! rule compares the ABI before with the ABI after, and is about new items only.

mod names;
mod numbers;
mod structs;

use std::collections::HashSet;

use super::report::Effect;
use crate::diagnostic::Code;
use crate::ir::{Abi, Struct};

/// A finding of a rule.
pub(super) struct Asked {
    pub(super) code: Code,
    pub(super) effect: Effect,
    /// The item, or `struct.field`.
    pub(super) subject: String,
    pub(super) message: String,
    pub(super) help: String,
}

/// The two ABIs.
pub(super) struct AbiChange<'a> {
    pub(super) old: &'a Abi,
    pub(super) new: &'a Abi,
    /// That of the newest release, with all proposals.
    pub(super) newest: &'a Abi,
    /// The names of the old one.
    known: HashSet<&'a str>,
}

impl<'a> AbiChange<'a> {
    pub(super) fn new(old: &'a Abi, new: &'a Abi, newest: &'a Abi) -> Self {
        let known = old.entries().into_iter().map(|entry| entry.name).collect();
        Self { old, new, newest, known }
    }

    fn is_new(&self, name: &str) -> bool {
        !self.known.contains(name)
    }

    /// The structs that only the new ABI has.
    fn new_structs(&self) -> impl Iterator<Item = &'a Struct> + '_ {
        let known: HashSet<_> = self.old.structs.iter().map(|one| one.name.as_str()).collect();
        self.new.structs.iter().filter(move |one| !known.contains(one.name.as_str()))
    }
}

/// Every finding.
pub(super) fn all(old: &Abi, new: &Abi, newest: &Abi) -> Vec<Asked> {
    let change = AbiChange::new(old, new, newest);
    let mut asked = numbers::claimed(&change);
    asked.extend(numbers::frozen(&change));
    asked.extend(names::misspelt(&change));
    asked.extend(structs::sizes(&change));
    asked.extend(structs::versions(&change));
    asked.extend(structs::pointers(&change));
    asked.extend(structs::chains(&change));
    asked
}
