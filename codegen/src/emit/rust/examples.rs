//! Examples in the documentation of types that a user starts from, and on the pages of items.
//! rustdoc compiles those of types, a test those of pages.

mod calls;
mod items;

use proc_macro2::TokenStream;
use quote::quote;

use super::requests::types::{parameter_type, taken_by_new};
use super::requests::{results, type_name};
use super::tokens::ident;
use crate::emit::example::{Example, MAIN, usual};
use crate::ir::requests::{RequestPlan, Returns};
use crate::ir::{Abi, Arg, FdKind, Group};
use crate::names;

pub(in crate::emit) use items::of_item;

/// The type of the results of functions around examples.
const RESULT: &str = "Result<(), Box<dyn std::error::Error>>";

/// The longest line, with room for the mark of a hidden line of documentation.
const WIDTH: usize = 92;

/// The last lines of a function that returns a result.
fn ok() -> Vec<String> {
    vec!["Ok(())".to_owned()]
}

/// The documentation with an example; `mark` follows the fence, such as `no_run`.
pub(super) fn block(mark: &str, example: &Example) -> TokenStream {
    let fence = ["```", mark].concat();
    let around = |text: &str| [" ", text].concat();
    let code = example.rustdoc().into_iter().map(|line| match line.is_empty() {
        true => line,
        false => around(&line),
    });
    let lines: Vec<_> =
        [String::new(), around(&fence)].into_iter().chain(code).chain([around("```")]).collect();
    quote!(#(#[doc = #lines])*)
}

fn stem(abi: &Abi) -> String {
    names::c_stem(&abi.name)
}

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// A function that returns a result, of these statements.
fn fallible(uses: &[String], signature: &str, statements: &[&str]) -> Example {
    Example {
        uses: uses.to_vec(),
        modules: Vec::new(),
        signature: format!("{signature} -> {RESULT}"),
        statements: owned(statements),
        end: ok(),
    }
}

/// The start of a function, a parameter a line if it would be long.
fn signature(name: &str, parameters: &[String]) -> String {
    let line = format!("fn {name}({})", parameters.join(", "));
    match [&line, " -> ", RESULT, " {"].concat().len() > WIDTH {
        true => format!("fn {name}(\n    {},\n)", parameters.join(",\n    ")),
        false => line,
    }
}

/// Writes a request, and reads its results.
pub(super) fn request(abi: &Abi, plan: &RequestPlan) -> Example {
    let (stem, name) = (stem(abi), type_name(plan).to_string());
    let inputs: Vec<_> = taken_by_new(plan).collect();
    let parameters = inputs.iter().map(|input| {
        let type_ = compact(&parameter_type(abi, input, true));
        format!("{}: {type_}", ident(&input.name))
    });
    let buffer = "buffer: &mut [u8]".to_owned();
    let parameters: Vec<_> = [buffer].into_iter().chain(parameters).collect();
    let values: Vec<_> = inputs.iter().map(|input| ident(&input.name).to_string()).collect();
    let import = format!("use {stem}::requests::{{{name}, Request}};");
    let function = signature("ask", &parameters);
    let new = format!("let mut request = {name}::new({});", values.join(", "));
    let reply = format!("println!(\"{{:?}}\", {name}::reply(argument)?);");
    let ioctl = format!("// Pass `argument` to the ioctl `{name}::IOCTL`.");
    let mut shown = vec![&*new, "let argument = request.write(buffer)?;", &ioctl];
    if results::of_request(abi, plan).is_some() {
        shown.push(&reply);
    }
    let modules = vec![format!("use {stem}::{{requests, uapi}};")];
    Example { modules, ..fallible(&[import], &function, &shown) }
}

/// Tokens as people write them in one line.
fn compact(tokens: &TokenStream) -> String {
    let spaced = tokens.to_string();
    let shorter = [(" :: ", "::"), ("& ", "&"), (" ;", ";"), (" <", "<"), ("< ", "<"), (" >", ">")];
    shorter.iter().fold(spaced, |text, (long, short)| text.replace(long, short))
}

/// Takes a descriptor, and makes a call that has no argument, if there is one.
pub(super) fn descriptor(abi: &Abi, index: usize, kind: &FdKind) -> Example {
    let (stem, name) = (stem(abi), names::rust_type(&kind.name));
    let bare = abi.ioctls.iter().zip(&abi.protocol.names).find(|(ioctl, _)| {
        let number = matches!(ioctl.result(), Returns::Nothing | Returns::Number);
        ioctl.fd == index && ioctl.arg == Arg::None && number && ioctl.meta.deprecated.is_none()
    });
    let call = match bare {
        Some((ioctl, method)) if ioctl.result() == Returns::Number => {
            format!("println!(\"{{}}\", fd.{method}()?);")
        }
        Some((_, method)) => format!("fd.{method}()?;"),
        None => "let owner = fd.into_inner();".to_owned(),
    };
    let import = format!("use {stem}::calls::{name};");
    let new = format!("let fd = unsafe {{ {name}::new(owner) }};");
    let shown = ["// SAFETY: the descriptor is of this kind.", &new, &call];
    fallible(&[import], "fn call<F: rustix::fd::AsFd>(owner: F)", &shown)
}

/// Combines flags, or names a number. None if no value has a name.
pub(super) fn group(abi: &Abi, group: &Group, name: &str) -> Option<Example> {
    let shorts: Vec<_> =
        usual(group.named()).into_iter().map(|value| ident(&value.short)).collect();
    let statements = match &shorts[..] {
        [first, second, ..] if group.is_flags() => {
            let mut lines = assigned("flags", &format!("{name}::{first} | {name}::{second}"));
            lines.push(format!("assert!(flags.contains({name}::{first}));"));
            lines.push("println!(\"{flags:?}\");".to_owned());
            lines
        }
        [first, ..] => {
            let mut lines = assigned("found", &format!("{name}::from({name}::{first}.0)"));
            lines.push(format!("assert_eq!(found, {name}::{first});"));
            let print = "println!(\"{found:?}\"); // its name, or the number if it has none";
            lines.push(print.to_owned());
            lines
        }
        [] => return None,
    };
    Some(program(vec![format!("use {}::uapi::{name};", stem(abi))], statements))
}

/// The statement that names a value, in two lines if it does not fit into one.
fn assigned(name: &str, value: &str) -> Vec<String> {
    let line = format!("let {name} = {value};");
    match line.len() <= WIDTH {
        true => vec![line],
        false => vec![format!("let {name} ="), format!("    {value};")],
    }
}

/// A whole program.
fn program(uses: Vec<String>, statements: Vec<String>) -> Example {
    let signature = MAIN.to_owned();
    Example { uses, modules: Vec::new(), signature, statements, end: Vec::new() }
}

/// Walks the capabilities in a space.
pub(super) fn space(abi: &Abi, caps: &str) -> Example {
    let walk = format!("for cap in {caps}::parse(bytes) {{");
    Example {
        uses: vec![format!("use {}::views::{{{caps}, SpaceError}};", stem(abi))],
        modules: Vec::new(),
        signature: "fn print(bytes: &[u8]) -> Result<(), SpaceError>".to_owned(),
        statements: owned(&[&walk, "    println!(\"{:?}\", cap?);", "}"]),
        end: ok(),
    }
}

/// Answers a request with a capability, by the rules of a profile.
pub(super) fn reply(abi: &Abi, host: &str, cap: &str, profile: &str) -> Example {
    let stem = stem(abi);
    let import = format!("use {stem}::uapi::{host};");
    let views = format!("use {stem}::views::{{{cap}, NewCap, {profile}}};");
    let caps =
        format!("let caps = [{cap}::from(NewCap {{ id: 0x8000, version: 1, body: &[0; 8] }})];");
    let reply = format!("let size = {profile}.reply(buffer, &{host}::new(), &caps)?;");
    let shown = [
        "// A capability that only these two programs know. `buffer` has the request.",
        &caps,
        &reply,
    ];
    fallible(&[import, views], "fn answer(buffer: &mut [u8])", &shown)
}
