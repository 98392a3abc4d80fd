//! Examples in the documentation of types that a user starts from. rustdoc compiles all of
//! them; lines that start with `# ` are not shown.

use proc_macro2::TokenStream;
use quote::quote;

use super::requests::types::{parameter_type, taken_by_new};
use super::requests::{results, type_name};
use super::tokens::ident;
use crate::ir::requests::{RequestPlan, Returns};
use crate::ir::{Abi, Arg, FdKind, Group, Value};
use crate::names;

/// The end of a function that returns a result.
const END: [&str; 2] = ["# Ok(())", "# }"];

/// The type of the results of functions around examples.
const RESULT: &str = "Result<(), Box<dyn std::error::Error>>";

/// The documentation with an example; `mark` follows the fence, such as `no_run`.
pub(super) fn block(mark: &str, lines: &[String]) -> TokenStream {
    let fence = ["```", mark].concat();
    let code = lines.iter().map(|line| match line.is_empty() {
        true => String::new(),
        false => [" ", line].concat(),
    });
    let around = |text: &str| [" ", text].concat();
    let lines: Vec<_> =
        ["".to_owned(), around(&fence)].into_iter().chain(code).chain([around("```")]).collect();
    quote!(#(#[doc = #lines])*)
}

fn stem(abi: &Abi) -> String {
    names::c_stem(&abi.name)
}

fn lines(shown: &[&str]) -> Vec<String> {
    shown.iter().copied().chain(END).map(str::to_owned).collect()
}

/// Writes a request, and reads its results.
pub(super) fn request(abi: &Abi, plan: &RequestPlan) -> TokenStream {
    let (stem, name) = (stem(abi), type_name(plan).to_string());
    let inputs: Vec<_> = taken_by_new(plan).collect();
    let parameters = inputs.iter().map(|input| {
        let type_ = compact(&parameter_type(abi, input, true));
        format!(", {}: {type_}", ident(&input.name))
    });
    let parameters: String = parameters.collect();
    let values: Vec<_> = inputs.iter().map(|input| ident(&input.name).to_string()).collect();
    let import = format!("use {stem}::requests::{{{name}, Request}};");
    let modules = format!("# use {stem}::{{requests, uapi}};");
    let function = format!("# fn ask(buffer: &mut [u8]{parameters}) -> {RESULT} {{");
    let new = format!("let mut request = {name}::new({});", values.join(", "));
    let reply = format!("println!(\"{{:?}}\", {name}::reply(argument)?);");
    let ioctl = format!("// Pass `argument` to the ioctl `{name}::IOCTL`.");
    let mut shown = vec![
        &*import,
        &modules,
        "",
        &function,
        &new,
        "let argument = request.write(buffer)?;",
        &ioctl,
    ];
    if results::of_request(abi, plan).is_some() {
        shown.push(&reply);
    }
    block("", &lines(&shown))
}

/// Tokens as people write them in one line.
fn compact(tokens: &TokenStream) -> String {
    let spaced = tokens.to_string();
    let shorter = [(" :: ", "::"), ("& ", "&"), (" ;", ";"), (" <", "<"), ("< ", "<"), (" >", ">")];
    shorter.iter().fold(spaced, |text, (long, short)| text.replace(long, short))
}

/// Takes a descriptor, and makes a call that has no argument, if there is one.
pub(super) fn descriptor(abi: &Abi, index: usize, kind: &FdKind) -> TokenStream {
    let (stem, name) = (stem(abi), names::group_type(&kind.name));
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
    let function = format!("# fn call<F: rustix::fd::AsFd>(owner: F) -> {RESULT} {{");
    let new = format!("let fd = unsafe {{ {name}::new(owner) }};");
    let shown =
        [&*import, "", &function, "// SAFETY: the descriptor is of this kind.", &new, &call];
    block("no_run", &lines(&shown))
}

/// Combines flags, or names a number.
pub(super) fn group(abi: &Abi, group: &Group, name: &str) -> TokenStream {
    let usual = |value: &&Value| value.meta.deprecated.is_none();
    let shorts: Vec<_> = group.named().filter(usual).map(|value| ident(&value.short)).collect();
    let import = format!("use {}::uapi::{name};", stem(abi));
    let shown = match &shorts[..] {
        [first, second, ..] if group.is_flags() => vec![
            import,
            String::new(),
            format!("let flags = {name}::{first} | {name}::{second};"),
            format!("assert!(flags.contains({name}::{first}));"),
            "println!(\"{flags:?}\");".to_owned(),
        ],
        [first, ..] => vec![
            import,
            String::new(),
            format!("let found = {name}::from({name}::{first}.0);"),
            format!("assert_eq!(found, {name}::{first});"),
            "println!(\"{found:?}\"); // its name, or the number if it has none".to_owned(),
        ],
        [] => return quote!(),
    };
    block("", &shown)
}

/// Walks the capabilities in a space.
pub(super) fn space(abi: &Abi, caps: &str) -> TokenStream {
    let import = format!("use {}::views::{{{caps}, SpaceError}};", stem(abi));
    let walk = format!("for cap in {caps}::parse(bytes) {{");
    let function = "# fn print(bytes: &[u8]) -> Result<(), SpaceError> {";
    let shown = [&*import, "", function, &walk, "    println!(\"{:?}\", cap?);", "}"];
    block("", &lines(&shown))
}

/// Answers a request with a capability, by the rules of a profile.
pub(super) fn reply(abi: &Abi, host: &str, cap: &str, profile: &str) -> TokenStream {
    let stem = stem(abi);
    let import = format!("use {stem}::uapi::{host};");
    let views = format!("use {stem}::views::{{{cap}, NewCap, {profile}}};");
    let function = format!("# fn answer(buffer: &mut [u8]) -> {RESULT} {{");
    let caps =
        format!("let caps = [{cap}::from(NewCap {{ id: 0x8000, version: 1, body: &[0; 8] }})];");
    let reply = format!("let size = {profile}.reply(buffer, &{host}::new(), &caps)?;");
    let shown = [
        &*import,
        &views,
        "",
        &function,
        "// A capability that only these two programs know. `buffer` has the request.",
        &caps,
        &reply,
    ];
    block("", &lines(&shown))
}
