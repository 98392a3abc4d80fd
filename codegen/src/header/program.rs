//! The preprocessed text of all headers: tokens, definitions and comments.

use std::cell::Cell;
use std::collections::HashMap;

use super::kerneldoc::Kerneldocs;
use super::platform;
use super::tokens::{CommentToken, Token};
use crate::diagnostic::Place;
use crate::layout::Target;

/// Who reads the headers.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    pub(super) target: &'static Target,
    /// Whether it is a compiler of C++, and not of C.
    pub(super) cplusplus: bool,
}

/// What the text of headers depends on.
#[derive(Clone, Copy, Default)]
pub(super) struct Dependence {
    pub(super) target: bool,
    pub(super) language: bool,
}

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
    /// Parts that are not the same for all programs.
    pub(super) undecided: Vec<UndecidedPart<'a>>,
    /// The reader whose predefined names count.
    pub(super) reader: Reader,
    /// Whether a name was asked for that depends on the target, and whether one was that
    /// depends on the language.
    pub(super) depends: Cell<Dependence>,
}

impl<'a> Program<'a> {
    /// A program without headers.
    pub(super) fn new(reader: Reader) -> Self {
        Self {
            tokens: Vec::new(),
            defines: Vec::new(),
            macros: HashMap::new(),
            comments: HashMap::new(),
            docs: Kerneldocs::default(),
            guards: Vec::new(),
            packs: Vec::new(),
            undecided: Vec::new(),
            reader,
            depends: Cell::default(),
        }
    }

    /// The definition in force of a macro.
    pub(super) fn define(&self, name: &str) -> Option<&Define<'a>> {
        self.macros.get(name).and_then(|index| self.defines.get(*index))
    }

    /// The number of a predefined name.
    pub(super) fn predefined(&self, name: &str) -> Option<i128> {
        if name == platform::CPLUSPLUS {
            self.depends.set(Dependence { language: true, ..self.depends.get() });
            return self.reader.cplusplus.then_some(platform::CPLUSPLUS_YEAR);
        }
        let (number, depends) = platform::predefined(self.reader.target, name);
        if depends {
            self.depends_on_target();
        }
        number
    }

    /// Notes that the text depends on the target.
    pub(super) fn depends_on_target(&self) {
        self.depends.set(Dependence { target: true, ..self.depends.get() });
    }

    /// Whether a macro is defined: by a header, `<linux/types.h>` or the compiler.
    pub(super) fn is_defined(&self, name: &str) -> bool {
        self.macros.contains_key(name) || platform::is_type(name) || self.predefined(name).is_some()
    }
}

/// A part of a header that is not the same for all programs, or that no program can include.
pub(super) struct UndecidedPart<'a> {
    /// The directive with its condition.
    pub(super) name: String,
    pub(super) tokens: Vec<Token<'a>>,
    /// Why it is not judged.
    pub(super) reason: String,
    pub(super) place: Place,
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
