//! The picture of a struct's bytes, as SVG: a row for every 8 bytes, a box for
//! every field. Targets that lay the struct out differently get a picture each
//! in the same file.
//!
//! Three steps: [`pieces`] lists the parts of the struct, [`grid`] places them on
//! rows and folds long ones, and this file turns the rows into coordinates.

mod grid;
mod pieces;

use std::sync::LazyLock;

use askama::Template;

use super::layout_variants::layouts;
use super::page::Page;
use super::picture;
use super::structs::svg_path;
use crate::emit::{banner, escape};
use crate::ir::{Abi, Struct, StructId, StructRole};
use crate::layout::{Model, label};
use crate::output::OutputFile;
use grid::{Cell, Grid};
use pieces::{PieceKind, pieces};

/// The left edge of the rows.
const LEFT: u64 = 56;
/// The width of a byte.
const BYTE: u64 = 80;
/// The distance from the top of a box to its name.
const NAME: u64 = 19;
/// The distance from the top of a box to its type.
const TYPE: u64 = 35;
/// Sizes of letters, from the best to the smallest legible one.
const SIZES: [u64; 4] = [14, 13, 12, 11];

/// The rules of the style.
static STYLE: LazyLock<String> =
    LazyLock::new(|| picture::style(include_str!("../../../templates/layout.css")));

/// The data of the template.
#[derive(Template)]
#[template(path = "layout.svg.jinja", escape = "none")]
struct DiagramView {
    banner: String,
    style: &'static str,
    name: String,
    size: String,
    height: u64,
    card: u64,
    layouts: Vec<LayoutView>,
}

/// One layout, with its vertical position.
struct LayoutView {
    top: u64,
    label: String,
    boxes: Vec<BoxView>,
    tears: Vec<u64>,
    /// The labels next to the rows.
    texts: Vec<TextView>,
}

/// A box, or one part of a field that continues on the next row.
struct BoxView {
    class: &'static str,
    x: u64,
    y: u64,
    width: u64,
    height: u64,
    texts: Vec<TextView>,
}

/// A line of text.
struct TextView {
    class: &'static str,
    x: u64,
    y: u64,
    size: u64,
    text: String,
}

/// The picture of a struct.
pub(super) fn file(page: &Page<'_>, id: StructId) -> OutputFile {
    let struct_ = page.abi.struct_(id);
    let mut top = 56;
    let mut views = Vec::new();
    let variants = layouts(struct_);
    for variant in &variants {
        let label = match label(&variant.models) {
            "" => String::new(),
            label => format!("{label}: {} bytes", variant.value.0),
        };
        top += if label.is_empty() { 0 } else { 26 };
        let pieces = pieces(page, struct_, variant.models[0]);
        let grid = Grid::new(&pieces);
        let notes = notes(page.abi, struct_, variant.models[0], &grid);
        views.push(layout(&grid, notes, (top, label)));
        top += grid.height + 44;
    }
    let height = top - 20;
    let size = match variants.as_slice() {
        [only] => format!("{} bytes", only.value.0),
        _ => String::new(),
    };
    let view = DiagramView {
        banner: escape::in_xml_comment(&banner::line(page.abi)),
        style: &STYLE,
        name: struct_.name.clone(),
        size,
        height,
        card: height - 1,
        layouts: views,
    };
    super::output(&svg_path(&struct_.name), &view)
}

/// One layout as coordinates.
fn layout(grid: &Grid<'_>, notes: Vec<TextView>, head: (u64, String)) -> LayoutView {
    let offset = |(offset, y): &(u64, u64)| TextView {
        class: "offset",
        x: LEFT - 10,
        y: y + 27,
        size: 12,
        text: offset.to_string(),
    };
    let mut offsets: Vec<TextView> = grid.offsets.iter().map(offset).collect();
    offsets.push(TextView {
        class: "offset end",
        x: LEFT - 10,
        y: grid.height + 5,
        size: 12,
        text: if grid.open { "…".to_owned() } else { grid.end.to_string() },
    });
    LayoutView {
        top: head.0,
        label: head.1,
        boxes: grid.cells.iter().map(box_).collect(),
        tears: grid.tears.clone(),
        texts: offsets.into_iter().chain(notes).collect(),
    }
}

/// The ends of minsz and of the body of each version.
fn notes(abi: &Abi, struct_: &Struct, model: Model, grid: &Grid<'_>) -> Vec<TextView> {
    let spans = &struct_.layouts[model.index()].fields;
    let mut ends = Vec::new();
    if let Some(minsz) = struct_.minsz {
        ends.push((spans[minsz].end(), "minsz".to_owned()));
    }
    if let StructRole::Capability(id) = struct_.role {
        let sizes = &abi.protocol.capabilities[id.0].required_size;
        let versions = (1..).zip(sizes).filter(|_| sizes.len() > 1);
        ends.extend(
            versions.map(|(version, size): (u16, _)| {
                (size.0[model.index()], format!("v{version} ends"))
            }),
        );
    }
    let note = |(end, text): (u64, String)| TextView {
        class: "note",
        x: LEFT + 8 * BYTE + 10,
        y: grid.bottom_of(end) - 17,
        size: 12,
        text: format!("{text} {end}"),
    };
    ends.into_iter().map(note).collect()
}

/// A box with its texts, each as large as fits.
fn box_(cell: &Cell<'_>) -> BoxView {
    let (x, width) = (LEFT + cell.column * BYTE, cell.columns * BYTE);
    let line = |class, below, text: &str| {
        let (size, text) = fitting(text, width - 8);
        TextView { class, x: x + width / 2, y: cell.y + below, size, text: escape::in_xml(&text) }
    };
    let piece = cell.piece;
    let texts = match cell.label {
        true => vec![line("name", NAME, &piece.name), line("type", TYPE, &piece.type_)],
        false => vec![line("more", 27, &format!("… {}", piece.name))],
    };
    let class = match piece.kind {
        PieceKind::Data => "data",
        PieceKind::Protocol => "protocol",
        PieceKind::Header => "header",
        PieceKind::Reserved => "reserved",
        PieceKind::Hole => "hole",
        PieceKind::Flexible => "flexible",
    };
    BoxView { class, x, y: cell.y, width, height: cell.height, texts }
}

/// The text and the size at which it is not wider than `width`; cut if no size is
/// small enough. A letter of these fonts is 0.6 times as wide as high.
fn fitting(text: &str, width: u64) -> (u64, String) {
    let letters = text.chars().count() as u64;
    match SIZES.iter().find(|size| letters * **size * 6 <= width * 10) {
        Some(size) => (*size, text.to_owned()),
        None => {
            let smallest = SIZES[SIZES.len() - 1];
            let room = (width * 10 / (smallest * 6)).saturating_sub(1);
            let cut: String = text.chars().take(room as usize).collect();
            (smallest, format!("{cut}…"))
        }
    }
}
