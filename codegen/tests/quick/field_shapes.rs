//! No field is lost: of every struct that is read or written, each field that is not reserved is
//! in the plan of its readers and writers, and in their texts in each language.

use std::collections::BTreeSet;

use capchain::emit;
use capchain::ir::protocol::{Aggregate, ElementPlan, IntField};
use capchain::ir::requests::RequestElement;
use capchain::ir::{Abi, Field, Role, Struct, Type};
use capchain::names;
use support::fixtures;

/// The fields of a struct that a reader shows.
fn shown<'a>(struct_: &'a Struct, hidden: &[Role]) -> impl Iterator<Item = (usize, &'a Field)> {
    struct_.fields.iter().enumerate().filter(|(_, field)| !hidden.contains(&field.role))
}

/// Panics unless every field is one of those of a plan.
fn covered(
    name: &str,
    struct_: &Struct,
    hidden: &[Role],
    (ints, aggregates): (&[IntField], &[&Aggregate]),
    array: Option<usize>,
) -> usize {
    let ints = ints.iter().map(|field| field.field);
    let planned: BTreeSet<_> =
        ints.chain(aggregates.iter().map(|field| field.field)).chain(array).collect();
    let fields: Vec<_> = shown(struct_, hidden).collect();
    for (index, field) in &fields {
        assert!(planned.contains(index), "{name}: `{}` of `{}` is lost", field.name, struct_.name);
    }
    fields.len()
}

#[test]
fn every_field_has_a_place_in_the_plan() {
    let (mut fields, mut aggregates) = (0, 0);
    let abis = fixtures::all();
    assert!(abis.len() > 8, "{}", abis.len());
    for (name, abi) in &abis {
        let plan = &abi.protocol;
        for (one, cap) in abi.capabilities.iter().zip(&plan.capabilities) {
            let Some(struct_) = cap.struct_.map(|id| abi.struct_(id)) else { continue };
            let fixed = cap.fixed_arrays.iter().map(|array| array.first.clone());
            let ints: Vec<_> = cap.fields.iter().cloned().chain(fixed).collect();
            let own: Vec<_> = cap.aggregates.iter().collect();
            let array = cap.array.as_ref().map(|array| array.field);
            aggregates += own.len() + cap.fixed_arrays.len();
            let hidden = [Role::Header, Role::Reserved];
            fields += covered(name, struct_, &hidden, (&ints, &own), array);
            let in_space = abi.chain(one.chain).space.is_some();
            if let Some(ElementPlan::Struct(id, ints)) = cap.array.as_ref().map(|one| &one.element)
            {
                let record = plan.records.iter().find(|record| record.struct_ == *id);
                assert!(in_space || record.is_some(), "{name}: no record");
                let own = record.into_iter().flat_map(|record| &record.aggregates);
                let own: Vec<_> = own.collect();
                fields += covered(name, abi.struct_(*id), &[Role::Reserved], (ints, &own), None);
            }
        }
        for host in plan.chains.iter().filter_map(|chain| chain.host.as_ref()) {
            let ints: Vec<_> = host.fields.iter().map(|one| one.value.clone()).collect();
            let own: Vec<_> = host.aggregates.iter().map(|one| &one.value).collect();
            let hidden = [Role::CapOffset, Role::Reserved];
            fields += covered(name, abi.struct_(host.struct_), &hidden, (&ints, &own), None);
        }
        for reply in &plan.counted {
            let own: Vec<_> = reply.aggregates.iter().collect();
            let hidden = [Role::Argsz, Role::Reserved];
            let struct_ = abi.struct_(reply.struct_);
            fields += covered(name, struct_, &hidden, (&reply.fields, &own), Some(reply.array));
        }
        for results in &plan.results {
            let ints: Vec<_> = results.fields.iter().map(|one| one.value.clone()).collect();
            let own: Vec<_> = results.aggregates.iter().map(|one| &one.value).collect();
            let struct_ = abi.struct_(results.reply.struct_);
            let array = flexible(struct_);
            let hidden = [Role::Argsz, Role::Reserved];
            fields += covered(name, struct_, &hidden, (&ints, &own), array);
        }
        for record in &plan.records {
            let own: Vec<_> = record.aggregates.iter().collect();
            let struct_ = abi.struct_(record.struct_);
            aggregates += own.len();
            // Memory that an argument has the address of is no part of its bytes.
            let address = struct_.fields.iter().position(|field| field.payload.is_some());
            let array = flexible(struct_).or(address);
            fields += covered(name, struct_, &[Role::Reserved], (&record.fields, &own), array);
        }
    }
    println!("{fields} fields, {aggregates} structs and arrays, in {} specifications", abis.len());
    assert!(fields > 500 && aggregates > 30, "{fields} {aggregates}");
}

/// The array that ends a struct.
fn flexible(struct_: &Struct) -> Option<usize> {
    struct_.fields.iter().position(|field| matches!(field.type_, Type::Flexible(..)))
}

/// The part of a text after a line that starts with `head`, until the next line that is `end`.
fn part<'a>(text: &'a str, head: &str, end: &str) -> &'a str {
    let start = text.find(head).unwrap_or_else(|| panic!("no {head}"));
    let rest = &text[start..];
    &rest[..rest.find(end).unwrap_or(rest.len())]
}

