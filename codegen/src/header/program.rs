//! The preprocessed text of all headers: tokens, definitions and comments.

use std::collections::HashMap;

use super::tokens::{Comment, Token};

/// The headers after preprocessing.
#[derive(Default)]
pub(super) struct Program<'a> {
    /// The tokens that are left.
    pub(super) tokens: Vec<Token<'a>>,
    /// All definitions, in order.
    pub(super) defines: Vec<Define<'a>>,
    /// The index of the definition in force, by name.
    pub(super) macros: HashMap<&'a str, usize>,
    /// The comments of each file.
    pub(super) comments: HashMap<usize, Vec<Comment<'a>>>,
    /// The include guards, each with its file.
    pub(super) guards: Vec<(usize, &'a str)>,
}

/// The definition of a macro.
pub(super) struct Define<'a> {
    pub(super) name: Token<'a>,
    /// Parameters of a function-like macro.
    pub(super) params: Option<Vec<&'a str>>,
    pub(super) body: Vec<Token<'a>>,
    /// The text from the body's first character to its last.
    pub(super) text: &'a str,
    /// The number of tokens before it.
    pub(super) at: usize,
}
