//! The pieces of a header's text.

use crate::diagnostic::Place;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a word of C.
    Word,
    /// A number, or text that looks like one.
    Number,
    /// A string or a character, with its quotes.
    Quoted,
    /// Anything else.
    Mark,
}

/// A piece of C.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) place: Place,
    /// Its first byte in the file, and the byte after its last one.
    pub(super) bytes: (usize, usize),
    /// The line of the file, from 0.
    pub(super) row: usize,
    /// The line as the preprocessor counts.
    pub(super) line: usize,
    /// Whether white space or a comment precedes it.
    pub(super) apart: bool,
}

impl Token<'_> {
    /// Whether it is this mark or word.
    pub(super) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Quoted && self.text == text
    }
}

/// A comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct CommentToken<'a> {
    pub(super) text: &'a str,
    pub(super) place: Place,
    /// Its first and last line in the file.
    pub(super) row: usize,
    pub(super) last_row: usize,
}

/// The place from the first token of a run to its last.
pub(super) fn around(tokens: &[Token<'_>]) -> Option<Place> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    let (first, last) = (first.place, last.place);
    let end = if first.file() == last.file() { last.end() } else { first.end() };
    Some(Place::new(first.file(), first.start(), end))
}

/// The index after the bracket that closes the one at `open`, if there is one.
pub(super) fn after_bracket(tokens: &[Token<'_>], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "(" | "[" | "{" if token.kind == Kind::Mark => depth += 1,
            ")" | "]" | "}" if token.kind == Kind::Mark => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(index + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The parts between commas outside of brackets.
pub(super) fn split<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_i64);
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Mark) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "," if depth == 0 => {
                parts.push(&tokens[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&tokens[start..]);
    parts
}
