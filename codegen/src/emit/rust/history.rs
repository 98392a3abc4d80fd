//! The table of the first release of every item, as data for programs.

use super::reflow::{INDENT, WIDTH};
use super::{format, section};
use crate::ir::{Abi, Entry, EntryKind};
use crate::release::{Release, Since};

const TITLE: &str = "Every item, in the order of the specification, fields after their structs.";

/// Whether there is any history.
pub(super) fn present(abi: &Abi) -> bool {
    section::present(abi).next().is_some()
}

/// `history/items.rs`. The rows are laid out here, because a parser of Rust and a printer
/// for this many rows cost as much as all other files of the crate.
pub(super) fn table(abi: &Abi, entries: &[Entry<'_>]) -> String {
    let rows = entries.iter().filter_map(|entry| Some(row(abi, entry, kind(entry)?)));
    let rows: Vec<_> = rows.collect();
    let renamed = rows.iter().any(|row| row.calls.iter().any(|call| call.starts_with(".former")));
    let release = if renamed { ", Release" } else { "" };
    let mut text = format!(
        "//! {TITLE}\n\nuse super::{{Item, Kind{release}}};\n\n\
         /// {TITLE}\npub const ITEMS: &[Item] = &[\n"
    );
    // A short table is one line.
    let items: usize = rows.iter().map(|row| row.item.len()).sum();
    let mut fits = items > WIDTH;
    for row in &rows {
        fits &= row.print(&mut text);
    }
    text += "];\n";
    match fits {
        true => text,
        false => format::text(&text),
    }
}

/// The name of its `Kind` in the crate, which lists what C code can name.
fn kind(entry: &Entry<'_>) -> Option<&'static str> {
    Some(match entry.kind {
        EntryKind::Struct(_) => "Struct",
        EntryKind::Member(_, member) if !member.is_header() => "Field",
        EntryKind::Constant(..) => "Constant",
        EntryKind::Enumerator(..) => "Enumerator",
        EntryKind::Enum(_) => "Enum",
        EntryKind::Macro(_) => "Macro",
        EntryKind::Ioctl(_) => "Ioctl",
        EntryKind::Capability(_) => "Capability",
        EntryKind::Member(..)
        | EntryKind::Union(..)
        | EntryKind::Group(_)
        | EntryKind::Chain(_) => return None,
    })
}

/// A row of the table: an item, and calls that add to it.
struct HistoryRow {
    item: String,
    calls: Vec<String>,
}

impl HistoryRow {
    /// Adds the row as rustfmt lays it out. False if a line is too long.
    fn print(&self, text: &mut String) -> bool {
        let calls: usize = self.calls.iter().map(String::len).sum();
        let one_line = INDENT + self.item.len() + calls + ",".len() <= WIDTH;
        let between = match one_line {
            true => String::new(),
            false => format!("\n{:1$}", "", 2 * INDENT),
        };
        let start = text.len();
        *text += &format!("{:INDENT$}{}", "", self.item);
        for call in &self.calls {
            *text += &between;
            *text += call;
        }
        *text += ",\n";
        text[start..].lines().all(|line| line.len() <= WIDTH)
    }
}

/// The row of an item; a member follows its struct's name.
fn row(abi: &Abi, entry: &Entry<'_>, kind: &str) -> HistoryRow {
    let owner = match entry.kind {
        EntryKind::Member(id, _) => [&abi.struct_(id).name, "."].concat(),
        _ => String::new(),
    };
    let meta = entry.meta;
    let mut calls = Vec::new();
    if let Since::Between(without, _) = meta.since {
        calls.push(format!(".after({})", numbers(without)));
    }
    if !meta.history.names.is_empty() {
        let former = meta.history.names.iter().map(|(name, release)| {
            format!("(\"{owner}{name}\", Release::new({}))", numbers(*release))
        });
        calls.push(format!(".former(&[{}])", former.collect::<Vec<_>>().join(", ")));
    }
    if let Some(deprecated) = &meta.deprecated {
        calls.push(format!(".deprecated({})", numbers(deprecated.since.first())));
    }
    let (name, since) = (entry.name, numbers(meta.since.first()));
    HistoryRow { item: format!("Item::new(\"{owner}{name}\", Kind::{kind}, {since})"), calls }
}

/// The two numbers of a release; a candidate has those of its final release.
fn numbers(release: Release) -> String {
    let (major, minor) = release.numbers();
    format!("{major}, {minor}")
}
