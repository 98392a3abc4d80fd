//! What headers use of others that are not given.

use std::collections::HashMap;

use crate::layout::{Extent, PerModel};

/// Structs and numbers that are declared elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// Sizes and alignments of structs on each model.
    pub structs: HashMap<String, PerModel<Extent>>,
    /// Numbers of constants.
    pub constants: HashMap<String, i128>,
}
