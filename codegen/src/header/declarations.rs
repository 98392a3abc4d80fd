//! Structs, enums and typedefs at file level. Other declarations are not part of an
//! ABI; they are skipped, with one report per file. What cannot be parsed costs the
//! declaration, not the header.

mod tagged;

use std::collections::BTreeMap;

use super::attributes::Attributes;
use super::codes::{BAD_DECLARATION, SKIPPED, UNCLOSED, error, too_many};
use super::externals::Outside;
use super::facts::TypeNameFact;
use super::members::{BaseType, ParsedMember};
use super::resolve::joined;
use super::tokens::{Kind, Token, after_bracket};
use super::types;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};

/// A declaration that a header can contain.
pub(super) enum ParsedDeclaration<'a> {
    Struct(DeclaredStruct<'a>),
    Enum(DeclaredEnum<'a>),
    /// Another name of a type.
    Typedef(&'a str, BaseType<'a>),
    /// A name of a type, as C knows it.
    Name(TypeNameFact),
    /// A declaration that was not parsed.
    Unread(UnreadDeclaration<'a>),
}

/// A declaration that was not parsed.
pub(super) struct UnreadDeclaration<'a> {
    pub(super) name: Token<'a>,
    pub(super) reason: String,
    /// Its text without the names that C gives the type.
    pub(super) text: String,
}

/// A struct as it is written.
pub(super) struct DeclaredStruct<'a> {
    pub(super) name: String,
    /// The token at its place.
    pub(super) at: Token<'a>,
    pub(super) members: Vec<ParsedMember<'a>>,
    pub(super) attributes: Attributes<'a>,
    /// The largest alignment of a member, by `#pragma pack`.
    pub(super) pack: Option<u64>,
    /// Its range of tokens in the program; that of the outer struct for an inner one.
    pub(super) range: (usize, usize),
    /// The text of this range without the names that C gives the type.
    pub(super) text: String,
    /// Whether it is declared inside of another one.
    pub(super) inner: bool,
    /// Whether only `typedef` gives its name.
    pub(super) untagged: bool,
}

/// An enum as it is written.
pub(super) struct DeclaredEnum<'a> {
    pub(super) tag: Option<&'a str>,
    pub(super) packed: bool,
    /// The enumerators, each with the tokens of its value.
    pub(super) values: Vec<(Token<'a>, Vec<Token<'a>>)>,
}

struct DeclarationParser<'t, 'a, 'p> {
    tokens: &'t [Token<'a>],
    /// `#pragma pack`, by the tokens before it.
    packs: &'t [(usize, Option<u64>)],
    at: usize,
    /// How many `extern "C"` are open.
    linkages: usize,
    declared: Vec<ParsedDeclaration<'a>>,
    /// The skipped declarations: the first of each file, and their number.
    passed: BTreeMap<usize, (Place, usize)>,
    outside: &'p Outside,
    problems: &'p mut Diagnostics,
}

/// Finds every struct, enum and typedef.
pub(super) fn parse<'a>(
    tokens: &[Token<'a>],
    packs: &[(usize, Option<u64>)],
    outside: &Outside,
    problems: &mut Diagnostics,
) -> Vec<ParsedDeclaration<'a>> {
    let (declared, passed) = (Vec::new(), BTreeMap::new());
    let mut parser = DeclarationParser {
        tokens,
        packs,
        at: 0,
        linkages: 0,
        declared,
        passed,
        outside,
        problems,
    };
    while parser.at < tokens.len() && !too_many(parser.problems) {
        let before = parser.at;
        parser.declaration();
        parser.at = parser.at.max(before + 1);
    }
    let DeclarationParser { declared, passed, problems, .. } = parser;
    for (place, count) in passed.into_values() {
        let (them, are) =
            if count == 1 { ("declaration is", "is") } else { ("declarations are", "are") };
        let message = format!("{count} {them} neither structs nor enums and {are} skipped");
        problems.push(Diagnostic::warning(SKIPPED, message).at(place, "the first"));
    }
    declared
}

impl<'a> DeclarationParser<'_, 'a, '_> {
    fn peek(&self, ahead: usize) -> &str {
        self.tokens
            .get(self.at + ahead)
            .filter(|token| token.kind != Kind::Quoted)
            .map_or("", |token| token.text)
    }

    fn declaration(&mut self) {
        match self.peek(0) {
            ";" | "__extension__" => self.at += 1,
            "extern" if self.opens_linkage() => {
                self.linkages += 1;
                self.at += 3;
            }
            "}" if self.linkages > 0 => {
                self.linkages -= 1;
                self.at += 1;
            }
            "}" | ")" | "]" => {
                let place = self.tokens[self.at].place;
                self.problems.push(error(UNCLOSED, "the bracket closes nothing", place));
                self.at += 1;
            }
            "typedef" => self.typedef(),
            "struct" | "union" | "enum" => self.tagged(self.at),
            _ => self.pass(),
        }
    }

