//! Capabilities: each has a chain, an id that the chain's header can hold, and
//! a body that starts with that header.

use super::cap_headers::{header_of, header_struct};
use super::chains::{id, id_up_to};
use super::type_refs::declared;
use crate::diagnostic::Diagnostic;
use crate::spec::types::{Amount, Base, Shape, TypeExpr};
use crate::spec::wrappers::Placed;
use crate::validate::Check;
use crate::validate::codes::{BAD_CHAIN, KEY_CONFLICT};
use crate::validate::model::declarations::{OfChain, StructDeclaration};
use crate::validate::model::refs::{CHAIN, Reference, STRUCT};
use crate::validate::model::uniqueness::{Definition, conflicts};

pub(super) fn check(check: &mut Check<'_>) {
    let index = check.index;
    for one in &index.capabilities {
        capability(check, one);
    }
    shared(check);
}

fn capability(check: &mut Check<'_>, one: &OfChain<'_>) {
    let OfChain { item, validity, chain, .. } = *one;
    match chain {
        Some(name) => {
            // The file's own chain was found; only a name can be wrong.
            let place = item.chain.as_ref().map_or(item.capability.place, |chain| chain.place);
            check.resolve(Reference { name, place, needed: Some(validity) }, CHAIN);
        }
        None if check.incomplete => {}
        None => {
            let message = "the file has no chain or several: name one in `chain`";
            check.refuse(BAD_CHAIN, item.capability.place, message);
        }
    }
    if item.below.is_some() {
        id_up_to(check, u32::MAX.into(), (item.id.value, item.id.place));
        return body(check, one);
    }
    id(check, (chain, validity), (item.id.value, item.id.place));
    for (end, before) in item.before.iter() {
        match before.value {
            Some(Amount::Number(number)) => id(check, (chain, validity), (number, end.place)),
            Some(Amount::Next) => check.refuse(KEY_CONFLICT, end.place, "`next` is not an id"),
            None => {}
        }
    }
    body(check, one);
}

fn body(check: &mut Check<'_>, one: &OfChain<'_>) {
    let OfChain { item, validity, .. } = *one;
    let declares = !item.fields.is_empty();
    if item.packed && !declares {
        let message = "`packed` is for the struct that `fields` declares";
        check.refuse(KEY_CONFLICT, item.capability.place, message);
    }
    let Some(name) = &item.struct_ else {
        if declares {
            check.refuse(
                KEY_CONFLICT,
                item.capability.place,
                "`fields` needs `struct`, the name of the struct",
            );
        }
        return;
    };
    let index = check.index;
    if declares {
        let own = index.structs_named(name).filter(|struct_| std::ptr::eq(struct_.name, name));
        own.for_each(|struct_| opened(check, struct_));
    } else if check.resolve(Reference { name, place: name.place, needed: Some(validity) }, STRUCT) {
        for struct_ in
            index.structs_named(name).filter(|struct_| struct_.validity.overlaps(validity))
        {
            starts_with_header(check, one, (name, struct_));
        }
    }
}

/// The struct of the header is declared before the struct of the capability.
fn opened(check: &mut Check<'_>, struct_: &StructDeclaration<'_>) {
    if let Some(header) = header_struct(check, struct_) {
        let place = struct_.name.place;
        let reference = Reference { name: header, place, needed: Some(struct_.validity) };
        if !check.index.targets(header).is_empty() {
            declared(check, struct_.order, reference, STRUCT);
        }
    }
}

/// A struct that another item declares starts with the header of the chain.
fn starts_with_header(
    check: &mut Check<'_>,
    one: &OfChain<'_>,
    (name, struct_): (&Placed<String>, &StructDeclaration<'_>),
) {
    let header = one.chain.and_then(|chain| header_of(check, chain, one.validity));
    let Some(header) = header else { return };
    let is_header = |expr: &TypeExpr| {
        expr.shape == Shape::One && expr.base == Base::Struct(header.struct_.value.clone())
    };
    let first = struct_.fields().next();
    let starts = first.is_some_and(|field| {
        let always = check
            .uncovered(struct_.validity, field.types().map(|(validity, _)| validity))
            .is_none();
        always && field.types().all(|(_, expr)| is_header(expr))
    });
    if !starts {
        let message = format!("`{}` does not start with a `{}`", name.value, header.struct_.value);
        let problem =
            Diagnostic::error(BAD_CHAIN, message).at(name.place, "not the body of a capability");
        check.problems.push(problem.and(struct_.name.place, "the struct"));
    }
}

/// A struct is the body of one capability; it knows the id.
fn shared(check: &mut Check<'_>) {
    let index = check.index;
    let definitions = index.capabilities.iter().enumerate().filter_map(|(owner, one)| {
        let name = one.item.struct_.as_ref()?;
        Some(Definition { key: name.as_str(), validity: one.validity, place: name.place, owner })
    });
    let definitions: Vec<_> = definitions.collect();
    for (first, again) in conflicts(&definitions, |_, _| false) {
        let (first, again) = (&definitions[first], &definitions[again]);
        let message = format!("`{}` is the body of two capabilities", again.key);
        let problem = Diagnostic::error(BAD_CHAIN, message).at(again.place, "again here");
        check.problems.push(problem.and(first.place, "first here"));
    }
}
