//! The members of a struct, as they are written.

use std::ops::Range;

use super::codes::{BAD_DECLARATION, Fault, error};
use super::tokens::{Kind, Token, around, behind, split};
use super::types;
use crate::diagnostic::Diagnostics;
use crate::layout::Int;

/// How deep unions may nest.
const DEEPEST: usize = 4;

/// A member of a struct or union.
#[derive(Clone)]
pub(super) struct Member<'a> {
    /// Its name; none of an anonymous union.
    pub(super) name: Option<Token<'a>>,
    pub(super) type_: Base<'a>,
    pub(super) pointer: bool,
    /// The text between its brackets, if it has any.
    pub(super) length: Option<Vec<Token<'a>>>,
    /// The field that `__counted_by` names.
    pub(super) counted_by: Option<&'a str>,
    /// The index after the last token of its name in the program.
    pub(super) end: usize,
}

impl Member<'_> {
    /// How many names it declares.
    pub(super) fn names(&self) -> usize {
        match &self.type_ {
            Base::Union(arms) => 1 + arms.iter().map(Self::names).sum::<usize>(),
            _ => 1,
        }
    }
}

/// The parts of a member.
#[derive(Clone)]
pub(super) enum Base<'a> {
    Int(Int),
    Struct(Token<'a>),
    Union(Vec<Member<'a>>),
}

/// The content of the braces of a struct.
pub(super) struct Body<'a> {
    pub(super) members: Vec<Member<'a>>,
    /// Structs to which `__struct_group` gives a tag.
    pub(super) groups: Vec<TaggedGroup<'a>>,
}

/// Members that also are a struct of their own.
pub(super) struct TaggedGroup<'a> {
    pub(super) name: Token<'a>,
    pub(super) members: Vec<Member<'a>>,
}

struct Parser<'t, 'a> {
    tokens: &'t [Token<'a>],
    body: Body<'a>,
    depth: usize,
}

/// Parses members; `None` if one of them cannot be parsed, which is reported.
pub(super) fn members<'a>(
    tokens: &[Token<'a>],
    range: Range<usize>,
    problems: &mut Diagnostics,
) -> Option<Body<'a>> {
    let body = Body { members: Vec::new(), groups: Vec::new() };
    let mut parser = Parser { tokens, body, depth: 0 };
    match parser.all(range) {
        Ok(members) => Some(Body { members, ..parser.body }),
        Err(problem) => {
            problems.push(*problem);
            None
        }
    }
}

type Parsed<T> = Result<T, Fault>;

