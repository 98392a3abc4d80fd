//! Finds the brackets of a text that can be around a list.

use std::str::CharIndices;

/// The text between brackets, with no others in it.
pub(super) struct Bracketed<'a> {
    pub(super) start: usize,
    pub(super) content: &'a str,
    pub(super) close: char,
}

impl Bracketed<'_> {
    /// The end of the closing bracket.
    pub(super) fn end(&self) -> usize {
        self.start + self.content.len() + self.close.len_utf8()
    }
}

/// Brackets outside of quotes, each pair when it closes.
pub(super) struct Brackets<'a> {
    text: &'a str,
    rest: CharIndices<'a>,
    /// The start of the content of the last bracket that opened, and how it closes.
    open: Option<(usize, char)>,
    quote: Option<char>,
    escaped: bool,
}

impl<'a> Brackets<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, rest: text.char_indices(), open: None, quote: None, escaped: false }
    }

    /// Whether the next character is in quotes.
    fn is_quoted(&mut self, c: char) -> bool {
        let in_quotes = self.quote.is_some();
        match (self.quote, c) {
            (Some(end), _) if c == end && !self.escaped => self.quote = None,
            (None, '"' | '\'') => self.quote = Some(c),
            _ => {}
        }
        self.escaped = c == '\\' && !self.escaped;
        in_quotes
    }

    /// What closes the bracket that opens at an offset, and the size of its mark.
    fn opened(&self, at: usize, c: char) -> Option<(usize, char)> {
        let starts = |mark: &str| self.text.get(at..).is_some_and(|rest| rest.starts_with(mark));
        match c {
            '[' => Some((1, ']')),
            '{' => Some((1, '}')),
            '(' => Some((1, ')')),
            '<' if starts("<Buffer ") => Some((8, '>')),
            // Erlang and Elixir.
            '<' if starts("<<") => Some((2, '>')),
            _ => None,
        }
    }

    /// Whether a bracket closes. The end of `<repeats 4 times>` closes none of a list.
    fn closes(&self, at: usize, c: char) -> bool {
        let repeats = || self.text.get(..at).is_some_and(|before| before.ends_with(" times"));
        matches!(c, ']' | '}' | ')') || c == '>' && !repeats()
    }
}

impl<'a> Iterator for Brackets<'a> {
    type Item = Bracketed<'a>;

    fn next(&mut self) -> Option<Bracketed<'a>> {
        while let Some((at, c)) = self.rest.next() {
            if self.is_quoted(c) {
                continue;
            }
            if let Some((size, close)) = self.opened(at, c) {
                self.open = Some((at + size, close));
            } else if self.closes(at, c) {
                if let Some((start, close)) = self.open.take().filter(|(_, close)| *close == c) {
                    let content = self.text.get(start..at).unwrap_or_default();
                    return Some(Bracketed { start, content, close });
                }
            }
        }
        None
    }
}
