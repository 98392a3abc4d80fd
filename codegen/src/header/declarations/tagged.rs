//! Structs, unions and enums with their braces.

use std::ops::Range;

use super::super::attributes::Attributes;
use super::super::codes::{BAD_DECLARATION, UNCLOSED, error};
use super::super::members::{BaseType, members};
use super::super::resolve::joined;
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
    /// Its names by `typedef`.
    aliases: Vec<Declarator<'a>>,
    attributes: Attributes<'a>,
    /// The tokens between the braces.
    inside: Range<usize>,
    /// The tokens of all of it.
    range: (usize, usize),
    /// The text without `typedef` and the names.
    text: String,
}

/// A name that `typedef` gives, and what is around it: `*` or the length of an array.
struct Declarator<'a> {
    name: Token<'a>,
    around: String,
}

impl<'a> DeclarationParser<'_, 'a, '_> {
    /// A struct, union or enum, possibly after `typedef`.
    pub(super) fn tagged(&mut self, start: usize) {
        let (first, word) = (self.at, self.tokens[self.at]);
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
        let Some(aliases) = aliases(&self.tokens[after..stop], is_typedef) else {
            let reason = "what follows it is not understood";
            let text = joined(&self.tokens[range.0..range.1]);
            return self.refuse(tag.unwrap_or(word), text, reason);
        };
        let (before, body) = (&self.tokens[first..at], &self.tokens[at + tag.iter().len()..after]);
        let text = [joined(before), joined(body)].join(" ");
        let plain = aliases.iter().find(|alias| alias.around.is_empty()).map(|alias| alias.name);
        let Some(name) = tag.or(plain).or(word.is("enum").then_some(word)) else {
            return self.refuse(word, text, "it has no name");
        };
        let inside = brace + 1..end - 1;
        self.declare(TaggedType { word, name, tag, aliases, attributes, inside, range, text });
    }

    /// Declares the names of a type, and the type unless it is left out or not understood.
    fn declare(&mut self, type_: TaggedType<'a>) {
        let TaggedType { word, name, tag, aliases, attributes, inside, range, text } = type_;
        let is_enum = word.is("enum");
        let plain = aliases.iter().filter(|alias| alias.around.is_empty());
        let typedefs: Vec<_> = plain
            .map(|alias| {
                let base = match is_enum {
                    true => BaseType::Enum(name),
                    false => BaseType::Struct(name.text.to_owned()),
                };
                ParsedDeclaration::Typedef(alias.name.text, base)
            })
            .collect();
        let mut typedefs = Some(typedefs);
        // They name a declaration with a tag even if that is left out.
        if tag.is_some() {
            self.declared.extend(typedefs.take().into_iter().flatten());
        }
        if self.outside.leaves_out(name.text) {
            return;
        }
        if let Some(tag) = tag {
            self.name([word.text, tag.text].join(" "), name.text.to_owned(), tag.place);
        }
        for Declarator { name: alias, around } in &aliases {
            let of = [name.text, around].join(" ").trim_end().to_owned();
            self.name(alias.text.to_owned(), of, alias.place);
        }
        if let Some(unknown) = attributes.unknown {
            let reason = format!("the attribute `{}` is not understood", unknown.text);
            return self.refuse(name, text, &reason);
        }
        if word.is("union") {
            return self.refuse(name, text, "it is a union with a name");
        }
        self.declared.extend(typedefs.into_iter().flatten());
        match is_enum {
            true => {
                let tag = (!name.is("enum")).then_some(name.text);
                self.enumeration(tag, attributes.packed, inside, &text);
            }
            false => self.aggregate(name, tag.is_none(), attributes, (inside, range, text)),
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
        (inside, range, text): (Range<usize>, (usize, usize), String),
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
                    text,
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
                        text: text.clone(),
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
                    text,
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
        text: &str,
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
                    self.refuse(*name, text.to_owned(), "the enumerator is not understood");
                    values.push((*name, Vec::new()));
                }
            }
        }
        self.declared.push(ParsedDeclaration::Enum(DeclaredEnum { tag, packed, values }));
    }
}

/// The names by `typedef` among the tokens between the type and the semicolon; none if they
/// are anything else.
fn aliases<'a>(after: &[Token<'a>], is_typedef: bool) -> Option<Vec<Declarator<'a>>> {
    let names = split(after).into_iter().filter(|name| !name.is_empty());
    names.map(|tokens| declarator(tokens).filter(|_| is_typedef)).collect()
}

/// The only name of a declarator that is no function.
fn declarator<'a>(tokens: &[Token<'a>]) -> Option<Declarator<'a>> {
    let at = tokens.iter().take_while(|token| token.is("*")).count();
    let (name, rest) = tokens[at..].split_first()?;
    let array = rest.first().is_none_or(|open| open.is("["));
    (name.kind == Kind::Word && array)
        .then(|| Declarator { name: *name, around: joined(&[&tokens[..at], rest].concat()) })
}
