//! The reply rules of an ioctl: one row for each handler of the kernel, with the
//! bytes that it reads, writes and leaves unchanged; notes that fit no column are
//! below the table.

use askama::Template;

use super::bullet_list::BulletList;
use super::metadata::source;
use super::page::Page;
use super::phrases::{list, span};
use super::table::{Align, Table};
use crate::ir::{Arg, Copied, Handler, Ioctl, RepliesOn, ReplyArray, ReplyChain, Struct};
use crate::reply::{ArgszReply, Padding, Unset, WhenTooSmall};

/// The data of the template.
#[derive(Template)]
#[template(path = "handlers.md.jinja", escape = "none")]
pub(super) struct HandlersView {
    columns: String,
    table: String,
    notes: Option<BulletList>,
}

/// The table of an ioctl's handlers, if it has any.
pub(super) fn view(page: &Page<'_>, ioctl: &Ioctl) -> Option<HandlersView> {
    let mut table = Table::new([
        ("handler", Align::Left),
        ("releases", Align::Whole),
        ("minsz", Align::Right),
        ("reads", Align::Right),
        ("writes", Align::Right),
        ("not set", Align::Whole),
        ("chain", Align::Whole),
        ("short buffer", Align::Whole),
        ("argsz", Align::Whole),
    ]);
    // The table of an older release cannot name later handlers.
    let come = |handler: &&Handler| handler.since.covers(page.abi.release);
    let handlers = || ioctl.handlers.iter().filter(come);
    let struct_ = match ioctl.arg {
        Arg::Struct(id) => Some(page.abi.struct_(id)),
        _ => None,
    };
    for handler in handlers() {
        table.row([
            format!("`{}`", handler.name),
            span(page.abi, handler.since, handler.until),
            handler.minsz.to_string(),
            copied(&handler.reads, struct_),
            copied(&handler.writes, struct_),
            unset(handler).to_owned(),
            handler.chain.as_ref().map(start).unwrap_or_default(),
            short(handler).to_owned(),
            argsz(handler).to_owned(),
        ]);
    }
    Some(HandlersView {
        columns: page.to("meaning of the columns", "README.md#how-to-read-the-tables-of-handlers"),
        table: table.finish()?,
        notes: BulletList::new(handlers().map(|handler| {
            let named = |other: &&Handler| other.name == handler.name;
            note(page, (ioctl, handler), ioctl.handlers.iter().filter(named).count() > 1)
        })),
    })
}

/// Ends of a copy; of several, the last that argsz covers.
fn bytes(ends: &[u64]) -> String {
    ends.iter().map(u64::to_string).collect::<Vec<_>>().join(" / ")
}

fn copied(copied: &Copied, struct_: Option<&Struct>) -> String {
    match copied {
        Copied::Only(fields) => {
            let name = |at: &usize| struct_.map_or("", |one| one.fields[*at].name.as_str());
            let names = fields.iter().map(|at| format!("`{}`", name(at)));
            format!("only {}", list(&names.collect::<Vec<_>>()))
        }
        Copied::Ends(ends) if ends.is_empty() => "nothing".to_owned(),
        Copied::Ends(ends) => bytes(ends),
        Copied::Fitting => "fitting".to_owned(),
    }
}

fn unset(handler: &Handler) -> &'static str {
    match handler.unset {
        _ if handler.writes == Copied::Ends(Vec::new()) => "",
        Unset::Echo => "caller's",
        Unset::Zero => "zero",
        Unset::Stack => "stack",
    }
}

fn start(chain: &ReplyChain) -> String {
    format!("{}, by {}", chain.offset, chain.align)
}

fn short(handler: &Handler) -> &str {
    match (&handler.array, handler.chain.as_ref().map(|chain| chain.when_too_small)) {
        (Some(array), _) => &array.error,
        (None, Some(WhenTooSmall::OffsetZero)) => "offset 0",
        (None, Some(WhenTooSmall::Partial)) => "offset 0, partial",
        (None, Some(WhenTooSmall::FlagClear)) => "no flag",
        (None, Some(WhenTooSmall::OffsetSet)) => "offset set",
        (None, None) => "",
    }
}

fn argsz(handler: &Handler) -> &'static str {
    match handler.chain.as_ref().map(|chain| chain.argsz) {
        Some(ArgszReply::WhenTooSmall) => "if short",
        Some(ArgszReply::Always) => "always",
        None => "as given",
    }
}

/// The source of a handler and its notes, in sentences.
fn note(page: &Page<'_>, (ioctl, handler): (&Ioctl, &Handler), ambiguous: bool) -> String {
    let mut notes = vec![format!("{}.", source(page, &handler.source))];
    if !handler.doc.is_empty() {
        notes.push(page.cell(&handler.doc));
    }
    if let Arg::Struct(id) = ioctl.arg {
        notes.extend(rules(handler, page.abi.struct_(id)));
    }
    let gives =
        handler.chain.as_ref().map(|chain| page.names(&chain.capabilities)).unwrap_or_default();
    match gives.as_slice() {
        [] => {}
        [one] => notes.push(format!("Can append {one}.")),
        several => notes.push(format!("Can append {}, in this order.", list(several))),
    }
    if handler.chain.as_ref().is_some_and(|chain| chain.padding == Padding::Echo) {
        notes.push("Bytes between capabilities are the caller's.".to_owned());
    }
    if let Some(profile) = &handler.profile {
        notes.push(format!("Reply builder: profile `{profile}`."));
    }
    let when = match ambiguous {
        true => format!(", {}", span(page.abi, handler.since, handler.until)),
        false => String::new(),
    };
    format!("`{}`{when}: {}", handler.name, notes.join(" "))
}

/// Notes that fit no column, a sentence each. The errors are facts of the ioctl.
fn rules(handler: &Handler, struct_: &Struct) -> Vec<String> {
    let named = |fields: &[usize]| {
        let names = fields.iter().map(|field| format!("`{}`", struct_.fields[*field].name));
        list(&names.collect::<Vec<_>>())
    };
    let mut notes = Vec::new();
    if !handler.unchecked.is_empty() {
        notes.push(format!("{} can have any value.", named(&handler.unchecked)));
    }
    match &handler.replies_on {
        RepliesOn::Any => notes.push("The reply is written with every error, too.".to_owned()),
        RepliesOn::Errors(errors) if !errors.is_empty() => {
            let errors: Vec<_> = errors.iter().map(|error| format!("`{error}`")).collect();
            notes.push(format!("The reply is written with {}, too.", list(&errors)));
        }
        RepliesOn::Errors(_) => {}
    }
    if let Some(ReplyArray { field, error: _, sets }) = &handler.array {
        let array = named(&[*field]);
        notes.push(format!(
            "{array} follows if all of it fits; if not, only the fixed part is written."
        ));
        if let Some(sets) = sets {
            notes.push(format!("Only the output field {} is set in this case.", named(sets)));
        }
    }
    if let Some(most) = handler.chain.as_ref().and_then(|chain| chain.writes.iter().max()) {
        notes.push(format!("If the chain fits, it writes up to {most}."));
    }
    notes
}