#[test]
fn every_field_of_a_capability_is_read_and_written_in_each_language() {
    let mut checked = 0;
    for (name, abi) in fixtures::all() {
        let files = emit::all(&abi);
        let of = |end: &str| -> String {
            let texts = files.iter().filter(|file| file.path.ends_with(end));
            texts.map(|file| file.contents.as_str()).collect()
        };
        let rust = of(".rs");
        let c = emit::c_header(&abi).contents;
        let go = of(".go");
        let python = of(".py");
        for (one, plan) in abi.capabilities.iter().zip(&abi.protocol.capabilities) {
            let Some(struct_) = plan.struct_.map(|id| abi.struct_(id)) else { continue };
            let chain = abi.chain(one.chain);
            let view = names::cap_type(&chain.name, &one.short);
            let writes = chain.offset_host().is_some();
            let stem = names::c_stem(&abi.name);
            let view_c = names::c_name(&stem, &[&chain.name, &one.short]);
            for (index, field) in shown(struct_, &[Role::Header, Role::Reserved]) {
                let what = || format!("{name}: `{}` of `{}`", field.name, struct_.name);
                let stored = field.stored_name();
                let getter = format!("pub fn {}(", names::view_getter(stored));
                let getter = getter.replace("fn r#", "fn ");
                let views = rust_impl(&rust, &view).replace("fn r#", "fn ");
                assert!(views.contains(&getter), "{} in Rust: {views}", what());
                let is_array = matches!(field.type_, Type::Flexible(..));
                if is_array {
                    let element = names::c_element(&one.short, stored);
                    let element = names::c_name(&stem, &[&chain.name, &one.short, element]);
                    assert!(c.contains(&format!(" {element}(")), "{} in C", what());
                    continue;
                }
                let members = part(&c, &format!("struct {view_c} {{\n"), "\n};");
                let is_member = |line: &str| {
                    let line = line.split("/*").next().unwrap_or_default().trim_end();
                    let line = line.trim_end_matches(';');
                    let last = line.split(['\t', ' ']).next_back().unwrap_or_default();
                    last.split('[').next() == Some(stored)
                };
                assert!(members.lines().any(is_member), "{} in C: {members}", what());
                let count = plan.array.as_ref().and_then(|array| array.count.as_ref());
                let is_count = count.is_some_and(|count| count.field == index);
                if writes && !is_count {
                    let append = format!("static inline void {view_c}_append(");
                    let append = part(&c, &append, "\n}\n");
                    assert!(append.contains(&format!("values->{stored}")), "{}: {append}", what());
                    let put = format!("cap.{stored}");
                    let raw = format!("cap.r#{stored}");
                    assert!(rust.contains(&put) || rust.contains(&raw), "{} in Rust", what());
                }
                if !go.is_empty() {
                    assert!(go.contains(&names::go_field(&field.name)), "{} in Go", what());
                    assert!(python.contains(&format!("{:?}", field.name)), "{} in Python", what());
                }
                checked += 1;
            }
        }
    }
    println!("{checked} fields of capabilities");
    assert!(checked > 200, "{checked}");
}

/// The methods of a view.
fn rust_impl(text: &str, view: &str) -> String {
    let heads = [
        format!("impl<'a> {view}<'a> {{"),
        format!("impl<'a, S: Space + ?Sized> {view}<'a, S> {{"),
    ];
    let found = heads.iter().find(|head| text.contains(head.as_str()));
    found.map(|head| part(text, head, "\n}\n").to_owned()).unwrap_or_default()
}

/// A struct of a record is an element or within one.
#[test]
fn every_struct_within_another_is_a_record() {
    for (name, abi) in fixtures::all() {
        let records: BTreeSet<_> = abi.protocol.records.iter().map(|one| one.struct_).collect();
        let aggregates = abi.protocol.records.iter().flat_map(|record| &record.aggregates);
        let caps = abi.protocol.capabilities.iter().flat_map(|cap| &cap.aggregates);
        for field in aggregates.chain(caps) {
            if let RequestElement::Struct(id, _) = field.element {
                assert!(records.contains(&id), "{name}: {}", abi.struct_(id).name);
            }
        }
    }
}

/// The ABI of the test has a field of each shape wherever there can be one.
#[test]
fn the_specification_of_shapes_has_each_of_them() {
    let abis = fixtures::all();
    let (_, abi): &(String, Abi) =
        abis.iter().find(|(name, _)| name.ends_with("/shapes")).expect("the specification");
    let plan = &abi.protocol;
    let hosts = plan.chains.iter().filter_map(|chain| chain.host.as_ref());
    let places: [Vec<&Aggregate>; 5] = [
        plan.capabilities.iter().flat_map(|cap| &cap.aggregates).collect(),
        hosts.flat_map(|host| &host.aggregates).map(|one| &one.value).collect(),
        plan.counted.iter().flat_map(|reply| &reply.aggregates).collect(),
        plan.results.iter().flat_map(|one| &one.aggregates).map(|one| &one.value).collect(),
        plan.records.iter().flat_map(|record| &record.aggregates).collect(),
    ];
    for fields in places {
        let is = |array: bool, struct_: bool| {
            fields
                .iter()
                .any(|one| one.count.is_some() == array && one.struct_().is_some() == struct_)
        };
        assert!(is(true, false) && is(false, true) && is(true, true), "{fields:?}");
    }
}
