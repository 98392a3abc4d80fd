//! The specification as the passes see it: the symbol table, the declarations with the
//! releases that have them, and the arithmetic of releases, numbers and layouts.

pub(crate) mod declarations;
pub(crate) mod intervals;
pub(crate) mod numbers;
pub(crate) mod refs;
pub(crate) mod symbols;
pub(crate) mod type_layout;
pub(crate) mod uniqueness;