impl<'a> Parser<'_, 'a> {
    fn wrong<T>(&self, message: impl Into<String>, range: Range<usize>) -> Parsed<T> {
        let place = around(&self.tokens[range]).unwrap_or_default();
        Err(Box::new(error(BAD_DECLARATION, message, place)))
    }

    fn all(&mut self, range: Range<usize>) -> Parsed<Vec<Member<'a>>> {
        let mut members = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let first = &self.tokens[at];
            if first.is(";") || first.is("__extension__") {
                at += 1;
                continue;
            }
            let opens = self.tokens.get(at + 1).is_some_and(|token| token.is("("));
            if opens && first.kind == Kind::Word && !first.is("__attribute__") {
                at = self.macro_(at, &mut members)?;
                continue;
            }
            at = self.member(at, range.end, &mut members)?;
        }
        Ok(members)
    }

    /// One declaration, which ends with a semicolon.
    fn member(&mut self, start: usize, end: usize, members: &mut Vec<Member<'a>>) -> Parsed<usize> {
        let mut at = start;
        while self.tokens[at..end].first().is_some_and(types::is_qualifier) {
            at += 1;
        }
        let (base, behind_type) = self.base(at, end)?;
        let Some(length) = self.tokens[behind_type..end].iter().position(|token| token.is(";"))
        else {
            return self.wrong("a `;` is missing behind the member", start..end);
        };
        let (stop, mut at) = (behind_type + length, behind_type);
        if at == stop && matches!(base, Base::Union(_)) {
            members.push(Member {
                name: None,
                type_: base,
                pointer: false,
                length: None,
                counted_by: None,
                end: stop,
            });
            return Ok(stop + 1);
        }
        for part in split(&self.tokens[behind_type..stop]) {
            members.push(self.declarator(&base, at..at + part.len())?);
            at += part.len() + 1;
        }
        Ok(stop + 1)
    }

    /// The type at the start of a declaration, and the index after it.
    fn base(&mut self, at: usize, end: usize) -> Parsed<(Base<'a>, usize)> {
        let word = |ahead: usize| self.tokens[..end].get(at + ahead).map_or("", |token| token.text);
        match (word(0), word(1)) {
            ("union", "{") => self.union(at),
            ("struct", "{") => {
                self.wrong("a struct inside of a struct is not understood", at..at + 1)
            }
            ("struct", _) if word(2) == "{" => {
                self.wrong("a struct inside of a struct is not understood", at..at + 2)
            }
            ("struct", _) if at + 1 < end && self.tokens[at + 1].kind == Kind::Word => {
                Ok((Base::Struct(self.tokens[at + 1]), at + 2))
            }
            _ => match types::int(&self.tokens[at..end]) {
                Some((int, length)) => Ok((Base::Int(int), at + length)),
                None => {
                    let message = format!("the type `{}` is not understood", word(0));
                    self.wrong(message, at..(at + 1).min(end))
                }
            },
        }
    }

    fn union(&mut self, at: usize) -> Parsed<(Base<'a>, usize)> {
        if self.depth == DEEPEST {
            return self.wrong("unions nest too deep", at..at + 1);
        }
        let Some(end) = behind(self.tokens, at + 1) else {
            return self.wrong("the union is never closed", at..at + 2);
        };
        self.depth += 1;
        let arms = self.all(at + 2..end - 1)?;
        self.depth -= 1;
        Ok((Base::Union(arms), end))
    }

    /// A declarator such as `*data` or `areas[]`.
    fn declarator(&self, base: &Base<'a>, range: Range<usize>) -> Parsed<Member<'a>> {
        let mut rest = self.tokens[range.clone()].iter().copied().enumerate().peekable();
        let (mut pointer, mut name, mut length, mut counted_by) = (false, None, None, None);
        while let Some((index, token)) = rest.next() {
            let at = range.start + index;
            let next = |end: usize| self.tokens[..end].get(at + 1).map_or("", |one| one.text);
            match (token.kind, token.text) {
                (Kind::Mark, "*") if name.is_none() && !pointer => pointer = true,
                (Kind::Word, "__attribute__" | "__counted_by") if next(range.end) == "(" => {
                    let close = behind(self.tokens, at + 1).unwrap_or(range.end);
                    let inside = &self.tokens[at + 2..close.saturating_sub(1).max(at + 2)];
                    counted_by = self.attribute(token, inside, range.clone())?;
                    while rest.peek().is_some_and(|(index, _)| range.start + index < close) {
                        rest.next();
                    }
                }
                (Kind::Word, _) if types::is_qualifier(&token) => {}
                (Kind::Word, _) if name.is_none() => name = Some((token, at + 1)),
                (Kind::Mark, "[") if name.is_some() && length.is_none() => {
                    let close = behind(self.tokens, at).unwrap_or(range.end);
                    length = Some(self.tokens[at + 1..close - 1].to_vec());
                    while rest.peek().is_some_and(|(index, _)| range.start + index < close) {
                        rest.next();
                    }
                }
                (Kind::Mark, ":") => return self.wrong("a bit field is not understood", range),
                _ => {
                    let message = format!("`{}` in a member is not understood", token.text);
                    return self.wrong(message, at..at + 1);
                }
            }
        }
        let Some((name, end)) = name else {
            return self.wrong("the member has no name", range.start.saturating_sub(1)..range.end);
        };
        let (type_, name) = (base.clone(), Some(name));
        Ok(Member { name, type_, pointer, length, counted_by, end })
    }

    /// The field that an attribute names as the count; an error for an attribute
    /// that changes the layout.
    fn attribute(
        &self,
        word: Token<'a>,
        inside: &[Token<'a>],
        range: Range<usize>,
    ) -> Parsed<Option<&'a str>> {
        if word.is("__counted_by") {
            return Ok(inside.first().map(|token| token.text));
        }
        let words: Vec<_> = inside.iter().filter(|token| token.kind == Kind::Word).collect();
        match words.as_slice() {
            [count, field] if matches!(count.text, "counted_by" | "__counted_by__") => {
                Ok(Some(field.text))
            }
            [] => Ok(None),
            [one, ..] => {
                let message = format!("the attribute `{}` of a member is not understood", one.text);
                self.wrong(message, range)
            }
        }
    }

    /// A macro of the kernel's that declares members.
    fn macro_(&mut self, at: usize, members: &mut Vec<Member<'a>>) -> Parsed<usize> {
        let Some(close) = behind(self.tokens, at + 1) else {
            return self.wrong("the bracket is never closed", at..at + 2);
        };
        let inside = at + 2..close - 1;
        let parts = split(&self.tokens[inside.clone()]);
        match (self.tokens[at].text, parts.as_slice()) {
            ("__DECLARE_FLEX_ARRAY", [type_, name]) => {
                let (base, behind_type) = self.base(inside.start, inside.start + type_.len())?;
                let ends = behind_type == inside.start + type_.len();
                let [name] = name else {
                    return self.wrong("the array has no name", at..close);
                };
                if !ends {
                    return self.wrong("the type of the array is not understood", at..close);
                }
                members.push(Member {
                    name: Some(*name),
                    type_: base,
                    pointer: false,
                    length: Some(Vec::new()),
                    counted_by: None,
                    end: close - 1,
                });
            }
            ("__struct_group", [tag, name, attributes, ..]) => {
                let skipped = tag.len() + name.len() + attributes.len() + 3;
                let inner = self.all(inside.start + skipped..inside.end)?;
                if let ([tag], true) = (tag, attributes.is_empty()) {
                    let group = TaggedGroup { name: *tag, members: inner.clone() };
                    self.body.groups.push(group);
                }
                members.extend(inner);
            }
            (word, _) => {
                let message = format!("`{word}` in a struct is not understood");
                return self.wrong(message, at..at + 1);
            }
        }
        Ok(close)
    }
}
