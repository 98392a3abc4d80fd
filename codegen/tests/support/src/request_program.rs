//! Writes Rust from the resolved ABI that reads the results of requests and counted
//! replies with the views of the generated crate, and that builds every request from
//! numbers. Nothing is special: getters and inputs have the names of fields.

use std::fmt::Write;

use capchain::ir::protocol::{Aggregate, IntField, ReplyField};
use capchain::ir::requests::{
    CountedReply, InlineCount, InputKind, MemoryLength, RequestElement, RequestInput, RequestPlan,
    ResultsPlan, TypedLength,
};
use capchain::ir::{Abi, Arg, Role, StructId};
use capchain::layout::Int;
use capchain::names;
use capchain::reply::Direction;

use crate::rust_program::{ident, raw};

/// The functions that the text calls.
const HEAD: &str = include_str!("../../programs/requests.rs");

/// The most elements of an array that a built request has.
const MOST_ELEMENTS: usize = 3;

/// The module `requests`.
pub fn source(abi: &Abi) -> String {
    let (mut views, mut functions) = (String::new(), String::new());
    for plan in &abi.protocol.results {
        let text = results(abi, plan);
        let head = view(abi, plan.ioctl.0, plan.start.kernel(), flags(abi, plan), &plan.name);
        views += &head;
        functions += &text;
    }
    for plan in &abi.protocol.counted {
        views += &view(abi, plan.ioctl.0, 0, None, &plan.name);
        functions += &counted(abi, plan);
    }
    let plans = &abi.protocol.requests;
    let builders: String = plans.iter().map(|plan| format!("    build_{},\n", plan.name)).collect();
    functions.extend(plans.iter().map(|plan| builder(abi, plan)));
    format!(
        "{HEAD}\n/// The views of results and of counted replies.\n\
         pub(crate) const VIEWS: &[View] = &[\n{views}];\n\n\
         /// The requests.\npub(crate) const BUILDERS: &[Build] = &[\n{builders}];\n{functions}"
    )
}

fn view(abi: &Abi, ioctl: usize, start: u64, flags: Option<(u64, u64)>, name: &str) -> String {
    let Arg::Struct(argument) = abi.ioctls[ioctl].arg else { panic!("{name} has a struct") };
    let struct_ = &abi.struct_(argument).name;
    format!(
        "    View {{ struct_: {struct_:?}, start: {start}, flags: {flags:?}, read: read_{name} }},\n"
    )
}

/// Offset and value of the flags with which the argument has these results.
fn flags(abi: &Abi, plan: &ResultsPlan) -> Option<(u64, u64)> {
    let own = |request: &&RequestPlan| request.reply == Some(plan.reply);
    let fixed = abi.protocol.requests.iter().find(own)?.fixed?;
    (plan.reply.offset != 0).then_some((fixed.offset, fixed.value))
}

/// A function that passes all values of a view to `put`.
fn results(abi: &Abi, plan: &ResultsPlan) -> String {
    let struct_ = abi.struct_(plan.reply.struct_);
    let (name, type_) = (&plan.name, names::rust_type(&plan.name));
    let mut lines = String::new();
    for ReplyField { value: field, is_appended, .. } in &plan.fields {
        let of = &struct_.fields[field.field];
        let (stored, raw) = (of.stored_name(), raw(abi, of.group, field.int));
        let getter = ident(stored);
        let value = match is_appended {
            true => format!("view.{getter}().map(|found| bits(found{raw}))"),
            false => format!("Some(bits(view.{getter}(){raw}))"),
        };
        writeln!(lines, "    put({stored:?}, {value});").expect("text");
    }
    for ReplyField { value: aggregate, is_appended, .. } in &plan.aggregates {
        let name = struct_.fields[aggregate.field].stored_name();
        let value = format!("view.{}()", ident(name));
        let found = if *is_appended { value } else { format!("Some({value})") };
        let head = format!("    if let Some(inner) = {found} {{\n");
        lines.extend([&head, &values(abi, aggregate, name, "inner"), "    }\n"]);
    }
    format!(
        "\nfn read_{name}(put: Put<'_>, bytes: &[u8], wire: Wire) -> Result<(), ReplyError> {{\n    \
         let view = requests::{type_}::parse_as(bytes, wire)?;\n{lines}    \
         view.to_struct();\n    Ok(())\n}}\n"
    )
}

