//! The constant expressions of C, over integers, with its types. Macros expand
//! as the preprocessor expands them, within a budget.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use super::built_in::BUILT_IN;
use super::program::{Define, Program};
use super::tokens::{Kind, Token, after_bracket, split};
use super::values::{TypedNumber, literal};
use crate::layout::{Extent, PerModel};

/// How many tokens all expressions of a header may take when macros expand.
const BUDGET: usize = 4_000_000;
/// How many tokens one expression may take.
const MOST: usize = 10_000;
/// How deep brackets and operators may nest.
const DEEPEST: usize = 400;

/// Computes expressions.
pub(super) struct Evaluator<'e, 'a> {
    pub(super) program: &'e Program<'a>,
    /// Numbers of enumerators, and of names that other headers define.
    names: Option<&'e HashMap<&'a str, i128>>,
    outside: Option<&'e HashMap<String, i128>>,
    /// The sizes of structs.
    pub(super) sizes: Option<&'e HashMap<String, PerModel<Extent>>>,
    left: Cell<usize>,
}

/// One expression that is being computed.
pub(super) struct ExpressionReader<'r, 'a> {
    pub(super) evaluator: &'r Evaluator<'r, 'a>,
    /// The expression, and inside it the macros that expand right now.
    pub(super) frames: Vec<Frame<'r, 'a>>,
    depth: usize,
    taken: usize,
}

pub(super) struct Frame<'r, 'a> {
    pub(super) tokens: Cow<'r, [Token<'a>]>,
    pub(super) at: usize,
    name: Option<&'a str>,
}

pub(super) type Evaluated = Result<TypedNumber, String>;

impl<'e, 'a> Evaluator<'e, 'a> {
    /// For `#if`: an undefined name is 0.
    pub(super) fn of_condition(program: &'e Program<'a>) -> Self {
        Self { program, names: None, outside: None, sizes: None, left: Cell::new(BUDGET) }
    }

    /// For values: names must be known.
    pub(super) fn of_values(
        program: &'e Program<'a>,
        names: &'e HashMap<&'a str, i128>,
        outside: &'e HashMap<String, i128>,
        sizes: &'e HashMap<String, PerModel<Extent>>,
        left: usize,
    ) -> Self {
        let (names, outside, sizes) = (Some(names), Some(outside), Some(sizes));
        Self { program, names, outside, sizes, left: Cell::new(left) }
    }

    /// The budget of a whole header.
    pub(super) const fn budget() -> usize {
        BUDGET
    }

    /// The remaining budget.
    pub(super) fn left(&self) -> usize {
        self.left.get()
    }

    /// The value of an expression, or why there is none.
    pub(super) fn evaluate(&self, tokens: &[Token<'a>]) -> Evaluated {
        let frames = vec![Frame { tokens: Cow::Borrowed(tokens), at: 0, name: None }];
        let mut reader = ExpressionReader { evaluator: self, frames, depth: 0, taken: 0 };
        let value = reader.ternary();
        self.left.set(self.left.get().saturating_sub(reader.taken));
        let value = value?;
        match reader.peek()? {
            None => Ok(value),
            Some(token) => Err(format!("`{}` is not expected", token.text)),
        }
    }
}

impl<'r, 'a> ExpressionReader<'r, 'a> {
    /// The next token, macros expanded.
    pub(super) fn peek(&mut self) -> Result<Option<Token<'a>>, String> {
        loop {
            let Some(frame) = self.frames.last() else { return Ok(None) };
            let Some(token) = frame.tokens.get(frame.at).copied() else {
                if self.frames.len() == 1 {
                    return Ok(None);
                }
                self.frames.pop();
                continue;
            };
            self.taken += 1;
            if self.taken > MOST || self.taken > self.evaluator.left.get() {
                return Err("its macros expand to too much".to_owned());
            }
            match self.expansion(token) {
                Some(define) => {
                    let tokens = match &define.params {
                        None => Cow::Borrowed(define.body.as_slice()),
                        Some(params) => match self.arguments(params) {
                            Some(tokens) => Cow::Owned(tokens),
                            None => return Ok(Some(token)),
                        },
                    };
                    self.skip();
                    self.frames.push(Frame { tokens, at: 0, name: Some(token.text) });
                }
                None => return Ok(Some(token)),
            }
        }
    }

    /// The definition of a macro, unless it expands already.
    fn expansion(&self, token: Token<'a>) -> Option<&'r Define<'a>> {
        let program: &'r Program<'a> = self.evaluator.program;
        let word = token.kind == Kind::Word;
        let define = word.then(|| program.define(token.text)).flatten()?;
        let open = self.frames.iter().any(|frame| frame.name == Some(token.text));
        let predefined = define.params.is_some() && BUILT_IN.contains(&token.text);
        (!open && !predefined).then_some(define)
    }

