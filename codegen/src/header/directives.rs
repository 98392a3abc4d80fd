//! Executes the directives of a file: conditions exclude text, definitions are
//! collected, includes are not followed. The result is the tokens that a program
//! sees that uses the kernel's headers.

use super::codes::{BAD_DIRECTIVE, DEFINED_TWICE, UNCLOSED, error};
use super::expressions::Evaluator;
use super::lexer::Lexed;
use super::program::{Define, Program};
use super::tokens::{Kind, Token, around};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// An `#if` that is open.
struct Branch<'a> {
    opener: Token<'a>,
    /// The name of an `#ifndef`.
    without: Option<&'a str>,
    /// Whether the enclosing text is read, and whether this part is.
    outer: bool,
    active: bool,
    /// Whether a part of it was read.
    taken: bool,
    last: bool,
}

struct Follower<'a, 'p> {
    text: &'a str,
    program: &'p mut Program<'a>,
    branches: Vec<Branch<'a>>,
    problems: &'p mut Diagnostics,
    file: usize,
}

/// Adds the content of a file to the program.
pub(super) fn follow<'a>(lexed: Lexed<'a>, program: &mut Program<'a>, problems: &mut Diagnostics) {
    let Lexed { text, tokens, comments } = lexed;
    let Some(file) = tokens.first().map(|token| token.place.file) else { return };
    program.comments.insert(file, comments);
    let mut follower = Follower { text, program, branches: Vec::new(), problems, file };
    let mut rest = tokens.as_slice();
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|token| token.line == first.line).count();
        let (line, behind) = rest.split_at(length);
        match first.is("#") {
            true => follower.directive(line),
            false if follower.active() => follower.program.tokens.extend(line),
            false => {}
        }
        rest = behind;
    }
    for branch in follower.branches {
        follower.problems.push(error(
            UNCLOSED,
            "the condition is never closed",
            branch.opener.place,
        ));
    }
}

impl<'a> Follower<'a, '_> {
    fn active(&self) -> bool {
        self.branches.last().is_none_or(|branch| branch.active)
    }

    fn wrong(&mut self, message: impl Into<String>, line: &[Token<'a>]) {
        let place = around(line).unwrap_or_default();
        self.problems.push(error(BAD_DIRECTIVE, message, place));
    }

    fn directive(&mut self, line: &[Token<'a>]) {
        let Some(word) = line.get(1) else { return };
        let rest = &line[2..];
        match word.text {
            "if" | "ifdef" | "ifndef" => self.open(*word, rest),
            "elif" => self.elif(line, rest),
            "else" => self.otherwise(line),
            "endif" if self.branches.pop().is_none() => self.wrong("#endif without its #if", line),
            "endif" => {}
            _ if !self.active() => {}
            "define" => self.define(line, rest),
            "undef" => {
                let name = rest.first().map(|token| token.text).unwrap_or_default();
                self.program.macros.remove(name);
            }
            "include" | "include_next" | "pragma" | "line" | "ident" => {}
            "error" | "warning" => self.wrong("the header refuses to be used like this", line),
            _ => self.wrong("there is no such directive", line),
        }
    }

    fn open(&mut self, word: Token<'a>, rest: &[Token<'a>]) {
        let outer = self.active();
        let without = rest.first().filter(|_| word.is("ifndef")).map(|name| name.text);
        let active = outer && self.condition(word, rest);
        let branch = Branch { opener: word, without, outer, active, taken: active, last: false };
        self.branches.push(branch);
    }

    fn condition(&mut self, word: Token<'a>, rest: &[Token<'a>]) -> bool {
        let defined = |name: &str| self.program.macros.contains_key(name);
        match (word.text, rest) {
            ("if" | "elif", _) => {
                let evaluator = Evaluator::of_condition(self.program);
                match evaluator.evaluate(rest) {
                    Ok(number) => number.value != 0,
                    Err(why) => {
                        let message = format!("the condition cannot be decided: {why}");
                        let place = around(rest).unwrap_or(word.place);
                        self.problems.push(error(BAD_DIRECTIVE, message, place));
                        false
                    }
                }
            }
            ("ifdef", [name]) => defined(name.text),
            ("ifndef", [name]) => !defined(name.text),
            _ => {
                self.wrong("the condition wants one name", &[word]);
                false
            }
        }
    }

    fn elif(&mut self, line: &[Token<'a>], rest: &[Token<'a>]) {
        let (outer, taken) = match self.branches.last() {
            Some(branch) if !branch.last => (branch.outer, branch.taken),
            _ => return self.wrong("#elif without its #if", line),
        };
        let active = outer && !taken && self.condition(line[1], rest);
        if let Some(branch) = self.branches.last_mut() {
            (branch.active, branch.taken) = (active, taken || active);
        }
    }

    fn otherwise(&mut self, line: &[Token<'a>]) {
        match self.branches.last_mut() {
            Some(branch) if !branch.last => {
                branch.active = branch.outer && !branch.taken;
                (branch.taken, branch.last) = (true, true);
            }
            _ => self.wrong("#else without its #if", line),
        }
    }

    fn define(&mut self, line: &[Token<'a>], rest: &[Token<'a>]) {
        let Some((name, rest)) = rest.split_first().filter(|(name, _)| name.kind == Kind::Word)
        else {
            return self.wrong("the definition has no name", line);
        };
        let takes = rest.first().is_some_and(|open| open.is("(") && !open.apart);
        let (params, body) = match takes {
            false => (None, rest),
            true => match params(rest) {
                Some((params, body)) => (Some(params), body),
                None => return self.wrong("the parameters are not understood", line),
            },
        };
        let text = match (body.first(), body.last()) {
            (Some(first), Some(last)) => &self.text[first.byte - first.text.len()..last.byte],
            _ => "",
        };
        let define = Define {
            name: *name,
            params,
            body: body.to_vec(),
            text,
            at: self.program.tokens.len(),
        };
        self.add(define);
    }

    fn add(&mut self, define: Define<'a>) {
        let (name, index) = (define.name, self.program.defines.len());
        let guarded = self.branches.last().and_then(|branch| branch.without) == Some(name.text);
        if guarded && define.body.is_empty() && define.params.is_none() {
            self.program.guards.push((self.file, name.text));
        }
        if let Some(before) = self.program.macros.insert(name.text, index) {
            let before = &self.program.defines[before];
            if !alike(before, &define) {
                let message = format!("`{}` is defined twice, and not alike", name.text);
                let problem =
                    Diagnostic::error(DEFINED_TWICE, message).at(name.place, "the second time");
                self.problems.push(problem.and(before.name.place, "the first time"));
            }
        }
        self.program.defines.push(define);
    }
}

/// The parameters between brackets, and the text after them.
fn params<'a, 't>(rest: &'t [Token<'a>]) -> Option<(Vec<&'a str>, &'t [Token<'a>])> {
    let close = rest.iter().position(|token| token.is(")"))?;
    let inside = &rest[1..close];
    let mut params = Vec::new();
    for part in inside.split(|token| token.is(",")) {
        match part {
            [name] if name.kind == Kind::Word || name.is("...") => params.push(name.text),
            [] if inside.is_empty() => {}
            _ => return None,
        }
    }
    Some((params, &rest[close + 1..]))
}

/// Whether two definitions are the same.
fn alike(one: &Define<'_>, other: &Define<'_>) -> bool {
    let texts = one.body.iter().map(|token| token.text);
    one.params == other.params && texts.eq(other.body.iter().map(|token| token.text))
}
