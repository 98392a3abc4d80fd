//! The errors of an ioctl that follow from the rules of its handlers, as facts.

use super::page::Page;
use super::phrases::list;
use crate::ir::{Arg, ArgumentErrors, Handler, Ioctl, Role, Struct, TailCheck};
use crate::reply::Direction;

/// A sentence for each cause of an error besides a small argsz, with the handlers.
pub(super) fn facts(page: &Page<'_>, ioctl: &Ioctl) -> Vec<String> {
    let Arg::Struct(id) = ioctl.arg else { return Vec::new() };
    let struct_ = page.abi.struct_(id);
    let mut causes = Vec::<(String, Vec<String>)>::new();
    let come = ioctl.handlers.iter().filter(|handler| handler.since.covers(page.abi.release));
    for handler in come {
        for cause in causes_of(page, handler, struct_) {
            let name = format!("`{}`", handler.name);
            match causes.iter_mut().find(|(known, _)| *known == cause) {
                Some((_, names)) if names.contains(&name) => {}
                Some((_, names)) => names.push(name),
                None => causes.push((cause, vec![name])),
            }
        }
    }
    let sentence = |(cause, names): (String, Vec<String>)| {
        let word = if names.len() == 1 { "handler" } else { "handlers" };
        format!("Fails with {cause} ({word} {}).", list(&names))
    };
    causes.into_iter().map(sentence).collect()
}

/// The errors for arguments that a handler checks whole, each with its cause.
fn refusals(handler: &Handler, struct_: &Struct) -> Vec<String> {
    let ArgumentErrors { short: _, tail, flag, value, reserved } = &handler.errors;
    let checked = || {
        let fields = struct_.fields.iter().enumerate();
        let checked = fields.filter(|(index, _)| !handler.unchecked.contains(index));
        checked.map(|(_, field)| field)
    };
    let names = |role: Role| {
        let named = checked().filter(|field| field.role == role);
        named.map(|field| format!("`{}`", field.name)).collect::<Vec<_>>()
    };
    let mut causes = vec![format!("`{tail}` if a byte after the known struct is not zero")];
    if let Some(flags) = names(Role::Flags).first() {
        causes.push(format!("`{flag}` if {flags} has a bit without a meaning"));
    }
    let reserved_fields = names(Role::Reserved);
    if !reserved_fields.is_empty() {
        causes.push(format!("`{reserved}` if {} is not zero", list(&reserved_fields)));
    }
    let numbers: Vec<_> = checked()
        .filter(|field| {
            field.direction == Some(Direction::In)
                && field.role == Role::Data
                && field.group.is_some()
        })
        .map(|field| format!("`{}`", field.name))
        .collect();
    if !numbers.is_empty() {
        causes.push(format!("`{value}` if {} is unknown", list(&numbers)));
    }
    causes
}

/// The errors of one handler, each with its cause.
fn causes_of(page: &Page<'_>, handler: &Handler, struct_: &Struct) -> Vec<String> {
    let field = |index: usize| format!("`{}`", struct_.fields[index].name);
    let mut causes = Vec::new();
    if handler.tail != TailCheck::Ignored {
        causes.extend(refusals(handler, struct_));
    }
    for (index, limit) in &handler.below {
        let limit = page.name(&limit.name);
        causes.push(format!("`EINVAL` if {} is not below {limit}", field(*index)));
    }
    for (index, refused) in &handler.may_refuse {
        let refused = page.name(&refused.name);
        causes.push(format!("`EINVAL` on some devices if {} is {refused}", field(*index)));
    }
    if let Some(error) = &handler.absent {
        causes.push(format!("`{error}` if the device does not have the id"));
    }
    if let (Some(array), Some(argsz)) = (&handler.array, struct_.argsz) {
        let (array_name, argsz) = (field(array.field), field(argsz));
        causes.push(format!("`{}` if {argsz} has no room for all of {array_name}", array.error));
    }
    causes
}
