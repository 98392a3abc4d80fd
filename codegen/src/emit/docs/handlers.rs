//! The reply rules of an ioctl: one row for each handler of the kernel, with
//! the bytes it takes, gives and leaves alone, and below the table what no
//! column can hold.

use askama::Template;

use super::bullets::Bullets;
use super::facts::source;
use super::links::Page;
use super::table::{Align, Table};
use super::words::{list, span};
use crate::ir::{Copied, Handler, Ioctl, ReplyChain};
use crate::reply::{ArgszReply, ShortReply, Untouched};

/// What the template prints.
#[derive(Template)]
#[template(path = "handlers.md.jinja", escape = "none")]
pub(super) struct HandlersView {
    columns: String,
    table: String,
    notes: Option<Bullets>,
}

/// The table of an ioctl's handlers, where it has some.
pub(super) fn view(page: &Page<'_>, ioctl: &Ioctl) -> Option<HandlersView> {
    let mut table = Table::new([
        ("handler", Align::Left),
        ("releases", Align::Left),
        ("minsz", Align::Right),
        ("reads", Align::Right),
        ("writes", Align::Right),
        ("not set", Align::Left),
        ("chain", Align::Left),
        ("short buffer", Align::Left),
        ("argsz", Align::Left),
        ("source", Align::Left),
    ]);
    // What an older release asks for cannot name handlers that came later.
    let come = |handler: &&Handler| handler.since.covers(page.abi.release);
    let handlers = || ioctl.handlers.iter().filter(come);
    for handler in handlers() {
        table.row([
            format!("`{}`", handler.name),
            span(page.abi, handler.since, handler.until),
            handler.minsz.to_string(),
            bytes(&handler.reads),
            written(&handler.writes),
            handler.untouched.map(untouched).unwrap_or_default().to_owned(),
            handler.chain.as_ref().map(start).unwrap_or_default(),
            handler.chain.as_ref().map(short).unwrap_or_default().to_owned(),
            argsz(handler).to_owned(),
            source(page, &handler.source),
        ]);
    }
    Some(HandlersView {
        columns: page.to("what the columns say", "README.md#how-to-read-the-tables-of-handlers"),
        table: table.finish()?,
        notes: Bullets::new(handlers().filter_map(|handler| note(page, handler))),
    })
}

/// Ends of what is copied; of several the furthest that argsz covers.
fn bytes(ends: &[u64]) -> String {
    ends.iter().map(u64::to_string).collect::<Vec<_>>().join(" / ")
}

fn written(copied: &Copied) -> String {
    match copied {
        Copied::Ends(ends) if ends.is_empty() => "nothing".to_owned(),
        Copied::Ends(ends) => bytes(ends),
        Copied::Fitting => "what fits".to_owned(),
    }
}

fn untouched(holds: Untouched) -> &'static str {
    match holds {
        Untouched::Echo => "the caller's bytes",
        Untouched::Zero => "zero",
        Untouched::Stack => "kernel stack",
    }
}

fn start(chain: &ReplyChain) -> String {
    format!("at {}, aligned to {}", chain.at, chain.align)
}

fn short(chain: &ReplyChain) -> &'static str {
    match chain.short {
        ShortReply::OffsetZero => "flag set, offset 0",
        ShortReply::Partial => "flag set, offset 0, what fits is written",
        ShortReply::FlagClear => "flag clear",
    }
}

fn argsz(handler: &Handler) -> &'static str {
    match handler.chain.as_ref().map(|chain| chain.argsz) {
        Some(ArgszReply::WhenShort) => "set where short",
        Some(ArgszReply::Always) => "always set",
        None => "as given",
    }
}

/// What is peculiar about a handler, in sentences.
fn note(page: &Page<'_>, handler: &Handler) -> Option<String> {
    let mut said = Vec::new();
    if !handler.doc.is_empty() {
        said.push(page.cell(&handler.doc));
    }
    let gives = handler.chain.as_ref().map(|chain| page.names(&chain.gives)).unwrap_or_default();
    if !gives.is_empty() {
        said.push(format!("Can give {}, in this order.", list(&gives)));
    }
    if let Some(profile) = &handler.profile {
        said.push(format!("Reply builder: profile `{profile}`."));
    }
    (!said.is_empty()).then(|| format!("`{}`: {}", handler.name, said.join(" ")))
}
