//! The members of a struct, as they are written.

use std::ops::Range;

use super::attributes::Attributes;
use super::codes::{BAD_DECLARATION, HeaderFault, NO_LAYOUT, error};
use super::tokens::{Kind, Token, after_bracket, around, split};
use super::types::{self, IntType};

/// How deep unions without a name may nest.
const DEEPEST: usize = 4;

/// How deep structs, unions and groups of members may nest.
const DEEPEST_NESTING: usize = 64;

/// A member of a struct or union.
#[derive(Clone)]
pub(super) struct ParsedMember<'a> {
    /// Its name; none of an anonymous union.
    pub(super) name: Option<Token<'a>>,
    pub(super) type_: BaseType<'a>,
    pub(super) pointer: bool,
    /// The texts between its brackets.
    pub(super) lengths: Vec<Vec<Token<'a>>>,
    /// The width of a bit field, which can be without a name.
    pub(super) bits: Option<Vec<Token<'a>>>,
    pub(super) attributes: Attributes<'a>,
    /// The index after the last token of its name in the program.
    pub(super) end: usize,
}

impl ParsedMember<'_> {
    /// How many names it declares.
    pub(super) fn names(&self) -> usize {
        match &self.type_ {
            BaseType::Union(arms) => 1 + arms.iter().map(Self::names).sum::<usize>(),
            _ => 1,
        }
    }
}

/// The parts of a member.
#[derive(Clone)]
pub(super) enum BaseType<'a> {
    Int(IntType),
    Struct(String),
    Enum(Token<'a>),
    /// A name that `typedef` gives, or one that is not known.
    Named(Token<'a>),
    Union(Vec<ParsedMember<'a>>),
}

/// The content of the braces of a struct.
#[derive(Default)]
pub(super) struct StructBody<'a> {
    pub(super) members: Vec<ParsedMember<'a>>,
    /// Structs that are declared inside: with a tag, for a member, or by `__struct_group`.
    pub(super) inner: Vec<InnerStruct<'a>>,
}

/// A struct inside of a struct.
pub(super) struct InnerStruct<'a> {
    pub(super) name: String,
    /// The token at its place.
    pub(super) at: Token<'a>,
    pub(super) members: Vec<ParsedMember<'a>>,
    pub(super) attributes: Attributes<'a>,
}

struct MemberParser<'t, 'a> {
    tokens: &'t [Token<'a>],
    /// The name of the struct.
    owner: &'t str,
    inner: Vec<InnerStruct<'a>>,
    /// How many unions without a name are open.
    depth: usize,
    /// How many lists of members are open.
    nesting: usize,
}

/// Parses the members of a struct; the error is a member that cannot be parsed.
pub(super) fn members<'a>(
    tokens: &[Token<'a>],
    range: Range<usize>,
    owner: &str,
) -> Result<StructBody<'a>, HeaderFault> {
    let mut parser = MemberParser { tokens, owner, inner: Vec::new(), depth: 0, nesting: 0 };
    let members = parser.all(range)?;
    Ok(StructBody { members, inner: parser.inner })
}

type Parsed<T> = Result<T, HeaderFault>;

