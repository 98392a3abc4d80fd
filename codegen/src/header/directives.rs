//! Executes the directives of a file: conditions exclude text, definitions are
//! collected, includes are not followed. The result is the tokens that a program
//! sees that uses the kernel's headers.

use super::attributes::Attributes;
use super::codes::{BAD_DIRECTIVE, DEFINED_TWICE, UNCLOSED, error};
use super::expressions::Evaluator;
use super::lexer::Lexed;
use super::program::{Define, Program, UndecidedPart};
use super::resolve::joined;
use super::tokens::{Kind, Token, around};
use super::types;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};

/// The most parts of declarations that are noted; no header has more than a few.
const MOST_NOTED: usize = 64;

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
    /// How many braces are open.
    depth: usize,
    /// The alignments that `#pragma pack(push)` keeps.
    pushed: Vec<Option<u64>>,
}

/// Adds the content of a file to the program.
pub(super) fn follow<'a>(lexed: Lexed<'a>, program: &mut Program<'a>, problems: &mut Diagnostics) {
    let Lexed { text, tokens, comments } = lexed;
    let Some(file) = tokens.first().map(|token| token.place.file()) else { return };
    program.comments.insert(file, comments);
    let (branches, pushed) = (Vec::new(), Vec::new());
    let mut follower = Follower { text, program, branches, problems, file, depth: 0, pushed };
    let mut rest = tokens.as_slice();
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|token| token.line == first.line).count();
        let (line, next_lines) = rest.split_at(length);
        match first.is("#") {
            true => follower.directive(line, next_lines),
            false if follower.active() => follower.text(line),
            false => {}
        }
        rest = next_lines;
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

    fn directive(&mut self, line: &[Token<'a>], following: &[Token<'a>]) {
        let Some(word) = line.get(1) else { return };
        let rest = &line[2..];
        match word.text {
            "if" | "ifdef" | "ifndef" => self.open(*word, rest, following),
            "elif" => self.elif(line, rest, following),
            "else" => self.otherwise(line),
            "endif" if self.branches.pop().is_none() => self.wrong("#endif without its #if", line),
            "endif" => {}
            _ if !self.active() => {}
            "define" => self.define(line, rest),
            "undef" => {
                let name = rest.first().map(|token| token.text).unwrap_or_default();
                self.program.macros.remove(name);
            }
            "pragma" => self.pragma(rest),
            "include" | "include_next" | "line" | "ident" | "warning" => {}
            "error" => self.refused(line),
            _ => self.wrong("there is no such directive", line),
        }
    }

    fn open(&mut self, word: Token<'a>, rest: &[Token<'a>], following: &[Token<'a>]) {
        let outer = self.active();
        let without = rest.first().filter(|_| word.is("ifndef")).map(|name| name.text);
        let active = outer && self.condition(word, rest, following);
        if outer {
            self.note_kernel_part(rest, following);
        }
        let branch = Branch { opener: word, without, outer, active, taken: active, last: false };
        self.branches.push(branch);
    }

    /// No program that includes the header compiles.
    fn refused(&mut self, line: &[Token<'a>]) {
        let message = "no program that includes the header compiles: `#error`";
        let place = around(line).unwrap_or_default();
        self.problems.push(Diagnostic::warning(BAD_DIRECTIVE, message).at(place, ""));
        self.undecided("#error".to_owned(), line, place, message.to_owned());
    }

    /// Notes a part of a declaration that only a kernel knows: its layout is not that of
    /// programs.
    fn note_kernel_part(&mut self, condition: &[Token<'a>], following: &[Token<'a>]) {
        let kernels_own =
            |token: &&Token<'_>| token.text == "__KERNEL__" || token.text.starts_with("CONFIG_");
        let inside = self.depth > 0;
        let Some(name) = condition.iter().find(kernels_own).filter(|_| inside) else { return };
        let part = part(following);
        let mut lines = part.chunk_by(|one, other| one.line == other.line);
        if lines.any(|line| !line[0].is("#")) {
            let message = format!("a part of a declaration depends on `{}`", name.text);
            self.undecided(["#if ", &joined(condition)].concat(), part, name.place, message);
        }
    }

    fn undecided(&mut self, name: String, tokens: &[Token<'a>], place: Place, reason: String) {
        if self.program.undecided.len() < MOST_NOTED {
            let tokens = tokens.to_vec();
            self.program.undecided.push(UndecidedPart { name, tokens, reason, place });
        }
    }

    fn condition(&mut self, word: Token<'a>, rest: &[Token<'a>], following: &[Token<'a>]) -> bool {
        let defined = |name: &str| self.program.is_defined(name);
        match (word.text, rest) {
            ("if" | "elif", _) => {
                let evaluator = Evaluator::of_condition(self.program);
                match evaluator.evaluate(rest) {
                    Ok(number) => number.value != 0,
                    Err(why) => {
                        let message = format!("the condition cannot be decided: {why}");
                        let place = around(rest).unwrap_or(word.place);
                        self.problems
                            .push(Diagnostic::warning(BAD_DIRECTIVE, &message).at(place, ""));
                        let place = rest.first().map_or(word.place, |first| first.place);
                        let name = ["#if ", &joined(rest)].concat();
                        self.undecided(name, part(following), place, message);
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

    fn elif(&mut self, line: &[Token<'a>], rest: &[Token<'a>], following: &[Token<'a>]) {
        let (outer, taken) = match self.branches.last() {
            Some(branch) if !branch.last => (branch.outer, branch.taken),
            _ => return self.wrong("#elif without its #if", line),
        };
        let active = outer && !taken && self.condition(line[1], rest, following);
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

    /// Follows `#pragma pack`.
    fn pragma(&mut self, rest: &[Token<'a>]) {
        let [pack, open, inside @ .., close] = rest else { return };
        if !(pack.is("pack") && open.is("(") && close.is(")")) {
            return;
        }
        let number = inside.iter().find(|token| token.kind == Kind::Number);
        let number = number.and_then(|token| token.text.parse::<u64>().ok());
        let current = self.program.packs.last().and_then(|(_, pack)| *pack);
        let next = match inside.first() {
            Some(first) if first.is("push") => {
                self.pushed.push(current);
                number.or(current)
            }
            Some(first) if first.is("pop") => self.pushed.pop().flatten(),
            _ => number,
        };
        self.program.packs.push((self.program.tokens.len(), next));
    }

    /// Adds a line of declarations. Macros for attributes and types expand; those of
    /// numbers stay, because a declaration can name them.
    fn text(&mut self, line: &[Token<'a>]) {
        let mut at = 0;
        let mut brackets = 0_usize;
        while let Some(token) = line.get(at) {
            at += 1;
            match token.text {
                "[" => brackets += 1,
                "]" => brackets = brackets.saturating_sub(1),
                "{" => self.depth += 1,
                "}" => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            let define = self
                .program
                .define(token.text)
                .filter(|_| brackets == 0 && token.kind == Kind::Word);
            match define.filter(|define| is_of_declarations(define)) {
                Some(define) if define.params.is_none() => {
                    let body: Vec<_> = define
                        .body
                        .iter()
                        .map(|one| Token { place: token.place, ..*one })
                        .collect();
                    self.program.tokens.extend(body);
                }
                _ => self.program.tokens.push(*token),
            }
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
            (Some(first), Some(last)) => &self.text[first.bytes.0..last.bytes.1],
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

/// Whether a macro stands for a part of a declaration: an attribute, a type or nothing.
pub(super) fn is_of_declarations(define: &Define<'_>) -> bool {
    let Some(first) = define.body.first() else { return true };
    let itself = first.text == define.name.text;
    let word = matches!(
        first.text,
        "__attribute__" | "__attribute" | "struct" | "union" | "enum" | "__packed" | "__aligned"
    );
    let mut all = Attributes::default();
    let of_types = types::int(&define.body).is_some_and(|(_, length)| length == define.body.len());
    !itself && (word || of_types || all.take(&define.body, 0).is_some())
}

/// The tokens of a condition's part, up to the directive that ends the condition.
fn part<'t, 'a>(following: &'t [Token<'a>]) -> &'t [Token<'a>] {
    let mut depth = 0_usize;
    for (index, pair) in following.windows(2).enumerate() {
        let starts = index == 0 || following[index - 1].line != pair[0].line;
        if !(starts && pair[0].is("#")) {
            continue;
        }
        match pair[1].text {
            "if" | "ifdef" | "ifndef" => depth += 1,
            "endif" if depth == 0 => return &following[..index],
            "endif" => depth -= 1,
            _ => {}
        }
    }
    following
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