    /// The body of a macro with its arguments, which come next; moves to the bracket
    /// that closes them. `None` if there are none.
    fn arguments(&mut self, params: &[&'a str]) -> Option<Vec<Token<'a>>> {
        let frame = self.frames.last_mut()?;
        let name = frame.tokens.get(frame.at)?.text;
        let open = frame.at + 1;
        let close = after_bracket(&frame.tokens, open).filter(|_| frame.tokens[open].is("("))?;
        let arguments: Vec<_> =
            split(&frame.tokens[open + 1..close - 1]).into_iter().map(<[_]>::to_vec).collect();
        let define = self.evaluator.program.define(name)?;
        if arguments.len() != params.len() && !(params.is_empty() && arguments.concat().is_empty())
        {
            return None;
        }
        frame.at = close - 1;
        let mut body = Vec::new();
        for token in &define.body {
            match params.iter().position(|param| *param == token.text && token.kind == Kind::Word) {
                Some(at) => body.extend(arguments.get(at)?.iter().copied()),
                None => body.push(*token),
            }
        }
        Some(body)
    }

    /// Moves past the token that was peeked at.
    pub(super) fn skip(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.at += 1;
        }
    }

    /// Moves past a mark, if it comes next.
    pub(super) fn takes(&mut self, mark: &str) -> Result<bool, String> {
        let found = self.peek()?.is_some_and(|token| token.is(mark));
        if found {
            self.skip();
        }
        Ok(found)
    }

    pub(super) fn wants(&mut self, mark: &str) -> Result<(), String> {
        match self.takes(mark)? {
            true => Ok(()),
            false => Err(format!("a `{mark}` is missing")),
        }
    }

    fn deeper(&mut self) -> Result<(), String> {
        self.depth += 1;
        match self.depth > DEEPEST {
            true => Err("it nests too deep".to_owned()),
            false => Ok(()),
        }
    }

    pub(super) fn ternary(&mut self) -> Evaluated {
        self.deeper()?;
        let condition = self.binary(0)?;
        let value = match self.takes("?")? {
            false => condition,
            true => {
                let yes = self.ternary()?;
                self.wants(":")?;
                let no = self.ternary()?;
                if condition.value != 0 { yes } else { no }
            }
        };
        self.depth -= 1;
        Ok(value)
    }

    /// Operators that bind at least as strongly as `least`.
    fn binary(&mut self, least: usize) -> Evaluated {
        self.deeper()?;
        let mut value = self.unary()?;
        while let Some(token) = self.peek()? {
            let found = LEVELS.iter().position(|marks| marks.contains(&token.text));
            let Some(level) = found.filter(|level| *level >= least && token.kind == Kind::Mark)
            else {
                break;
            };
            self.skip();
            let other = self.binary(level + 1)?;
            value = value.with(token.text, other)?;
        }
        self.depth -= 1;
        Ok(value)
    }

    pub(super) fn unary(&mut self) -> Evaluated {
        self.deeper()?;
        let token = self.peek()?.ok_or("there is no value")?;
        self.skip();
        let value = match (token.kind, token.text) {
            (Kind::Mark, "(") if self.type_next()?.is_some() => self.cast()?,
            (Kind::Mark, "(") => {
                let value = self.ternary()?;
                self.wants(")")?;
                value
            }
            (Kind::Mark, "-" | "~" | "!" | "+") => self.unary()?.under(token.text),
            (Kind::Number | Kind::Quoted, _) => {
                literal(token.text).ok_or_else(|| format!("`{}` is no number", token.text))?
            }
            (Kind::Word, name) => self.name(name)?,
            _ => return Err(format!("`{}` is not expected", token.text)),
        };
        self.depth -= 1;
        Ok(value)
    }

    fn name(&mut self, name: &'a str) -> Evaluated {
        let evaluator = self.evaluator;
        let (Some(names), Some(outside)) = (evaluator.names, evaluator.outside) else {
            return match name {
                "defined" => self.defined(),
                _ if self.peek()?.is_some_and(|token| token.is("(")) => {
                    Err(format!("`{name}` is a macro that is not known"))
                }
                _ => Ok(TypedNumber::int(evaluator.program.predefined(name).unwrap_or(0))),
            };
        };
        if name == "sizeof" {
            return self.size_of();
        }
        if BUILT_IN.contains(&name) && self.takes("(")? {
            return self.call(name);
        }
        if let Some(number) = evaluator.program.predefined(name) {
            return Ok(TypedNumber::int(number));
        }
        match names.get(name).or_else(|| outside.get(name)) {
            Some(number) => Ok(TypedNumber::int(*number)),
            None => Err(format!("`{name}` has no value here")),
        }
    }

    /// Whether a macro is defined; its name is not expanded.
    fn defined(&mut self) -> Evaluated {
        let mut raw = || {
            let frame = self.frames.last_mut()?;
            let token = frame.tokens.get(frame.at).copied()?;
            frame.at += 1;
            Some(token)
        };
        let missing = || "`defined` wants a name".to_owned();
        let first = raw().ok_or_else(missing)?;
        let name = match first.is("(") {
            true => raw().ok_or_else(missing)?,
            false => first,
        };
        if first.is("(") && !raw().is_some_and(|close| close.is(")")) {
            return Err(missing());
        }
        let there = self.evaluator.program.is_defined(name.text);
        Ok(TypedNumber::int(there.into()))
    }
}

/// Operators, the weakest first.
const LEVELS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<", ">", "<=", ">="],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];
