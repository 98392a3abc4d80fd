//! From declarations to facts: computes values, assigns comments, and lays out structs.

use std::collections::HashMap;

use super::codes::{BAD_VALUE, DEFINED_TWICE, error, too_many};
use super::comments::about;
use super::declarations::{DeclaredEnum, DeclaredStruct, ParsedDeclaration};
use super::directives::is_of_declarations;
use super::expressions::Evaluator;
use super::externals::Outside;
use super::facts::{ConstantFact, EnclosingField, Facts, FunctionMacro, Guard, Spelt};
use super::layouts::{TypeNames, UnreadStruct, lay_out};
use super::members::BaseType;
use super::program::{Define, Program};
use super::tokens::{Kind, Token, around};
use super::values::{TypedNumber, literal};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::ir::UnreadItem;
use crate::layout::{Extent, Int, Layout, PerModel};

/// Computes the facts of a program.
pub(super) fn resolve<'a>(
    program: &Program<'a>,
    declared: Vec<ParsedDeclaration<'a>>,
    outside: &Outside,
    problems: &mut Diagnostics,
) -> Facts {
    let guards = program.guards.iter();
    let guards = guards.map(|(file, name)| Guard { file: *file, name: (*name).to_owned() });
    let facts = Facts { guards: guards.collect(), ..Facts::default() };
    let (names, left) = (HashMap::new(), Evaluator::budget());
    let sizes = outside.structs.clone();
    let mut resolver = Resolver { program, outside, facts, names, sizes, left, problems };
    let (mut structs, mut enums, mut typedefs) = (Vec::new(), Vec::new(), HashMap::new());
    for item in declared {
        match item {
            ParsedDeclaration::Struct(item) => structs.push(item),
            ParsedDeclaration::Enum(item) => enums.push(item),
            ParsedDeclaration::Typedef(name, base) => drop(typedefs.insert(name, base)),
            ParsedDeclaration::Name(name) => resolver.facts.type_names.push(name),
            ParsedDeclaration::Unread(item) => {
                resolver.facts.texts.insert(item.name.text.to_owned(), item.text);
                resolver.unread(item.name.text, item.reason, item.name.place);
            }
        }
    }
    for part in &program.undecided {
        let text = resolver.facts.texts.entry(part.name.clone()).or_default();
        text.push_str(&joined(&part.tokens));
        text.push_str(" | ");
        resolver.unread(&part.name, part.reason.clone(), part.place);
    }
    resolver.texts(&structs, &enums);
    let enumerators: Vec<_> =
        enums.iter().enumerate().map(|(index, item)| resolver.enumeration(index, item)).collect();
    let ints = enums
        .iter()
        .zip(&enumerators)
        .filter_map(|(item, values)| Some((item.tag?, int(item.packed, values))));
    let ints: HashMap<&str, Int> = ints.collect();
    resolver.structs(&structs, TypeNames { typedefs: &typedefs, enums: &ints });
    resolver.macros(&structs);
    resolver.facts.constants.extend(enumerators.into_iter().flatten());
    resolver.facts.constants.sort_by_key(|constant| constant.place);
    resolver.facts
}

/// The integer of an enum: an int, unsigned if no value is negative, or a wider one;
/// a packed one is as narrow as its values allow.
fn int(packed: bool, values: &[ConstantFact]) -> Int {
    let least = values.iter().map(|one| one.number).min().unwrap_or(0);
    let most = values.iter().map(|one| one.number).max().unwrap_or(0);
    let narrow = [Int::U8, Int::S8, Int::U16, Int::S16];
    let usual = [Int::U32, Int::S32, Int::U64, Int::S64];
    let all = narrow.iter().filter(|_| packed).chain(&usual);
    let fits = |int: &&Int| int.range().contains(&least) && int.range().contains(&most);
    all.into_iter().find(fits).copied().unwrap_or(Int::U64)
}

/// The text of tokens.
pub(super) fn joined(tokens: &[Token<'_>]) -> String {
    tokens.iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
}

struct Resolver<'r, 'a, 'p> {
    program: &'r Program<'a>,
    outside: &'r Outside,
    facts: Facts,
    /// The numbers of enumerators.
    names: HashMap<&'a str, i128>,
    /// The sizes of structs.
    sizes: HashMap<String, PerModel<Extent>>,
    /// The remaining budget for expressions.
    left: usize,
    problems: &'p mut Diagnostics,
}

