//! The example of an item on its page.

use super::{calls, fallible, group, program, space, stem};
use crate::emit::example::{Example, shown_field, usual};
use crate::emit::rust::tokens::ident;
use crate::emit::rust::views::host_name;
use crate::ir::{
    Abi, Capability, CapabilityId, ChainId, Group, Item, Literal, Macro, Struct, StructId, Value,
};
use crate::names;

/// The example of an item; none if it has nothing that a program can use.
pub(in crate::emit) fn of_item(abi: &Abi, item: Item) -> Option<Example> {
    match item {
        Item::Struct(id) => Some(struct_(abi, id)),
        Item::Group(id) => numbers(abi, abi.group(id)),
        Item::Macro(id) => Some(macro_(abi, abi.macro_(id))),
        Item::Ioctl(id) => Some(calls::ioctl(abi, id)),
        Item::Chain(id) => Some(chain(abi, id)),
        Item::Capability(id) => Some(capability(abi, id)),
    }
}

/// Reads a struct with its view, or sets a field of it.
fn struct_(abi: &Abi, id: StructId) -> Example {
    let (one, stem) = (abi.struct_(id), stem(abi));
    let plan = &abi.protocol;
    if let Some(host) = plan.host(id) {
        return parse(&stem, "views", &host_name(abi, host), "reply");
    }
    if plan.counted.iter().any(|counted| counted.struct_ == id) {
        let view = names::reply_view(&abi.prefix, &one.name);
        return parse(&stem, "requests", &view, "reply");
    }
    match plan.results_of(id).next() {
        Some(results) => {
            let view = names::rust_type(&results.name);
            parse(&stem, "requests", &view, "reply.to_struct()")
        }
        None => value(&stem, one, abi),
    }
}

/// Reads the bytes of a reply.
fn parse(stem: &str, module: &str, view: &str, shown: &str) -> Example {
    let read = format!("let reply = {view}::parse(bytes)?;");
    let print = format!("println!(\"{{:?}}\", {shown});");
    let uses = [format!("use {stem}::{module}::{view};")];
    fallible(&uses, "fn print(bytes: &[u8])", &[&read, &print])
}

/// A struct with a field set.
fn value(stem: &str, one: &Struct, abi: &Abi) -> Example {
    let name = ident(&one.name).to_string();
    let mut imports = vec![name.clone()];
    let number = |imports: &mut Vec<String>, (group, value): (&Group, &Value)| {
        let (type_, number) = match &group.rust {
            Some(type_) => (type_, format!("{type_}::{}", ident(&value.short))),
            None => (&value.name, value.name.clone()),
        };
        imports.push(type_.clone());
        number
    };
    let new = match shown_field(abi, one) {
        Some((field, named)) => {
            let number = named.map_or("1".to_owned(), |named| number(&mut imports, named));
            format!("let value = {name}::new().with(|it| it.{} = {number});", ident(&field.name))
        }
        None => format!("let value = {name}::new();"),
    };
    let print = "println!(\"{} bytes: {value:?}\", size_of_val(&value));".to_owned();
    let imports = match &imports[..] {
        [one] => one.clone(),
        all => format!("{{{}}}", all.join(", ")),
    };
    program(vec![format!("use {stem}::uapi::{imports};")], vec![new, print])
}

/// Names the numbers of a group, or prints one of them.
fn numbers(abi: &Abi, one: &Group) -> Option<Example> {
    if let Some(type_) = &one.rust {
        return group(abi, one, type_);
    }
    let value = usual(one.values.iter()).into_iter().next()?;
    let format = match value.literal {
        Literal::Hex | Literal::Bit { .. } => ":#x",
        _ => "",
    };
    let name = ident(&value.name);
    let print = format!("println!(\"{name} = {{{name}{format}}}\");");
    Some(program(vec![format!("use {}::uapi::{name};", stem(abi))], vec![print]))
}

/// Calls the function of a macro.
fn macro_(abi: &Abi, one: &Macro) -> Example {
    let function = ident(&one.name.to_ascii_lowercase());
    let arguments = vec!["1"; one.args.len()].join(", ");
    let print = format!("println!(\"{{}}\", {function}({arguments}));");
    program(vec![format!("use {}::uapi::{function};", stem(abi))], vec![print])
}

/// Walks a chain.
fn chain(abi: &Abi, id: ChainId) -> Example {
    let chain = abi.chain(id);
    if chain.space.is_some() {
        return space(abi, &names::caps(&chain.name));
    }
    let (view, walk) = walk(abi, id);
    let uses = [format!("use {}::views::{view};", stem(abi))];
    let shown = [&*walk, "    println!(\"{:?}\", cap?);", "}"];
    fallible(&uses, "fn print(bytes: &[u8])", &shown)
}

/// The type with which a walk starts, and the first line of the walk.
fn walk(abi: &Abi, id: ChainId) -> (String, String) {
    match &abi.protocol.chains[id.0].host {
        Some(host) => {
            let view = host_name(abi, host);
            let walk = format!("for cap in {view}::parse(bytes)?.caps() {{");
            (view, walk)
        }
        None => {
            let view = names::caps(&abi.chain(id).name);
            let walk = format!("for cap in {view}::parse(bytes) {{");
            (view, walk)
        }
    }
}

/// Finds a capability in its chain.
fn capability(abi: &Abi, id: CapabilityId) -> Example {
    let one = abi.capability(id);
    let chain = abi.chain(one.chain);
    let (view, walk) = walk(abi, one.chain);
    let enumeration = names::cap(&chain.name);
    let outer = match &one.kind {
        Some(kind) => abi.capability(kind.parent),
        None => one,
    };
    let variant = |of: &Capability| ident(&names::rust_type(&of.short)).to_string();
    let matched = format!("    if let {enumeration}::{}(found) = cap? {{", variant(outer));
    let mut imports = vec![view, enumeration.clone()];
    let mut shown = vec![walk, matched];
    match &one.kind {
        None => shown.push("        println!(\"{found:?}\");".to_owned()),
        Some(_) => {
            let kinds = names::cap_kinds(&chain.name, &outer.short);
            shown
                .push(format!("        if let {kinds}::{}(kind) = found.kind()? {{", variant(one)));
            shown.push("            println!(\"{kind:?}\");".to_owned());
            shown.push("        }".to_owned());
            imports.push(kinds);
        }
    }
    shown.extend(["    }".to_owned(), "}".to_owned()]);
    imports.sort();
    let uses = [format!("use {}::views::{{{}}};", stem(abi), imports.join(", "))];
    let shown: Vec<_> = shown.iter().map(String::as_str).collect();
    fallible(&uses, "fn print(bytes: &[u8])", &shown)
}
