//! Reads real C headers of a user ABI without a compiler: constants, macros,
//! ioctls, enums and structs as facts, laid out by `layout` for every target.
//! Accepts installed headers and headers of the kernel's source tree. Declarations
//! that it cannot parse are reported with file and line.
//!
//! Input is not trusted: no loop is longer than the text, or than a budget for the
//! expansion of macros, and no allocation depends on a length from the input.

mod attributes;
mod built_in;
pub mod classify;
mod codes;
mod comments;
pub mod conventions;
mod declarations;
mod declared;
mod directives;
mod expressions;
mod externals;
mod facts;
mod header_match;
mod kerneldoc;
mod layouts;
mod lexer;
mod members;
mod platform;
mod program;
mod reserved_words;
mod resolve;
mod spliced;
mod targets;
mod tokens;
mod types;
mod values;

pub use codes::{DEFINED_TWICE, codes};
pub use declared::{Declarations, DeclaredConstant};
pub use externals::Outside;
pub use facts::{
    ConstantFact, EnclosingField, Facts, FieldFact, FunctionMacro, Guard, Spelt, StructFact,
    TypeFact, TypeNameFact,
};
pub use header_match::{given, own};

use crate::diagnostic::{Diagnostics, Sources};
use crate::layout::TARGETS;
use program::{Dependence, Reader};

/// The longest header that is read, in bytes; those of the kernel are shorter
/// by far.
pub const MOST_BYTES: usize = 4 << 20;

/// The most names that headers declare together, fields among them.
pub const MOST_NAMES: usize = 8192;

/// The facts of headers, and the declarations that could not be parsed.
#[derive(Debug, Default)]
pub struct ReadHeader {
    /// Their content.
    pub facts: Facts,
    /// Errors and warnings; without errors, everything was parsed.
    pub problems: Diagnostics,
}

/// Reads files of `sources` like a program that includes all of them. `outside` has
/// the declarations of headers that are not given. Declarations that depend on the
/// target or on the language are not read; the others are the same for all programs.
pub fn read(sources: &Sources, files: &[usize], outside: &Outside) -> ReadHeader {
    let in_c = Reader { target: platform::REFERENCE, cplusplus: false };
    let (mut header, depends) = read_for(in_c, sources, files, outside);
    header.facts.ioctl_numbers = targets::ioctl_numbers(&header.facts);
    if header.problems.has_errors() {
        return header;
    }
    let targets = TARGETS.iter().filter(|target| target.name != platform::REFERENCE.name);
    let readers = targets.filter(|_| depends.target).map(|target| Reader { target, ..in_c });
    let in_cplusplus = depends.language.then_some(Reader { cplusplus: true, ..in_c });
    for reader in readers.chain(in_cplusplus) {
        let (other, _) = read_for(reader, sources, files, outside);
        targets::compare(&mut header.facts, &other.facts, reader);
    }
    header
}

/// Reads files for one reader; also what their text depends on.
fn read_for(
    reader: Reader,
    sources: &Sources,
    files: &[usize],
    outside: &Outside,
) -> (ReadHeader, Dependence) {
    let mut problems = Diagnostics::default();
    let mut program = program::Program::new(reader);
    let texts = files.iter().map(|file| spliced::SplicedText::new(sources.text(*file)));
    let texts: Vec<_> = texts.collect();
    for (file, text) in files.iter().zip(&texts) {
        let lexed = lexer::lex(*file, text, &mut problems);
        if let Some(lexed) = lexed.filter(|_| !codes::too_many(&problems)) {
            directives::follow(lexed, &mut program, &mut problems);
        }
    }
    program.docs = kerneldoc::Kerneldocs::of(&program.comments);
    let declared = declarations::parse(&program.tokens, &program.packs, outside, &mut problems);
    let names = program.defines.len() + declarations::names(&declared);
    if names > MOST_NAMES {
        problems.push(codes::too_much(names, files));
        return (ReadHeader { facts: Facts::default(), problems }, Dependence::default());
    }
    let facts = resolve::resolve(&program, declared, outside, &mut problems);
    (ReadHeader { facts, problems }, program.depends.get())
}

/// The text of a header: UTF-8, or otherwise Latin-1, without a byte order mark.
pub fn decode(bytes: Vec<u8>) -> String {
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect());
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests;
