//! The declarations of a preprocessed header: enumerators, structs with their
//! members, and macros. Reads just enough C for headers of constants and structs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use support::compilers::Workdir;

/// Names that a header declares.
#[derive(Clone, Debug, Default)]
pub(crate) struct Declared {
    /// Object-like macros with a body.
    pub(crate) constants: BTreeMap<String, String>,
    /// Function-like macros.
    pub(crate) functions: BTreeSet<String>,
    /// Enumerators.
    pub(crate) enumerators: BTreeSet<String>,
    /// Structs and their members, those of anonymous unions among them.
    pub(crate) structs: BTreeMap<String, Vec<String>>,
}

impl Declared {
    /// The declarations of both, with our macro bodies.
    pub(crate) fn common(&self, other: &Self) -> Self {
        let mut common = self.clone();
        common.constants.retain(|name, _| other.constants.contains_key(name));
        common.functions.retain(|name| other.functions.contains(name));
        common.enumerators.retain(|name| other.enumerators.contains(name));
        common.structs.retain(|name, _| other.structs.contains_key(name));
        for (name, members) in &mut common.structs {
            members.retain(|member| other.structs[name].contains(member));
        }
        common
    }

    /// A program that prints the value of every constant and enumerator, the
    /// offset of every member, and at the end the size of every struct.
    pub(crate) fn program(&self, includes: &str) -> String {
        let mut body = String::new();
        for (name, value) in &self.constants {
            let _ = match value.starts_with('"') {
                true => writeln!(body, "printf(\"{name} %s\\n\", {name});"),
                false => writeln!(body, "NUMBER({name});"),
            };
        }
        for name in &self.enumerators {
            let _ = writeln!(body, "NUMBER({name});");
        }
        for (name, members) in &self.structs {
            for member in members {
                let _ = writeln!(body, "OFFSET({name}, {member});");
            }
        }
        for name in self.structs.keys() {
            let _ = writeln!(body, "printf(\"sizeof {name} %zu\\n\", sizeof(struct {name}));");
        }
        format!("{includes}{PRELUDE}int main(void)\n{{\n{body}return 0;\n}}\n")
    }
}

const PRELUDE: &str = r#"
#include <stddef.h>
#include <stdio.h>
#define NUMBER(name) printf(#name " %lld\n", (long long)(name))
#define OFFSET(s, m) printf(#s "." #m " %zu\n", offsetof(struct s, m))
"#;

/// The declarations of `includes`, without those of the headers that all of them need.
pub(crate) fn declared(workdir: &Workdir, includes: &str) -> Declared {
    let mut declared = everything(workdir, includes);
    let common = everything(workdir, "#include <linux/types.h>\n#include <linux/ioctl.h>\n");
    declared.constants.retain(|name, _| !common.constants.contains_key(name));
    declared.functions.retain(|name| !common.functions.contains(name));
    declared.enumerators.retain(|name| !common.enumerators.contains(name));
    declared.structs.retain(|name, _| !common.structs.contains_key(name));
    declared
}

fn everything(workdir: &Workdir, includes: &str) -> Declared {
    let mut declared = Declared::default();
    for line in workdir.preprocess(includes, &["-dM"]).lines() {
        let macro_ = line.strip_prefix("#define ").expect("-dM prints definitions only");
        let (name, body) = macro_.split_once(' ').unwrap_or((macro_, ""));
        match name.split_once('(') {
            Some((name, _)) => _ = declared.functions.insert(name.to_owned()),
            None if body.is_empty() => {}
            None => _ = declared.constants.insert(name.to_owned(), body.to_owned()),
        }
    }
    let tokens = tokens(&workdir.preprocess(includes, &["-P"]));
    for start in 0..tokens.len() {
        match tokens[start..].iter().map(String::as_str).take(3).collect::<Vec<_>>()[..] {
            ["struct", name, "{"] => {
                declared.structs.insert(name.to_owned(), members(&tokens[start + 3..]));
            }
            ["enum", "{", _] => declared.enumerators.extend(enumerators(&tokens[start + 1..])),
            ["enum", _, "{"] => declared.enumerators.extend(enumerators(&tokens[start + 2..])),
            _ => {}
        }
    }
    declared
}

/// Identifiers and numbers as words, everything else character by character.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::<String>::new();
    let mut in_word = false;
    for character in text.chars() {
        let of_word = character.is_ascii_alphanumeric() || character == '_';
        match tokens.last_mut() {
            Some(word) if of_word && in_word => word.push(character),
            _ if character.is_whitespace() => {}
            _ => tokens.push(character.to_string()),
        }
        in_word = of_word;
    }
    tokens
}

/// The members of a struct; the tokens start after its opening brace.
fn members(tokens: &[String]) -> Vec<String> {
    let mut members = Vec::new();
    let mut depth = 1;
    for pair in tokens.windows(2) {
        match pair[0].as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            name if is_name(name) && [";", "["].contains(&pair[1].as_str()) => {
                members.push(name.to_owned());
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    members
}

/// The enumerators of an enum; the tokens start at its opening brace.
fn enumerators(tokens: &[String]) -> Vec<String> {
    let body = tokens.iter().position(|token| token == "}").unwrap_or(tokens.len());
    let pairs = tokens[..body].windows(2);
    let opened = pairs.filter(|pair| ["{", ","].contains(&pair[0].as_str()) && is_name(&pair[1]));
    opened.map(|pair| pair[1].clone()).collect()
}

fn is_name(token: &str) -> bool {
    token.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}
