//! Structs and enums at file level. Other declarations are not part of an ABI; they
//! are skipped, with one report per file.

use std::collections::BTreeMap;

use super::codes::{BAD_DECLARATION, SKIPPED, UNCLOSED, error, too_many};
use super::externals::Outside;
use super::members::{Member, members};
use super::tokens::{Kind, Token, around, behind, split};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};

/// A struct or an enum.
pub(super) enum Declared<'a> {
    Struct(DeclaredStruct<'a>),
    Enum(DeclaredEnum<'a>),
}

/// A struct as it is written.
pub(super) struct DeclaredStruct<'a> {
    pub(super) name: Token<'a>,
    /// Its members; `None` if they cannot be parsed.
    pub(super) members: Option<Vec<Member<'a>>>,
    pub(super) packed: bool,
    /// Its range of tokens in the program.
    pub(super) range: (usize, usize),
}

/// An enum as it is written.
pub(super) struct DeclaredEnum<'a> {
    pub(super) tag: Option<Token<'a>>,
    /// The enumerators, each with the tokens of its value.
    pub(super) values: Vec<(Token<'a>, Vec<Token<'a>>)>,
}

struct Parser<'t, 'a, 'p> {
    tokens: &'t [Token<'a>],
    at: usize,
    declared: Vec<Declared<'a>>,
    /// The skipped declarations: the first of each file, and their number.
    passed: BTreeMap<usize, (Place, usize)>,
    outside: &'p Outside,
    problems: &'p mut Diagnostics,
}

/// Finds every struct and enum.
pub(super) fn parse<'a>(
    tokens: &[Token<'a>],
    outside: &Outside,
    problems: &mut Diagnostics,
) -> Vec<Declared<'a>> {
    let (declared, passed) = (Vec::new(), BTreeMap::new());
    let mut parser = Parser { tokens, at: 0, declared, passed, outside, problems };
    while parser.at < tokens.len() && !too_many(parser.problems) {
        let before = parser.at;
        parser.declaration();
        parser.at = parser.at.max(before + 1);
    }
    let Parser { declared, passed, problems, .. } = parser;
    for (place, count) in passed.into_values() {
        let (them, are) =
            if count == 1 { ("declaration is", "is") } else { ("declarations are", "are") };
        let message = format!("{count} {them} neither structs nor enums and {are} passed over");
        problems.push(Diagnostic::warning(SKIPPED, message).at(place, "the first"));
    }
    declared
}

impl<'a> Parser<'_, 'a, '_> {
    fn peek(&self, ahead: usize) -> &str {
        self.tokens
            .get(self.at + ahead)
            .filter(|token| token.kind != Kind::Quoted)
            .map_or("", |token| token.text)
    }

    fn declaration(&mut self) {
        match self.peek(0) {
            ";" | "__extension__" => self.at += 1,
            "}" | ")" | "]" => {
                let place = self.tokens[self.at].place;
                self.problems.push(error(UNCLOSED, "the bracket closes nothing", place));
                self.at += 1;
            }
            "struct" | "union" if self.opens(2) => self.aggregate(),
            "struct" | "union" | "enum" if self.peek(2) == ";" => self.at += 3,
            "enum" if self.opens(1) || self.opens(2) => self.enumeration(),
            _ => self.pass(),
        }
    }

    fn opens(&self, ahead: usize) -> bool {
        self.peek(ahead) == "{"
    }

    /// The index after the bracket that closes the one `ahead`.
    fn close(&mut self, ahead: usize) -> Option<usize> {
        let open = self.at + ahead;
        let end = behind(self.tokens, open);
        if end.is_none() {
            let place = self.tokens[open].place;
            self.problems.push(error(UNCLOSED, "the brace is never closed", place));
            self.at = self.tokens.len();
        }
        end
    }