impl<'a> Resolver<'_, 'a, '_> {
    /// The number of an expression, or a report.
    fn value(&mut self, name: Token<'a>, tokens: &[Token<'a>]) -> Option<i128> {
        self.typed(name, tokens).map(|number| number.value)
    }

    /// The same with its type.
    fn typed(&mut self, name: Token<'a>, tokens: &[Token<'a>]) -> Option<TypedNumber> {
        if too_many(self.problems) {
            return None;
        }
        let constants = &self.outside.constants;
        let evaluator =
            Evaluator::of_values(self.program, &self.names, constants, &self.sizes, self.left);
        let value = evaluator.evaluate(tokens);
        self.left = evaluator.left();
        match value {
            Ok(number) => Some(number),
            Err(why) => {
                let message = format!("the value of `{}` cannot be computed: {why}", name.text);
                let place = around(tokens).unwrap_or(name.place);
                self.problems.push(Diagnostic::warning(BAD_VALUE, &message).at(place, ""));
                self.unread(name.text, message, name.place);
                None
            }
        }
    }

    /// Keeps the texts of all declarations.
    fn texts(&mut self, structs: &[DeclaredStruct<'a>], enums: &[DeclaredEnum<'a>]) {
        let texts = &mut self.facts.texts;
        for item in structs {
            texts.insert(item.name.clone(), item.text.clone());
        }
        for (name, value) in enums.iter().flat_map(|item| &item.values) {
            texts.insert(name.text.to_owned(), joined(value));
        }
        for define in &self.program.defines {
            texts.insert(define.name.text.to_owned(), joined(&define.body));
        }
    }

    /// Records a declaration that is not read.
    fn unread(&mut self, name: &str, reason: String, place: Place) {
        let text = self.facts.texts.get(name).cloned().unwrap_or_default();
        self.facts
            .unread
            .insert(name.to_owned(), UnreadItem { text, reason, place, spans: Vec::new() });
    }

    fn enumeration(&mut self, index: usize, item: &DeclaredEnum<'a>) -> Vec<ConstantFact> {
        let tag = item.tag.unwrap_or("").to_owned();
        let (mut next, mut constants) = (0_i128, Vec::<ConstantFact>::new());
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
            constants.push(ConstantFact {
                name: name.text.to_owned(),
                number,
                spelt,
                c_type: None,
                tag: Some(tag.clone()),
                enum_index: Some(index),
                within: None,
                doc: about(self.program, name, last_row),
                place: name.place,
            });
        }
        if let (Some(tag), Some((first, _))) = (item.tag, item.values.first()) {
            let doc = self.program.docs.about(tag, first.place);
            self.facts.enum_docs.extend(doc.map(|doc| (tag.to_owned(), doc.text().to_owned())));
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
            let of_declarations = !define.body.is_empty() && is_of_declarations(define);
            if !holds || guard || left_out || of_declarations {
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
        let (number, spelt, c_type) = match define.body.as_slice() {
            texts @ [_, ..] if texts.iter().all(is_text) => {
                let text = texts.iter().map(|text| text.text.trim_matches('"'));
                (0, Spelt::Text(text.collect()), None)
            }
            // A macro without a value, or defined as a word of C, is not a number.
            [] => return self.empty(define),
            tokens => match self.typed(name, tokens) {
                Some(number) => (number.value, self.spelling(tokens, number.value), number.c_type),
                None => return,
            },
        };
        let last_row = define.body.last().map_or(name.row, |token| token.row);
        self.facts.constants.push(ConstantFact {
            name: name.text.to_owned(),
            number,
            spelt,
            c_type,
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
            [io, ..] if ["_IOR", "_IOW", "_IOWR"].iter().any(|one| io.is(one)) => {
                Spelt::Encoded(io.text.to_owned())
            }
            _ => spelling(tokens, number),
        }
    }

    fn structs(&mut self, structs: &[DeclaredStruct<'a>], types: TypeNames<'_, 'a>) {
        let (program, outside) = (self.program, self.outside);
        let (names, mut left) = (&self.names, self.left);
        let mut evaluate = |tokens: &[Token<'a>], sizes: &HashMap<String, PerModel<Extent>>| {
            let evaluator = Evaluator::of_values(program, names, &outside.constants, sizes, left);
            let value = evaluator.evaluate(tokens);
            left = evaluator.left();
            value.map(|number| number.value)
        };
        let laid = lay_out(
            program,
            structs,
            types,
            (outside, &self.facts.unread),
            &mut evaluate,
            self.problems,
        );
        self.left = left;
        for one in &laid.structs {
            self.sizes.insert(one.name.clone(), one.layouts.each_ref().map(Layout::extent));
        }
        self.facts.structs = laid.structs;
        for UnreadStruct { name, reason, place, spans } in laid.unread {
            self.unread(&name, reason, place);
            if let Some(item) = self.facts.unread.get_mut(&name) {
                item.spans = spans;
            }
        }
    }
}

/// Whether a token is a string.
fn is_text(token: &Token<'_>) -> bool {
    token.kind == Kind::Quoted && token.text.starts_with('"')
}

/// The place between fields at which a constant is defined.
fn within(define: &Define<'_>, structs: &[DeclaredStruct<'_>]) -> Option<EnclosingField> {
    let inside = |item: &&DeclaredStruct<'_>| {
        !item.inner && item.range.0 < define.at && define.at < item.range.1
    };
    let item = structs.iter().find(inside)?;
    let mut field = None;
    for member in &item.members {
        let arms = match &member.type_ {
            BaseType::Union(arms) => arms.as_slice(),
            _ => std::slice::from_ref(member),
        };
        let mut before = arms.iter().filter(|arm| arm.end <= define.at);
        field = before.next_back().and_then(|arm| arm.name).or(field);
    }
    Some(EnclosingField {
        struct_: item.name.clone(),
        field: field.map(|name| crate::names::field_name(name.text)),
    })
}

/// How a value is written, without the brackets around it.
fn spelling(tokens: &[Token<'_>], number: i128) -> Spelt {
    let bare = match tokens {
        [open, inside @ .., close]
            if open.is("(")
                && super::tokens::after_bracket(tokens, 0) == Some(tokens.len())
                && close.is(")") =>
        {
            inside
        }
        all => all,
    };
    match bare {
        [one] if one.kind == Kind::Number && one.text.starts_with("0x") => Spelt::Hex,
        [one] if one.kind == Kind::Word => Spelt::Or(vec![one.text.to_owned()]),
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