    /// Whether `extern "C" {` comes next, whose declarations are like those outside.
    fn opens_linkage(&self) -> bool {
        let language = self.tokens.get(self.at + 1);
        language.is_some_and(|token| token.kind == Kind::Quoted) && self.peek(2) == "{"
    }

    /// Records a name of a type.
    fn name(&mut self, name: String, of: String, place: Place) {
        self.declared.push(ParsedDeclaration::Name(TypeNameFact { name, of, place }));
    }

    /// Records a declaration that cannot be parsed.
    fn refuse(&mut self, name: Token<'a>, text: String, reason: &str) {
        let problem =
            Diagnostic::warning(BAD_DECLARATION, format!("`{}` is not read: {reason}", name.text));
        self.problems.push(problem.at(name.place, ""));
        let reason = reason.to_owned();
        self.declared.push(ParsedDeclaration::Unread(UnreadDeclaration { name, reason, text }));
    }

    fn typedef(&mut self) {
        let start = self.at;
        let mut ignored = Attributes::default();
        self.at = ignored.take_all(self.tokens, self.at + 1);
        if matches!(self.peek(0), "struct" | "union" | "enum") {
            return self.tagged(start);
        }
        self.other(start);
    }

    /// A declaration without braces: a typedef, or one that is skipped.
    fn other(&mut self, start: usize) {
        let typedef = self.tokens[start].is("typedef");
        let from = if typedef { start + 1 } else { start };
        let length = self.tokens[from..].iter().position(|token| token.is(";") || token.is("{"));
        let stop = length.map_or(self.tokens.len(), |length| from + length);
        let inside = &self.tokens[from..stop];
        if typedef && self.tokens.get(stop).is_some_and(|token| token.is(";")) {
            let base = match inside {
                [word, tag, name] if word.is("struct") || word.is("union") => {
                    Some((BaseType::Struct(tag.text.to_owned()), *name))
                }
                [word, tag, name] if word.is("enum") => Some((BaseType::Enum(*tag), *name)),
                _ => types::int(inside).and_then(|(int, length)| match &inside[length..] {
                    [name] => Some((BaseType::Int(int), *name)),
                    _ => None,
                }),
            };
            if let Some((base, name)) = base.filter(|(_, name)| name.kind == Kind::Word) {
                self.name(name.text.to_owned(), base.text(), name.place);
                self.declared.push(ParsedDeclaration::Typedef(name.text, base));
                self.at = stop + 1;
                return;
            }
        }
        // `struct name;` declares that there is such a struct.
        if matches!(inside, [word, _] if matches!(word.text, "struct" | "union" | "enum")) {
            self.at = stop + 1;
            return;
        }
        self.at = start;
        self.pass();
    }

    /// Passes over a declaration of another kind.
    fn pass(&mut self) {
        let start = self.at;
        let place = self.tokens[self.at].place;
        self.passed.entry(place.file()).or_insert((place, 0)).1 += 1;
        self.skip();
        let range = (start, self.at.min(self.tokens.len()));
        let inside = &self.tokens[range.0..range.1];
        // A function or an assertion is no part of an ABI; a type or a variable can be.
        let typedef = inside.first().is_some_and(|token| token.is("typedef"));
        let bracket = inside.iter().position(|token| token.is("(") || token.is("["));
        let before = &inside[..bracket.unwrap_or(inside.len())];
        let name = before.iter().rev().find(|token| token.kind == Kind::Word);
        let name = name.filter(|_| typedef || !inside.iter().any(|token| token.is("(")));
        if let Some(name) = name.filter(|name| !self.outside.leaves_out(name.text)) {
            let reason = "it is neither a struct nor an enum".to_owned();
            self.declared.push(ParsedDeclaration::Unread(UnreadDeclaration {
                name: *name,
                reason,
                text: joined(inside),
            }));
        }
    }

    fn skip(&mut self) {
        while let Some(token) = self.tokens.get(self.at) {
            match token.text {
                ";" => {
                    self.at += 1;
                    return;
                }
                // A function ends with its body, anything else with a semicolon.
                "{" if token.kind == Kind::Mark => {
                    let Some(end) = after_bracket(self.tokens, self.at) else {
                        let place = token.place;
                        self.problems.push(error(UNCLOSED, "the brace is never closed", place));
                        self.at = self.tokens.len();
                        return;
                    };
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
pub(super) fn names(declared: &[ParsedDeclaration<'_>]) -> usize {
    let names = declared.iter().map(|item| match item {
        ParsedDeclaration::Struct(item) => {
            1 + item.members.iter().map(ParsedMember::names).sum::<usize>()
        }
        ParsedDeclaration::Enum(item) => item.values.len(),
        ParsedDeclaration::Typedef(..) | ParsedDeclaration::Unread(_) => 1,
        ParsedDeclaration::Name(_) => 0,
    });
    names.sum()
}
