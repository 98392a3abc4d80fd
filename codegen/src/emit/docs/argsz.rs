//! The picture of what `argsz` means to an ioctl with a chain, as SVG: for each way in which
//! handlers treat it, the values that are refused, those with a short reply, and those with
//! room for capabilities. Handlers with the same rules share a bar.

use std::sync::LazyLock;

use askama::Template;

use super::phrases::{list, span};
use super::picture;
use crate::emit::{banner, escape};
use crate::ir::{Abi, Arg, Handler, Ioctl};
use crate::output::OutputFile;
use crate::reply::WhenTooSmall;

/// The left edge of the bars, and their zones' widths.
const LEFT: u64 = 16;
const WIDTHS: [u64; 3] = [170, 290, 300];
/// The height of a bar with its label and its numbers.
const ROW: u64 = 78;
/// The most letters of a label.
const LETTERS: usize = 104;

/// The rules of the style.
static STYLE: LazyLock<String> =
    LazyLock::new(|| picture::style(include_str!("../../../templates/argsz.css")));

/// The data of the template.
#[derive(Template)]
#[template(path = "argsz.svg.jinja", escape = "none")]
struct ArgszView {
    banner: String,
    style: &'static str,
    title: String,
    description: String,
    height: u64,
    card: u64,
    rows: Vec<ArgszRowView>,
}

/// A bar.
struct ArgszRowView {
    label: String,
    label_y: u64,
    y: u64,
    text_y: u64,
    tick_y: u64,
    zones: Vec<ZoneView>,
}

/// A part of a bar.
struct ZoneView {
    class: &'static str,
    x: u64,
    width: u64,
    text_x: u64,
    text: String,
    start: String,
}

/// A range of argsz with the same result.
#[derive(Clone, PartialEq, Eq)]
struct Zone {
    class: &'static str,
    /// The smallest argsz of the range.
    from: String,
    text: String,
}

/// The path of the picture, below the folder of the reference.
pub(super) fn path(ioctl: &Ioctl) -> String {
    format!("pictures/argsz-{}.svg", ioctl.name)
}

/// Whether there is a picture: a handler appends a chain.
pub(super) fn is_drawn(abi: &Abi, ioctl: &Ioctl) -> bool {
    handlers(abi, ioctl).any(|handler| handler.chain.is_some())
}

/// The pictures of all ioctls with a chain.
pub(super) fn files(abi: &Abi) -> Vec<OutputFile> {
    abi.ioctls.iter().filter(|ioctl| is_drawn(abi, ioctl)).map(|ioctl| file(abi, ioctl)).collect()
}

/// The handlers that serve the release or did before.
fn handlers<'a>(abi: &Abi, ioctl: &'a Ioctl) -> impl Iterator<Item = &'a Handler> {
    let release = abi.release;
    ioctl.handlers.iter().filter(move |handler| handler.since.covers(release))
}

fn file(abi: &Abi, ioctl: &Ioctl) -> OutputFile {
    let mut bars = Vec::<(Vec<Zone>, Vec<String>)>::new();
    for handler in handlers(abi, ioctl) {
        let (zones, name) = (zones(handler), name(abi, ioctl, handler));
        match bars.iter_mut().find(|(known, _)| *known == zones) {
            Some((_, names)) => names.push(name),
            None => bars.push((zones, vec![name])),
        }
    }
    let argsz = match ioctl.arg {
        Arg::Struct(id) => {
            let struct_ = abi.struct_(id);
            struct_.argsz.map_or("argsz", |index| struct_.fields[index].name.as_str())
        }
        _ => "argsz",
    };
    let title = format!("What {argsz} means to {}", ioctl.name);
    let words = bars.iter().map(|(zones, names)| {
        let zones = zones.iter().map(|zone| format!("from {}: {}", zone.from, zone.text));
        format!("{}: {}.", list(names), zones.collect::<Vec<_>>().join("; "))
    });
    let description = escape::in_xml(&words.collect::<Vec<_>>().join(" "));
    let rows = bars.iter().zip(0..).map(|((zones, names), at)| row(zones, names, 48 + at * ROW));
    let rows: Vec<_> = rows.collect();
    let height = 48 + ROW * rows.len() as u64 + 8;
    let view = ArgszView {
        banner: escape::in_xml_comment(&banner::line(abi)),
        style: &STYLE,
        title: escape::in_xml(&title),
        description,
        height,
        card: height - 1,
        rows,
    };
    super::output(&path(ioctl), &view)
}

/// The name of a handler, with its releases if it has several rules.
fn name(abi: &Abi, ioctl: &Ioctl, handler: &Handler) -> String {
    match handlers(abi, ioctl).filter(|one| one.name == handler.name).count() {
        1 => handler.name.clone(),
        _ => format!("{} ({})", handler.name, span(abi, handler.since, handler.until)),
    }
}

/// The ranges of argsz of a handler.
fn zones(handler: &Handler) -> Vec<Zone> {
    let mut zones = vec![
        Zone { class: "refused", from: "0".to_owned(), text: handler.errors.short.clone() },
        Zone {
            class: "fixed",
            from: handler.minsz.to_string(),
            text: "the reply has no chain".to_owned(),
        },
    ];
    if let Some(chain) = &handler.chain {
        let text = match chain.when_too_small {
            WhenTooSmall::OffsetZero => "short reply: flag, offset 0",
            WhenTooSmall::Partial => "short reply: what fits, offset 0",
            WhenTooSmall::FlagClear => "short reply: no flag",
            WhenTooSmall::OffsetSet => "short reply: flag, offset set",
        };
        zones[1] = Zone { class: "short", from: handler.minsz.to_string(), text: text.to_owned() };
        let from = format!("the need, {} or more", chain.offset);
        let text = "the reply with its chain".to_owned();
        zones.push(Zone { class: "chain", from, text });
    }
    zones
}

fn row(zones: &[Zone], names: &[String], top: u64) -> ArgszRowView {
    let mut label = names.join(", ").replace("Linux ", "");
    if label.chars().count() > LETTERS {
        label = label.chars().take(LETTERS - 1).collect::<String>() + "…";
    }
    let mut x = LEFT;
    let mut views = Vec::new();
    for (index, zone) in zones.iter().enumerate() {
        let last = index + 1 == zones.len();
        let width = if last { 784 - x } else { WIDTHS[index] };
        let (start, text) = (zone.from.clone(), zone.text.clone());
        views.push(ZoneView { class: zone.class, x, width, text_x: x + 8, text, start });
        x += width;
    }
    ArgszRowView {
        label: escape::in_xml(&label),
        label_y: top + 12,
        y: top + 20,
        text_y: top + 39,
        tick_y: top + 62,
        zones: views,
    }
}
