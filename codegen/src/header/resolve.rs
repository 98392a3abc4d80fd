//! From declarations to facts: computes values, assigns comments, and lays out structs.

use std::collections::HashMap;

use super::codes::{BAD_VALUE, DEFINED_TWICE, error, too_many};
use super::comments::about;
use super::declarations::{Declared, DeclaredEnum, DeclaredStruct};
use super::expressions::Evaluator;
use super::externals::Outside;
use super::facts::{Constant, Facts, FunctionMacro, Guard, Spelt, Unread, Within};
use super::layouts::lay_out;
use super::members::{Base, Member};
use super::program::{Define, Program};
use super::tokens::{Kind, Token, around};
use super::values::literal;
use crate::diagnostic::{Diagnostic, Diagnostics, Place};

/// Computes the facts of a program.
pub(super) fn resolve<'a>(
    program: &Program<'a>,
    declared: Vec<Declared<'a>>,
    outside: &Outside,
    problems: &mut Diagnostics,
) -> Facts {
    let guards = program.guards.iter();
    let guards = guards.map(|(file, name)| Guard { file: *file, name: (*name).to_owned() });
    let facts = Facts { guards: guards.collect(), ..Facts::default() };
    let (names, left) = (HashMap::new(), Evaluator::budget());
    let mut resolver = Resolver { program, outside, facts, names, left, problems };
    let (mut structs, mut enums) = (Vec::new(), Vec::new());
    for item in declared {
        match item {
            Declared::Struct(item) => structs.push(item),
            Declared::Enum(item) => enums.push(item),
        }
    }
    resolver.texts(&structs, &enums);
    let enumerators: Vec<_> =
        enums.iter().enumerate().map(|(index, item)| resolver.enumeration(index, item)).collect();
    resolver.macros(&structs);
    resolver.facts.constants.extend(enumerators.into_iter().flatten());
    resolver.facts.constants.sort_by_key(|constant| constant.place);
    resolver.structs(&structs);
    resolver.facts
}

struct Resolver<'r, 'a, 'p> {
    program: &'r Program<'a>,
    outside: &'r Outside,
    facts: Facts,
    /// The numbers of enumerators.
    names: HashMap<&'a str, i128>,
    /// The remaining budget for expressions.
    left: usize,
    problems: &'p mut Diagnostics,
}

