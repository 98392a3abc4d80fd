//! Attributes and qualifiers of declarations.

use super::tokens::{Kind, Token, after_bracket, split};
use super::types;

/// The effect of attributes on a layout.
#[derive(Clone, Default)]
pub(super) struct Attributes<'a> {
    pub(super) packed: bool,
    /// The alignments, as expressions.
    pub(super) align: Vec<Vec<Token<'a>>>,
    /// The field that counts the elements of an array.
    pub(super) counted_by: Option<&'a str>,
    /// An attribute that changes a layout in another way.
    pub(super) unknown: Option<Token<'a>>,
}

/// Attributes that change a layout in a way that a specification cannot express.
const LAYOUT: [&str; 7] = [
    "mode",
    "vector_size",
    "scalar_storage_order",
    "ms_struct",
    "gcc_struct",
    "transparent_union",
    "warn_if_not_aligned",
];

impl<'a> Attributes<'a> {
    /// Reads an attribute or a qualifier at an index; returns the index after it, or
    /// `None` if there is none.
    pub(super) fn take(&mut self, tokens: &[Token<'a>], at: usize) -> Option<usize> {
        let token = tokens.get(at)?;
        let inside = |at: usize| {
            let close = after_bracket(tokens, at)
                .filter(|_| tokens.get(at).is_some_and(|one| one.is("(")))?;
            Some((&tokens[at + 1..close - 1], close))
        };
        match token.text {
            _ if token.kind != Kind::Word => None,
            "__packed" => {
                self.packed = true;
                Some(at + 1)
            }
            "__attribute__" | "__attribute" => {
                let (list, close) = inside(at + 1)?;
                let list = match list {
                    [open, list @ .., _] if open.is("(") => list,
                    list => list,
                };
                split(list).into_iter().for_each(|one| self.one(one));
                Some(close)
            }
            "__aligned" | "_Alignas" | "alignas" => {
                let (expression, close) = inside(at + 1)?;
                self.align.push(expression.to_vec());
                Some(close)
            }
            "__counted_by" | "__counted_by_le" | "__counted_by_be" | "__counted_by_ptr" => {
                let (list, close) = inside(at + 1)?;
                self.counted_by = list.first().map(|token| token.text);
                Some(close)
            }
            "__nonstring" | "__maybe_unused" | "__deprecated" | "static" | "inline" => Some(at + 1),
            _ => types::is_qualifier(token).then_some(at + 1),
        }
    }

    /// One attribute between the brackets of `__attribute__`.
    fn one(&mut self, tokens: &[Token<'a>]) {
        let Some(name) = tokens.first() else { return };
        let arguments = match tokens {
            [_, open, list @ .., _] if open.is("(") => list,
            _ => &[],
        };
        match name.text.trim_matches('_') {
            "packed" => self.packed = true,
            "aligned" if arguments.is_empty() => self.unknown = Some(*name),
            "aligned" => self.align.push(arguments.to_vec()),
            "counted_by" => self.counted_by = arguments.first().map(|token| token.text),
            other if LAYOUT.contains(&other) => self.unknown = Some(*name),
            _ => {}
        }
    }

    /// Reads all attributes and qualifiers from an index on.
    pub(super) fn take_all(&mut self, tokens: &[Token<'a>], mut at: usize) -> usize {
        while let Some(after) = self.take(tokens, at) {
            at = after;
        }
        at
    }
}
