//! Cuts the text of a header into tokens and comments. Places count
//! characters, as those of all diagnostics do.

use super::codes::{HeaderFault, NOT_C_TEXT, UNCLOSED, error};
use super::spliced::{Cut, SplicedText};
use super::tokens::{CommentToken, Kind, Token};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};

/// Marks of more than one character, longest first.
const MARKS: [&str; 13] =
    ["...", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "##", "->", "++", "--"];

/// The tokens and comments of one file.
pub(super) struct Lexed<'a> {
    /// The whole text as it is in the file.
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) comments: Vec<CommentToken<'a>>,
}

/// The position of the lexer.
struct Cursor<'a> {
    file: usize,
    /// The text with joined lines, and the byte in it.
    text: &'a str,
    byte: usize,
    /// The ends of lines that were removed after `byte`.
    cuts: &'a [Cut],
    /// The byte of the file, and the number of characters before it.
    file_byte: usize,
    character: usize,
    /// The line of the file, from 0.
    row: usize,
    /// The line as the preprocessor counts, which a backslash continues.
    line: usize,
    /// Whether white space or a comment precedes `byte`.
    apart: bool,
}

/// Splits a text into tokens; `None` if it is not C.
pub(super) fn lex<'a>(
    file: usize,
    spliced: &'a SplicedText<'a>,
    problems: &mut Diagnostics,
) -> Option<Lexed<'a>> {
    let SplicedText { original, text, cuts } = spliced;
    if let Some(problem) = no_text(file, original) {
        problems.push(problem);
        return None;
    }
    let mut cursor = Cursor {
        file,
        text,
        byte: 0,
        cuts,
        file_byte: 0,
        character: 0,
        row: 0,
        line: 0,
        apart: true,
    };
    let mut lexed = Lexed { text: original, tokens: Vec::new(), comments: Vec::new() };
    while cursor.byte < text.len() {
        let before = cursor.byte;
        if let Err(problem) = cursor.next(&mut lexed) {
            problems.push(*problem);
            return None;
        }
        debug_assert!(cursor.byte > before, "the lexer moves on");
    }
    Some(lexed)
}

/// Why a text is none of C.
fn no_text(file: usize, text: &str) -> Option<Diagnostic> {
    if text.len() > super::MOST_BYTES {
        let most = super::MOST_BYTES;
        let message = format!("the header has {} bytes; at most {most} are read", text.len());
        return Some(error(NOT_C_TEXT, message, Place::new(file, 0, 0)));
    }
    let odd = |one: &char| one.is_control() && !matches!(one, '\n' | '\r' | '\t' | '\u{c}');
    let (at, odd) = text.chars().enumerate().find(|(_, one)| odd(one))?;
    let message = format!("the header has the character U+{:04X}; it is no text", u32::from(odd));
    Some(error(NOT_C_TEXT, message, Place::new(file, at, at + 1)))
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.byte..]
    }

    /// Moves on by some bytes, which end at a character's end.
    fn advance(&mut self, bytes: usize) -> &'a str {
        let passed = &self.rest()[..bytes];
        self.byte += bytes;
        self.file_byte += bytes;
        self.character += passed.chars().count();
        self.row += passed.matches('\n').count();
        self.cross(self.byte);
        passed
    }

    /// Counts what was removed before a byte.
    fn cross(&mut self, end: usize) {
        while let Some((cut, rest)) = self.cuts.split_first().filter(|(cut, _)| cut.at < end) {
            self.cuts = rest;
            self.file_byte += cut.length;
            self.character += cut.length;
            self.row += 1;
        }
    }

    fn place(&self, start: usize) -> Place {
        Place::new(self.file, start, self.character)
    }

    fn next(&mut self, lexed: &mut Lexed<'a>) -> Result<(), HeaderFault> {
        self.cross(self.byte + 1);
        let rest = self.rest();
        let first = rest.chars().next().unwrap_or(' ');
        if first.is_whitespace() {
            self.advance(first.len_utf8());
            self.line += usize::from(first == '\n');
            self.apart = true;
        } else if rest.starts_with("/*") || rest.starts_with("//") {
            lexed.comments.push(self.comment()?);
            self.apart = true;
        } else {
            lexed.tokens.push(self.token(first)?);
            self.apart = false;
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<CommentToken<'a>, HeaderFault> {
        let (rest, start, row) = (self.rest(), self.character, self.row);
        let length = match rest.strip_prefix("/*") {
            Some(inside) => inside.find("*/").map(|end| end + 4),
            None => Some(rest.find('\n').unwrap_or(rest.len())),
        };
        let Some(length) = length else {
            self.advance(2);
            return Err(Box::new(error(
                UNCLOSED,
                "the comment is never closed",
                self.place(start),
            )));
        };
        let text = self.advance(length);
        Ok(CommentToken { text, place: self.place(start), row, last_row: self.row })
    }

    fn token(&mut self, first: char) -> Result<Token<'a>, HeaderFault> {
        let (rest, start, row, line) = (self.rest(), self.character, self.row, self.line);
        let word = |one: char| one.is_ascii_alphanumeric() || one == '_';
        let until = |end: fn(char) -> bool| rest.find(end).unwrap_or(rest.len());
        let (kind, length) = match first {
            '"' | '\'' => (Kind::Quoted, quoted(rest, first)),
            _ if first.is_ascii_digit() => {
                (Kind::Number, Some(until(|one| !(one.is_ascii_alphanumeric() || one == '.'))))
            }
            _ if word(first) => {
                (Kind::Word, Some(until(|one| !(one.is_ascii_alphanumeric() || one == '_'))))
            }
            _ => {
                let long = MARKS.iter().find(|mark| rest.starts_with(**mark));
                (Kind::Mark, Some(long.map_or(first.len_utf8(), |mark| mark.len())))
            }
        };
        let Some(length) = length else {
            self.advance(1);
            return Err(Box::new(error(UNCLOSED, "the quote is never closed", self.place(start))));
        };
        let (apart, first_byte) = (self.apart, self.file_byte);
        let text = self.advance(length);
        let bytes = (first_byte, self.file_byte);
        Ok(Token { kind, text, place: self.place(start), bytes, row, line, apart })
    }
}

/// The length of a quoted text on one line.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, one) in rest.char_indices().skip(1) {
        match one {
            '\n' => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if one == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}
