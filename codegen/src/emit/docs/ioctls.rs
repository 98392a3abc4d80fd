//! An ioctl: its number, its kind of file descriptor, its argument, and the reply
//! rules of each handler.

use std::collections::BTreeSet;

use askama::Template;

use super::argsz;
use super::bullet_list::BulletList;
use super::code_names;
use super::errors;
use super::handlers::{self, HandlersView};
use super::layout_variants::cell;
use super::metadata;
use super::page::Page;
use super::phrases::{directions, list};
use crate::emit::render;
use crate::ir::{Arg, EntryKind, Ioctl, IoctlNumbers};
use crate::layout::TARGETS;

/// The data of the template.
#[derive(Template)]
#[template(path = "ioctl.md.jinja", escape = "none")]
struct IoctlView {
    name: String,
    doc: String,
    warning: Option<String>,
    facts: Option<BulletList>,
    picture: Option<String>,
    handlers: Option<HandlersView>,
}

/// The ioctl's part of its page.
pub(super) fn block(page: &Page<'_>, id: crate::ir::IoctlId) -> String {
    let ioctl = page.abi.ioctl(id);
    let mut facts = vec![number(page, ioctl), file(page, ioctl), argument(page, ioctl)];
    facts.extend(ioctl.returns.as_ref().map(|doc| format!("Returns: {}", page.cell(doc))));
    facts.extend(ioctl.lasting.as_ref().map(|doc| format!("Lasting: {}", page.cell(doc))));
    facts.extend(refused(page, ioctl));
    facts.extend(errors::facts(page, ioctl));
    facts.extend(code_names::fact(page, EntryKind::Ioctl(id)));
    let view = IoctlView {
        name: ioctl.name.clone(),
        doc: page.doc(&ioctl.meta.doc),
        warning: metadata::warning(page, &ioctl.meta),
        facts: metadata::of_item(page, &ioctl.meta, facts),
        picture: argsz::is_drawn(page.abi, ioctl)
            .then(|| page.to(&format!("What argsz means to {}", ioctl.name), &argsz::path(ioctl))),
        handlers: handlers::view(page, ioctl),
    };
    render::text(&view)
}

/// The number as C builds it and as it comes out, by target.
fn number(page: &Page<'_>, ioctl: &Ioctl) -> String {
    let Some(numbers) = &page.abi.ioctl_numbers else {
        return format!("Number {}.", ioctl.number);
    };
    let (type_, base) = (page.name(&numbers.type_name), page.name(&numbers.base_name));
    let usual = format!("`{}`", value(numbers, ioctl.number, 0));
    let odd = TARGETS.iter().filter(|target| target.ioc_none != 0);
    let names: Vec<String> = odd.clone().map(|target| target.name.to_owned()).collect();
    let there = odd.map(|target| value(numbers, ioctl.number, target.ioc_none)).next();
    let there = there.map(|value| format!("; on {} `{value}`", list(&names))).unwrap_or_default();
    format!("\\_IO({type_}, {base} + {}): {usual}{there}.", ioctl.number)
}

/// The number that a program passes, in hexadecimal.
pub(super) fn value(numbers: &IoctlNumbers, number: u32, ioc_none: u32) -> String {
    let low = numbers.low_half(number);
    format!("{:#x}", ioc_none | low)
}

/// Its kind of file descriptor.
fn file(page: &Page<'_>, ioctl: &Ioctl) -> String {
    let fd = &page.abi.fds[ioctl.fd].name;
    let link = page.to(&format!("`{fd}`"), &format!("README.md#fd-{fd}"));
    let names: Vec<String> = ioctl.backends.iter().map(|name| format!("`{name}`")).collect();
    match names.len() {
        0 => format!("Called on a file descriptor of kind {link}."),
        1 => {
            format!("Called on a file descriptor of kind {link} with the backend {}.", list(&names))
        }
        _ => format!(
            "Called on a file descriptor of kind {link} with the backends {}.",
            list(&names)
        ),
    }
}

/// Its argument, and the direction.
fn argument(page: &Page<'_>, ioctl: &Ioctl) -> String {
    match ioctl.arg {
        Arg::None => "Argument: none; pass 0.".to_owned(),
        Arg::Int => "Argument: an integer, passed by value.".to_owned(),
        Arg::Fd => "Argument: a pointer to a file descriptor, an `int`.".to_owned(),
        Arg::U32 => "Argument: a pointer to a `__u32`.".to_owned(),
        Arg::Text => "Argument: a pointer to a string that ends in 0.".to_owned(),
        Arg::Struct(id) => {
            let direction = match directions(&page.abi.struct_(id).fields) {
                "" => String::new(),
                ways => format!(", {ways}"),
            };
            format!("Argument: a pointer to {}{direction}.", page.struct_(id))
        }
    }
}

/// The error for a buffer that is smaller than every handler's minsz.
fn refused(page: &Page<'_>, ioctl: &Ioctl) -> Option<String> {
    let Arg::Struct(id) = ioctl.arg else { return None };
    let struct_ = page.abi.struct_(id);
    let argsz = &struct_.fields.get(struct_.argsz?)?.name;
    let mut sizes: Vec<u64> = ioctl.handlers.iter().map(|handler| handler.minsz).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let all = (!sizes.is_empty()).then(|| cell(&sizes))?;
    let by = if sizes.len() > 1 { ", depending on the handler" } else { "" };
    let errors: BTreeSet<_> = ioctl.handlers.iter().map(|one| &one.errors.short).collect();
    let errors: Vec<_> = errors.iter().map(|error| format!("`{error}`")).collect();
    let errors = errors.join(" or ");
    Some(format!("Fails with {errors} if `{argsz}` is less than {all}{by}."))
}
