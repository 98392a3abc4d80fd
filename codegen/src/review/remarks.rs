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
pub(super) struct Before<'a> {
    pub(super) old: &'a Abi,
    pub(super) new: &'a Abi,
    /// The names of the old one.
    known: HashSet<&'a str>,
}

impl<'a> Before<'a> {
    pub(super) fn new(old: &'a Abi, new: &'a Abi) -> Self {
        let known = old.entries().into_iter().map(|entry| entry.name).collect();
        Self { old, new, known }
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
pub(super) fn all(old: &Abi, new: &Abi) -> Vec<Asked> {
    let before = Before::new(old, new);
    let mut asked = numbers::claimed(&before);
    asked.extend(numbers::frozen(&before));
    asked.extend(names::misspelt(&before));
    asked.extend(structs::sizes(&before));
    asked.extend(structs::versions(&before));
    asked.extend(structs::pointers(&before));
    asked.extend(structs::chains(&before));
    asked
}
