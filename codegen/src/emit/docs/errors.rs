//! The errors of an ioctl that follow from the rules of its handlers, as facts.

use super::page::Page;
use super::phrases::list;
use crate::ir::{Arg, Handler, Ioctl, Struct};

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

/// The errors of one handler, each with its cause.
fn causes_of(page: &Page<'_>, handler: &Handler, struct_: &Struct) -> Vec<String> {
    let field = |index: usize| format!("`{}`", struct_.fields[index].name);
    let mut causes = Vec::new();
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
