//! Declarations of headers that are not given, used by the given ones.

use std::collections::HashMap;

use crate::layout::{Extent, PerModel};

/// Structs and numbers that are declared elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// Sizes and alignments of structs on each model.
    pub structs: HashMap<String, PerModel<Extent>>,
    /// Numbers of constants.
    pub constants: HashMap<String, i128>,
    /// The prefix, in either case, of the names that a generated header adds to
    /// those of the kernel; they are left out.
    pub ours: Option<String>,
}

impl Outside {
    /// Whether a name is one of those that are left out.
    pub(super) fn leaves_out(&self, name: &str) -> bool {
        let Some(ours) = &self.ours else { return false };
        let start = name.get(..ours.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(ours))
    }
}
