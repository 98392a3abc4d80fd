//! A program in C that makes every request of a header by the members that this header has,
//! which a compiler judges with the header of another release.

use std::collections::BTreeMap;
use std::fmt::Write;

use support::compilers::Workdir;
use support::groups::has_compiler;
use support::process::finish;

/// Compilers that differ in what they accept: C++20 wants initializers in the order of members.
const COMPILERS: [(&str, &str, &str); 2] = [("gcc", "c", "-std=c99"), ("g++", "c++", "-std=c++20")];

/// A type and a name.
type Declaration = (String, String);

/// What the text of a header declares for requests.
#[derive(PartialEq, Eq)]
pub(super) struct Requests {
    /// Functions with their parameters.
    functions: BTreeMap<String, Vec<Declaration>>,
    /// The members of structs that functions take as `args`.
    inputs: BTreeMap<String, Vec<Declaration>>,
}

fn declaration(text: &str) -> Declaration {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let type_ = text.trim_end_matches(is_letter);
    (type_.trim_end().to_owned(), text[type_.len()..].to_owned())
}

impl Requests {
    /// Reads a header. Functions of requests have the name of one of them at their end.
    pub(super) fn of_header(header: &str, requests: &[String]) -> Self {
        let mut functions = BTreeMap::new();
        for rest in header.split("\nstatic inline ").skip(1) {
            let Some((head, _)) = rest.split_once("\n{") else { continue };
            let Some((start, parameters)) = head.split_once('(') else { continue };
            let name = start.split([' ', '*', '\n', '\t']).next_back().unwrap_or_default();
            let parameters = parameters.trim_end().trim_end_matches(')');
            if requests.iter().any(|request| name.ends_with(request)) {
                let parameters = parameters.split(',').map(declaration).collect();
                functions.insert(name.to_owned(), parameters);
            }
        }
        let mut inputs = BTreeMap::new();
        for rest in header.split("\nstruct ").skip(1) {
            let Some((head, body)) = rest.split_once(" {\n") else { continue };
            let Some((body, _)) = body.split_once("\n};") else { continue };
            let parts = body.split("/*");
            let code = parts.map(|part| part.split_once("*/").map_or(part, |(_, code)| code));
            let members = code.collect::<String>();
            let members = members.split(';').map(str::trim).filter(|member| !member.is_empty());
            if head.ends_with("_args") {
                inputs.insert(head.to_owned(), members.map(declaration).collect());
            }
        }
        Self { functions, inputs }
    }

    /// How many functions have other parameters in a newer header, or take a struct that has
    /// lost something.
    pub(super) fn lost_in(&self, new: &Self) -> usize {
        let types = |parameters: &[Declaration]| -> Vec<_> {
            parameters.iter().map(|(type_, _)| type_.clone()).collect()
        };
        let is_kept = |name: &str, parameters: &[Declaration]| {
            let Some(other) = new.functions.get(name) else { return false };
            let args = parameters.iter().filter_map(|(type_, _)| self.inputs_of(type_));
            types(parameters) == types(other)
                && args.into_iter().all(|(name, members)| {
                    let mut rest = new.inputs[name].iter();
                    members.iter().all(|member| rest.any(|one| one == member))
                })
        };
        let lost = self.functions.iter().filter(|(name, parameters)| !is_kept(name, parameters));
        lost.count()
    }

    fn inputs_of(&self, type_: &str) -> Option<(&String, &Vec<Declaration>)> {
        let name = type_.strip_prefix("const struct ")?.trim_end_matches([' ', '*']);
        self.inputs.get_key_value(name)
    }

    /// A program with a function for each of these, which sets each member by its name.
    fn program(&self, abi: &str) -> String {
        let mut program = format!(
            "#define {}_ABI_WITH_IOCTL\n#include \"{abi}_abi.h\"\n",
            abi.to_ascii_uppercase()
        );
        for (name, parameters) in &self.functions {
            let (mut given, mut body, mut passed) = (Vec::new(), String::new(), Vec::new());
            for (at, (type_, _)) in parameters.iter().enumerate() {
                match self.inputs_of(type_) {
                    Some((name, members)) => {
                        writeln!(body, "\tconst struct {name} args = {{").expect("text");
                        for (type_, member) in members {
                            given.push(format!("{type_} in_{member}"));
                            writeln!(body, "\t\t.{member} = in_{member},").expect("text");
                        }
                        body.push_str("\t};\n");
                        passed.push("&args".to_owned());
                    }
                    None => {
                        given.push(format!("{type_} p{at}"));
                        passed.push(format!("p{at}"));
                    }
                }
            }
            let (given, passed) = (given.join(", "), passed.join(", "));
            writeln!(program, "void use_{name}({given});\nvoid use_{name}({given})\n{{")
                .expect("text");
            writeln!(program, "{body}\t(void)sizeof({name}({passed}));\n\t{name}({passed});\n}}")
                .expect("text");
        }
        program
    }

    /// Whether the program for these requests compiles with a header, with every compiler.
    pub(super) fn compile_with(&self, abi: &str, header: &str) -> Result<(), String> {
        let workdir = Workdir::new("");
        workdir.write(&format!("{abi}_abi.h"), header);
        workdir.write("program.c", &self.program(abi));
        for (compiler, language, standard) in COMPILERS {
            if has_compiler(compiler) {
                let mut command = workdir.command(compiler);
                command.args(["-fsyntax-only", "-Wall", "-Werror", "-x", language, standard]);
                let output = finish(command.arg("program.c"));
                if !output.status.success() {
                    return Err(String::from_utf8_lossy(&output.stderr).into_owned());
                }
            }
        }
        Ok(())
    }
}