impl<'a> MemberParser<'_, 'a> {
    fn wrong<T>(&self, message: impl Into<String>, range: Range<usize>) -> Parsed<T> {
        let place = around(&self.tokens[range]).unwrap_or_default();
        Err(Box::new(error(BAD_DECLARATION, message, place)))
    }

    /// The members in a range, which can have lists of members in it.
    fn all(&mut self, range: Range<usize>) -> Parsed<Vec<ParsedMember<'a>>> {
        if self.nesting > DEEPEST_NESTING {
            let place = around(&self.tokens[range]).unwrap_or_default();
            let message = format!("the struct nests too deep: at most {DEEPEST_NESTING} levels");
            return Err(Box::new(error(NO_LAYOUT, message, place)));
        }
        self.nesting += 1;
        let members = self.each(range);
        self.nesting -= 1;
        members
    }

    fn each(&mut self, range: Range<usize>) -> Parsed<Vec<ParsedMember<'a>>> {
        let mut members = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let first = self.tokens[at];
            if first.is(";") || first.is("__extension__") {
                at += 1;
                continue;
            }
            if matches!(
                first.text,
                "__DECLARE_FLEX_ARRAY"
                    | "DECLARE_FLEX_ARRAY"
                    | "__struct_group"
                    | "struct_group_tagged"
            ) {
                at = self.macro_(at, &mut members)?;
                continue;
            }
            at = self.member(at, range.end, &mut members)?;
        }
        Ok(members)
    }

    /// One declaration, which ends with a semicolon.
    fn member(
        &mut self,
        start: usize,
        end: usize,
        members: &mut Vec<ParsedMember<'a>>,
    ) -> Parsed<usize> {
        let mut attributes = Attributes::default();
        let at = attributes.take_all(self.tokens, start).min(end);
        let opens = |word: &str| {
            let tokens = &self.tokens[..end];
            let is = tokens.get(at).is_some_and(|token| token.is(word));
            let mut ignored = Attributes::default();
            let brace = ignored.take_all(tokens, at + 1);
            (is && tokens.get(brace).is_some_and(|token| token.is("{"))).then_some((brace, ignored))
        };
        for word in ["struct", "union"] {
            if let Some((brace, more)) = opens(word) {
                attributes.packed |= more.packed;
                attributes.align.extend(more.align);
                return self.untagged(word, at, brace, end, attributes, members);
            }
        }
        let (base, behind_type) = self.base(at, end)?;
        let at = attributes.take_all(self.tokens, behind_type).min(end);
        let stop = self.semicolon(start, at, end)?;
        let mut from = at;
        for part in split(&self.tokens[at..stop]) {
            members.push(self.declarator(&base, from..from + part.len(), &attributes)?);
            from += part.len() + 1;
        }
        Ok(stop + 1)
    }

    /// The index of the semicolon that ends a declaration, which is on its last line.
    fn semicolon(&self, start: usize, at: usize, end: usize) -> Parsed<usize> {
        let rest = &self.tokens[at..end];
        let length = rest.iter().position(|token| token.is(";"));
        let stop = length.map_or(end, |length| at + length);
        // A type after the name on a later line belongs to the next declaration.
        let next = (at..stop).find(|index| {
            *index > at
                && self.tokens[*index].row > self.tokens[index - 1].row
                && (types::int(&self.tokens[*index..stop]).is_some()
                    || matches!(self.tokens[*index].text, "struct" | "union" | "enum"))
        });
        match (next, length) {
            (Some(next), _) => self.wrong("a `;` is missing after this member", start..next),
            (None, None) => self.wrong("a `;` is missing after this member", start..end),
            (None, Some(_)) => Ok(stop),
        }
    }

    /// A struct or union without a tag inside of a struct.
    fn untagged(
        &mut self,
        word: &str,
        start: usize,
        brace: usize,
        end: usize,
        attributes: Attributes<'a>,
        members: &mut Vec<ParsedMember<'a>>,
    ) -> Parsed<usize> {
        let (inside, after) = self.inside(start, brace)?;
        let mut attributes = attributes;
        let after = attributes.take_all(self.tokens, after).min(end);
        let stop = self.semicolon(start, after, end)?;
        if after == stop {
            let plain =
                !attributes.packed && attributes.align.is_empty() && attributes.unknown.is_none();
            match word {
                "union" => members.push(ParsedMember {
                    name: None,
                    type_: BaseType::Union(inside),
                    pointer: false,
                    lengths: Vec::new(),
                    bits: None,
                    attributes,
                    end: stop,
                }),
                _ if plain && self.depth == 0 => members.extend(inside),
                _ => return self.wrong("a struct without a name inside of a union", start..after),
            }
            return Ok(stop + 1);
        }
        // In C the type has no name; the specification needs one.
        let mut from = after;
        for part in split(&self.tokens[after..stop]) {
            let range = from..from + part.len();
            from += part.len() + 1;
            let placeholder = BaseType::Struct(String::new());
            let mut member = self.declarator(&placeholder, range, &Attributes::default())?;
            let Some(at) = member.name else { continue };
            let name = [self.owner, "_", at.text].concat();
            let body = match word {
                "union" => vec![ParsedMember {
                    name: None,
                    type_: BaseType::Union(inside.clone()),
                    pointer: false,
                    lengths: Vec::new(),
                    bits: None,
                    attributes: Attributes::default(),
                    end: after,
                }],
                _ => inside.clone(),
            };
            let attributes = attributes.clone();
            self.inner.push(InnerStruct { name: name.clone(), at, members: body, attributes });
            member.type_ = BaseType::Struct(name);
            members.push(member);
        }
        Ok(stop + 1)
    }

    /// The members between braces, and the index after them.
    fn inside(&mut self, start: usize, brace: usize) -> Parsed<(Vec<ParsedMember<'a>>, usize)> {
        if self.depth == DEEPEST {
            return self.wrong("structs and unions nest too deep", start..start + 1);
        }
        let Some(end) = after_bracket(self.tokens, brace) else {
            return self.wrong("the brace is never closed", start..brace + 1);
        };
        let union = self.tokens[start].is("union");
        self.depth += usize::from(union);
        let members = self.all(brace + 1..end - 1);
        self.depth -= usize::from(union);
        Ok((members?, end))
    }

    /// The type at the start of a declaration, and the index after it.
    fn base(&mut self, at: usize, end: usize) -> Parsed<(BaseType<'a>, usize)> {
        let tokens = self.tokens;
        let word = |ahead: usize| tokens[..end].get(at + ahead).map_or("", |token| token.text);
        let named = at + 1 < end && tokens[at + 1].kind == Kind::Word;
        match (word(0), word(2)) {
            ("struct", "{") if named => {
                let (members, after) = self.inside(at, at + 2)?;
                let mut attributes = Attributes::default();
                let after = attributes.take_all(tokens, after).min(end);
                let (name, at) = (tokens[at + 1].text.to_owned(), tokens[at + 1]);
                self.inner.push(InnerStruct { name: name.clone(), at, members, attributes });
                Ok((BaseType::Struct(name), after))
            }
            ("struct", _) if named => {
                Ok((BaseType::Struct(tokens[at + 1].text.to_owned()), at + 2))
            }
            ("enum", _) if named => Ok((BaseType::Enum(tokens[at + 1]), at + 2)),
            ("union", _) => {
                self.wrong("a union with a tag is not understood", at..(at + 2).min(end))
            }
            _ => match types::int(&tokens[at..end]) {
                Some((int, length)) => Ok((BaseType::Int(int), at + length)),
                None if at < end && tokens[at].kind == Kind::Word && (named || word(1) == "*") => {
                    Ok((BaseType::Named(tokens[at]), at + 1))
                }
                None => {
                    let message = format!("the type `{}` is not understood", word(0));
                    self.wrong(message, at..(at + 1).min(end))
                }
            },
        }
    }

    /// A declarator such as `*data` or `areas[]`.
    fn declarator(
        &self,
        base: &BaseType<'a>,
        range: Range<usize>,
        shared: &Attributes<'a>,
    ) -> Parsed<ParsedMember<'a>> {
        let tokens = &self.tokens[..range.end];
        let (mut pointer, mut name, mut lengths) = (false, None, Vec::new());
        let mut bits = None;
        let mut attributes = shared.clone();
        let mut at = range.start;
        while at < range.end {
            let token = tokens[at];
            if let Some(after) = attributes.take(tokens, at) {
                at = after;
                continue;
            }
            match (token.kind, token.text) {
                (Kind::Mark, "*") if name.is_none() && !pointer => pointer = true,
                (Kind::Word, _) if name.is_none() => name = Some((token, at + 1)),
                (Kind::Mark, "[") if name.is_some() => {
                    let Some(close) = after_bracket(tokens, at) else {
                        return self.wrong("the bracket is never closed", at..at + 1);
                    };
                    lengths.push(tokens[at + 1..close - 1].to_vec());
                    at = close;
                    continue;
                }
                (Kind::Mark, ":") if !pointer && lengths.is_empty() && at + 1 < range.end => {
                    bits = Some(tokens[at + 1..].to_vec());
                    break;
                }
                _ => {
                    let message = format!("`{}` in a member is not understood", token.text);
                    return self.wrong(message, at..at + 1);
                }
            }
            at += 1;
        }
        if name.is_none() && bits.is_none() {
            return self.wrong("the member has no name", range.start.saturating_sub(1)..range.end);
        }
        let (name, end) = name.unzip();
        let (type_, end) = (base.clone(), end.unwrap_or(range.end));
        Ok(ParsedMember { name, type_, pointer, lengths, bits, attributes, end })
    }

    /// A macro of the kernel's that declares members.
    fn macro_(&mut self, at: usize, members: &mut Vec<ParsedMember<'a>>) -> Parsed<usize> {
        let tokens = self.tokens;
        let opens = tokens.get(at + 1).is_some_and(|token| token.is("("));
        let Some(close) = after_bracket(tokens, at + 1).filter(|_| opens) else {
            return self.wrong("the bracket is never closed", at..at + 1);
        };
        let inside = at + 2..close - 1;
        let parts = split(&tokens[inside.clone()]);
        match parts.as_slice() {
            [type_, name] if tokens[at].text.ends_with("DECLARE_FLEX_ARRAY") => {
                let (base, behind_type) = self.base(inside.start, inside.start + type_.len())?;
                let ends = behind_type == inside.start + type_.len();
                let ([name], true) = (name, ends) else {
                    return self.wrong("the array is not understood", at..close);
                };
                members.push(ParsedMember {
                    name: Some(*name),
                    type_: base,
                    pointer: false,
                    lengths: vec![Vec::new()],
                    bits: None,
                    attributes: Attributes::default(),
                    end: close - 1,
                });
            }
            [tag, name, attributes, ..] if tokens[at].is("__struct_group") => {
                let skipped = tag.len() + name.len() + attributes.len() + 3;
                let inner = self.all(inside.start + skipped..inside.end)?;
                if let ([tag], true) = (tag, attributes.is_empty()) {
                    self.inner.push(InnerStruct {
                        name: tag.text.to_owned(),
                        at: *tag,
                        members: inner.clone(),
                        attributes: Attributes::default(),
                    });
                }
                members.extend(inner);
            }
            _ => {
                let message = format!("`{}` in a struct is not understood", tokens[at].text);
                return self.wrong(message, at..at + 1);
            }
        }
        Ok(close)
    }
}