    fn aggregate(&mut self) {
        let (start, is_union, name) = (self.at, self.peek(0) == "union", self.tokens[self.at + 1]);
        let Some(end) = self.close(2) else { return };
        let inside = start + 3..end - 1;
        self.at = end;
        let trailer = self.trailer();
        if self.outside.leaves_out(name.text) {
            return;
        }
        if is_union {
            let message = format!("`{}` is a union with a name", name.text);
            self.problems.push(error(BAD_DECLARATION, message, name.place));
            return;
        }
        let parsed = members(self.tokens, inside, self.problems);
        let (packed, known) = match trailer {
            Some(packed) => (packed, true),
            None => (false, false),
        };
        for group in parsed.iter().flat_map(|body| &body.groups) {
            self.declared.push(Declared::Struct(DeclaredStruct {
                name: group.name,
                members: Some(group.members.clone()),
                packed,
                range: (end, end),
            }));
        }
        self.declared.push(Declared::Struct(DeclaredStruct {
            name,
            members: parsed.map(|body| body.members).filter(|_| known),
            packed,
            range: (start, self.at),
        }));
    }

    /// The text after a struct's closing brace: whether it is packed; `None` if it
    /// cannot be parsed.
    fn trailer(&mut self) -> Option<bool> {
        let start = self.at;
        let length = self.tokens[start..].iter().position(|token| token.is(";"));
        let Some(length) = length else {
            let place = around(&self.tokens[start.saturating_sub(1)..start]).unwrap_or_default();
            self.problems.push(error(UNCLOSED, "a `;` is missing", place));
            return None;
        };
        let words = &self.tokens[start..start + length];
        self.at = start + length + 1;
        let mut packed = false;
        for token in words.iter().filter(|token| token.kind != Kind::Mark) {
            match token.text {
                "packed" | "__packed__" | "__packed" => packed = true,
                "__attribute__" | "unused" | "__unused__" | "may_alias" | "__may_alias__" => {}
                other => {
                    let message = format!("`{other}` behind a struct is not understood");
                    self.problems.push(error(BAD_DECLARATION, message, token.place));
                    return None;
                }
            }
        }
        Some(packed)
    }

    fn enumeration(&mut self) {
        let tagged = !self.opens(1);
        let open = if tagged { 2 } else { 1 };
        let tag = tagged.then(|| self.tokens[self.at + 1]);
        let start = self.at + open + 1;
        let Some(end) = self.close(open) else { return };
        let inside = &self.tokens[start..end - 1];
        let mut values = Vec::new();
        for part in split(inside) {
            match part {
                [] => {}
                [name] if name.kind == Kind::Word => values.push((*name, Vec::new())),
                [name, equals, value @ ..] if name.kind == Kind::Word && equals.is("=") => {
                    values.push((*name, value.to_vec()));
                }
                _ => {
                    let place = around(part).unwrap_or_default();
                    let message = "the enumerator is not understood";
                    self.problems.push(error(BAD_DECLARATION, message, place));
                }
            }
        }
        self.at = end;
        self.trailer();
        self.declared.push(Declared::Enum(DeclaredEnum { tag, values }));
    }

    /// Passes over a declaration of another kind.
    fn pass(&mut self) {
        let place = self.tokens[self.at].place;
        self.passed.entry(place.file).or_insert((place, 0)).1 += 1;
        while let Some(token) = self.tokens.get(self.at) {
            match token.text {
                ";" => {
                    self.at += 1;
                    return;
                }
                // A function ends with its body, anything else with a semicolon.
                "{" if token.kind == Kind::Mark => {
                    let Some(end) = self.close(0) else { return };
                    let function = self.at > 0 && self.tokens[self.at - 1].is(")");
                    self.at = end;
                    if function {
                        return;
                    }
                }
                "}" if token.kind == Kind::Mark => return,
                _ => self.at += 1,
            }
        }
    }
}

/// How many names are declared, members among them.
pub(super) fn names(declared: &[Declared<'_>]) -> usize {
    let names = declared.iter().map(|item| match item {
        Declared::Struct(item) => {
            let members = item.members.iter().flatten();
            1 + members.map(Member::names).sum::<usize>()
        }
        Declared::Enum(item) => item.values.len(),
    });
    names.sum()
}
