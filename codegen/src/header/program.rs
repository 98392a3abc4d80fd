//! The preprocessed text of all headers: tokens, definitions and comments.

use std::cell::Cell;
use std::collections::HashMap;

use super::kerneldoc::Kerneldocs;
use super::platform;
use super::tokens::{CommentToken, Token};
use crate::layout::Target;

/// The headers after preprocessing.
pub(super) struct Program<'a> {
    /// The tokens that are left.
    pub(super) tokens: Vec<Token<'a>>,
    /// All definitions, in order.
    pub(super) defines: Vec<Define<'a>>,
    /// The index of the definition in force, by name.
    pub(super) macros: HashMap<&'a str, usize>,
    /// The comments of each file.
    pub(super) comments: HashMap<usize, Vec<CommentToken<'a>>>,
    /// Those that are kerneldoc.
    pub(super) docs: Kerneldocs,
    /// The include guards, each with its file.
    pub(super) guards: Vec<(usize, &'a str)>,
    /// `#pragma pack`, each with the number of tokens before it.
    pub(super) packs: Vec<(usize, Option<u64>)>,
    /// Parts whose condition cannot be decided: the condition, the part, and the reason.
    pub(super) undecided: Vec<(Vec<Token<'a>>, Vec<Token<'a>>, String)>,
    /// The target whose predefined names count.
    pub(super) target: &'static Target,
    /// Whether a name was asked for that depends on the target.
    pub(super) depends: Cell<bool>,
}

impl<'a> Program<'a> {
    /// A program without headers.
    pub(super) fn new(target: &'static Target) -> Self {
        Self {
            tokens: Vec::new(),
            defines: Vec::new(),
            macros: HashMap::new(),
            comments: HashMap::new(),
            docs: Kerneldocs::default(),
            guards: Vec::new(),
            packs: Vec::new(),
            undecided: Vec::new(),
            target,
            depends: Cell::new(false),
        }
    }

    /// The definition in force of a macro.
    pub(super) fn define(&self, name: &str) -> Option<&Define<'a>> {
        self.macros.get(name).and_then(|index| self.defines.get(*index))
    }

    /// The number of a predefined name.
    pub(super) fn predefined(&self, name: &str) -> Option<i128> {
        let (number, depends) = platform::predefined(self.target, name);
        if depends {
            self.depends.set(true);
        }
        number
    }

    /// Whether a macro is defined: by a header, `<linux/types.h>` or the compiler.
    pub(super) fn is_defined(&self, name: &str) -> bool {
        self.macros.contains_key(name) || platform::is_type(name) || self.predefined(name).is_some()
    }
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