/// The lines that pass the integers of a struct or an array to `put`, but no bytes.
fn values(abi: &Abi, plan: &Aggregate, name: &str, value: &str) -> String {
    let each = if plan.count.is_some() { "each" } else { value };
    let lines = match plan.element {
        RequestElement::Int(Int::U8) => return format!("    let _ = {value};\n"),
        RequestElement::Int(_) => format!("    put(\"{name}\", Some(bits({each})));\n"),
        RequestElement::Struct(id, _) => members(abi, id, name, each),
    };
    match plan.count {
        None => lines,
        Some(_) => format!("    for each in {value} {{\n{lines}    }}\n"),
    }
}

/// The lines that pass the integers of a struct to `put`.
fn members(abi: &Abi, id: StructId, name: &str, value: &str) -> String {
    let record = abi.protocol.records.iter().find(|record| record.struct_ == id);
    let struct_ = abi.struct_(id);
    let shown = |field: &&IntField| struct_.fields[field.field].role != Role::Reserved;
    let line = |int: &IntField| {
        let field = &struct_.fields[int.field];
        let (stored, raw) = (field.stored_name(), raw(abi, field.group, int.int));
        let member = ident(stored);
        format!("    put(\"{name}.{stored}\", Some(bits({value}.{member}{raw})));\n")
    };
    let ints = record.into_iter().flat_map(|record| record.fields.iter().filter(shown).map(line));
    let inner = record.into_iter().flat_map(|record| &record.aggregates);
    let inner = inner.filter(|field| struct_.fields[field.field].role != Role::Reserved);
    let inner = inner.map(|field| {
        let stored = struct_.fields[field.field].stored_name();
        values(abi, field, &format!("{name}.{stored}"), &format!("{value}.{}", ident(stored)))
    });
    ints.chain(inner).collect()
}

/// A function that passes all values of a counted reply to `put`.
fn counted(abi: &Abi, plan: &CountedReply) -> String {
    let struct_ = abi.struct_(plan.struct_);
    let type_ = names::rust_type(names::without_prefix(&abi.prefix, &struct_.name));
    let array = &struct_.fields[plan.array].name;
    let count = &struct_.fields[plan.count.field].name;
    let element = match plan.element {
        RequestElement::Int(_) => format!("    put(\"{array}\", Some(bits(each)));\n"),
        RequestElement::Struct(id, _) => members(abi, id, array, "each"),
    };
    let fixed = plan.aggregates.iter().map(|field| {
        let name = struct_.fields[field.field].stored_name();
        values(abi, field, name, &format!("view.{}()", ident(name)))
    });
    let fixed: String = fixed.collect();
    let (array, name) = (ident(array), &plan.name);
    format!(
        "\nfn read_{name}(put: Put<'_>, bytes: &[u8], wire: Wire) -> Result<(), ReplyError> {{\n    \
         let view = requests::{type_}::parse_as(bytes, wire)?;\n    \
         let _ = view.required_size();\n    \
         put({count:?}, Some(bits(view.{})));\n{fixed}    \
         for each in view.{array}().iter() {{\n{element}    }}\n    Ok(())\n}}\n",
        [&ident(count), "()"].concat()
    )
}

/// A function that builds a request of numbers and writes it.
fn builder(abi: &Abi, plan: &RequestPlan) -> String {
    let (mut before, mut taken, mut after) = (String::new(), Vec::new(), String::new());
    for input in &plan.inputs {
        let name = ident(&input.name);
        let (prepare, value) = value(abi, input);
        before += &prepare;
        match input.present {
            None => taken.push(value),
            Some(_) => writeln!(
                after,
                "    if numbers.next() % 2 == 1 {{\n        request.{name} = Some({value});\n    }}"
            )
            .expect("text"),
        }
    }
    let (name, type_) = (&plan.name, names::rust_type(&plan.name));
    let (mutable, taken) = (if after.is_empty() { "" } else { "mut " }, taken.join(", "));
    let unused = if plan.inputs.is_empty() { "    let _ = numbers;\n" } else { "" };
    let argsz = plan.argsz;
    format!(
        "\nfn build_{name}(numbers: &mut Numbers<'_>, buffer: &mut [u8]) -> Option<Built> {{\n{unused}\
         {before}    let {mutable}request = requests::{type_}::new({taken});\n{after}    \
         written(request, buffer, {argsz:?})\n}}\n"
    )
}

