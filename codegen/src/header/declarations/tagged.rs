//! Structs, unions and enums with their braces.

use std::ops::Range;

use super::super::attributes::Attributes;
use super::super::codes::{BAD_DECLARATION, UNCLOSED, error};
use super::super::members::{BaseType, members};
use super::super::tokens::{Kind, Token, after_bracket, around, split};
use super::{
    DeclarationParser, DeclaredEnum, DeclaredStruct, ParsedDeclaration, UnreadDeclaration,
};
use crate::diagnostic::{Diagnostic, Severity};

/// A struct, union or enum with its braces, the content of which is not yet read.
struct TaggedType<'a> {
    /// `struct`, `union` or `enum`.
    word: Token<'a>,
    /// Its tag or its alias; `word` for an enum without either.
    name: Token<'a>,
    tag: Option<Token<'a>>,
    /// Its name by `typedef`.
    alias: Option<Token<'a>>,
    attributes: Attributes<'a>,
    /// The tokens between the braces.
    inside: Range<usize>,
    /// The tokens of all of it.
    range: (usize, usize),
}

impl<'a> DeclarationParser<'_, 'a, '_> {
    /// A struct, union or enum, possibly after `typedef`.
    pub(super) fn tagged(&mut self, start: usize) {
        let word = self.tokens[self.at];
        let mut attributes = Attributes::default();
        let at = attributes.take_all(self.tokens, self.at + 1);
        let tag = self.tokens.get(at).copied().filter(|token| token.kind == Kind::Word);
        let brace = attributes.take_all(self.tokens, at + usize::from(tag.is_some()));
        if !self.tokens.get(brace).is_some_and(|token| token.is("{")) {
            return self.other(start);
        }
        let Some(end) = after_bracket(self.tokens, brace) else {
            let place = self.tokens[brace].place;
            self.problems.push(error(UNCLOSED, "the brace is never closed", place));
            self.at = self.tokens.len();
            return;
        };
        let after = attributes.take_all(self.tokens, end);
        let stop = self.semicolon(end, after);
        let (is_typedef, range) = (start < self.at, (start, stop));
        self.at = stop + 1;
        let Ok(alias) = alias(&self.tokens[after..stop], is_typedef) else {
            let reason = "what follows it is not understood";
            return self.refuse(tag.unwrap_or(word), range, reason);
        };
        let Some(name) = tag.or(alias).or(word.is("enum").then_some(word)) else {
            return self.refuse(word, range, "it has no name");
        };
        let inside = brace + 1..end - 1;
        self.declare(TaggedType { word, name, tag, alias, attributes, inside, range });
    }

    /// Declares the names of a type, and the type unless it is left out or not understood.
    fn declare(&mut self, type_: TaggedType<'a>) {
        let TaggedType { word, name, tag, alias, attributes, inside, range } = type_;
        let is_enum = word.is("enum");
        let mut typedef = alias.map(|alias| {
            let base = match is_enum {
                true => BaseType::Enum(name),
                false => BaseType::Struct(name.text.to_owned()),
            };
            ParsedDeclaration::Typedef(alias.text, base)
        });
        // It names a declaration with a tag even if that is left out.
        if tag.is_some() {
            self.declared.extend(typedef.take());
        }
        if self.outside.leaves_out(name.text) {
            return;
        }
        if let Some(unknown) = attributes.unknown {
            let reason = format!("the attribute `{}` is not understood", unknown.text);
            return self.refuse(name, range, &reason);
        }
        if word.is("union") {
            return self.refuse(name, range, "it is a union with a name");
        }
        self.declared.extend(typedef);
        match is_enum {
            true => {
                let tag = tag.or(alias).map(|tag| tag.text);
                self.enumeration(tag, attributes.packed, inside, range);
            }
            false => self.aggregate(name, tag.is_none(), attributes, inside, range),
        }
    }

    /// The index of the semicolon after a closing brace; the brace itself if there is
    /// none before the next declaration.
    fn semicolon(&mut self, end: usize, after: usize) -> usize {
        let rest = &self.tokens[after..];
        let length = rest.iter().position(|token| token.is(";") || token.is("{") || token.is("}"));
        match length {
            Some(length) if rest[length].is(";") => after + length,
            _ => {
                let place = self.tokens[end - 1].place;
                self.problems.push(error(UNCLOSED, "a `;` is missing after this brace", place));
                end
            }
        }
    }

    fn aggregate(
        &mut self,
        name: Token<'a>,
        untagged: bool,
        attributes: Attributes<'a>,
        inside: Range<usize>,
        range: (usize, usize),
    ) {
        let earlier = self.packs.iter().rev().find(|(at, _)| *at <= range.0);
        let pack = earlier.and_then(|(_, pack)| *pack);
        match members(self.tokens, inside, name.text) {
            Err(mut problem) => {
                problem.severity = Severity::Warning;
                let reason = problem.message.clone();
                self.problems.push(*problem);
                self.declared.push(ParsedDeclaration::Unread(UnreadDeclaration {
                    name,
                    reason,
                    range,
                }));
            }
            Ok(body) => {
                for inner in body.inner {
                    self.declared.push(ParsedDeclaration::Struct(DeclaredStruct {
                        name: inner.name,
                        at: inner.at,
                        members: inner.members,
                        attributes: inner.attributes,
                        pack,
                        range,
                        inner: true,
                        untagged: false,
                    }));
                }
                self.declared.push(ParsedDeclaration::Struct(DeclaredStruct {
                    name: name.text.to_owned(),
                    at: name,
                    members: body.members,
                    attributes,
                    pack,
                    range,
                    inner: false,
                    untagged,
                }));
            }
        }
    }

    fn enumeration(
        &mut self,
        tag: Option<&'a str>,
        packed: bool,
        inside: Range<usize>,
        range: (usize, usize),
    ) {
        let mut values = Vec::new();
        for part in split(&self.tokens[inside]) {
            let Some(name) = part.first().filter(|name| name.kind == Kind::Word) else {
                if let Some(place) = around(part) {
                    let message = "the enumerator is not understood";
                    self.problems.push(Diagnostic::warning(BAD_DECLARATION, message).at(place, ""));
                }
                continue;
            };
            let mut ignored = Attributes::default();
            let at = ignored.take_all(part, 1);
            match &part[at..] {
                [] => values.push((*name, Vec::new())),
                [equals, value @ ..] if equals.is("=") => values.push((*name, value.to_vec())),
                _ => {
                    self.refuse(*name, range, "the enumerator is not understood");
                    values.push((*name, Vec::new()));
                }
            }
        }
        self.declared.push(ParsedDeclaration::Enum(DeclaredEnum { tag, packed, values }));
    }
}

/// The name by `typedef` among the tokens between the type and the semicolon; an error if they
/// are anything else.
fn alias<'a>(after: &[Token<'a>], is_typedef: bool) -> Result<Option<Token<'a>>, ()> {
    let mut names = split(after).into_iter().filter(|name| !name.is_empty());
    match names.next() {
        None => Ok(None),
        Some([name]) if is_typedef && name.kind == Kind::Word => Ok(Some(*name)),
        Some(_) => Err(()),
    }
}