impl<'a> Resolver<'_, 'a, '_> {
    /// The value of an expression, or a report.
    fn value(&mut self, name: Token<'a>, tokens: &[Token<'a>]) -> Option<i128> {
        if too_many(self.problems) {
            return None;
        }
        let constants = &self.outside.constants;
        let evaluator = Evaluator::of_values(self.program, &self.names, constants, self.left);
        let value = evaluator.evaluate(tokens);
        self.left = evaluator.left();
        match value {
            Ok(number) => Some(number.value),
            Err(why) => {
                let message = format!("the value of `{}` cannot be computed: {why}", name.text);
                let place = around(tokens).unwrap_or(name.place);
                self.problems.push(error(BAD_VALUE, &message, place));
                self.unread(name.text, message, name.place);
                None
            }
        }
    }

    /// Keeps the texts of all declarations.
    fn texts(&mut self, structs: &[DeclaredStruct<'a>], enums: &[DeclaredEnum<'a>]) {
        let joined = |tokens: &[Token<'a>]| {
            tokens.iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
        };
        for item in structs {
            let text = joined(&self.program.tokens[item.range.0..item.range.1]);
            self.facts.texts.insert(item.name.text.to_owned(), text);
        }
        for (name, value) in enums.iter().flat_map(|item| &item.values) {
            self.facts.texts.insert(name.text.to_owned(), joined(value));
        }
        for define in &self.program.defines {
            self.facts.texts.insert(define.name.text.to_owned(), joined(&define.body));
        }
    }

    /// Records a declaration that is not read.
    fn unread(&mut self, name: &str, reason: String, place: Place) {
        let text = self.facts.texts.get(name).cloned().unwrap_or_default();
        self.facts.unread.insert(name.to_owned(), Unread { text, reason, place });
    }

    fn enumeration(&mut self, index: usize, item: &DeclaredEnum<'a>) -> Vec<Constant> {
        let tag = item.tag.map_or("", |tag| tag.text).to_owned();
        let (mut next, mut constants) = (0_i128, Vec::<Constant>::new());
        for (name, value) in &item.values {
            let (number, spelt) = match value.as_slice() {
                [] => (next, Spelt::Position),
                tokens => match self.value(*name, tokens) {
                    Some(number) => (number, spelling(tokens, number)),
                    None => continue,
                },
            };
            next = number + 1;
            if self.names.insert(name.text, number).is_some() {
                let message = format!("the enumerator `{}` is declared twice", name.text);
                self.problems.push(error(DEFINED_TWICE, message, name.place));
            }
            let last_row = value.last().map_or(name.row, |token| token.row);
            constants.push(Constant {
                name: name.text.to_owned(),
                number,
                spelt,
                tag: Some(tag.clone()),
                enum_index: Some(index),
                within: None,
                doc: about(self.program, name, last_row),
                place: name.place,
            });
        }
        constants.retain(|constant| !self.outside.leaves_out(&constant.name));
        constants
    }

    fn macros(&mut self, structs: &[DeclaredStruct<'a>]) {
        let program = self.program;
        for (index, define) in program.defines.iter().enumerate() {
            let holds = program.macros.get(define.name.text) == Some(&index);
            let guard = program.guards.iter().any(|(_, name)| *name == define.name.text);
            let left_out = self.outside.leaves_out(define.name.text);
            if !holds || guard || left_out {
                continue;
            }
            match &define.params {
                Some(args) => self.function(define, args),
                None => self.constant(define, structs),
            }
        }
    }

    fn function(&mut self, define: &Define<'a>, args: &[&'a str]) {
        let lines = define.text.lines().map(|line| line.trim().trim_end_matches('\\').trim());
        self.facts.macros.push(FunctionMacro {
            name: define.name.text.to_owned(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            c: lines.map(str::to_owned).collect(),
            doc: about(self.program, &define.name, define.name.row),
            place: define.name.place,
        });
    }

    fn constant(&mut self, define: &Define<'a>, structs: &[DeclaredStruct<'a>]) {
        let name = define.name;
        let (number, spelt) = match define.body.as_slice() {
            [text] if text.kind == Kind::Quoted && text.text.starts_with('"') => {
                (0, Spelt::Text(text.text.trim_matches('"').to_owned()))
            }
            // A macro without a value, or defined as a word of C, is not a number.
            [] => return self.empty(define),
            tokens => match self.value(name, tokens) {
                Some(number) => (number, self.spelling(tokens, number)),
                None => return,
            },
        };
        let last_row = define.body.last().map_or(name.row, |token| token.row);
        self.facts.constants.push(Constant {
            name: name.text.to_owned(),
            number,
            spelt,
            tag: None,
            enum_index: None,
            within: within(define, structs),
            doc: about(self.program, &name, last_row),
            place: name.place,
        });
    }

    fn empty(&mut self, define: &Define<'a>) {
        let message = format!("`{}` is defined as nothing", define.name.text);
        let problem = Diagnostic::warning(BAD_VALUE, message).at(define.name.place, "no number");
        self.problems.push(problem);
    }

    /// How a macro's value is written, ioctls included.
    fn spelling(&mut self, tokens: &[Token<'a>], number: i128) -> Spelt {
        match tokens {
            [io, open, inside @ .., close] if io.is("_IO") && open.is("(") && close.is(")") => {
                let parts = super::tokens::split(inside);
                let [type_, number] = parts.as_slice() else { return Spelt::Computed };
                match (self.value(*io, type_), self.value(*io, number)) {
                    (Some(type_), Some(number)) => Spelt::Ioctl { type_, number },
                    _ => Spelt::Computed,
                }
            }
            _ => spelling(tokens, number),
        }
    }

    fn structs(&mut self, structs: &[DeclaredStruct<'a>]) {
        let mut lengths = HashMap::new();
        for member in structs.iter().flat_map(|item| item.members.iter().flatten()) {
            self.lengths(member, &mut lengths);
        }
        let laid = lay_out(self.program, structs, &lengths, self.outside, self.problems);
        self.facts.structs = laid.structs;
        for (name, reason) in laid.unread {
            let place =
                structs.iter().find(|item| item.name.text == name).map(|item| item.name.place);
            self.unread(&name, reason, place.unwrap_or_default());
        }
    }

    /// The lengths of arrays, by their place.
    fn lengths(&mut self, member: &Member<'a>, lengths: &mut HashMap<(usize, usize), u64>) {
        if let Base::Union(arms) = &member.type_ {
            arms.iter().for_each(|arm| self.lengths(arm, lengths));
        }
        let (Some(tokens), Some(name)) = (&member.length, member.name) else { return };
        if tokens.is_empty() {
            return;
        }
        let Some(value) = self.value(name, tokens) else { return };
        match u64::try_from(value) {
            Ok(length) => {
                lengths.insert((name.place.file, name.place.start), length);
            }
            Err(_) => {
                let message = format!("`{}` cannot have {value} elements", name.text);
                self.problems.push(error(BAD_VALUE, message, name.place));
            }
        }
    }
}

/// The place between fields at which a constant is defined.
fn within(define: &Define<'_>, structs: &[DeclaredStruct<'_>]) -> Option<Within> {
    let inside = |item: &&DeclaredStruct<'_>| item.range.0 < define.at && define.at < item.range.1;
    // Structs are in the order of the text, except for those of groups.
    let item = structs.iter().find(inside)?;
    let mut field = None;
    for member in item.members.iter().flatten() {
        let arms = match &member.type_ {
            Base::Union(arms) => arms.as_slice(),
            _ => std::slice::from_ref(member),
        };
        let mut before = arms.iter().filter(|arm| arm.end <= define.at);
        field = before.next_back().and_then(|arm| arm.name).or(field);
    }
    Some(Within {
        struct_: item.name.text.to_owned(),
        field: field.map(|name| name.text.to_owned()),
    })
}

/// How a value is written, without the brackets around it.
fn spelling(tokens: &[Token<'_>], number: i128) -> Spelt {
    let bare = match tokens {
        [open, inside @ .., close]
            if open.is("(")
                && super::tokens::behind(tokens, 0) == Some(tokens.len())
                && close.is(")") =>
        {
            inside
        }
        all => all,
    };
    match bare {
        [one] if one.kind == Kind::Number && one.text.starts_with("0x") => Spelt::Hex,
        [_] => Spelt::Decimal,
        [minus, one] if minus.is("-") && one.kind == Kind::Number => Spelt::Decimal,
        [one, shift, by]
            if shift.is("<<") && literal(one.text).is_some_and(|one| one.value == 1) =>
        {
            let bit = literal(by.text).and_then(|by| u32::try_from(by.value).ok());
            let signed = number < 0;
            bit.map_or(Spelt::Computed, |bit| Spelt::Bit { bit, signed })
        }
        _ => or_of_names(bare).map_or(Spelt::Computed, Spelt::Or),
    }
}

fn or_of_names(tokens: &[Token<'_>]) -> Option<Vec<String>> {
    let names = tokens.split(|token| token.is("|")).map(|part| match part {
        [name] if name.kind == Kind::Word => Some(name.text.to_owned()),
        _ => None,
    });
    names.collect()
}