/// The lines that prepare the value of an input, and the value.
fn value(abi: &Abi, input: &RequestInput) -> (String, String) {
    let name = format!("{}_", input.name);
    match &input.kind {
        InputKind::Number { int, group, .. } => {
            let group = group.map(|id| abi.group(id));
            // A type of named numbers can be wider than the field.
            let name = int_name(group.map_or(*int, |group| group.int));
            let number = match input.foreign {
                0 => format!("numbers.next() as {name}"),
                foreign => format!("(numbers.next() & !{foreign:#x}) as {name}"),
            };
            let value = group
                .and_then(|group| group.rust.as_deref())
                .map(|group| format!("uapi::{group}({number})"));
            (String::new(), value.unwrap_or(number))
        }
        InputKind::Choice { type_name, options, .. } => {
            let variant = |short: &str| names::rust_type(short);
            let arms = options.iter().enumerate().skip(1);
            let arms: String = arms
                .map(|(nth, option)| {
                    format!("{nth} => requests::{type_name}::{}, ", variant(&option.short))
                })
                .collect();
            let first = variant(&options[0].short);
            let count = options.len();
            let value = format!(
                "match numbers.next() % {count} {{ {arms}_ => requests::{type_name}::{first} }}"
            );
            (String::new(), value)
        }
        InputKind::Struct { struct_, .. } => {
            (String::new(), element(abi, RequestElement::Struct(*struct_, 0)))
        }
        InputKind::Inline { element: each, count, .. } => match count {
            InlineCount::Fixed(1) => (String::new(), element(abi, *each)),
            InlineCount::Fixed(length) => (String::new(), array(abi, *each, *length as usize)),
            InlineCount::Field(..) | InlineCount::ToEnd => {
                let array = array(abi, *each, MOST_ELEMENTS);
                (format!("    let {name} = {array};\n"), slice(&name, "get"))
            }
        },
        InputKind::Typed(data) => {
            let group = abi.group(data.group).rust.as_deref().unwrap_or_default();
            let number = format!("uapi::{group}(numbers.next() as {})", int_name(data.number.int));
            let (mutable, get) = match data.direction {
                Direction::In => ("", "get"),
                _ => ("mut ", "get_mut"),
            };
            let array = array(abi, RequestElement::Int(Int::U8), MOST_ELEMENTS);
            let size = match data.length {
                TypedLength::Bytes(..) => "",
                TypedLength::Strided { .. } => "1, ",
            };
            let bytes = slice(&name, get);
            let value = format!("requests::{}::Other({number}, {size}{bytes})", data.type_name);
            (format!("    let {mutable}{name} = {array};\n"), value)
        }
        InputKind::Memory { direction, element: each, length, .. } => {
            let (mutable, get) = match direction {
                Direction::In => ("", "get"),
                _ => ("mut ", "get_mut"),
            };
            let (length, value) = match length {
                MemoryLength::Fixed(length) => (*length as usize, format!("&{mutable}{name}")),
                _ => (MOST_ELEMENTS, slice(&name, get)),
            };
            let array = array(abi, *each, length);
            (format!("    let {mutable}{name} = {array};\n"), value)
        }
    }
}

fn slice(name: &str, get: &str) -> String {
    let count = MOST_ELEMENTS + 1;
    format!("{name}.{get}(..(numbers.next() % {count}) as usize).unwrap_or_default()")
}

fn array(abi: &Abi, each: RequestElement, length: usize) -> String {
    format!("core::array::from_fn::<_, {length}, _>(|_| {})", element(abi, each))
}

fn element(abi: &Abi, element: RequestElement) -> String {
    match element {
        RequestElement::Int(int) => format!("numbers.next() as {}", int_name(int)),
        RequestElement::Struct(id, _) => {
            format!("uapi::{}::read(Wire::HOST, &numbers.bytes())", abi.struct_(id).name)
        }
    }
}

fn int_name(int: capchain::layout::Int) -> String {
    let sign = if int.signed() { "i" } else { "u" };
    format!("{sign}{}", int.size() * 8)
}
