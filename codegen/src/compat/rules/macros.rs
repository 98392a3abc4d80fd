//! Function-like macros that one side lacks, or that are written in another way.

use super::{Comparison, CompatRule, Judgement};
use crate::compat::codes::{ITEM_ADDED, NAME_REMOVED, NOT_JUDGED, VALUE_CHANGED};
use crate::compat::diff::{AbiDifference, IrKey, Of, key};
use crate::compat::finding::{Class, Finding, Party};
use crate::compat::matching::Constant;
use crate::ir::Macro;

pub(super) const RULE: CompatRule = CompatRule { keys: KEYS, judge };
const KEYS: &[IrKey] =
    &[key!(Abi.macros), key!(Macro.name), key!(Macro.args), key!(Macro.c), key!(Macro.rust)];

fn judge(comparison: &Comparison<'_, '_>) -> Vec<Judgement> {
    comparison.each(KEYS, |difference| {
        let Of::Macro(index) = difference.of else { return None };
        let pair = comparison.matching.macros[index];
        match (pair.old, pair.new) {
            (Some(old), None) => Some(Some(removed(old))),
            (Some(old), Some(new)) => Some(changed(comparison, difference, old, new)),
            (None, Some(new)) => {
                let finding =
                    Finding::new(ITEM_ADDED, Class::Growth, &new.name, "the macro is new");
                Some(Some(finding.off_the_wire().at(Party::New, new.meta.place)))
            }
            (None, None) => None,
        }
    })
}

fn removed(old: &Macro) -> Finding {
    let message = "the macro is gone: programs that use it no longer compile";
    Finding::new(NAME_REMOVED, Class::Source, &old.name, message).at(Party::Old, old.meta.place)
}

fn changed(
    comparison: &Comparison<'_, '_>,
    difference: &AbiDifference<'_>,
    old: &Macro,
    new: &Macro,
) -> Option<Finding> {
    let finding = |code, class, message: &str| {
        Finding::new(code, class, &new.name, message).at(Party::New, new.meta.place)
    };
    match difference.key {
        key!(Macro.name) => {
            let message =
                format!("the macro was called `{}`: programs no longer compile", old.name);
            Some(finding(NAME_REMOVED, Class::Source, &message))
        }
        key!(Macro.args) => {
            // Other names of as many arguments change nothing for programs.
            let message = "the macro takes other arguments: programs no longer compile";
            (old.args.len() != new.args.len())
                .then(|| finding(NAME_REMOVED, Class::Source, message))
        }
        key!(Macro.c) => Some(match body(comparison, old, new) {
            MacroBody::Same => {
                finding(VALUE_CHANGED, Class::Note, "the macro is written otherwise than before")
            }
            MacroBody::NeverCompiled(name) => {
                let message =
                    format!("no program could use the macro before: `{name}` did not exist");
                finding(VALUE_CHANGED, Class::Note, &message)
            }
            MacroBody::Different => {
                let message = "the macro expands to something else: programs compile, and do \
                    something else";
                finding(VALUE_CHANGED, Class::Source, message)
            }
        }),
        _ => twin(old, new)
            .map(|(code, class, message)| finding(code, class, message).in_crate_only()),
    }
}

/// The Rust twin. That of a macro with another body is part of the finding about the body.
fn twin(old: &Macro, new: &Macro) -> Option<(crate::diagnostic::Code, Class, &'static str)> {
    let tokens = |text: &str| text.split_whitespace().collect::<String>();
    let signature = |text: &str| tokens(text.split('{').next().unwrap_or_default());
    if tokens(&old.rust) == tokens(&new.rust) {
        return None;
    }
    if signature(&old.rust) != signature(&new.rust) {
        let message = "the function of Rust has another signature: programs no longer compile";
        return Some((NAME_REMOVED, Class::Source, message));
    }
    let message = "the function of Rust has another body, and the macro of C has not: whether it \
        does something else is unknown";
    (old.c == new.c).then_some((NOT_JUDGED, Class::NotJudged, message))
}

/// A comparison of two bodies of a macro.
enum MacroBody<'a> {
    /// They expand to the same tokens, once constants are numbers.
    Same,
    /// The old one names something that does not exist.
    NeverCompiled(&'a str),
    Different,
}

fn body<'a>(comparison: &Comparison<'_, '_>, old: &'a Macro, new: &Macro) -> MacroBody<'a> {
    let constants = &comparison.matching.constants;
    let before: Vec<Constant<'_>> = constants.iter().filter_map(|pair| pair.old).collect();
    let now: Vec<Constant<'_>> = constants.iter().filter_map(|pair| pair.new).collect();
    let prefix = comparison.matching.abis().0.prefix.to_ascii_uppercase() + "_";
    let missing = words(&old.c).find(|word| {
        let known = |one: &Constant<'_>| one.name == *word;
        let of_ours = word.starts_with(&prefix) && !old.args.iter().any(|arg| arg == word);
        of_ours && !before.iter().any(known) && *word != old.name
    });
    let was = comparison.matching.abis().0;
    let is_known = |name: &str| {
        was.macros.iter().any(|one| one.name == name)
            || was.ioctls.iter().any(|one| one.name == name)
            || comparison.matching.old.knowledge.unread.contains_key(name)
            || comparison.matching.old.knowledge.ioctls.contains_key(name)
    };
    if let Some(name) = missing.filter(|name| !is_known(name)) {
        return MacroBody::NeverCompiled(name);
    }
    match tokens(old, &before) == tokens(new, &now) {
        true => MacroBody::Same,
        false => MacroBody::Different,
    }
}

/// The identifiers of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

/// The body without spaces, with constants as numbers and arguments by their positions.
fn tokens(item: &Macro, constants: &[Constant<'_>]) -> String {
    let mut tokens = String::new();
    let mut word = String::new();
    for c in item.c.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        let argument = item.args.iter().position(|arg| *arg == word);
        let constant = constants.iter().find(|one| one.name == word);
        match (argument, constant) {
            (Some(at), _) => tokens += &format!("${at}"),
            (None, Some(constant)) => tokens += &constant.number.to_string(),
            (None, None) => tokens += &word,
        }
        // Words that follow each other are not one.
        if !word.is_empty() {
            tokens.push(' ');
        }
        word.clear();
        if !c.is_whitespace() && c != '\\' {
            tokens.push(c);
        }
    }
    tokens
}
