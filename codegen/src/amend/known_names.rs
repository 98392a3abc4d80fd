//! The names that a specification has.

use std::collections::HashSet;

use crate::header::Declarations;
use crate::ir::{Abi, Meta};

/// The names of an ABI's declarations in given headers.
pub struct KnownNames<'k> {
    names: HashSet<&'k str>,
}

impl<'k> KnownNames<'k> {
    /// The names of the ABIs, which are one ABI in several releases.
    pub fn of(abis: &[&'k Abi], given: &[usize]) -> Self {
        let mut names = HashSet::new();
        for abi in abis {
            let Declarations { constants, structs, macros, .. } = Declarations::of(abi, given);
            names.extend(constants.iter().map(|one| one.name));
            names.extend(structs.iter().map(|one| one.name.as_str()));
            names.extend(macros.iter().map(|one| one.name.as_str()));
        }
        Self { names }
    }

    /// The same with the names that the items had in earlier releases.
    pub fn with_former(mut self, abi: &'k Abi) -> Self {
        let former = |meta: &'k Meta| meta.history.names.iter().map(|(name, _)| name.as_str());
        self.names.extend(abi.declarations().iter().flat_map(|entry| former(entry.meta)));
        self
    }

    /// The same without some names.
    pub fn without(mut self, names: &HashSet<String>) -> Self {
        self.names.retain(|name| !names.contains(*name));
        self
    }

    /// Whether the specification has a name.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}
